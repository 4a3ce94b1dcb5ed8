/** Which release the persona runs. `persona.software.elasticsearch`: version from 1.0 to 7.17; detail `cluster` its name. */

import { Buffer } from 'node:buffer';
import type { Persona } from '../../core/persona.ts';
import { below, hexDigits, pick } from '../../core/random.ts';

export interface Release {
  readonly number: string;
  readonly major: number;
  readonly hash: string;
  readonly built: string;
  readonly lucene: string;
}

const releases: readonly [Release, ...Release[]] = [
  {
    number: '1.1.1',
    major: 1,
    hash: 'f1585f096d3f3985e73456debdc1a0745f512bbc',
    built: '2014-04-16T14:27:12Z',
    lucene: '4.7',
  },
  {
    number: '1.4.2',
    major: 1,
    hash: '927caff6f05403e936c20bf4529f144f0c89fd8c',
    built: '2014-12-16T14:11:12Z',
    lucene: '4.10.2',
  },
  {
    number: '2.4.6',
    major: 2,
    hash: '5376dca9f70f3abef96a77f4bb22720ace8240fd',
    built: '2017-07-18T12:17:44Z',
    lucene: '5.5.4',
  },
  { number: '5.6.16', major: 5, hash: '3a740d1', built: '2019-03-13T15:33:36.565Z', lucene: '6.6.1' },
  { number: '6.8.23', major: 6, hash: '4f67856', built: '2022-01-06T21:30:50.087716Z', lucene: '7.7.3' },
  {
    number: '7.10.2',
    major: 7,
    hash: '747e1cc71def077253878a59143c1f785afa92b9',
    built: '2021-01-13T00:42:12.435326Z',
    lucene: '8.7.0',
  },
  {
    number: '7.17.9',
    major: 7,
    hash: 'ef48222227ee6b9e70e502f0f0daa52435ee634d',
    built: '2023-01-31T05:34:43.305517834Z',
    lucene: '8.11.1',
  },
];

export interface Node {
  readonly release: Release;
  readonly name: string;
  readonly cluster: string;
  readonly clusterId: string;
  readonly id: string;
}

const heroes = [
  'Blacklash',
  'Ultimo',
  'Night Nurse',
  'Doctor Faustus',
  'Stick',
  'Lady Mastermind',
  'Spellbinder',
  'Mordred',
  'Quicksilver',
  'Wild Child',
] as const;

function shortId(persona: Persona, purpose: string): string {
  return Buffer.from(hexDigits(persona.random(`elasticsearch ${purpose}`), 32), 'hex')
    .toString('base64url')
    .slice(0, 22);
}

export function nodeOf(persona: Persona): Node {
  const random = persona.random('elasticsearch node');
  const drawn = pick(random, releases);
  const claimed = persona.software['elasticsearch'];
  const known = claimed === undefined ? drawn : releases.find((each) => each.number === claimed.version);
  const major = Number((claimed?.version ?? drawn.number).split('.')[0]);
  const release = known ?? {
    ...(releases.find((each) => each.major === major) ?? drawn),
    number: claimed?.version ?? drawn.number,
  };
  const hero = pick(random, heroes);
  const id = shortId(persona, 'node');
  return {
    release,
    name: release.major <= 2 ? hero : release.major < 7 ? id.slice(0, 7) : persona.hostname,
    cluster:
      claimed?.details?.['cluster'] ??
      pick(random, ['elasticsearch', 'elasticsearch', 'docker-cluster', 'logs', 'production'] as const),
    clusterId: shortId(persona, 'cluster'),
    id,
  };
}

/** How many documents more or less an index claims, drawn once. */
export const drawnCount = (persona: Persona, purpose: string, from: number, to: number): number =>
  from + below(persona.random(`elasticsearch ${purpose}`), to - from);

/** Before 1.2 dynamic scripts were MVEL and on; from there to 1.4.2 Groovy behind a sandbox that leaks. */
export function scriptsRun(release: Release): 'mvel' | 'groovy' | null {
  const [major = 0, minor = 0, patch = 0] = release.number.split('.').map(Number);
  if (major !== 1) return null;
  if (minor < 2) return 'mvel';
  return minor < 3 || (minor === 3 && patch < 8) || (minor === 4 && patch < 3) ? 'groovy' : null;
}
