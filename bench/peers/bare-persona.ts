/** A persona with nothing to show, for benchmarks of the frame around the decoys. */

import type { Persona } from '../../src/core/persona.ts';
import { seededRandom } from '../../src/core/random.ts';

export const barePersona: Persona = {
  name: 'bare',
  summary: 'nothing to show',
  seed: 'bare',
  hostname: 'bare',
  system: 'linux-gnu',
  kernel: { release: '5.10.0-26-amd64', version: '#1 SMP', machine: 'x86_64' },
  osRelease: '',
  cpu: { model: '', count: 1 },
  memoryKilobytes: 1_048_576,
  bootedAt: 0,
  address: '127.0.0.1',
  mac: '02:00:00:00:00:01',
  users: [],
  files: {},
  login: { accepted: [], acceptAfter: 0 },
  issue: '',
  ssh: null,
  tls: null,
  http: null,
  redis: null,
  software: {},
  services: [],
  random: seededRandom,
};
