/** Standard output for many lines: written in large pieces, never further ahead than the reader on the other side, quiet when it leaves. */

import { once } from 'node:events';
import process from 'node:process';

const pieceCharacters = 65_536;

export class Output {
  #held: string[] = [];
  #characters = 0;
  #closed = false;

  constructor() {
    process.stdout.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
      // `picket analyze … | head` has seen enough.
      this.#closed = true;
      process.exit();
    });
  }

  line(text: string): void {
    if (this.#closed) return;
    this.#held.push(text, '\n');
    this.#characters += text.length + 1;
  }

  get isFull(): boolean {
    return this.#characters >= pieceCharacters;
  }

  /** Hands over what is held; waits where the other side is behind. */
  async flush(): Promise<void> {
    if (this.#characters === 0 || this.#closed) return;
    const piece = this.#held.join('');
    this.#held = [];
    this.#characters = 0;
    if (!process.stdout.write(piece)) await once(process.stdout, 'drain');
  }
}
