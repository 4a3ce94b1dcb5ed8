/** A bar on standard error for long work: only on a terminal, only where the amount is known, and only once it has taken a second. */

import process from 'node:process';

const firstAfterMilliseconds = 1000;
const everyMilliseconds = 100;
const width = 30;

export class Progress {
  readonly #total: number;
  readonly #startedAt = Date.now();
  #shownAt = 0;

  constructor(total: number | null) {
    this.#total = process.stderr.isTTY && total !== null ? total : 0;
  }

  /** `done` of the total, and a word on what was done. */
  show(done: number, text: () => string): void {
    if (this.#total === 0) return;
    const now = Date.now();
    if (now - this.#startedAt < firstAfterMilliseconds || now - this.#shownAt < everyMilliseconds) return;
    this.#shownAt = now;
    const share = Math.min(1, done / this.#total);
    const full = Math.round(share * width);
    const bar = `${'█'.repeat(full)}${'░'.repeat(width - full)}`;
    process.stderr.write(`\r\u001B[K${bar} ${Math.floor(share * 100)} %  ${text()}`);
  }

  /** Takes the bar away, so that other lines can follow. */
  clear(): void {
    if (this.#shownAt > 0) process.stderr.write('\r\u001B[K');
    this.#shownAt = 0;
  }
}
