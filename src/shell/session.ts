import { bytesToText } from './byte-text.ts';
import { ExitShell } from './evaluate/control.ts';
import { engine } from './evaluate/engine.ts';
import { runShell } from './evaluate/program.ts';
import { Shell } from './evaluate/shell.ts';
import type { ShellEvent } from './event.ts';
import { visitMachine } from './files/visit.ts';
import { Exhausted } from './limits.ts';
import { LineDiscipline } from './line-discipline.ts';
import { loginProgram, loginText, prepareLogin } from './login.ts';
import type { ShellOptions } from './options.ts';
import type { ShellProgram } from './shell-program.ts';
import { SessionState } from './state.ts';
import { BrokenPipe, Interrupted, type Run } from './stream.ts';

export type { ShellOptions } from './options.ts';

/** One visitor's shell. Owns no socket, clock or logger: bytes in; events out. Never throws on hostile bytes. */
export class ShellSession {
  readonly #state: SessionState;
  readonly #shell: Shell;
  readonly #program: ShellProgram;
  readonly #discipline: LineDiscipline;
  #run: Run | null = null;
  #over = false;
  /** An error of the interpreter's own, which a visitor sees as a crash; for tests, which expect none. */
  fault: unknown = null;

  constructor(options: ShellOptions) {
    const clock = (): number => this.#state.now();
    const { machine, files } = visitMachine(options, clock);
    const program = loginProgram(machine, files, options.user);
    this.#state = new SessionState(options, machine, files);
    this.#shell = new Shell(this.#state, engine, program.dialect, `-${program.name}`);
    this.#shell.posix = program.posix;
    this.#program = program;
    this.#discipline = new LineDiscipline(this.#state);
    prepareLogin(this.#shell, options);
  }

  /** The work that its commands have done, in the units of `limits`. */
  get spent(): number {
    return this.#state.budget.spent;
  }

  /** What an interactive shell says first: message of the day, prompt. */
  *start(): Iterable<ShellEvent> {
    if (this.#run !== null || this.#over) return;
    if (this.#state.options.terminal) this.#state.show(loginText(this.#state).replaceAll('\n', '\r\n'));
    this.#shell.interactive = this.#state.options.interactive && this.#state.options.terminal;
    this.#run = runShell(this.#shell, null);
    yield* this.#advance();
  }

  /** Typed bytes, or the standard input of the command given to `run`. */
  *receive(bytes: Uint8Array): Iterable<ShellEvent> {
    if (this.#over) return;
    const text = bytesToText(bytes);
    if (!this.#state.options.terminal) {
      // Byte by byte where the shell reads lines, so that a split of the bytes cannot be told.
      for (let start = 0; start < text.length && !this.#over;) {
        const end = text.indexOf('\n', start);
        const next = end < 0 ? text.length : end + 1;
        this.#state.input.push(text.slice(start, next));
        if (end >= 0) {
          // A line at a time: whoever asks may let others have their turn in between.
          yield* this.#advance();
        }
        start = next;
      }
    } else {
      for (const character of text) {
        if (this.#over) break;
        if (this.#discipline.feed(character)) yield* this.#advance();
      }
    }
    yield* this.#state.take();
  }

  /** Runs one command string, as `exec` of SSH or `sh -c`; the exit event follows when it is over. */
  *run(command: string): Iterable<ShellEvent> {
    if (this.#run !== null || this.#over) return;
    const text = Buffer.from(command, 'utf8').toString('latin1');
    this.#shell.name = this.#program.name;
    this.#shell.fromOption = true;
    this.#state.recordLine(text);
    this.#run = runShell(this.#shell, text);
    yield* this.#advance();
  }

  /** The visitor has closed standard input, or the connection. Captures that are still held come here. */
  *end(): Iterable<ShellEvent> {
    if (this.#over) return;
    this.#state.input.end();
    this.#state.budget.windUp();
    yield* this.#advance();
    if (!this.#over) this.#finish(this.#shell.status);
    yield* this.#state.take();
  }

  /** Lets the interpreter go on until it waits for the visitor or is done. In long work a pause of no length lets others in. */
  *#advance(): Iterable<ShellEvent> {
    while (this.#step()) {
      yield* this.#state.take();
      yield { say: 'pause', milliseconds: 0 };
    }
    yield* this.#state.take();
  }

  /** True where there is more to do at once. */
  #step(): boolean {
    if (this.#run === null || this.#over) return false;
    try {
      const step = this.#run.next();
      if (step.done === true) this.#finish(step.value);
      else return this.#state.budget.gaveWay();
    } catch (error) {
      this.#finish(this.#statusOf(error));
    }
    return false;
  }

  #statusOf(error: unknown): number {
    if (error instanceof ExitShell) return error.status;
    if (error instanceof Interrupted) return 130;
    if (error instanceof BrokenPipe) return 141;
    if (error instanceof Exhausted) return 137;
    this.fault = error;
    return 139;
  }

  #finish(status: number): void {
    this.#over = true;
    this.#run = null;
    this.#state.captureAll();
    this.#state.emit({ say: 'exit', status: ((status % 256) + 256) % 256 });
  }
}
