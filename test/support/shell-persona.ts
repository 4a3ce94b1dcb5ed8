import type { Persona } from '../../src/core/persona.ts';
import { seededRandom } from '../../src/core/random.ts';

/** A small machine for tests of the shell and of decoys with a login. */
export function shellPersona(system: Persona['system'], changes: Partial<Persona> = {}): Persona {
  const device = system === 'linux-busybox';
  return {
    name: 'test',
    summary: 'a machine for tests',
    seed: 'seed',
    hostname: 'unit',
    system,
    kernel: {
      release: device ? '3.10.14' : '5.10.0-21-amd64',
      version: '#1 SMP Tue Mar 7 10:12:00 UTC 2023',
      machine: device ? 'mips' : 'x86_64',
    },
    osRelease: device ? '' : 'PRETTY_NAME="Debian GNU/Linux 11 (bullseye)"\n',
    cpu: { model: device ? 'MIPS 24KEc V5.0' : 'Intel(R) Xeon(R) CPU', count: 2 },
    memoryKilobytes: device ? 61_440 : 2_048_000,
    bootedAt: 1_700_000_000_000,
    address: '192.0.2.7',
    mac: '00:16:3e:5e:6c:00',
    users: [{ name: 'root', uid: 0, home: '/root', shell: device ? '/bin/sh' : '/bin/bash' }],
    files: {},
    login: { accepted: [['root', 'xc3511']], acceptAfter: 0 },
    issue: '',
    ssh: null,
    tls: null,
    http: null,
    redis: null,
    software: {},
    services: [],
    random: (purpose) => seededRandom(`seed:${purpose}`),
    ...changes,
  };
}
