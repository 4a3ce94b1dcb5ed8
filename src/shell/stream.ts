/** What a process reads from and writes to. Reading may have to wait for the visitor: such methods are generators that yield once for each wait. */

import { FileFault } from './files/fault.ts';
import type { FileSystem } from './files/file-system.ts';
import type { FileNode } from './files/node.ts';
import { limits } from './limits.ts';

/** A run of the interpreter: yields when it needs more of the visitor's input, returns a status. */
export type Run = Generator<undefined, number, undefined>;
export type Reading<Value> = Generator<undefined, Value, undefined>;

/** The reader has gone: the writer dies of SIGPIPE. */
export class BrokenPipe extends Error {}

/** ^C at the terminal. */
export class Interrupted extends Error {}

export abstract class Input {
  readonly terminal: boolean = false;
  protected buffer = '';
  protected position = 0;

  /** Brings more bytes; false at the end. */
  abstract fill(): Reading<boolean>;

  get available(): number {
    return this.buffer.length - this.position;
  }

  protected append(text: string): void {
    this.buffer = this.position === 0 ? this.buffer + text : this.buffer.slice(this.position) + text;
    this.position = 0;
  }

  /** The next line with its end, or what is left; null at the end. At most `limits.inputLineBytes`-sized pieces are promised by the terminal, not here. */
  *line(): Reading<string | null> {
    let searched = this.position;
    for (;;) {
      const end = this.buffer.indexOf('\n', searched);
      if (end >= 0) return this.#take(end + 1 - this.position);
      searched = this.buffer.length;
      const before = this.position;
      const more = this.available < limits.oneFileBytes && (yield* this.fill());
      searched -= before - this.position;
      if (!more) return this.available === 0 ? null : this.#take(this.available);
    }
  }

  /** Up to `count` bytes, fewer only at the end. */
  *bytes(count: number): Reading<string> {
    while (this.available < count && (yield* this.fill()));
    return this.#take(Math.min(count, this.available));
  }

  *all(): Reading<string> {
    while (this.available < limits.oneFileBytes && (yield* this.fill()));
    return this.#take(this.available);
  }

  #take(count: number): string {
    const text = this.buffer.slice(this.position, this.position + count);
    this.position += count;
    if (this.position === this.buffer.length) {
      this.buffer = '';
      this.position = 0;
    }
    return text;
  }
}

/** Input that is known from the start: a file, a pipe, a here-document. */
export class TextInput extends Input {
  constructor(text: string) {
    super();
    this.buffer = text;
  }

  // oxlint-disable-next-line require-yield -- nothing to wait for
  override *fill(): Reading<boolean> {
    return false;
  }
}

/** An endless device: `zero`, `random`. Reads are bounded by what a reader asks for, `all` by the pipe's size. */
export class DeviceInput extends Input {
  readonly #produce: () => string;

  constructor(produce: () => string) {
    super();
    this.#produce = produce;
  }

  // oxlint-disable-next-line require-yield -- nothing to wait for
  override *fill(): Reading<boolean> {
    if (this.available >= limits.pipeBytes) return false;
    this.append(this.#produce());
    return true;
  }
}

/** What the visitor sends. On a terminal an end of input (^D) is met once and more may follow. */
export class VisitorInput extends Input {
  override readonly terminal: boolean;
  #ended = false;
  #interrupted = false;
  #endOnce = false;

  constructor(terminal: boolean) {
    super();
    this.terminal = terminal;
  }

  push(text: string): void {
    if (this.available + text.length <= limits.oneFileBytes) this.append(text);
  }

  endOnce(): void {
    this.#endOnce = true;
  }

  end(): void {
    this.#ended = true;
  }

  get ended(): boolean {
    return this.#ended;
  }

  interrupt(): void {
    this.#interrupted = true;
    this.buffer = '';
    this.position = 0;
  }

  override *fill(): Reading<boolean> {
    const before = this.available;
    for (;;) {
      if (this.#interrupted) {
        this.#interrupted = false;
        throw new Interrupted();
      }
      if (this.available > before) return true;
      if (this.#endOnce) {
        this.#endOnce = false;
        return false;
      }
      if (this.#ended) return false;
      yield;
    }
  }
}

export interface Output {
  readonly terminal: boolean;
  /** Throws `BrokenPipe`, or `FileFault` ENOSPC. */
  write(text: string): void;
}

export const nullOutput: Output = { terminal: false, write: () => {} };

/** A pipe or a substitution: keeps what is written, up to a bound. */
export class CollectedOutput implements Output {
  readonly terminal = false;
  #pieces: string[] = [];
  #length = 0;
  readonly #limit: number;

  constructor(limit: number = limits.pipeBytes) {
    this.#limit = limit;
  }

  write(text: string): void {
    if (this.#length + text.length > this.#limit) {
      this.#pieces.push(text.slice(0, this.#limit - this.#length));
      this.#length = this.#limit;
      throw new BrokenPipe();
    }
    this.#pieces.push(text);
    this.#length += text.length;
  }

  get text(): string {
    const text = this.#pieces.join('');
    this.#pieces = [text];
    return text;
  }
}

export class FileOutput implements Output {
  readonly terminal = false;
  readonly #files: FileSystem;
  readonly #file: FileNode;
  readonly #how: () => string;

  constructor(files: FileSystem, file: FileNode, how: () => string) {
    this.#files = files;
    this.#file = file;
    this.#how = how;
  }

  write(text: string): void {
    if (text !== '') this.#files.append(this.#file, text, this.#how());
  }
}

/** A descriptor that is closed. */
export const closedOutput: Output = {
  terminal: false,
  write(text) {
    if (text !== '') throw new FileFault('EBADF');
  },
};

/** `/dev/full`. */
export const fullOutput: Output = {
  terminal: false,
  write(text) {
    if (text !== '') throw new FileFault('ENOSPC');
  },
};
