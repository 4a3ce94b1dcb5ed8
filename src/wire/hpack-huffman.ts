/** The Huffman code of HPACK (RFC 7541 §5.2, appendix B). */

import { Buffer } from 'node:buffer';

/**
 * How many bits each octet takes, and last the end of a string. The code is canonical: of the same length, the lower
 * octet has the lower code, so the lengths say it all.
 */
const lengths: readonly number[] = [
  13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28,
  28, 28, 28, 28, 28, 6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6, 5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7,
  8, 15, 6, 12, 10, 13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19,
  13, 14, 6, 15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5, 6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13,
  28, 20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23, 24, 24, 22, 23, 24, 23, 23, 23, 23, 21,
  22, 23, 22, 23, 23, 24, 22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23, 21, 21, 22, 21, 23,
  22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23, 26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25,
  19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27, 20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25,
  25, 24, 24, 26, 23, 26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26, 30,
];
const endOfString = 256;
const longest = 30;

const codes = new Uint32Array(lengths.length);
/** A tree in pairs: where a bit leads, a node's place or, from `leaf` on, a symbol. */
const leaf = 1_024;
const tree: Int16Array = new Int16Array(2 * 512).fill(-1);

function build(): void {
  let code = 0;
  let nodes = 1;
  for (let bits = 1; bits <= longest; bits += 1) {
    for (let symbol = 0; symbol < lengths.length; symbol += 1) {
      if (lengths[symbol] !== bits) continue;
      codes[symbol] = code;
      let node = 0;
      for (let at = bits - 1; at >= 0; at -= 1) {
        const branch = 2 * node + ((code >>> at) & 1);
        if (at === 0) tree[branch] = leaf + symbol;
        else if (tree[branch] === -1) {
          tree[branch] = nodes;
          node = nodes;
          nodes += 1;
        } else node = tree[branch] ?? 0;
      }
      code += 1;
    }
    code *= 2;
  }
}
build();

/** Latin-1 text of these octets, or null where they are no such code (§5.2: wrong padding, end of string within). */
export function decodeHuffman(bytes: Uint8Array): string | null {
  // The shortest code has five bits.
  const text = Buffer.allocUnsafe(Math.ceil((bytes.length * 8) / 5));
  let length = 0;
  let node = 0;
  /** Bits since the last symbol, and whether all were ones. */
  let since = 0;
  let isPadding = true;
  for (const byte of bytes) {
    for (let at = 7; at >= 0; at -= 1) {
      const bit = (byte >>> at) & 1;
      const next = tree[2 * node + bit] ?? -1;
      since += 1;
      isPadding &&= bit === 1;
      if (next < leaf) node = next;
      else {
        if (next - leaf === endOfString) return null;
        text[length] = next - leaf;
        length += 1;
        node = 0;
        since = 0;
        isPadding = true;
      }
    }
  }
  return since < 8 && isPadding ? text.toString('latin1', 0, length) : null;
}

/** Octets that a Latin-1 text takes in this code. */
export function huffmanLength(text: string): number {
  let bits = 0;
  for (let index = 0; index < text.length; index += 1) bits += lengths[text.charCodeAt(index) & 255] ?? 0;
  return Math.ceil(bits / 8);
}

export function encodeHuffman(text: string): Uint8Array {
  const bytes = new Uint8Array(huffmanLength(text));
  let at = 0;
  for (let index = 0; index < text.length; index += 1) {
    const symbol = text.charCodeAt(index) & 255;
    const code = codes[symbol] ?? 0;
    for (let bit = (lengths[symbol] ?? 0) - 1; bit >= 0; bit -= 1) {
      if (((code >>> bit) & 1) === 1) bytes[at >> 3] = (bytes[at >> 3] ?? 0) | (128 >> (at & 7));
      at += 1;
    }
  }
  // §5.2: what is left of the last octet is the beginning of the end of a string, ones.
  for (; (at & 7) !== 0; at += 1) bytes[at >> 3] = (bytes[at >> 3] ?? 0) | (128 >> (at & 7));
  return bytes;
}
