import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CryptoStream, cryptoFrames } from './quic-crypto-stream.ts';
import { initialKeys, openInitial, sealInitial } from './quic-initial.ts';
import { quicVersions, readLongHeader, readVarint, writeVarint } from './quic-packet.ts';

const hex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text.replaceAll(/\s/g, ''), 'hex'));
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const firstId = hex('8394c8f03e515708');

/** RFC 9001 appendix A.3: what the server answers to the client of A.2. */
const serverPacket = hex(`
  cf000000010008f067a5502a4262b5004075c0d95a482cd0991cd25b0aac406a5816b6394100f37a1c69797554780bb38cc5a99f5ede4cf73c3ec249
  3a1839b3dbcba3f6ea46c5b7684df3548e7ddeb9c3bf9c73cc3f3bded74b562bfb19fb84022f8ef4cdd93795d77d06edbb7aaf2f58891850abbdca3d
  20398c276456cbc42158407dd074ee`);
const serverPayload = hex(`
  02000000000600405a020000560303eefce7f7b37ba1d1632e96677825ddf73988cfc79825df566dc5430b9a045a1200130100002e00330024001d00
  209d3c940d89690b84d08a60993c144eca684d1081287c834d5311bcf32bb9da1a002b00020304`);

describe('Initial packets of QUIC', () => {
  it('have the keys of RFC 9001 appendix A.1 and RFC 9369 appendix A.1', () => {
    const keys = (version: number, side: 'client' | 'server'): string[] => {
      const { key, iv, headerKey } = initialKeys(version, firstId, side) ?? {
        key: hex(''),
        iv: hex(''),
        headerKey: hex(''),
      };
      return [text(key), text(iv), text(headerKey)];
    };
    expect(keys(quicVersions.one, 'client')).toEqual([
      '1f369613dd76d5467730efcbe3b1a22d',
      'fa044b2f42a3fd3b46fb255c',
      '9f50449e04a0e810283a1e9933adedd2',
    ]);
    expect(keys(quicVersions.one, 'server')).toEqual([
      'cf3a5331653c364c88f0f379b6067e37',
      '0ac1493ca1905853b0bba03e',
      'c206b8d9b9f0f37644430b490eeaa314',
    ]);
    expect(keys(quicVersions.two, 'client')).toEqual([
      '8b1a0bc121284290a29e0971b5cd045d',
      '91f73e2351d8fa91660e909f',
      '45b95e15235d6f45a6b19cbcb0294ba9',
    ]);
    expect(initialKeys(0xff00_001d, firstId, 'client')).toBeNull();
  });

  it('open and close as in RFC 9001 appendix A.3', () => {
    const keysOf = (version: number) => initialKeys(version, firstId, 'server');
    expect(openInitial(serverPacket, 0, keysOf)).toEqual({
      packet: { packetNumber: 1, payload: Buffer.from(serverPayload) },
      next: serverPacket.length,
    });
    const keys = keysOf(quicVersions.one);
    if (keys === null) throw new Error('no keys');
    const ids = { destinationId: hex(''), sourceId: hex('f067a5502a4262b5') };
    const packet = { packetNumber: 1, payload: serverPayload };
    expect(text(sealInitial(quicVersions.one, ids, packet, keys))).toBe(text(serverPacket));
  });

  it('do not open with a bit turned or an octet missing', () => {
    const keysOf = (version: number) => initialKeys(version, firstId, 'server');
    fc.assert(
      fc.property(fc.nat(serverPacket.length * 8 - 1), fc.nat(serverPacket.length - 1), (bit, length) => {
        const turned = Uint8Array.from(serverPacket);
        turned[bit >> 3] = (turned[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        expect(openInitial(turned, 0, keysOf)?.packet ?? null).toBeNull();
        expect(openInitial(serverPacket.subarray(0, length), 0, keysOf)?.packet ?? null).toBeNull();
      }),
      { numRuns: 200 },
    );
  });
});

describe('the header and the numbers of QUIC', () => {
  it('read what was written, and an example of each length that we write, of RFC 9000 appendix A.1', () => {
    fc.assert(
      fc.property(fc.nat(0x3fff_ffff), (value) => {
        const written = writeVarint(value);
        expect(readVarint(written, 0)).toEqual({ value, end: written.length });
      }),
    );
    expect(readVarint(hex('9d7f3e7d'), 0)?.value).toBe(494_878_333);
    expect(readVarint(hex('4025'), 0)).toEqual({ value: 37, end: 2 });
  });

  it('never read past the end of any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        const header = readLongHeader(bytes);
        expect(header === null || header.end <= bytes.length).toBe(true);
        for (const { data } of cryptoFrames(bytes)) expect(data.length).toBeLessThanOrEqual(bytes.length);
      }),
    );
  });
});

describe('a stream of CRYPTO frames', () => {
  it('is the same in whatever order and overlap its pieces come', () => {
    const whole = Uint8Array.from({ length: 300 }, (_, index) => index & 0xff);
    const pieces = fc.array(fc.tuple(fc.nat(299), fc.integer({ min: 1, max: 90 })), { maxLength: 20 });
    fc.assert(
      fc.property(pieces, fc.integer({ min: 8, max: 60 }), (some, step) => {
        const stream = new CryptoStream();
        for (const [offset, length] of some)
          stream.add({ offset, data: whole.slice(offset, offset + length) });
        let joined: Uint8Array = new Uint8Array(0);
        for (let end = 300; end > 0; end -= step) {
          const offset = Math.max(0, end - step);
          joined = stream.add({ offset, data: whole.slice(offset, end) });
        }
        expect(Buffer.from(joined).equals(whole)).toBe(true);
      }),
    );
  });

  it('has no more than 256 of them in a packet', () => {
    const empty = Uint8Array.from({ length: 3 * 20_000 }, (_, index) => (index % 3 === 0 ? 6 : 0));
    expect(cryptoFrames(empty)).toHaveLength(256);
  });

  it('holds no more than 64 pieces and 64 KiB', () => {
    const stream = new CryptoStream();
    for (let index = 0; index < 1_000; index += 1)
      stream.add({ offset: 2 + index * 2, data: Uint8Array.of(1) });
    expect(stream.add({ offset: 0, data: Uint8Array.of(1, 1) })).toHaveLength(0);
    expect(new CryptoStream().add({ offset: 65_536, data: Uint8Array.of(1) })).toHaveLength(0);
    expect(new CryptoStream().add({ offset: 2 ** 40, data: Uint8Array.of(1) })).toHaveLength(0);
  });
});
