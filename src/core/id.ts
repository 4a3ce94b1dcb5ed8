/**
 * UUID version 7 (RFC 9562 §5.7): 48 bits of Unix milliseconds, then random and counter bits, so that ids sort by time.
 * The 12 bits of rand_a and the first 14 of rand_b are a counter (method 1 of §6.2), the remaining 48 are random per process.
 */

const hex = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

const lowCounts = 1 << 14;

export class IdSource {
  /** What stands behind the high bits of the counter, by its low 14 bits: made when first asked for, then one text for many ids. */
  readonly #ends: string[] = [];
  readonly #node: string;
  #counter = 0;
  #lastMilliseconds = -1;
  #timePart = '';
  #head = '';

  constructor(random: Uint8Array = crypto.getRandomValues(new Uint8Array(6))) {
    this.#node = Array.from(random.subarray(0, 6), (byte) => hex[byte]).join('');
  }

  /** A fresh id for an event at this time (milliseconds since the epoch). Unique within the process for 67 million ids a millisecond. */
  next(milliseconds: number): string {
    this.#counter = (this.#counter + 1) & 0x3ffffff;
    const low = this.#counter & (lowCounts - 1);
    if (milliseconds !== this.#lastMilliseconds || low === 0) {
      if (milliseconds !== this.#lastMilliseconds) {
        this.#lastMilliseconds = milliseconds;
        const time = Math.max(0, Math.floor(milliseconds)).toString(16).padStart(12, '0').slice(-12);
        this.#timePart = `${time.slice(0, 8)}-${time.slice(8)}-7`;
      }
      const high = this.#counter >>> 14;
      this.#head = `${this.#timePart}${hex[high >>> 4]}${(high & 15).toString(16)}`;
    }
    let end = this.#ends[low];
    if (end === undefined) {
      end = `-${hex[0x80 | (low >>> 8)]}${hex[low & 255]}-${this.#node}`;
      this.#ends[low] = end;
    }
    return this.#head + end;
  }
}
