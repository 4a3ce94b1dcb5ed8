/** One of Picket's processes under the supervisor: started, watched, started again with back-off, stopped in order. */

import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import process from 'node:process';
import { startOf } from './reachable-code.ts';

export interface ChildOptions {
  readonly role: 'store' | 'engine' | 'fence' | 'sensor' | 'telemetry';
  /** The configuration as JSON (which is YAML), given over standard input. */
  readonly configuration: string;
  /** Descriptors that the child inherits, from number 4 on. */
  readonly descriptors?: readonly number[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Taken out of the child's standard output: all that it prints there. */
  readonly log: (line: string) => void;
}

const entry = fileURLToPath(new URL('../cli/main.ts', import.meta.url));
const firstDelay = 100;
const longestDelay = 10_000;
/** A child that ran this long is taken to be well, and its next restart comes quickly again. */
const wellAfter = 30_000;
const stopMilliseconds = 8000;
/** Wrong use or configuration: starting again would not help. */
const exitWronglyUsed = 2;

/** A process that ended before it was ready. */
export class ChildEnded extends Error {
  override readonly name = 'ChildEnded';
  readonly exitCode: number | null;

  constructor(message: string, exitCode: number | null) {
    super(message);
    this.exitCode = exitCode;
  }

  /** True where it was used or configured wrongly, and has said so itself. */
  get saidWhy(): boolean {
    return this.exitCode === exitWronglyUsed;
  }
}

export class Child {
  readonly #options: ChildOptions;
  #process: ChildProcess | null = null;
  #delay = firstDelay;
  #stopping = false;
  #restarts = 0;
  #retry: NodeJS.Timeout | null = null;

  constructor(options: ChildOptions) {
    this.#options = options;
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  get restarts(): number {
    return this.#restarts;
  }

  /** Resolves when the child says that it is ready; rejects where it ends before. */
  start(): Promise<void> {
    const { role, configuration, descriptors = [], environment = {} } = this.#options;
    const startedAt = Date.now();
    const { program, words } = startOf(
      entry,
      ['--disable-warning=ExperimentalWarning'],
      [role, '--config', '-'],
    );
    const child = spawn(program, words, {
      stdio: ['pipe', 'inherit', 'inherit', 'ipc', ...descriptors],
      env: { ...process.env, ...environment },
      // Ctrl-C on a terminal reaches the supervisor alone, which then stops the children in order.
      detached: true,
    });
    this.#process = child;
    child.stdin?.on('error', () => {
      // The child is gone before it has read; its exit says why.
    });
    child.stdin?.end(configuration);
    return new Promise((resolve, reject) => {
      let ready = false;
      child.on('message', () => {
        ready = true;
        resolve();
      });
      child.on('error', reject);
      child.on('exit', (code, signal) => {
        this.#process = null;
        if (!ready)
          reject(new ChildEnded(`the ${role} ended at its start (${signal ?? `exit code ${code}`})`, code));
        if (this.#stopping || (!ready && this.#restarts === 0) || code === exitWronglyUsed) return;
        if (Date.now() - startedAt > wellAfter) this.#delay = firstDelay;
        this.#options.log(
          `the ${role} ended (${signal ?? `exit code ${code}`}); starting it again in ${this.#delay} ms`,
        );
        this.#retry = setTimeout(() => {
          this.#restarts += 1;
          // A start that fails ends in another exit, which leads here again.
          this.start().catch(() => {});
        }, this.#delay);
        this.#delay = Math.min(this.#delay * 2, longestDelay);
      });
    });
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    if (this.#retry !== null) clearTimeout(this.#retry);
    const child = this.#process;
    if (child === null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    const timer = setTimeout(() => {
      this.#options.log(
        `the ${this.#options.role} did not stop within ${stopMilliseconds} ms and was killed`,
      );
      child.kill('SIGKILL');
    }, stopMilliseconds);
    await ended;
    clearTimeout(timer);
  }
}
