/**
 * How many distinct things a source has touched: exactly up to 32, then by HyperLogLog (Flajolet et al. 2007) with p = 10
 * (1,024 registers of a byte, 3 % error). At most 1.2 KiB.
 */

const exactMaximum = 32;
const exactlySized = 8;
const registers = 1_024;
const alpha = 0.7213 / (1 + 1.079 / registers);

/** A well-mixed 32-bit hash of text and number (FNV-1a, then the finaliser of MurmurHash3). */
export function contactHash(text: string, number: number): number {
  let hash = 0x811c9dc5 ^ number;
  for (let index = 0; index < text.length; index += 1)
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) | 0;
}

/** Registers with what the estimate needs, kept as they change. */
class Sketch {
  readonly #registers = new Uint8Array(registers);
  /** Σ 2^−register: exact, since the terms are powers of two. */
  #sum = registers;
  /** Registers at 0. */
  #zero = registers;

  /** True where the estimate grew. */
  add(hash: number): boolean {
    const index = hash & (registers - 1);
    const rank = Math.clz32(hash >>> 10) - 10 + 1;
    const held = this.#registers[index] ?? 0;
    if (rank <= held) return false;
    this.#registers[index] = rank;
    this.#sum += 2 ** -rank - 2 ** -held;
    if (held === 0) this.#zero -= 1;
    return true;
  }

  get estimate(): number {
    const raw = (alpha * registers * registers) / this.#sum;
    return raw <= 2.5 * registers && this.#zero > 0 ? registers * Math.log(registers / this.#zero) : raw;
  }
}

export class FanOut {
  /** Null until the first: most sources touch one thing, and a million of them are remembered. */
  #exact: number[] | null = null;
  #sketch: Sketch | null = null;

  /** Adds a hash. True where it is new; beyond 32 only where the estimate grew, so that ever fewer of many are told. */
  add(hash: number): boolean {
    if (this.#sketch !== null) return this.#sketch.add(hash);
    if (this.#exact === null) {
      this.#exact = [hash];
      return true;
    }
    if (this.#exact.includes(hash)) return false;
    if (this.#exact.length < exactMaximum) {
      // A list that grows by `push` keeps room for sixteen more, and most sources touch few things.
      if (this.#exact.length < exactlySized) this.#exact = this.#exact.concat(hash);
      else this.#exact.push(hash);
      return true;
    }
    this.#sketch = new Sketch();
    for (const held of this.#exact) this.#sketch.add(held);
    this.#exact = null;
    return this.#sketch.add(hash);
  }

  get size(): number {
    if (this.#sketch !== null) return Math.max(exactMaximum, Math.round(this.#sketch.estimate));
    return this.#exact === null ? 0 : this.#exact.length;
  }
}
