/** A persona as its owner may see it: all that a visitor could learn of the machine, and nothing secret. */

import { createHash, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PicketError } from '../core/errors.ts';
import type { NetworkStack, Persona, Software } from '../core/persona.ts';
import { createPersona, personaNames } from '../personas/index.ts';
import { networkStackOf } from '../personas/network-stack.ts';
import { sshPublicKey } from '../personas/ssh-host-key.ts';
import { hasshServer } from '../wire/ssh-hassh.ts';
import type { Configuration } from './configuration-type.ts';
import { readFailure } from './read-failure.ts';

export interface PersonaView {
  readonly name: string;
  readonly summary: string;
  readonly hostname: string;
  readonly system: string;
  /** The name in its os-release; empty where it has none. */
  readonly release: string;
  readonly kernel: string;
  readonly processor: string;
  readonly memoryMegabytes: number;
  readonly address: string;
  readonly mac: string;
  readonly users: readonly { readonly name: string; readonly uid: number; readonly shell: string }[];
  /** The ports of the whole machine. */
  readonly services: Persona['services'];
  /** Where the configuration has decoys listen as this persona. */
  readonly ports: readonly { readonly decoy: string; readonly port: number; readonly transport: string }[];
  readonly software: Readonly<Record<string, Software>>;
  readonly ssh: {
    readonly version: string;
    /** SHA-256 of each public key, as ssh-keygen -l writes it. */
    readonly hostKeys: Readonly<Record<string, string>>;
    /** MD5 in hex of what its daemon offers (https://github.com/salesforce/hassh). */
    readonly hasshServer: string;
  } | null;
  /** Null where its packets look as this machine’s own. */
  readonly stack: NetworkStack | null;
  readonly tls: {
    readonly subject: string;
    readonly validTo: string;
    readonly fingerprint256: string;
  } | null;
  readonly http: {
    readonly server: string;
    readonly title: string;
    readonly products: readonly string[];
  } | null;
  readonly redis: string | null;
  readonly files: readonly string[];
}

export function personaSummaries(): { readonly name: string; readonly summary: string }[] {
  return personaNames.map((name) => ({ name, summary: createPersona(name, '', { now: 0 }).summary }));
}

/** The persona as a sensor with this seed plays it; without a seed, as the sensor of this configuration does. */
export function viewPersona(name: string, configuration: Configuration, seed: string | null): PersonaView {
  if (!personaNames.includes(name)) {
    throw new PicketError('PICKET_USAGE', `there is no persona ${name}; one of ${personaNames.join(', ')}`);
  }
  const whole = `${seed ?? seedOf(configuration)} ${name}`;
  return view(createPersona(name, whole, { now: Date.now() }), configuration);
}

/** The configured seed, or the one that `picket up` has made and kept. */
function seedOf(configuration: Configuration): string {
  if (configuration.sensor.seed !== '') return configuration.sensor.seed;
  const path = join(configuration.state, 'seed');
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (error) {
    const isAbsent = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    throw new PicketError(
      'PICKET_USAGE',
      isAbsent
        ? `this sensor has no seed yet (${path}); start picket up once, or give a seed with --seed`
        : `the seed of this sensor is kept in ${path}, which ${readFailure(error)}; give another with --seed`,
      { cause: error },
    );
  }
}

function view(persona: Persona, configuration: Configuration): PersonaView {
  const { cpu, http, kernel, redis, ssh, tls } = persona;
  return {
    name: persona.name,
    summary: persona.summary,
    hostname: persona.hostname,
    system: persona.system,
    release: /^PRETTY_NAME="?([^"\n]*)/m.exec(persona.osRelease)?.[1] ?? '',
    kernel: `${persona.system.startsWith('linux') ? `Linux ${kernel.release} ` : ''}${kernel.version} ${kernel.machine}`,
    processor: `${cpu.count} × ${cpu.model}`,
    memoryMegabytes: Math.round(persona.memoryKilobytes / 1024),
    address: persona.address,
    mac: persona.mac,
    users: persona.users.map(({ name, uid, shell }) => ({ name, uid, shell })),
    services: persona.services,
    ports: configuration.sensor.listeners
      .filter((entry) => entry.persona === persona.name)
      .map(({ decoy, port, transport }) => ({ decoy, port, transport })),
    software: persona.software,
    ssh:
      ssh === null
        ? null
        : {
            version: ssh.version,
            hostKeys: Object.fromEntries(
              Object.keys(ssh.keys).map((type) => [type, fingerprint(type, ssh.keys[type] ?? '')]),
            ),
            hasshServer: hasshServer({
              keyExchange: ssh.keyExchange,
              ciphersToClient: ssh.ciphers,
              macsToClient: ssh.macs,
              compressionToClient: ssh.compression,
            }),
          },
    stack: networkStackOf(persona),
    tls: tls === null ? null : certificateView(tls.certificate),
    http: http === null ? null : { server: http.server, title: http.title, products: http.products },
    redis: redis === null ? null : redis.version,
    files: Object.keys(persona.files).toSorted(),
  };
}

function fingerprint(type: string, key: string): string {
  const hash = createHash('sha256').update(sshPublicKey(type, key)).digest('base64');
  return `SHA256:${hash.replace(/=+$/, '')}`;
}

function certificateView(pem: string): NonNullable<PersonaView['tls']> {
  const { fingerprint256, subject, validTo } = new X509Certificate(pem);
  return { subject: subject.replaceAll('\n', ', '), validTo, fingerprint256 };
}
