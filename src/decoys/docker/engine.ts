/** The engine as one source finds it: what runs on the machine, and what the source has made there. Bounded. */

import type { Persona } from '../../core/persona.ts';
import { below } from '../../core/random.ts';
import type { JsonObject, JsonValue } from '../../wire/json-value.ts';
import { isObject, textAt, textsOf, valueAt } from '../../wire/json-value.ts';
import { plantedAwsKey, plantedPassword } from '../../wire/planted-credential.ts';
import type { ShellPiece } from '../http-service/shell-run.ts';
import { digestOf } from './version.ts';
import { Visitors } from '../visitors.ts';

const sourceLimit = 128;
const containerLimit = 16;
const imageLimit = 32;
const execLimit = 64;
/** Octets that the logs of all containers of one source may hold. */
const logLimit = 524_288;

export interface Image {
  readonly id: string;
  readonly reference: string;
  readonly digest: string;
  readonly size: number;
  /** Milliseconds since the epoch. */
  readonly created: number;
  readonly command: readonly string[];
}

export interface Container {
  readonly id: string;
  name: string;
  readonly image: string;
  readonly imageId: string;
  readonly words: readonly string[];
  readonly config: JsonObject;
  readonly hostConfig: JsonObject;
  readonly tty: boolean;
  readonly openStdin: boolean;
  readonly environment: readonly string[];
  readonly labels: JsonValue;
  readonly ports: readonly (readonly [inside: number, outside: number])[];
  readonly created: number;
  readonly address: string;
  state: 'created' | 'running' | 'exited';
  startedAt: number;
  finishedAt: number;
  exitCode: number;
  pid: number;
  /** What it has printed. */
  log: readonly ShellPiece[];
}

export interface Exec {
  readonly id: string;
  readonly container: Container;
  readonly words: readonly string[];
  readonly tty: boolean;
  readonly stdin: boolean;
  readonly user: string;
  running: boolean;
  exitCode: number | null;
}

export interface Engine {
  readonly persona: Persona;
  readonly source: string;
  readonly id: string;
  readonly images: Map<string, Image>;
  readonly containers: Map<string, Container>;
  readonly execs: Map<string, Exec>;
  readonly networks: Map<string, { id: string; name: string; driver: string; created: number }>;
  readonly volumes: Map<string, { name: string; created: number }>;
  counter: number;
}

interface Service {
  readonly image: string;
  readonly name: string;
  readonly megabytes: number;
  readonly command: readonly string[];
  readonly ports: readonly (readonly [number, number])[];
  environment(persona: Persona, source: string): string[];
}

const path = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const services: readonly Service[] = [
  {
    image: 'nginx:1.21-alpine',
    name: 'proxy',
    megabytes: 23,
    command: ['/docker-entrypoint.sh', 'nginx', '-g', 'daemon off;'],
    ports: [[80, 80]],
    environment: () => [path, 'NGINX_VERSION=1.21.6'],
  },
  {
    image: 'postgres:13',
    name: 'db',
    megabytes: 374,
    command: ['docker-entrypoint.sh', 'postgres'],
    ports: [],
    environment: (persona, source) => [
      'POSTGRES_USER=app',
      `POSTGRES_PASSWORD=${plantedPassword(persona, 'a container environment', source)}`,
      'POSTGRES_DB=app',
      path,
      'PG_MAJOR=13',
    ],
  },
  {
    image: 'node:16-slim',
    name: 'api',
    megabytes: 178,
    command: ['docker-entrypoint.sh', 'node', 'server.js'],
    ports: [[3_000, 3_000]],
    environment(persona, source) {
      const key = plantedAwsKey(persona, 'a container environment', source);
      return [
        'NODE_ENV=production',
        `DATABASE_URL=postgres://app:${plantedPassword(persona, 'a container environment', source)}@db:5432/app`,
        `AWS_ACCESS_KEY_ID=${key.accessKeyId}`,
        `AWS_SECRET_ACCESS_KEY=${key.secretAccessKey}`,
        'AWS_DEFAULT_REGION=eu-central-1',
        path,
        'NODE_VERSION=16.20.2',
      ];
    },
  },
];

const engines = new Visitors<Engine>(sourceLimit);

/** The engine for this source. */
export function engineFor(persona: Persona, source: string): Engine {
  return engines.of(persona, source, () => installed(persona, source));
}

function installed(persona: Persona, source: string): Engine {
  const random = persona.random('docker engine');
  const project = ['app', 'prod', 'web', 'backend'][below(random, 4)] ?? 'app';
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const id = Array.from({ length: 12 }, () =>
    Array.from({ length: 4 }, () => letters[below(random, 32)]).join(''),
  ).join(':');
  const engine: Engine = {
    persona,
    source,
    id,
    images: new Map(),
    containers: new Map(),
    execs: new Map(),
    networks: new Map(),
    volumes: new Map(),
    counter: 0,
  };
  for (const [name, driver] of [
    ['bridge', 'bridge'],
    ['host', 'host'],
    ['none', 'null'],
    [`${project}_default`, 'bridge'],
  ] as const) {
    engine.networks.set(name, {
      id: digestOf(persona, 'network', name),
      name,
      driver,
      created: persona.bootedAt - 86_400_000,
    });
  }
  const volume = `${project}_dbdata`;
  engine.volumes.set(volume, { name: volume, created: persona.bootedAt - 80_000_000 });
  for (const service of services) {
    if (service.name === 'proxy' && below(random, 2) === 0) continue;
    const image = addImage(
      engine,
      service.image,
      persona.bootedAt - 86_400_000 * (20 + below(random, 200)),
      service.megabytes,
      service.command,
    );
    const container = addContainer(
      engine,
      image,
      `${project}_${service.name}_1`,
      {
        Env: service.environment(persona, source),
        Labels: { 'com.docker.compose.project': project, 'com.docker.compose.service': service.name },
      },
      persona.bootedAt - 3_600_000 * below(random, 400),
      service.ports,
    );
    container.state = 'running';
    container.startedAt = persona.bootedAt + 9_000 + below(random, 20_000);
    container.pid = 1_200 + below(random, 3_000);
  }
  return engine;
}

/** `docker.io/library/alpine` is `alpine:latest`. */
export function fullReference(name: string): string {
  const reference = name.replace(/^docker\.io\/(?:library\/)?/, '');
  return /(?::[\w][\w.-]{0,127}|@sha256:[0-9a-f]{64})$/.test(reference) ? reference : `${reference}:latest`;
}

export function addImage(
  engine: Engine,
  name: string,
  created: number,
  megabytes: number,
  command: readonly string[] = ['/bin/sh'],
): Image {
  const reference = fullReference(name);
  const { persona } = engine;
  const image: Image = {
    id: `sha256:${digestOf(persona, 'image', reference)}`,
    reference,
    digest: `sha256:${digestOf(persona, 'manifest', reference)}`,
    size:
      megabytes * 1_048_576 +
      (Number.parseInt(digestOf(persona, 'size', reference).slice(0, 5), 16) % 1_048_576),
    created,
    command,
  };
  if (engine.images.size >= imageLimit) {
    const oldest = engine.images.keys().next().value;
    if (oldest !== undefined) engine.images.delete(oldest);
  }
  engine.images.set(reference, image);
  return image;
}

/** By reference, id or the beginning of an id. */
export function findImage(engine: Engine, name: string): Image | null {
  const exact = engine.images.get(fullReference(name));
  if (exact !== undefined) return exact;
  const digits = name.replace(/^sha256:/, '');
  if (!/^[0-9a-f]{4,64}$/.test(digits)) return null;
  return engine.images.values().find((image) => image.id.startsWith(`sha256:${digits}`)) ?? null;
}

export function addContainer(
  engine: Engine,
  image: Image,
  name: string,
  config: JsonObject,
  now: number,
  ports: Container['ports'] = [],
): Container {
  engine.counter += 1;
  const entrypoint = textsOf(valueAt(config, 'Entrypoint'));
  const given = textsOf(valueAt(config, 'Cmd'));
  const words = [...entrypoint, ...(given.length > 0 || entrypoint.length > 0 ? given : image.command)];
  const hostConfig = valueAt(config, 'HostConfig');
  const container: Container = {
    id: digestOf(engine.persona, 'container', engine.source, String(engine.counter), String(now)),
    name,
    image: textAt(config, 'Image') === '' ? image.reference : textAt(config, 'Image'),
    imageId: image.id,
    words,
    config,
    hostConfig: isObject(hostConfig) ? hostConfig : {},
    tty: valueAt(config, 'Tty') === true,
    openStdin: valueAt(config, 'OpenStdin') === true,
    environment: textsOf(valueAt(config, 'Env')),
    labels: valueAt(config, 'Labels') ?? {},
    ports,
    created: now,
    address: `172.17.0.${2 + ((engine.counter - 1) % 250)}`,
    state: 'created',
    startedAt: 0,
    finishedAt: 0,
    exitCode: 0,
    pid: 0,
    log: [],
  };
  if (engine.containers.size >= containerLimit) {
    const oldest = engine.containers.keys().next().value;
    if (oldest !== undefined) engine.containers.delete(oldest);
  }
  engine.containers.set(container.id, container);
  return container;
}

/** Keeps what a container has printed; the logs of the oldest give way. */
export function keepLog(engine: Engine, container: Container, pieces: readonly ShellPiece[]): void {
  container.log = pieces;
  const size = (each: Container): number => each.log.reduce((sum, piece) => sum + piece.bytes.length, 0);
  let held = engine.containers.values().reduce((sum, each) => sum + size(each), 0);
  for (const each of engine.containers.values()) {
    if (held <= logLimit || each === container) return;
    held -= size(each);
    each.log = [];
  }
}

/** By name, id or the beginning of an id. */
export function findContainer(engine: Engine, name: string): Container | null {
  const wanted = name.replace(/^\//, '');
  for (const container of engine.containers.values())
    if (container.id === wanted || container.name === wanted) return container;
  if (!/^[0-9a-f]{1,64}$/.test(wanted)) return null;
  return engine.containers.values().find((container) => container.id.startsWith(wanted)) ?? null;
}

export function addExec(engine: Engine, container: Container, body: JsonValue | undefined): Exec {
  engine.counter += 1;
  const exec: Exec = {
    id: digestOf(engine.persona, 'exec', engine.source, String(engine.counter)),
    container,
    words: textsOf(valueAt(body, 'Cmd')),
    tty: valueAt(body, 'Tty') === true,
    stdin: valueAt(body, 'AttachStdin') === true,
    user: textAt(body, 'User'),
    running: false,
    exitCode: null,
  };
  if (engine.execs.size >= execLimit) {
    const oldest = engine.execs.keys().next().value;
    if (oldest !== undefined) engine.execs.delete(oldest);
  }
  engine.execs.set(exec.id, exec);
  return exec;
}

const adjectives = [
  'admiring',
  'brave',
  'clever',
  'dazzling',
  'eager',
  'festive',
  'gallant',
  'happy',
  'jolly',
  'keen',
  'loving',
  'nifty',
  'quirky',
  'serene',
  'sharp',
  'upbeat',
  'vibrant',
  'wizardly',
  'zen',
];
const people = [
  'albattani',
  'bardeen',
  'carson',
  'darwin',
  'euler',
  'fermi',
  'galileo',
  'hopper',
  'johnson',
  'kepler',
  'lamarr',
  'meitner',
  'noether',
  'pasteur',
  'raman',
  'shannon',
  'tesla',
  'turing',
  'wozniak',
];

/** A name as the engine draws one for a container that has none. */
export function drawnName(engine: Engine): string {
  const digits = Number.parseInt(
    digestOf(engine.persona, 'name', engine.source, String(engine.counter)).slice(0, 8),
    16,
  );
  return `${adjectives[digits % adjectives.length] ?? ''}_${people[Math.floor(digits / 64) % people.length] ?? ''}`;
}
