import { Buffer } from 'node:buffer';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { derChildren, derLength, readDer } from './der-reader.ts';
import { derInteger, derOctetString, derSequence } from './der-writer.ts';
import { md4, NtlmSeal, Rc4, sessionKeyOf } from './ntlm-keys.ts';
import { decodeAuthenticate, encodeChallenge, findNtlm, negotiateFlags, ntlmType } from './ntlm-message.ts';

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(/\s/g, ''), 'hex');

it('digests as RFC 1320 has it', () => {
  expect(md4(Buffer.from('')).toString('hex')).toBe('31d6cfe0d16ae931b73c59d7e0c089c0');
  expect(md4(Buffer.from('message digest')).toString('hex')).toBe('d9130a8164549fe818874806e1c7014b');
  expect(md4(Buffer.from('1234567890'.repeat(8))).toString('hex')).toBe('e33b4ddc9c38f2199c3e7b164fcc0536');
});

it('enciphers as RFC 6229 has it', () => {
  expect(new Rc4(hex('0102030405')).next(Buffer.alloc(16)).toString('hex')).toBe(
    'b2396305f03dc027ccc3524a0a1118a8',
  );
});

// [MS-NLMP] §4.2.4: User, Domain, Password.
it('knows the password behind the response of the specification, and no other', () => {
  const blob = hex(
    '01010000 00000000 00000000 00000000 aaaaaaaaaaaaaaaa 00000000 02000c00 44006f006d00610069006e00 01000c00 530065007200760065007200 00000000 00000000',
  );
  const response = Buffer.concat([hex('68cd0ab851e51c96aabc927bebef6a1c'), blob]);
  const challenge = hex('0123456789abcdef');
  expect(sessionKeyOf('User', 'Domain', 'Password', challenge, response)?.toString('hex')).toBe(
    '8de40ccadbc14a82f15cb0ad0de95ca3',
  );
  expect(sessionKeyOf('User', 'Domain', 'password', challenge, response)).toBeNull();
});

it('seals as the specification does, and opens what it sealed', () => {
  const key = Buffer.alloc(16, 0x55);
  const text = Buffer.from('Plaintext', 'utf16le');
  const sealed = new NtlmSeal(key, 'client', true).seal(text);
  expect(sealed.toString('hex')).toBe('010000007fb38ec5c55d49760000000054e50165bf1936dc996020c1811b0f06fb5f');
  expect(new NtlmSeal(key, 'client', true).open(sealed)?.equals(text)).toBe(true);
  expect(new NtlmSeal(key, 'server', true).open(sealed)).toBeNull();
});

it('reads any bytes as a message of NTLM or as none', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 120 }), (noise) => {
      const message = Buffer.concat([Buffer.from('NTLMSSP\0\x03\0\0\0', 'latin1'), noise]);
      decodeAuthenticate(message);
      expect([0, 1, 2, 3].includes(ntlmType(message))).toBe(true);
      negotiateFlags(noise);
    }),
  );
  const target = {
    computer: 'SRV',
    domain: 'CORP',
    dnsComputer: 'srv.corp',
    dnsDomain: 'corp',
    version: [10, 0, 17_763] as const,
    now: 0,
  };
  const challenge = encodeChallenge(Buffer.alloc(8, 1), 0xe2088297, target);
  expect([findNtlm(Buffer.concat([Buffer.of(1, 2), challenge])), ntlmType(challenge)]).toEqual([2, 2]);
});

it('reads back the DER that was written, and says what is missing of any bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), fc.bigInt(0n, 1n << 40n), (bytes, number) => {
      const written = derSequence(derInteger(number), derOctetString(bytes));
      expect(derLength(written)).toBe(written.length);
      const [, second] = derChildren(readDer(written)?.contents ?? new Uint8Array(0));
      expect(Buffer.from(second?.contents ?? []).equals(bytes)).toBe(true);
      expect(readDer(written.subarray(0, -1))).toBeNull();
      derChildren(bytes);
    }),
  );
});
