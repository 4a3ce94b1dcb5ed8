import type { ShellEvent } from './event.ts';
import type { ShellOptions } from './options.ts';

export type { ShellOptions } from './options.ts';

/** One visitor's shell. Owns no socket, clock or logger: bytes in; events out. Never throws on hostile bytes. */
export class ShellSession {
  readonly #options: ShellOptions;

  constructor(options: ShellOptions) {
    this.#options = options;
  }

  /** What an interactive shell says first: message of the day, prompt. */
  *start(): Iterable<ShellEvent> {}

  /** Typed bytes, or the standard input of the command given to `run`. */
  *receive(_bytes: Uint8Array): Iterable<ShellEvent> {}

  /** Runs one command string, as `exec` of SSH or `sh -c`; the exit event follows when it is over. */
  *run(_command: string): Iterable<ShellEvent> {}

  /** The visitor has closed standard input, or the connection. Captures that are still held come here. */
  *end(): Iterable<ShellEvent> {
    yield { say: 'exit', status: this.#options.interactive ? 0 : 1 };
  }
}
