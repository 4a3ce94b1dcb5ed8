/**
 * Header blocks of HPACK (RFC 7541 §6) as nginx writes them: names of the static table where it has one of its own for them, values
 * spelled out each time. The reader is told to keep some of them and never referred to what it keeps, so nothing is remembered here.
 */

import { Buffer } from 'node:buffer';
import type { Header } from '../core/observation.ts';
import { encodeHuffman, huffmanLength } from './hpack-huffman.ts';
import { staticTable } from './hpack-table.ts';

const indexOf = (name: string, value?: string): number =>
  1 + staticTable.findIndex((entry) => entry[0] === name && (value === undefined || entry[1] === value));

const kept: ReadonlyMap<string, number> = new Map(
  ['server', 'date', 'content-type', 'content-length', 'last-modified', 'location'].map((name) => [
    name,
    indexOf(name),
  ]),
);

/** §5.1. */
export function hpackInteger(value: number, bits: number, first: number): number[] {
  const mask = 2 ** bits - 1;
  if (value < mask) return [first | value];
  const octets = [first | mask];
  let rest = value - mask;
  for (; rest >= 128; rest = Math.floor(rest / 128)) octets.push(128 + (rest % 128));
  octets.push(rest);
  return octets;
}

/** §5.2: in Huffman's code where that is shorter. */
function stringOf(text: string): Buffer {
  const short = huffmanLength(text);
  return short < text.length
    ? Buffer.concat([Buffer.from(hpackInteger(short, 7, 128)), encodeHuffman(text)])
    : plain(text);
}

const plain = (text: string): Buffer =>
  Buffer.concat([Buffer.from(hpackInteger(text.length, 7, 0)), Buffer.from(text, 'latin1')]);

/** A new size of the table, 0: for a peer that has spoken of its size (§4.2). */
export const noTable: Buffer = Buffer.from(hpackInteger(0, 5, 32));

/** The block of an answer; names in lower case, Latin-1 values. */
export function encodeAnswer(status: number, fields: readonly Header[]): Buffer {
  const known = indexOf(':status', String(status));
  const pieces: Buffer[] = [
    known === 0
      ? Buffer.concat([Buffer.from(hpackInteger(indexOf(':status'), 6, 64)), plain(String(status))])
      : Buffer.from(hpackInteger(known, 7, 128)),
  ];
  for (const [name, value] of fields) {
    const index = kept.get(name);
    if (index === undefined) pieces.push(Buffer.from([0]), stringOf(name));
    else pieces.push(Buffer.from(hpackInteger(index, 6, 64)));
    pieces.push(name === 'content-length' ? plain(value) : stringOf(value));
  }
  return Buffer.concat(pieces);
}
