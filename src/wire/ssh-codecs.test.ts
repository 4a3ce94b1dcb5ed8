import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PicketError } from '../core/errors.ts';
import { sshInteger, SshReader, SshWriter } from './ssh-bytes.ts';
import { hassh, hasshServer } from './ssh-hassh.ts';
import { chooseAlgorithms, decodeKexInit, encodeKexInit, type SshProposal } from './ssh-kexinit.ts';
import { keyFingerprint } from './ssh-key.ts';
import { createMac } from './ssh-mac.ts';
import { SshPacketReader, SshPacketWriter } from './ssh-packet.ts';
import { createOpener, createSealer, knownCiphers } from './ssh-protection.ts';

const names = fc.array(fc.stringMatching(/^[a-z][a-z0-9@.-]{0,20}$/), { maxLength: 6 });
const proposals: fc.Arbitrary<SshProposal> = fc.record({
  keyExchange: names,
  hostKey: names,
  ciphersToServer: names,
  ciphersToClient: names,
  macsToServer: names,
  macsToClient: names,
  compressionToServer: names,
  compressionToClient: names,
  languagesToServer: names,
  languagesToClient: names,
  firstPacketFollows: fc.boolean(),
});

describe('the data types', () => {
  it('write the mpints of RFC 4251 §5', () => {
    const cases: [string, string][] = [
      ['', '00000000'],
      ['00', '00000000'],
      ['09a378f9b2e332a7', '0000000809a378f9b2e332a7'],
      ['80', '000000020080'],
      ['000080', '000000020080'],
    ];
    for (const [magnitude, encoded] of cases)
      expect(sshInteger(Buffer.from(magnitude, 'hex')).toString('hex')).toBe(encoded);
  });

  it('write and read the name-list of RFC 4251 §5', () => {
    const bytes = new SshWriter().nameList(['zlib', 'none']).finish();
    expect(bytes.toString('hex')).toBe('000000097a6c69622c6e6f6e65');
    expect(new SshReader(bytes).nameList()).toEqual(['zlib', 'none']);
    expect(new SshReader(Buffer.alloc(4)).nameList()).toEqual([]);
  });

  it('end random bytes with a value or the named error', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          decodeKexInit(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(PicketError);
        }
      }),
    );
  });
});

describe('KEXINIT', () => {
  it('reads what it writes', () => {
    fc.assert(
      fc.property(proposals, (proposal) => {
        expect(decodeKexInit(encodeKexInit(proposal, Buffer.alloc(16, 7)))).toEqual(proposal);
      }),
    );
  });

  it('has its choice made by the client, and never chooses a mark', () => {
    const side = (keyExchange: string[], cipher: string[], mac: string[]): SshProposal => ({
      keyExchange,
      hostKey: ['ssh-ed25519'],
      ciphersToServer: cipher,
      ciphersToClient: cipher,
      macsToServer: mac,
      macsToClient: mac,
      compressionToServer: ['none'],
      compressionToClient: ['none'],
      languagesToServer: [],
      languagesToClient: [],
      firstPacketFollows: false,
    });
    const server = side(['b', 'a', 'ext-info-c'], ['aes128-ctr', 'aes128-gcm@openssh.com'], ['m']);
    expect(chooseAlgorithms(side(['ext-info-c', 'a', 'b'], ['aes128-ctr'], ['m']), server)).toMatchObject({
      keyExchange: 'a',
      macToServer: 'm',
    });
    expect(chooseAlgorithms(side(['a'], ['aes128-gcm@openssh.com'], ['other']), server)).toMatchObject({
      macToServer: '',
    });
    expect(chooseAlgorithms(side(['a'], ['aes128-ctr'], ['other']), server)).toBeNull();
    expect(chooseAlgorithms(side(['ext-info-c'], ['aes128-ctr'], ['m']), server)).toBeNull();
  });

  it('gives the HASSH of its lists, of a client and of a server', () => {
    fc.assert(
      fc.property(proposals, (proposal) => {
        const { keyExchange, ciphersToServer, macsToServer, compressionToServer } = proposal;
        const text = `${keyExchange.join()};${ciphersToServer.join()};${macsToServer.join()};${compressionToServer.join()}`;
        expect(hassh(proposal)).toBe(createHash('md5').update(text).digest('hex'));
        const { ciphersToClient, macsToClient, compressionToClient } = proposal;
        const other = `${keyExchange.join()};${ciphersToClient.join()};${macsToClient.join()};${compressionToClient.join()}`;
        expect(hasshServer(proposal)).toBe(createHash('md5').update(other).digest('hex'));
      }),
    );
  });
});

describe('keys and codes', () => {
  it('print a fingerprint as ssh-keygen -l does', () => {
    // github.com's Ed25519 key and the fingerprint that its owner publishes.
    const blob = 'AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl';
    expect(keyFingerprint(Buffer.from(blob, 'base64'))).toBe(
      'SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU',
    );
  });

  it('count the packet in HMAC-SHA-1 as RFC 4253 §6.4 says', () => {
    // RFC 2202 case 2 with its first four octets, "what", in the packet number's place.
    const mac = createMac('hmac-sha1', () => Buffer.from('Jefe'));
    expect(mac.tag(Buffer.from(' do ya want for nothing?'), 0x77686174).toString('hex')).toBe(
      'effcdf6ae5eb2fa2d27416d5f184df9c259a7c79',
    );
  });
});

describe('packets', () => {
  const derive = (letter: string, count: number): Buffer =>
    Buffer.alloc(count, createHash('sha512').update(letter).digest());
  const direction = (cipher: string, mac: string): Parameters<typeof createOpener>[0] => ({
    cipher,
    mac,
    ivLetter: 'A',
    keyLetter: 'C',
    macLetter: 'E',
  });
  const kinds = knownCiphers.flatMap((cipher) =>
    /gcm|chacha/.test(cipher)
      ? [direction(cipher, '')]
      : ['hmac-sha2-256', 'umac-64-etm@openssh.com', 'hmac-sha1-96'].map((mac) => direction(cipher, mac)),
  );

  it('come back from every cipher and MAC, however the bytes are split', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...kinds),
        fc.array(fc.uint8Array({ minLength: 1, maxLength: 6000 }), { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 1, max: 5000 }),
        (kind, payloads, step) => {
          const writer = new SshPacketWriter((count) => Buffer.alloc(count, 9), false);
          writer.protect(createSealer(kind, derive), false);
          const reader = new SshPacketReader();
          reader.protect(createOpener(kind, derive), false);
          const stream = Buffer.concat(payloads.map((payload) => writer.packet(payload)));
          const read: Buffer[] = [];
          for (let start = 0; start < stream.length; start += step) {
            reader.push(stream.subarray(start, start + step));
            for (let packet = reader.next(); Buffer.isBuffer(packet); packet = reader.next())
              read.push(packet);
          }
          expect(read.map((packet) => packet.toString('hex'))).toEqual(
            payloads.map((payload) => Buffer.from(payload).toString('hex')),
          );
        },
      ),
      { numRuns: 150 },
    );
  });

  it('with one bit changed are never taken', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...kinds),
        fc.nat(10_000),
        fc.integer({ min: 0, max: 7 }),
        (kind, place, bit) => {
          const writer = new SshPacketWriter((count) => Buffer.alloc(count, 9), false);
          writer.protect(createSealer(kind, derive), false);
          const reader = new SshPacketReader();
          reader.protect(createOpener(kind, derive), false);
          const stream = Buffer.from(writer.packet(Buffer.from('a payload of some length')));
          const index = place % stream.length;
          stream[index] = (stream[index] ?? 0) ^ (1 << bit);
          reader.push(stream);
          expect(Buffer.isBuffer(reader.next())).toBe(false);
        },
      ),
      { numRuns: 300 },
    );
  });
});
