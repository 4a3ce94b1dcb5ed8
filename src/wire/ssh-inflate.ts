/**
 * Inflate (RFC 1951, within RFC 1950) that goes on from packet to packet, as zlib@openssh.com needs it: Node's own inflate
 * has no public form that keeps its window over several synchronous calls. The senders flush after every packet, but a
 * flush may end within an octet, so a symbol that is not wholly there is read again when more octets have come.
 */

import { Buffer } from 'node:buffer';
import { PicketError } from '../core/errors.ts';

const windowBytes = 32_768;
const lengthBase = [
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195,
  227, 258,
];
const lengthExtra = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
const distanceBase = [
  1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097,
  6145, 8193, 12_289, 16_385, 24_577,
];
const distanceExtra = [
  0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13,
];
const codeLengthOrder = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

interface Code {
  /** How many symbols have each code length. */
  readonly counts: Uint16Array;
  /** Symbols in the order of their codes. */
  readonly symbols: Uint16Array;
}

const damaged = (what: string): PicketError =>
  new PicketError('PICKET_PROTOCOL_VIOLATION', `compressed SSH data: ${what}`);

/** A canonical Huffman code, RFC 1951 §3.2.2. */
function makeCode(lengths: readonly number[]): Code {
  const counts = new Uint16Array(16);
  for (const length of lengths) counts[length] = (counts[length] ?? 0) + 1;
  counts[0] = 0;
  let left = 1;
  const offsets = new Uint16Array(17);
  for (let length = 1; length < 16; length += 1) {
    left = left * 2 - (counts[length] ?? 0);
    if (left < 0) throw damaged('too many codes');
    offsets[length + 1] = (offsets[length] ?? 0) + (counts[length] ?? 0);
  }
  const symbols = new Uint16Array(lengths.length);
  for (const [symbol, length] of lengths.entries()) {
    if (length === 0) continue;
    const offset = offsets[length] ?? 0;
    symbols[offset] = symbol;
    offsets[length] = offset + 1;
  }
  return { counts, symbols };
}

const fixedLiterals = makeCode(
  Array.from({ length: 288 }, (_, symbol) => (symbol < 144 ? 8 : symbol < 256 ? 9 : symbol < 280 ? 7 : 8)),
);
const fixedDistances = makeCode(Array.from({ length: 30 }, () => 5));

/** Thrown within when the octets end in the middle of something; never leaves this file. */
const starved = new Error('more octets needed');

type Stage =
  | { readonly at: 'header' | 'block' | 'end' }
  | { readonly at: 'stored'; left: number }
  | { readonly at: 'codes'; readonly literals: Code; readonly distances: Code; readonly last: boolean };

export class SshInflate {
  readonly #window = Buffer.alloc(windowBytes);
  #written = 0;
  #input: Buffer = Buffer.alloc(0);
  /** Position in the input, in bits. */
  #bit = 0;
  #stage: Stage = { at: 'header' };
  #output: Buffer = Buffer.alloc(0);
  #length = 0;
  #limit = 0;

  /**
   * Inflates the octets of one packet. Throws PICKET_PROTOCOL_VIOLATION where they are damaged or would give more than
   * `limit` octets.
   */
  inflate(octets: Uint8Array, limit: number): Buffer {
    this.#input = Buffer.concat([this.#input.subarray(this.#bit >>> 3), octets]);
    this.#bit &= 7;
    this.#output = Buffer.allocUnsafe(Math.min(limit, Math.max(1024, octets.length * 4)));
    this.#length = 0;
    this.#limit = limit;
    for (;;) {
      // Where a step starves it is taken again from here with the next packet's octets.
      const bit = this.#bit;
      try {
        this.#step();
      } catch (error) {
        if (error !== starved) throw error;
        this.#bit = bit;
        break;
      }
    }
    if (this.#input.length - (this.#bit >>> 3) > 1024) throw damaged('a block header has no end');
    return this.#output.subarray(0, this.#length);
  }

  #bits(count: number): number {
    if (this.#bit + count > this.#input.length * 8) throw starved;
    let value = 0;
    for (let index = 0; index < count; index += 1, this.#bit += 1) {
      value |= (((this.#input[this.#bit >>> 3] ?? 0) >>> (this.#bit & 7)) & 1) << index;
    }
    return value;
  }

  #symbol(code: Code): number {
    let value = 0;
    let first = 0;
    let index = 0;
    for (let length = 1; length < 16; length += 1) {
      value |= this.#bits(1);
      const count = code.counts[length] ?? 0;
      if (value - count < first) return code.symbols[index + (value - first)] ?? 0;
      index += count;
      first = (first + count) << 1;
      value <<= 1;
    }
    throw damaged('no such code');
  }

  #put(octet: number): void {
    if (this.#length === this.#output.length) {
      if (this.#length >= this.#limit) throw damaged('it grows beyond what a packet may hold');
      const output = Buffer.allocUnsafe(Math.min(this.#limit, this.#length * 2));
      this.#output.copy(output, 0, 0, this.#length);
      this.#output = output;
    }
    this.#output[this.#length] = octet;
    this.#length += 1;
    this.#window[this.#written % windowBytes] = octet;
    this.#written += 1;
  }

  /** One block header, one stored octet or one symbol. */
  #step(): void {
    const stage = this.#stage;
    switch (stage.at) {
      case 'header': {
        const method = this.#bits(8);
        const flags = this.#bits(8);
        if ((method & 15) !== 8 || (method * 256 + flags) % 31 !== 0 || (flags & 32) !== 0)
          throw damaged('it is not zlib');
        this.#stage = { at: 'block' };
        return;
      }
      case 'block':
        this.#stage = this.#blockHeader();
        return;
      case 'stored':
        if (stage.left === 0) this.#stage = { at: 'block' };
        else {
          this.#put(this.#bits(8));
          stage.left -= 1;
        }
        return;
      case 'codes': {
        const symbol = this.#symbol(stage.literals);
        if (symbol < 256) this.#put(symbol);
        else if (symbol === 256) this.#stage = { at: stage.last ? 'end' : 'block' };
        else this.#copy(symbol - 257, stage.distances);
        return;
      }
      case 'end':
        throw starved;
    }
  }

  #copy(lengthSymbol: number, distances: Code): void {
    const base = lengthBase[lengthSymbol];
    if (base === undefined) throw damaged('no such length');
    const length = base + this.#bits(lengthExtra[lengthSymbol] ?? 0);
    const symbol = this.#symbol(distances);
    const start = distanceBase[symbol];
    if (start === undefined) throw damaged('no such distance');
    const distance = start + this.#bits(distanceExtra[symbol] ?? 0);
    if (distance > this.#written || distance > windowBytes) throw damaged('a distance reaches too far back');
    for (let count = 0; count < length; count += 1) {
      this.#put(this.#window[(this.#written - distance) % windowBytes] ?? 0);
    }
  }

  #blockHeader(): Stage {
    const last = this.#bits(1) === 1;
    const kind = this.#bits(2);
    if (kind === 0) {
      this.#bit = (this.#bit + 7) & ~7;
      const length = this.#bits(16);
      if ((this.#bits(16) ^ 0xffff) !== length) throw damaged('a stored block contradicts itself');
      return { at: 'stored', left: length };
    }
    if (kind === 1) return { at: 'codes', literals: fixedLiterals, distances: fixedDistances, last };
    if (kind !== 2) throw damaged('no such block');
    const literalCount = this.#bits(5) + 257;
    const distanceCount = this.#bits(5) + 1;
    const codeCount = this.#bits(4) + 4;
    const codeLengths = Array.from({ length: 19 }, () => 0);
    for (let index = 0; index < codeCount; index += 1)
      codeLengths[codeLengthOrder[index] ?? 0] = this.#bits(3);
    const lengthsCode = makeCode(codeLengths);
    const lengths: number[] = [];
    while (lengths.length < literalCount + distanceCount) {
      const symbol = this.#symbol(lengthsCode);
      if (symbol < 16) lengths.push(symbol);
      else {
        const value = symbol === 16 ? lengths.at(-1) : 0;
        if (value === undefined) throw damaged('nothing to repeat');
        const times =
          symbol === 16 ? 3 + this.#bits(2) : symbol === 17 ? 3 + this.#bits(3) : 11 + this.#bits(7);
        for (let count = 0; count < times; count += 1) lengths.push(value);
      }
    }
    if (lengths.length > literalCount + distanceCount) throw damaged('too many lengths');
    return {
      at: 'codes',
      literals: makeCode(lengths.slice(0, literalCount)),
      distances: makeCode(lengths.slice(literalCount)),
      last,
    };
  }
}
