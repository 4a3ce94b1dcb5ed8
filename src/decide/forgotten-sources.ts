/**
 * Which sources were forgotten, of which there are too many to remember: two generations of a Bloom filter (Bloom 1970), so that what
 * was long ago fades. 4 bytes a source of a generation.
 *
 * Whoever was forgotten within the last full generation and since is always known. Somebody else is taken for one of them with a
 * probability of at most (1 − e^(−5/16))⁵ for each generation, 0.28 % together. So it decides who is given a place in
 * memory, and never what anybody is held to be.
 */

const probes = 5;
const bitsOfSource = 16;

export class ForgottenSources {
  readonly #generation: number;
  readonly #bits: number;
  #current: Uint32Array;
  #previous: Uint32Array;
  #added = 0;

  constructor(generation: number) {
    this.#generation = Math.max(8, generation);
    this.#bits = 2 ** Math.ceil(Math.log2(this.#generation * bitsOfSource));
    this.#current = new Uint32Array(this.#bits / 32);
    this.#previous = new Uint32Array(this.#bits / 32);
  }

  /** The source with this key was forgotten: its family, and the first 64 bits of its address, an IPv4 one whole in the low word. */
  add(family: number, high: number, low: number): void {
    if (this.#added >= this.#generation) {
      const oldest = this.#previous;
      this.#previous = this.#current;
      this.#current = oldest.fill(0);
      this.#added = 0;
    }
    const first = firstOf(family, high, low);
    const step = stepOf(family, high, low);
    let isNew = false;
    for (let probe = 0; probe < probes; probe += 1) {
      const bit = mixed(first + Math.imul(probe, step)) & (this.#bits - 1);
      const word = this.#current[bit >>> 5] ?? 0;
      const set = word | (1 << (bit & 31));
      if (set === (word | 0)) continue;
      isNew = true;
      this.#current[bit >>> 5] = set;
    }
    if (isNew) this.#added += 1;
  }

  has(family: number, high: number, low: number): boolean {
    const first = firstOf(family, high, low);
    const step = stepOf(family, high, low);
    let inCurrent = true;
    let inPrevious = true;
    for (let probe = 0; probe < probes; probe += 1) {
      const bit = mixed(first + Math.imul(probe, step)) & (this.#bits - 1);
      const mask = 1 << (bit & 31);
      inCurrent &&= ((this.#current[bit >>> 5] ?? 0) & mask) !== 0;
      inPrevious &&= ((this.#previous[bit >>> 5] ?? 0) & mask) !== 0;
      if (!inCurrent && !inPrevious) return false;
    }
    return true;
  }
}

function firstOf(family: number, high: number, low: number): number {
  return mixed(Math.imul(high ^ family, 0x9e3779b1) ^ low);
}

/** Odd, so that the places of two keys that agree in one go apart in the others. */
function stepOf(family: number, high: number, low: number): number {
  return mixed(Math.imul(low ^ 0x5bd1e995, 0x85ebca6b) ^ Math.imul(high, 0x27d4eb2f) ^ family) | 1;
}

function mixed(value: number): number {
  let hash = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
