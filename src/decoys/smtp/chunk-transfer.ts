/** A message that comes in chunks of a told size (RFC 3030 §2). */

import type { LineReader } from '../../wire/line-reader.ts';
import { Message } from './message.ts';

/** What a whole chunk leads to: a line, an error, or the message. */
export type ChunkEnd =
  | { readonly is: 'taken'; readonly text: string }
  | { readonly is: 'refused'; readonly text: string }
  | { readonly is: 'last'; readonly message: Message };

export class ChunkTransfer {
  /** With `failed`, what comes is thrown away until RSET. */
  #state: 'none' | 'good' | 'failed' = 'none';
  #message: Message | null = null;
  #left = 0;
  #size = 0;
  #isLast = false;

  /** True once a chunk has come, and the message is not whole. */
  get hasBegun(): boolean {
    return this.#state !== 'none';
  }

  /** What has come so far; null where nothing has. */
  get message(): Message | null {
    return this.#message;
  }

  /** bdat-cmd = "BDAT" SP chunk-size [SP "LAST"] CRLF, then as many octets. False where that cannot be read. */
  begin(rest: string): boolean {
    const [, count, last] = /^(\d{1,15})(?:\s+(LAST))?$/i.exec(rest) ?? [];
    if (count === undefined) return false;
    this.#size = Number(count);
    this.#left = this.#size;
    this.#isLast = last !== undefined;
    if (this.#state === 'none') this.#message ??= new Message();
    return true;
  }

  /** Takes the chunk's octets; null where it is not whole yet. `lacks` is why no message may come; null where one may. */
  take(lines: LineReader, lacks: string | null): ChunkEnd | null {
    const bytes = lines.take(this.#left);
    this.#left -= bytes.length;
    if (lacks === null && this.#state !== 'failed') this.#message?.add(bytes);
    if (this.#left > 0) return null;
    if (this.#state === 'failed')
      return { is: 'refused', text: `551 5.0.0 Discarded ${this.#size} bytes after earlier error` };
    if (lacks !== null) {
      this.#state = 'failed';
      return { is: 'refused', text: lacks };
    }
    if (this.#isLast && this.#message !== null) {
      // A last line without end is given one, and counted with it.
      if (this.#message.endsOpen) this.#message.add(Uint8Array.of(13, 10));
      return { is: 'last', message: this.#message };
    }
    this.#state = 'good';
    return { is: 'taken', text: `250 2.0.0 Ok: ${this.#size} bytes` };
  }

  reset(): void {
    this.#message = null;
    this.#state = 'none';
  }
}
