/** Waits for the next change of a file, as inotify tells it; where the kernel tells nothing (network file systems), for a while. */

import { watch, type FSWatcher } from 'node:fs';

/** Between two looks at a file that changes all the time. */
const shortestMilliseconds = 20;

export class FileChanges {
  #watcher: FSWatcher | null = null;
  #changed = false;
  #stopped = false;
  #wake: (() => void) | null = null;

  /** From now on the file of this descriptor, whatever its name becomes; the one before is left. */
  watch(descriptor: number): void {
    this.#watcher?.close();
    this.#watcher = null;
    try {
      const watcher = watch(`/proc/self/fd/${descriptor}`, { persistent: false }, () => this.#tell());
      // No inotify to be had any more: the file is looked at by the clock.
      watcher.on('error', () => watcher.close());
      this.#watcher = watcher;
      // What was written before the watch began.
      this.#tell();
    } catch {
      // As above.
    }
  }

  /** Resolves at a change since it last resolved, after the longest time in any case, and at once when stopped. */
  async next(longestMilliseconds: number): Promise<void> {
    const shortest = Math.min(shortestMilliseconds, longestMilliseconds);
    await this.#pause(shortest, () => this.#stopped);
    await this.#pause(longestMilliseconds - shortest, () => this.#changed || this.#stopped);
    this.#changed = false;
  }

  stop(): void {
    this.#stopped = true;
    this.#watcher?.close();
    this.#watcher = null;
    this.#wake?.();
  }

  #tell(): void {
    this.#changed = true;
    this.#wake?.();
  }

  /** Until the time is over or, when woken, the condition holds. */
  async #pause(milliseconds: number, holds: () => boolean): Promise<void> {
    if (milliseconds <= 0 || holds()) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, milliseconds);
    this.#wake = (): void => {
      if (holds()) resolve();
    };
    await promise;
    clearTimeout(timer);
    this.#wake = null;
  }
}
