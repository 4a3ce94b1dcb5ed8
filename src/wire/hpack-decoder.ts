/**
 * Header blocks of HPACK (RFC 7541 §6), in whatever pieces they come. Bounded by what they unfold to, not by what they take: a block
 * of a few octets can name a long entry thousands of times.
 *
 *     1 + 7 bits index                        indexed field (§6.1)
 *     01 + 6 bits index [name] value          literal that is added to the table (§6.2.1)
 *     001 + 5 bits size                       the table's new size (§6.3)
 *     0000 or 0001 + 4 bits index [name] value  literal that is not added (§6.2.2, §6.2.3)
 *
 *     string: 1 bit Huffman, 7 bits length, octets (§5.2)
 */

import { Buffer } from 'node:buffer';
import type { Header } from '../core/observation.ts';
import { ByteQueue } from './byte-queue.ts';
import { decodeHuffman } from './hpack-huffman.ts';
import { DynamicTable } from './hpack-table.ts';

export interface HpackLimits {
  /** What our SETTINGS allow the table to be; 4,096 where they do not say. */
  readonly table: number;
  /** Octets of one name or value as it is sent. */
  readonly string: number;
  /** Octets of all names and values of a block. */
  readonly list: number;
  readonly fields: number;
}

/** What ends the connection: RFC 9113 §4.3. */
export type HpackFault = 'compression' | 'truncated' | 'too-large';

interface Integer {
  readonly value: number;
  readonly end: number;
}

interface Text {
  readonly isHuffman: boolean;
  readonly from: number;
  readonly end: number;
}

export class HpackDecoder {
  readonly #limits: HpackLimits;
  readonly #table: DynamicTable;
  readonly #queue = new ByteQueue();
  #fields: Header[] = [];
  #size = 0;
  #fromTable = 0;

  constructor(limits: HpackLimits) {
    this.#limits = limits;
    this.#table = new DynamicTable(limits.table);
  }

  /** Of the block at hand: octets of its names and values, and how many of them the table had already. */
  get unfolded(): { readonly size: number; readonly fromTable: number } {
    return { size: this.#size, fromTable: this.#fromTable };
  }

  /** Octets that are held of an unfinished field. */
  get held(): number {
    return this.#queue.length;
  }

  /** The fields once `isLast` says that the block is whole, null until then. After a fault nothing can be read any more. */
  push(bytes: Uint8Array, isLast: boolean): readonly Header[] | HpackFault | null {
    this.#queue.append(bytes);
    while (this.#queue.length > 0) {
      const end = this.#field();
      if (typeof end === 'string') return end;
      if (end === 0) return isLast ? 'truncated' : null;
      this.#queue.drop(end);
    }
    if (!isLast) return null;
    const fields = this.#fields;
    this.#fields = [];
    this.#size = 0;
    this.#fromTable = 0;
    return fields;
  }

  /** Reads one representation; gives where it ends, 0 where it is not whole. */
  #field(): number | HpackFault {
    const first = this.#queue.at(0) ?? 0;
    if (first >= 128) {
      const index = this.#number(0, 7);
      if (typeof index === 'string' || index === null) return index ?? 0;
      const entry = this.#table.at(index.value);
      if (entry === undefined) return 'compression';
      this.#fromTable += entry[0].length + entry[1].length;
      return this.#take(entry, index.end);
    }
    if (first >= 32 && first < 64) {
      const size = this.#number(0, 5);
      if (typeof size === 'string' || size === null) return size ?? 0;
      if (size.value > this.#limits.table) return 'compression';
      this.#table.resize(size.value);
      return size.end;
    }
    const isAdded = first >= 64;
    const index = this.#number(0, isAdded ? 6 : 4);
    if (typeof index === 'string' || index === null) return index ?? 0;
    let at = index.end;
    const known = index.value === 0 ? null : this.#table.at(index.value);
    if (known === undefined) return 'compression';
    let name: Text | null = null;
    if (known === null) {
      const text = this.#text(at);
      if (typeof text === 'string' || text === null) return text ?? 0;
      name = text;
      at = text.end;
    }
    const value = this.#text(at);
    if (typeof value === 'string' || value === null) return value ?? 0;
    // Nothing is decoded before all of it is there, so that small pieces do not cost more than large ones.
    const nameText = name === null ? (known?.[0] ?? '') : this.#decode(name);
    const valueText = this.#decode(value);
    if (nameText === null || valueText === null) return 'compression';
    const header: Header = [nameText, valueText];
    if (isAdded) this.#table.add(header);
    return this.#take(header, value.end);
  }

  #take(header: Header, end: number): number | HpackFault {
    this.#size += header[0].length + header[1].length;
    if (this.#size > this.#limits.list || this.#fields.length >= this.#limits.fields) return 'too-large';
    this.#fields.push(header);
    return end;
  }

  /** §5.1: an integer whose first bits fill the rest of an octet; null where it is not whole. */
  #number(at: number, bits: number): Integer | HpackFault | null {
    const mask = 2 ** bits - 1;
    const first = this.#queue.at(at);
    if (first === undefined) return null;
    let value = first & mask;
    if (value < mask) return { value, end: at + 1 };
    for (let octet = 0; ; octet += 1) {
      // Four octets say more than any limit here allows.
      if (octet === 4) return 'compression';
      const next = this.#queue.at(at + 1 + octet);
      if (next === undefined) return null;
      value += (next & 127) * 128 ** octet;
      if (next < 128) return { value, end: at + 2 + octet };
    }
  }

  #text(at: number): Text | HpackFault | null {
    const length = this.#number(at, 7);
    if (typeof length === 'string' || length === null) return length;
    if (length.value > this.#limits.string) return 'too-large';
    const end = length.end + length.value;
    if (end > this.#queue.length) return null;
    return { isHuffman: (this.#queue.at(at) ?? 0) >= 128, from: length.end, end };
  }

  #decode(text: Text): string | null {
    const bytes = this.#queue.view(text.from, text.end);
    return text.isHuffman ? decodeHuffman(bytes) : Buffer.from(bytes).toString('latin1');
  }
}
