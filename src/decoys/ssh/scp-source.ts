/** `scp -f`: gives files, with the records of `ScpSink`; each waits for the client's zero. */

import { decodeText, textToBytes } from '../../shell/byte-text.ts';
import type { ShellEvent } from '../../shell/event.ts';
import { FileFault } from '../../shell/files/fault.ts';
import { contentOf, type Node } from '../../shell/files/node.ts';
import { Budget, Exhausted, limits } from '../../shell/limits.ts';
import { isPattern, Pattern, unescapePattern } from '../../shell/language/pattern.ts';
import type { ScpCommand } from './scp-command.ts';
import type { Visitor } from './visitor.ts';

const pieceBytes = 32_768;
const filesLimit = 2_000;
const givenBytes = 268_435_456;
const matchesLimit = 500;

/** A step: text for the client, and whether the client's answer comes before the next. */
interface Step {
  readonly text: string;
  readonly waits: boolean;
}

export class ScpSource {
  readonly #visitor: Visitor;
  readonly #command: ScpCommand;
  readonly #steps: Iterator<Step>;
  readonly #records: ShellEvent[] = [];
  #errors = 0;
  #files = 0;
  #bytes = 0;
  /** Text of an error that the client is telling; null between records. */
  #complaint: string | null = null;
  #over = false;

  constructor(visitor: Visitor, command: ScpCommand) {
    this.#visitor = visitor;
    this.#command = command;
    this.#steps = this.#all();
  }

  *start(): Iterable<ShellEvent> {}

  *receive(bytes: Uint8Array): Iterable<ShellEvent> {
    for (const byte of bytes) {
      if (this.#over) return;
      if (this.#complaint !== null) {
        this.#complaint += String.fromCharCode(byte);
        if (byte !== 10 && this.#complaint.length < 2048) continue;
        this.#complaint = null;
        yield* this.#advance();
      } else if (byte === 0) yield* this.#advance();
      else if (byte === 1) {
        this.#errors += 1;
        this.#complaint = '';
      } else yield* this.#exit(1);
    }
  }

  *end(): Iterable<ShellEvent> {
    if (!this.#over) yield* this.#exit(1);
  }

  *#exit(status: number): Iterable<ShellEvent> {
    this.#over = true;
    yield { say: 'exit', status };
  }

  *#advance(): Iterable<ShellEvent> {
    for (;;) {
      const step = this.#steps.next();
      yield* this.#records.splice(0);
      if (step.done === true) {
        yield* this.#exit(this.#errors > 0 ? 1 : 0);
        return;
      }
      yield { say: 'output', stream: 'stdout', bytes: textToBytes(step.value.text) };
      if (step.value.waits) return;
    }
  }

  *#all(): Generator<Step> {
    for (const pattern of this.#command.paths) {
      for (const path of this.#expand(pattern)) yield* this.#give(path, 0);
    }
  }

  /** The shell's part: patterns become the names that they match. */
  #expand(pattern: string): string[] {
    if (!isPattern(pattern)) return [unescapePattern(pattern)];
    const budget = new Budget(limits.workAtOnce);
    try {
      return this.#matching(pattern, budget);
    } catch (error) {
      if (!(error instanceof Exhausted)) throw error;
      return [unescapePattern(pattern)];
    }
  }

  #matching(pattern: string, budget: Budget): string[] {
    const { files, folder } = this.#visitor;
    let found = [pattern.startsWith('/') ? '/' : ''];
    for (const name of pattern.split('/').filter((each) => each !== '')) {
      const matcher = isPattern(name) ? new Pattern(name, budget) : null;
      found = found
        .flatMap((base) => {
          const stem = base === '' || base === '/' ? base : `${base}/`;
          if (matcher === null) {
            const path = stem + unescapePattern(name);
            return files.find(path, folder) === null ? [] : [path];
          }
          if (files.find(base === '' ? '.' : base, folder)?.kind !== 'directory') return [];
          let names: string[] = [];
          try {
            names = [...files.list(base === '' ? '.' : base, folder).keys()];
          } catch (error) {
            if (!(error instanceof FileFault)) throw error;
          }
          budget.spend(1 + (names.length >> 2));
          return names
            .filter((each) => (name.startsWith('.') || !each.startsWith('.')) && matcher.matches(each))
            .sort()
            .map((each) => stem + each);
        })
        .slice(0, matchesLimit);
    }
    return found.length === 0 ? [unescapePattern(pattern)] : found;
  }

  *#complain(text: string): Generator<Step> {
    this.#errors += 1;
    yield { text: `\x01scp: ${text}\n`, waits: false };
  }

  *#give(path: string, depth: number): Generator<Step> {
    const { files, folder } = this.#visitor;
    this.#records.push(...this.#visitor.record(`scp from ${decodeText(path)}`));
    let node: Node;
    try {
      node = files.get(path, folder);
      if (!files.may(node, 4)) throw new FileFault('EACCES');
    } catch (error) {
      if (!(error instanceof FileFault)) throw error;
      yield* this.#complain(`${path}: ${error.message}`);
      return;
    }
    this.#files += 1;
    const name = path.replace(/\/+$/, '').split('/').at(-1) ?? path;
    if (node.kind === 'directory') {
      if (this.#command.recursive && depth < 64 && this.#files < filesLimit)
        yield* this.#giveFolder(path, name, node, depth);
      else yield* this.#complain(`${path}: not a regular file`);
      return;
    }
    if (node.kind !== 'file' || this.#files > filesLimit) {
      yield* this.#complain(`${path}: not a regular file`);
      return;
    }
    const content = contentOf(node);
    this.#bytes += content.length;
    if (this.#bytes > givenBytes) {
      yield* this.#complain(`${path}: Input/output error`);
      return;
    }
    yield* this.#times(node);
    // A file of /proc says that it is empty, and so it arrives.
    const size = node.size >= 0 ? node.size : content.length;
    yield { text: `C${(node.mode & 0o7777).toString(8).padStart(4, '0')} ${size} ${name}\n`, waits: true };
    for (let at = 0; at < size; at += pieceBytes)
      yield {
        text: content
          .slice(at, Math.min(size, at + pieceBytes))
          .padEnd(Math.min(pieceBytes, size - at), '\0'),
        waits: false,
      };
    yield { text: '\0', waits: true };
  }

  *#times(node: Node): Generator<Step> {
    if (!this.#command.preserves) return;
    const seconds = Math.floor(node.modified / 1000);
    yield { text: `T${seconds} 0 ${seconds} 0\n`, waits: true };
  }

  *#giveFolder(path: string, name: string, node: Node, depth: number): Generator<Step> {
    const { files, folder } = this.#visitor;
    yield* this.#times(node);
    yield { text: `D${(node.mode & 0o7777).toString(8).padStart(4, '0')} 0 ${name}\n`, waits: true };
    for (const child of Array.from(files.list(path, folder).keys()))
      yield* this.#give(`${path}/${child}`, depth + 1);
    yield { text: 'E\n', waits: true };
  }
}
