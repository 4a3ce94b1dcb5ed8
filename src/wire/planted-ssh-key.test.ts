import { createPrivateKey, createPublicKey } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createPersona } from '../personas/index.ts';
import { plantedSshKey, recognisePlantedSshKey } from './planted-ssh-key.ts';
import { sshInteger, SshWriter } from './ssh-bytes.ts';
import { readHostKey, signWith, verifyWith } from './ssh-key.ts';

const web = createPersona('ubuntu-web', 'sensor seed ubuntu-web', { now: 0 });
const database = createPersona('debian-db', 'sensor seed debian-db', { now: 0 });
const stranger = createPersona('ubuntu-web', 'another seed ubuntu-web', { now: 0 });

function publicHalf(pem: string): Uint8Array {
  const { e = '', n = '' } = createPublicKey(createPrivateKey(pem)).export({ format: 'jwk' });
  return new SshWriter()
    .string('ssh-rsa')
    .octets(sshInteger(Buffer.from(e, 'base64url')))
    .octets(sshInteger(Buffer.from(n, 'base64url')))
    .finish();
}

describe('a planted SSH key', () => {
  it('is known again by its public half, with place and source, on every machine of its sensor', () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (source) => {
        const key = publicHalf(plantedSshKey(web, 'a web file', source));
        const found = recognisePlantedSshKey(database, key);
        expect(found).toMatchObject({ form: 'SSH key', place: 'a web file' });
        expect(found?.isFor(source)).toBe(true);
        expect(recognisePlantedSshKey(stranger, key)).toBeNull();
      }),
      { numRuns: 20 },
    );
  });

  it('signs, and its signature is verified', () => {
    const pem = plantedSshKey(web, 'a web file', '203.0.113.9');
    const octets = Buffer.from('what is signed');
    const signature = signWith(readHostKey('ssh-rsa', pem), 'rsa-sha2-512', octets);
    expect(verifyWith(publicHalf(pem), 'rsa-sha2-512', octets, signature)).toBe(true);
    expect(verifyWith(publicHalf(pem), 'rsa-sha2-512', Buffer.from('another'), signature)).toBe(false);
  });

  it('is told from an ordinary key, and from any bytes', () => {
    const ordinary = readHostKey('ssh-rsa', web.ssh?.keys['ssh-rsa'] ?? '').publicKey;
    expect(recognisePlantedSshKey(web, ordinary)).toBeNull();
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => {
        expect(recognisePlantedSshKey(web, bytes)).toBeNull();
      }),
    );
  });
});
