/**
 * Basic Encoding Rules (X.690 §8), as SNMP uses them: definite lengths, one octet of tag.
 *
 *     uint8    tag: class (2 bits), constructed, number
 *     length   one octet below 128, else 0x80 | count and that many octets
 *     byte[]   contents
 */

import { octets } from './big-endian.ts';

export interface BerValue {
  readonly tag: number;
  readonly contents: Uint8Array;
}

/** Reads one value after another. Past the end, and where a length is none, it has failed and yields nulls. */
export class BerReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  next(): BerValue | null {
    const tag = this.#bytes[this.#at];
    const first = this.#bytes[this.#at + 1];
    if (tag === undefined || first === undefined || (tag & 0x1f) === 0x1f) return null;
    let start = this.#at + 2;
    let length = first;
    if (first >= 0x80) {
      const count = first & 0x7f;
      if (count === 0 || count > 4) return null;
      length = 0;
      for (let index = 0; index < count; index += 1)
        length = length * 256 + (this.#bytes[start + index] ?? 0);
      start += count;
    }
    if (start + length > this.#bytes.length) return null;
    this.#at = start + length;
    return { tag, contents: this.#bytes.subarray(start, start + length) };
  }

  /** The contents of the next value where it has this tag. */
  take(tag: number): Uint8Array | null {
    const value = this.next();
    return value?.tag === tag ? value.contents : null;
  }

  /** The next INTEGER, of at most 32 bits. */
  integer(): number | null {
    const contents = this.take(2);
    return contents === null ? null : berNumber(contents);
  }
}

/** Two's complement of at most five octets. */
export function berNumber(contents: Uint8Array): number | null {
  if (contents.length === 0 || contents.length > 5) return null;
  let value = (contents[0] ?? 0) >= 0x80 ? -1 : 0;
  for (const octet of contents) value = value * 256 + octet;
  return value;
}

export function berValue(tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const contents = octets(...parts);
  const { length } = contents;
  if (length < 0x80) return octets(tag, length, contents);
  return length < 0x100
    ? octets(tag, 0x81, length, contents)
    : octets(tag, 0x82, length >> 8, length, contents);
}

/** A number in the fewest octets of two's complement; unsigned types get a leading zero where their top bit is set. */
export function berInteger(value: number, tag = 2): Uint8Array {
  const digits: number[] = [];
  let rest = value;
  do {
    digits.unshift(((rest % 256) + 256) % 256);
    rest = Math.floor(rest / 256);
  } while (!(rest === 0 && (digits[0] ?? 0) < 0x80) && !(rest === -1 && (digits[0] ?? 0) >= 0x80));
  return berValue(tag, Uint8Array.from(digits));
}

const arcLimit = 128;

/** §8.19: arcs of an object identifier; null where it ends inside an arc or is too long. */
export function readArcs(contents: Uint8Array): number[] | null {
  const arcs: number[] = [];
  let value = 0;
  let open = false;
  for (const octet of contents) {
    value = value * 128 + (octet & 0x7f);
    if (value > 0xffff_ffff || arcs.length >= arcLimit) return null;
    open = octet >= 0x80;
    if (open) continue;
    if (arcs.length === 0)
      arcs.push(Math.min(2, Math.floor(value / 40)), value - 40 * Math.min(2, Math.floor(value / 40)));
    else arcs.push(value);
    value = 0;
  }
  return open ? null : arcs;
}

export function berArcs(arcs: readonly number[]): Uint8Array {
  const digits: number[] = [];
  const put = (arc: number): void => {
    const own = [arc % 128];
    for (let rest = Math.floor(arc / 128); rest > 0; rest = Math.floor(rest / 128))
      own.unshift((rest % 128) | 0x80);
    digits.push(...own);
  };
  put((arcs[0] ?? 0) * 40 + (arcs[1] ?? 0));
  for (const arc of arcs.slice(2)) put(arc);
  return berValue(6, Uint8Array.from(digits));
}
