import type { Reading } from '../../../stream.ts';
import type { ScriptWorld } from '../script/world.ts';
import { Died } from './machine.ts';
import { ArrayValue, Box, type Code, Handle, HashValue, Scope, textOf, type Value } from './value.ts';

const errnos: Readonly<Record<string, readonly [number, string]>> = {
  ENOENT: [2, 'No such file or directory'],
  EACCES: [13, 'Permission denied'],
  EISDIR: [21, 'Is a directory'],
  ENOTDIR: [20, 'Not a directory'],
  EEXIST: [17, 'File exists'],
  ENOTEMPTY: [39, 'Directory not empty'],
  ECONNREFUSED: [111, 'Connection refused'],
  ETIMEDOUT: [110, 'Connection timed out'],
  EBADF: [9, 'Bad file descriptor'],
  ENOSPC: [28, 'No space left on device'],
};

/** What a run of Perl holds: its variables, handles and subroutines. */
export class Variables {
  readonly world: ScriptWorld;
  place: string;
  readonly handles: Map<string, Handle> = new Map();
  readonly subs: Map<string, Code> = new Map();
  /** Where the last statement stands. */
  line = 1;
  protected readonly globals: Scope = new Scope(null);
  protected visible: Scope = this.globals;

  constructor(world: ScriptWorld, place: string, words: readonly string[]) {
    this.world = world;
    this.place = place;
    for (const [name, standard] of [
      ['STDIN', 'input'],
      ['STDOUT', 'output'],
      ['STDERR', 'error'],
    ] as const) {
      const handle = new Handle(name);
      handle.standard = standard;
      handle.writes = standard !== 'input';
      this.handles.set(name, handle);
    }
    this.array('ARGV').items.push(...words);
    this.global('0').value = place;
    this.global(',').value = '';
    this.global('\\').value = '';
    this.global('"').value = ' ';
    this.global('$').value = world.process.pid;
    this.global('@').value = '';
    const environment = this.hash('ENV');
    for (const [name, value] of world.environment) environment.entries.set(name, value);
  }

  #named(name: string, sigil: string): Box | ArrayValue | HashValue {
    const key = sigil + name;
    let found = this.visible.find(key);
    if (found === undefined) {
      found = sigil === '$' ? new Box() : sigil === '@' ? new ArrayValue() : new HashValue();
      this.globals.names.set(key, found);
    }
    return found;
  }

  global(name: string): Box {
    const found = this.#named(name, '$');
    return found instanceof Box ? found : new Box();
  }

  protected array(name: string): ArrayValue {
    const found = this.#named(name, '@');
    return found instanceof ArrayValue ? found : new ArrayValue();
  }

  protected hash(name: string): HashValue {
    const found = this.#named(name, '%');
    return found instanceof HashValue ? found : new HashValue();
  }

  /** The environment as the script has left it, for what it runs. */
  syncEnvironment(): void {
    this.world.environment.clear();
    for (const [name, value] of this.hash('ENV').entries) this.world.environment.set(name, textOf(value));
  }

  fault(code: string): void {
    const [, text] = errnos[code] ?? [22, 'Invalid argument'];
    this.global('!').value = text;
  }

  errno(): number {
    const text = this.global('!').value;
    return Object.values(errnos).find(([, known]) => known === text)?.[0] ?? 0;
  }

  die(message: string, line: number): never {
    throw new Died(message.endsWith('\n') ? message : `${message} at ${this.place} line ${line}.\n`);
  }

  handleOf(value: Value): Handle | null {
    return value instanceof Handle
      ? value
      : typeof value === 'string'
        ? (this.handles.get(value) ?? null)
        : null;
  }

  *readLine(handle: Handle): Reading<string | undefined> {
    if (handle.standard === 'input') return (yield* this.world.process.input.line()) ?? undefined;
    if (handle.content === null || handle.position >= handle.content.length) return undefined;
    const whole = this.global('/').value === undefined && this.visible.find('$/') !== undefined;
    const end = whole ? -1 : handle.content.indexOf('\n', handle.position);
    const line = handle.content.slice(handle.position, end < 0 ? handle.content.length : end + 1);
    handle.position += line.length;
    return line;
  }
}
