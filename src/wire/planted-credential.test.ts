import { Buffer } from 'node:buffer';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createPersona } from '../personas/index.ts';
import {
  credentialText,
  plantedAwsKey,
  plantedHexToken,
  plantedJwt,
  plantedPassword,
  plantedPlaces,
  plantedSecret,
  recognisePlanted,
} from './planted-credential.ts';

// As the sensor names its seeds.
const web = createPersona('ubuntu-web', 'sensor seed ubuntu-web', { now: 0 });
const database = createPersona('debian-db', 'sensor seed debian-db', { now: 0 });
const stranger = createPersona('ubuntu-web', 'another seed ubuntu-web', { now: 0 });

describe('a planted credential', () => {
  it('comes back with the place and the source that it was planted for, in every form, on every persona of its sensor', () => {
    const source = fc.oneof(fc.ipV4(), fc.ipV6());
    fc.assert(
      fc.property(source, fc.constantFrom(...plantedPlaces), (source, place) => {
        const texts = [
          ['AWS access key', `Credential=${plantedAwsKey(web, place, source).accessKeyId}/20260101/`],
          ['AWS access key', plantedAwsKey(web, place, source, 'ASIA').accessKeyId],
          ['password', `postgres://app:${plantedPassword(web, place, source)}@db/app`],
          ['token', `token ${plantedHexToken(web, place, source)}`],
          ['token', `Bearer ${plantedJwt(web, place, source, { alg: 'RS256' }, { sub: 'a' })}`],
        ] as const;
        for (const [form, text] of texts) {
          const [found, ...more] = recognisePlanted(database, text);
          expect(more).toEqual([]);
          expect(found).toMatchObject({ form, place, source: source.includes(':') ? null : source });
          expect(found?.isFor(source)).toBe(true);
          expect(found?.isFor('192.0.2.254')).toBe(source === '192.0.2.254');
          expect(recognisePlanted(stranger, text)).toEqual([]);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('differs from source to source and place to place', () => {
    const all = ['203.0.113.1', '203.0.113.2', '2001:db8::1'].flatMap((source) =>
      plantedPlaces.map((place) => plantedPassword(web, place, source)),
    );
    expect(new Set(all).size).toBe(all.length);
  });

  it('has a secret that only its sensor knows', () => {
    const { accessKeyId, secretAccessKey } = plantedAwsKey(web, 'instance metadata', '203.0.113.1');
    expect(accessKeyId).toMatch(/^AKIA[A-Z2-7]{16}$/);
    expect(secretAccessKey).toMatch(/^[A-Za-z0-9+/]{40}$/);
    expect(plantedSecret(database, accessKeyId)).toBe(secretAccessKey);
    expect(plantedSecret(stranger, accessKeyId)).toBe(null);
    expect(plantedSecret(web, 'AKIAIOSFODNN7EXAMPLE')).toBe(null);
  });

  it('is known to the machines that a sensor draws for addresses', () => {
    const drawn = createPersona('debian-db', 'sensor seed debian-db 198.51.100.7', { now: 0 });
    const planted = recognisePlanted(drawn, plantedPassword(web, 'a web file', '203.0.113.1'));
    expect(planted).toMatchObject([{ place: 'a web file', source: '203.0.113.1' }]);
  });

  it('is seen in Basic credentials', () => {
    const password = plantedPassword(web, 'a database', '203.0.113.1');
    const header = `Basic ${Buffer.from(`app:${password}`).toString('base64')}`;
    expect(recognisePlanted(web, credentialText(header))).toHaveLength(1);
  });

  it('is found in no text of others, however strange', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 400 }), fc.stringMatching(/^AKIA[A-Z2-7]{16}$/), (text, id) => {
        expect(recognisePlanted(web, `${text} ${id}`)).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });
});
