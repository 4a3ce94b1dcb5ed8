import { Buffer } from 'node:buffer';
import { describe, expect, it } from 'vitest';
import { Umac } from './ssh-umac.ts';

const key = Buffer.from('abcdefghijklmnop');
const nonce = Buffer.from('bcdefghi');

/** Appendix of RFC 4418: key, nonce, messages and tags. */
const vectors: readonly (readonly [message: string, count: number, tag64: string, tag128?: string])[] = [
  ['', 0, '6E155FAD26900BE1', '32FEDB100C79AD58F07FF7643CC60465'],
  ['a', 3, '44B5CB542F220104', '185E4FE905CBA7BD85E4C2DC3D117D8D'],
  ['a', 1 << 10, '26BF2F5D60118BD9', '7A54ABE04AF82D60FB298C3CBD195BCB'],
  ['a', 1 << 15, '27F8EF643B0D118D', '7B136BD911E4B734286EF2BE501F2C3C'],
  ['abc', 1, 'D4D7B9F6BD4FBFCF', '883C3D4B97A61976FFCF232308CBA5A5'],
  ['abc', 500, 'D4CF26DDEFD5C01A', '8824A260C53C66A36C9260A62CB83AA1'],
];

describe('UMAC', () => {
  it.each(vectors)('gives the tags of RFC 4418 for %j × %i', (text, count, tag64, tag128) => {
    const message = Buffer.from(String(text).repeat(Number(count)));
    expect(new Umac(key, 8).tag(message, nonce).toString('hex').toUpperCase()).toBe(tag64);
    if (tag128 !== undefined)
      expect(new Umac(key, 16).tag(message, nonce).toString('hex').toUpperCase()).toBe(tag128);
  });
});
