import { Unsupported } from '../script/unsupported.ts';
import type { ScriptWorld } from '../script/world.ts';
import { builtInClasses } from './built-in-classes.ts';
import { Fatal, Thrown } from './fault.ts';
import { ArrayValue, ObjectValue, Ref, Resource, type Value, type ClassInfo } from './value.ts';

/** One call that is under way. */
export interface Frame {
  /** As a trace names it; empty for the script itself. */
  readonly label: string;
  /** Where it was called; null where PHP's own code did. */
  readonly from: { readonly place: string; readonly line: number } | null;
  readonly variables: Map<string, Ref>;
  readonly self: ObjectValue | null;
  readonly scope: ClassInfo | null;
  /** What `static::` means. */
  readonly late: ClassInfo | null;
  readonly values: readonly Value[];
  readonly isNative: boolean;
}

const levels: Readonly<Record<string, number>> = { Warning: 2, Notice: 8 };
export const superglobals: ReadonlySet<string> = new Set(
  '_GET _POST _COOKIE _FILES _SERVER _ENV _REQUEST GLOBALS'.split(' '),
);

/** Messages, variables and objects of one run. */
export class Base {
  readonly world: ScriptWorld;
  readonly version: string;
  readonly script: string;
  readonly settings: Map<string, string> = new Map([
    ['display_errors', '0'],
    ['memory_limit', '-1'],
    ['max_execution_time', '0'],
    ['disable_functions', ''],
    ['open_basedir', ''],
    ['allow_url_fopen', '1'],
    ['allow_url_include', '0'],
    ['error_reporting', '22527'],
    ['log_errors', '1'],
    ['include_path', '.:/usr/share/php'],
    ['default_charset', 'UTF-8'],
    ['precision', '14'],
    ['short_open_tag', '0'],
    ['safe_mode', ''],
    ['upload_max_filesize', '2M'],
    ['post_max_size', '8M'],
  ]);
  readonly constants: Map<string, Value> = new Map();
  readonly classes: Map<string, ClassInfo> = builtInClasses();
  readonly buffers: string[] = [];
  readonly finishers: { callback: Value; values: readonly Value[] }[] = [];
  readonly globals: Map<string, Ref> = new Map();
  protected readonly frames: Frame[];
  #objects = 0;
  #resources = 3;
  place: string;
  line = 1;
  reporting = 22_527;
  silent = 0;
  lastError: { message: string; line: number; place: string; type: number } | null = null;

  constructor(world: ScriptWorld, place: string, version: string) {
    this.world = world;
    this.place = place;
    this.script = place;
    this.version = version;
    this.frames = [
      {
        label: '',
        from: null,
        variables: this.globals,
        self: null,
        scope: null,
        late: null,
        values: [],
        isNative: false,
      },
    ];
  }

  /** The innermost call of the script's own. */
  protected get frame(): Frame {
    const frame = this.frames.findLast(({ isNative }) => !isNative);
    if (frame === undefined) throw new Unsupported('frame');
    return frame;
  }

  get variables(): Map<string, Ref> {
    return this.frame.variables;
  }

  get arguments(): readonly Value[] {
    return this.frame.values;
  }

  get scope(): ClassInfo | null {
    return this.frame.scope;
  }

  get self(): ObjectValue | null {
    return this.frame.self;
  }

  spend(bytes: number): void {
    this.world.spend(bytes);
  }

  step(): void {
    this.world.compare();
  }

  write(text: string): void {
    if (text === '') return;
    this.world.spend(text.length);
    const last = this.buffers.length - 1;
    if (last < 0) this.world.write(text);
    else this.buffers[last] += text;
  }

  #tell(kind: string, text: string): void {
    this.lastError = { message: text, line: this.line, place: this.place, type: levels[kind] ?? 2 };
    if (this.silent > 0 || (this.reporting & (levels[kind] ?? 2)) === 0) return;
    this.report(kind, text, this.place, this.line);
  }

  /** One message as the log and, where it is asked for, the output have it. */
  report(kind: string, text: string, place: string, line: number): void {
    const where = ` in ${place} on line ${line}\n`;
    if (this.settings.get('log_errors') !== '0' && this.settings.get('log_errors') !== '')
      this.world.complain(`PHP ${kind}:  ${text}${where}`);
    if (/^(?:1|on|yes|true|stdout)$/i.test(this.settings.get('display_errors') ?? ''))
      this.write(`\n${kind}: ${text}${where}`);
  }

  warn(text: string): void {
    this.#tell('Warning', text);
  }

  notice(text: string): void {
    this.#tell('Notice', text);
  }

  newObject(info: ClassInfo): ObjectValue {
    this.#objects += 1;
    this.world.spend(128);
    return new ObjectValue(info, this.#objects);
  }

  nextObject(): number {
    this.#objects += 1;
    return this.#objects;
  }

  resource(type: string): Resource {
    this.#resources += 1;
    if (this.#resources > 1_000) throw new Unsupported('resources');
    return new Resource(this.#resources, type);
  }

  /** `#0 place(line): name()`, from the innermost call on. */
  protected trace(): string {
    const lines: string[] = [];
    const calls = this.frames.slice(1).toReversed();
    for (const [index, { label, from }] of calls.slice(0, 500).entries())
      lines.push(
        `#${index} ${from === null ? '[internal function]' : `${from.place}(${from.line})`}: ${label}()`,
      );
    return [...lines, `#${calls.length} {main}`].join('\n');
  }

  /** What every throwable has from its making. */
  protected fillThrowable(object: ObjectValue): void {
    object.set('message', '');
    object.set('code', 0n);
    object.set('file', this.place);
    object.set('line', BigInt(this.line));
    object.set('\0trace', this.trace());
    object.set('previous', null);
  }

  throwError(name: string, message: string): never {
    const info = this.classes.get(name.toLowerCase());
    if (info === undefined) throw new Unsupported(name);
    const object = this.newObject(info);
    this.fillThrowable(object);
    object.set('message', message);
    throw new Thrown(object);
  }

  fatal(message: string): never {
    throw new Fatal(message, this.line);
  }

  own(ref: Ref): ArrayValue {
    if (!(ref.value instanceof ArrayValue)) throw new Unsupported('array');
    this.separate(ref.value);
    return ref.value;
  }

  protected separate(array: ArrayValue): void {
    if (!array.shared) return;
    this.world.spend(array.size * 16);
    array.separate();
  }

  protected variable(name: string): Ref | undefined {
    return superglobals.has(name) ? this.globals.get(name) : this.frame.variables.get(name);
  }

  protected madeVariable(name: string): Ref {
    const { variables } = superglobals.has(name) ? { variables: this.globals } : this.frame;
    let ref = variables.get(name);
    if (ref === undefined) {
      ref = new Ref();
      this.world.spend(96);
      variables.set(name, ref);
    }
    return ref;
  }
}
