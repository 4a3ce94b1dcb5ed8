/** What engine the persona runs. `persona.software.docker`: product, version; details `kernel`, `system` are not read, they come from the persona. */

import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import type { Persona } from '../../core/persona.ts';
import { pick } from '../../core/random.ts';

export interface EngineRelease {
  readonly version: string;
  readonly api: string;
  readonly commit: string;
  readonly go: string;
  readonly built: string;
  readonly containerd: readonly [version: string, commit: string];
  readonly runc: readonly [version: string, commit: string];
}

const releases: readonly [EngineRelease, ...EngineRelease[]] = [
  {
    version: '18.09.9',
    api: '1.39',
    commit: '039a7df',
    go: 'go1.11.13',
    built: '2019-09-04T16:22:09.000000000+00:00',
    containerd: ['1.2.6', '894b81a4b802e4eb2a91d1ce216b8817763c29fb'],
    runc: ['1.0.0-rc8', '425e105d5a03fabd737a126ad93d62a9eeede87f'],
  },
  {
    version: '19.03.15',
    api: '1.40',
    commit: '99e3ed8919',
    go: 'go1.13.15',
    built: '2021-01-30T03:15:31.000000000+00:00',
    containerd: ['1.4.3', '269548fa27e0089a8b8278fc4fc781d7f65a939b'],
    runc: ['1.0.0-rc92', 'ff819c7e9184c13b7c2607fe6c30ae19403a7aff'],
  },
  {
    version: '20.10.7',
    api: '1.41',
    commit: 'b0f5bc3',
    go: 'go1.13.15',
    built: '2021-06-02T11:54:50.000000000+00:00',
    containerd: ['1.4.6', 'd71fcd7d8303cbf684402823e425e9dd2e99285d'],
    runc: ['1.0.0-rc95', 'b9ee9c6314599f1b4a7f497e1f1f856fe433d3b7'],
  },
  {
    version: '20.10.24',
    api: '1.41',
    commit: '5d6db84',
    go: 'go1.19.7',
    built: '2023-04-04T18:18:11.000000000+00:00',
    containerd: ['1.6.20', '2806fc1057397dbaeefbea0e4e17bddfbd388f38'],
    runc: ['1.1.5', 'v1.1.5-0-gf19387a'],
  },
  {
    version: '24.0.7',
    api: '1.43',
    commit: '311b9ff',
    go: 'go1.20.10',
    built: '2023-10-26T09:08:02.000000000+00:00',
    containerd: ['1.6.25', 'd8f198a4ed8892c764191ef7b3b06d8a2eeb5c7f'],
    runc: ['1.1.10', 'v1.1.10-0-g18a0cb0'],
  },
];

export function engineRelease(persona: Persona): EngineRelease {
  const claimed = persona.software['docker']?.version;
  const drawn = pick(persona.random('docker release'), releases);
  if (claimed === undefined) return drawn;
  const numbers = claimed.split('.').map(Number);
  const near = releases.findLast((release) => {
    const [major = 0, minor = 0, patch = 0] = release.version.split('.').map(Number);
    const [a = 0, b = 0, c = 0] = numbers;
    return major * 1e6 + minor * 1e3 + patch <= a * 1e6 + b * 1e3 + c;
  });
  return { ...(near ?? releases[0]), version: claimed };
}

export const architectureOf = (persona: Persona): string =>
  ({ x86_64: 'amd64', aarch64: 'arm64', armv7l: 'arm' })[persona.kernel.machine] ?? 'amd64';

export const systemName = (persona: Persona): string =>
  /^PRETTY_NAME="?([^"\n]{1,100})/m.exec(persona.osRelease)?.[1] ?? 'Alpine Linux v3.15 (containerized)';

/** Hexadecimal digits that are this machine's own, the same at each call with the same words. */
export function digestOf(persona: Persona, ...words: readonly string[]): string {
  const seed = persona.random('docker digests');
  return createHash('sha256')
    .update(Buffer.from(Uint32Array.of(seed.next(), seed.next(), seed.next(), seed.next()).buffer))
    .update(words.join('\0'))
    .digest('hex');
}
