import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  canonicalAddress,
  formatAddress,
  formatNetwork,
  networkContains,
  networkOf,
  parseAddress,
  parseNetwork,
  sourceKey,
} from './address.ts';

const ipv4 = fc
  .tuple(...Array.from({ length: 4 }, () => fc.integer({ min: 0, max: 255 })))
  .map((octets) => octets.join('.'));
const ipv6Value = fc.bigInt({ min: 0n, max: (1n << 128n) - 1n });

describe('addresses', () => {
  it.each([
    ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'],
    ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['::', '::'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::ffff:c000:201', '192.0.2.1'],
    ['64:ff9b::192.0.2.33', '64:ff9b::c000:221'],
  ])('writes %s as RFC 5952 does: %s', (text, canonical) => {
    expect(canonicalAddress(text)).toBe(canonical);
  });

  it.each([
    '',
    '1.2.3',
    '1.2.3.4.5',
    '01.2.3.4',
    '1.2.3.256',
    ':::',
    '1::2::3',
    'fe80::1%eth0',
    '1.2.3.4::',
    '12345::',
    '::1.2.3',
    'g::',
  ])('knows that %j is none', (text) => {
    expect(parseAddress(text)).toBeNull();
  });

  it('reads what it writes', () => {
    fc.assert(
      fc.property(ipv6Value, (value) => {
        const text = formatAddress({ family: 6, value });
        const mapped = value >> 32n === 0xffffn;
        expect(parseAddress(text)).toEqual(
          mapped ? { family: 4, value: value & 0xffffffffn } : { family: 6, value },
        );
      }),
    );
    fc.assert(
      fc.property(ipv4, (text) => {
        expect(canonicalAddress(text)).toBe(text);
      }),
    );
  });

  it('never throws on random text', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 60 }), (text) => {
        const canonical = canonicalAddress(text);
        if (canonical !== null) expect(canonicalAddress(canonical)).toBe(canonical);
        parseNetwork(text);
      }),
    );
  });

  it('keys an IPv6 source by its /64 and an IPv4 source by itself', () => {
    expect(sourceKey('2001:db8:1:2:3:4:5:6')).toBe('2001:db8:1:2::/64');
    expect(sourceKey('192.0.2.7')).toBe('192.0.2.7');
  });
});

describe('networks', () => {
  it('clears host bits, unmaps IPv4, and takes a bare address for a host', () => {
    const shown = (text: string): string | null => {
      const network = parseNetwork(text);
      return network === null ? null : formatNetwork(network);
    };
    expect(shown('192.0.2.77/24')).toBe('192.0.2.0/24');
    expect(shown('::ffff:192.0.2.77/120')).toBe('192.0.2.0/24');
    expect(shown('2001:db8::1')).toBe('2001:db8::1/128');
    expect(shown('192.0.2.0/33')).toBeNull();
    expect(shown('192.0.2.0/')).toBeNull();
  });

  it('holds exactly the addresses that share its prefix', () => {
    fc.assert(
      fc.property(ipv6Value, ipv6Value, fc.integer({ min: 0, max: 128 }), (left, right, prefix) => {
        const network = networkOf({ family: 6, value: left }, prefix);
        const same = prefix === 0 || left >> BigInt(128 - prefix) === right >> BigInt(128 - prefix);
        expect(networkContains(network, { family: 6, value: right })).toBe(same);
      }),
    );
  });
});
