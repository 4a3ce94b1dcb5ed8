/** What a program prints, and the moment at which it printed a piece of it. */

import type { ChildProcess } from 'node:child_process';
import { performance } from 'node:perf_hooks';

export class Transcript {
  #text = '';
  #awaited: (() => void) | null = null;

  get text(): string {
    return this.#text;
  }

  /** Takes what the program prints from now on. */
  hear(program: ChildProcess): void {
    for (const stream of [program.stdout, program.stderr]) {
      stream?.on('data', (chunk) => {
        this.#text += String(chunk);
        this.#awaited?.();
      });
    }
  }

  /** When the pattern was first there, on the clock of `performance.now`; null where it is not within the time. One at a time. */
  async appeared(pattern: RegExp, seconds: number): Promise<number | null> {
    const { promise, resolve } = Promise.withResolvers<number | null>();
    const timer = setTimeout(() => resolve(null), seconds * 1000);
    this.#awaited = (): void => {
      if (pattern.test(this.#text)) resolve(performance.now());
    };
    this.#awaited();
    const at = await promise;
    clearTimeout(timer);
    this.#awaited = null;
    return at;
  }
}
