import { openInput, openOutput } from '../../evaluate/redirection.ts';
import { FileFault } from '../../files/fault.ts';
import { contentOf } from '../../files/node.ts';
import { below } from '../../../core/random.ts';
import type { Process } from '../../process.ts';
import { CollectedOutput, DeviceInput, type Input, type Reading } from '../../stream.ts';
import { limits } from '../../limits.ts';
import { inputText } from '../input-text.ts';
import type { Streams } from './executor.ts';
import { Lines } from './lines.ts';
import { Sink } from './sink.ts';

/** A file that stops sed, with the message but for the program's name. */
export class FileStop extends Error {
  readonly status = 4;
}

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** A file that is edited in place, until the next one is read. */
interface Edited {
  readonly path: string;
  readonly before: string;
  readonly written: CollectedOutput;
  readonly sink: Sink;
}

export interface FilesOptions {
  readonly separate: boolean;
  readonly separator: string;
  /** Null where all is printed; else what names the copies of files that are edited in place. */
  readonly suffix: string | null;
  readonly busybox: boolean;
}

/** All files that a run reads and writes. */
export class SedFiles implements Streams {
  readonly lines: Lines;
  readonly #process: Process;
  readonly #options: FilesOptions;
  readonly #printed: Sink;
  readonly #errors: Sink;
  readonly #written = new Map<string, Sink>();
  readonly #read = new Map<string, Input | null>();
  #edited: Edited | null = null;
  /** 2 once a file could not be read, 4 where one could not be edited. */
  status = 0;

  constructor(process: Process, paths: readonly string[], options: FilesOptions) {
    this.#process = process;
    this.#options = options;
    this.#printed = new Sink((text) => process.output.write(text), options.separator);
    this.#errors = new Sink((text) => process.error.write(text), options.separator);
    this.lines = new Lines(
      paths.length === 0 ? ['-'] : paths,
      {
        separator: options.separator,
        separate: options.separate,
        read: (path) => this.#open(path),
      },
      process.state.budget,
    );
  }

  output(): Sink {
    return this.#edited?.sink ?? this.#printed;
  }

  /** Makes the files of `w` empty, as they are before the first line is read. Throws `FileStop`. */
  prepare(paths: Iterable<string>): void {
    for (const path of paths) this.file(path);
  }

  file(path: string): Sink {
    if (path === '/dev/stdout') return this.#printed;
    if (path === '/dev/stderr') return this.#errors;
    const known = this.#written.get(path);
    if (known !== undefined) return known;
    try {
      const output = openOutput(this.#process.state, path, this.#process.folder, 'truncate');
      const sink = new Sink((text) => output.write(text), this.#options.separator);
      this.#written.set(path, sink);
      return sink;
    } catch (error) {
      if (!(error instanceof FileFault)) throw error;
      throw new FileStop(
        this.#options.busybox
          ? `can't open '${path}': ${error.message}`
          : `couldn't open file ${path}: ${error.message}`,
      );
    }
  }

  *text(path: string): Reading<string> {
    for (const sink of this.#written.values()) sink.flush();
    const input = this.#input(path);
    if (input === null) return '';
    const text = input instanceof DeviceInput ? yield* input.bytes(limits.pipeBytes) : yield* input.all();
    this.#process.state.budget.spendBytes(text.length);
    return text;
  }

  *line(path: string): Reading<string | null> {
    let input = this.#read.get(path);
    if (input === undefined) {
      input = this.#input(path);
      this.#read.set(path, input);
    }
    const line = input === null ? null : yield* input.line();
    return line?.replace(/\n$/, '') ?? null;
  }

  #input(path: string): Input | null {
    const { state, folder, input } = this.#process;
    if (path === '/dev/stdin') return input;
    try {
      return openInput(state, path, folder);
    } catch (error) {
      if (!(error instanceof FileFault)) throw error;
      return null;
    }
  }

  *#open(path: string): Reading<string | null> {
    this.#store();
    const { state, folder } = this.#process;
    const node = path === '-' ? null : state.files.find(path, folder);
    const { suffix, busybox } = this.#options;
    if (node?.kind === 'directory' && busybox) return '';
    if (node !== null && node.kind !== 'file' && suffix !== null && !busybox) {
      this.#complain(`couldn't edit ${path}: not a regular file`, 4);
      return null;
    }
    if (node?.kind === 'directory') throw new FileStop(`read error on ${path}: Is a directory`);
    if (suffix !== null && path === '-') {
      this.#complain("couldn't edit -: not a regular file", 4);
      return null;
    }
    const text = yield* inputText(this.#process, path);
    if (text === null) this.status = Math.max(this.status, busybox ? 1 : 2);
    else if (suffix !== null) this.#edit(path, text);
    return text;
  }

  #complain(message: string, status: number): void {
    this.#process.error.write(`${this.#process.name}: ${message}\n`);
    this.status = status;
  }

  /** From here on what is printed goes into the file. Throws `FileStop`. */
  #edit(path: string, before: string): void {
    const { state, folder } = this.#process;
    const parent = path.includes('/') ? path.slice(0, path.lastIndexOf('/')) || '/' : '.';
    const node = state.files.find(parent, folder);
    if (node !== null && !state.files.may(node, 2)) {
      const random = { next: () => state.machine.nextRandom() };
      const name = Array.from({ length: 6 }, () => letters.charAt(below(random, letters.length))).join('');
      throw new FileStop(
        this.#options.busybox
          ? `can't create temp file '${path}${name}': Permission denied`
          : `couldn't open temporary file ${parent === '/' ? '' : parent}/sed${name}: Permission denied`,
      );
    }
    const written = new CollectedOutput(limits.oneFileBytes);
    const sink = new Sink((text) => written.write(text), this.#options.separator);
    this.#edited = { path, before, written, sink };
  }

  /** Puts what was edited in the place of the file. Throws `FileFault`. */
  #store(): void {
    const edited = this.#edited;
    this.#edited = null;
    if (edited === null) return;
    edited.sink.flush();
    const { files, budget, writer } = this.#process.state;
    const { folder } = this.#process;
    const { suffix } = this.#options;
    if (suffix !== null && suffix !== '') {
      const copy = files.open(copyName(edited.path, suffix), folder, 'truncate');
      if (copy.kind === 'file') files.setContent(copy, edited.before, writer);
    }
    const node = files.open(edited.path, folder, 'append');
    const text = edited.written.text;
    budget.spendBytes(text.length);
    // A file that stays as it was is none that the visitor made.
    if (node.kind === 'file' && contentOf(node) !== text) files.setContent(node, text, node.how);
  }

  /** Writes what is held back. Throws `FileFault`. */
  close(): void {
    this.#store();
    this.#printed.flush();
    this.#errors.flush();
    for (const sink of this.#written.values()) sink.flush();
  }
}

/** The name of the copy of a file: with the suffix behind it, or in the place of each `*`. */
function copyName(path: string, suffix: string): string {
  const slash = path.lastIndexOf('/') + 1;
  const base = path.slice(slash);
  const name = suffix.includes('*') ? suffix.replaceAll('*', () => base) : base + suffix;
  return name.includes('/') ? name : path.slice(0, slash) + name;
}
