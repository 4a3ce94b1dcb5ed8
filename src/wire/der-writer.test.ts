import { Buffer } from 'node:buffer';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  derInteger,
  derNamedBits,
  derObjectIdentifier,
  derOctetString,
  derSequence,
  derTime,
} from './der-writer.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

describe('DER values', () => {
  it('are what the examples of X.690 and RFC 5280 show', () => {
    expect(hex(derInteger(0n))).toBe('020100');
    expect(hex(derInteger(127n))).toBe('02017f');
    expect(hex(derInteger(128n))).toBe('02020080');
    // sha256WithRSAEncryption
    expect(hex(derObjectIdentifier('1.2.840.113549.1.1.11'))).toBe('06092a864886f70d01010b');
    // keyCertSign and cRLSign
    expect(hex(derNamedBits([5, 6]))).toBe('03020106');
    expect(Buffer.from(derTime(Date.parse('2049-12-31T23:59:59Z'))).toString('latin1', 2)).toBe(
      '491231235959Z',
    );
    expect(Buffer.from(derTime(Date.parse('2050-01-01T00:00:00Z'))).toString('latin1', 2)).toBe(
      '20500101000000Z',
    );
  });

  it('carry a length that is their contents, in the fewest octets', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 70_000 }), (length) => {
        const value = derOctetString(new Uint8Array(length));
        const first = value[1] ?? 0;
        const octets = first < 0x80 ? 0 : first & 0x7f;
        const told = octets === 0 ? first : Buffer.from(value).readUIntBE(2, octets);
        expect(told).toBe(length);
        expect(value.length).toBe(2 + octets + length);
        expect(octets).toBe(length < 128 ? 0 : length < 256 ? 1 : length < 65_536 ? 2 : 3);
      }),
    );
  });

  it('hold their parts in order', () => {
    expect(hex(derSequence(derInteger(1n), derInteger(2n)))).toBe('3006020101020102');
  });
});
