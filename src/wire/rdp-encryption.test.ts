import { Buffer } from 'node:buffer';
import { describe, expect, it } from 'vitest';
import { type KeyBits, RdpCipher, rdpKeys } from './rdp-encryption.ts';

const clientRandom = Buffer.alloc(32, 0x5a);
const serverRandom = Buffer.alloc(32, 0xc3);

describe('the encryption of a remote desktop', () => {
  it.each([40, 56, 128] as const)('is read by the other side over a change of keys, with %i bits', (bits) => {
    const keys = rdpKeys(clientRandom, serverRandom, bits);
    const [one, other] = [new RdpCipher(keys, 'client'), new RdpCipher(keys, 'client')];
    for (let count = 0; count < 4100; count += 1) {
      const text = Buffer.from(`message ${count}`);
      expect(other.open(one.seal(text), false)?.equals(text)).toBe(true);
    }
  });

  it('gives weaker keys the form that the document has for them', () => {
    const of = (bits: KeyBits): string =>
      rdpKeys(clientRandom, serverRandom, bits).fromClient.toString('hex');
    expect(of(128)).toHaveLength(32);
    expect(of(56)).toBe(`d1${of(128).slice(2, 16)}`);
    expect(of(40)).toBe(`d1269e${of(128).slice(6, 16)}`);
  });

  it('tells a message that was changed', () => {
    const keys = rdpKeys(clientRandom, serverRandom, 128);
    const sealed = new RdpCipher(keys, 'server').seal(Buffer.from('hello'));
    sealed[9] = (sealed[9] ?? 0) ^ 1;
    expect(new RdpCipher(keys, 'server').open(sealed, false)).toBeNull();
    expect(new RdpCipher(keys, 'server').open(Buffer.alloc(5), false)).toBeNull();
  });
});
