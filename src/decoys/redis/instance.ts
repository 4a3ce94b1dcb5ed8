/** One Redis as one visitor finds it: what he sets in one connection he sees in the next, and nobody else does. */

import type { Persona } from '../../core/persona.ts';
import { below, hexDigits, pick } from '../../core/random.ts';
import { Configuration } from './configuration.ts';
import { Database } from './keyspace.ts';
import { Visitors } from '../visitors.ts';

/** Octets that one visitor may keep. With 48 visitors a persona, 96 MiB at the worst. */
const storeLimit = 2 * 1024 * 1024;
const visitorLimit = 48;
const databaseCount = 16;

export class Instance {
  readonly persona: Persona;
  readonly version: string;
  readonly runId: string;
  readonly configuration: Configuration;
  readonly databases: readonly Database[] = Array.from({ length: databaseCount }, () => new Database());
  readonly scripts: Map<string, string> = new Map();
  readonly replicationId: string;
  readonly processId: number;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  master: { readonly host: string; readonly port: number; readonly since: number } | null = null;
  replicationOffset = 0;
  lastSave: number;
  changes = 0;
  commands = 0;
  connections = 0;
  clientIds: number;
  /** Octets written and counted over, for bounding what one connection may cost. */
  work = 0;
  #spent = 0;

  constructor(persona: Persona, now: number) {
    const random = persona.random('redis');
    this.persona = persona;
    this.version = persona.redis?.version ?? '6.0.16';
    this.runId = persona.redis?.runId ?? hexDigits(random, 40);
    this.configuration = new Configuration(this.version, persona.redis?.password ?? '');
    this.replicationId = hexDigits(random, 40);
    this.processId = 400 + below(random, 900);
    // The daemon starts with the machine.
    this.startedAt = Math.min(now, persona.bootedAt + 4000 + below(random, 9000));
    this.lastSave = Math.max(this.startedAt, now - below(random, 3_000_000));
    this.clientIds = 3 + below(random, 400);
    this.#seedKeys();
  }

  /** Counts octets about to be written; false where the store is full. */
  reserve(octets: number): boolean {
    this.work += octets;
    if (this.#spent + octets > storeLimit) {
      this.work += storeLimit / 8;
      this.#spent = this.databases.reduce((sum, database) => sum + database.octets(), 0);
    }
    if (this.#spent + octets > storeLimit) return false;
    this.#spent += octets;
    return true;
  }

  get octets(): number {
    return this.#spent;
  }

  /** What an application would have left there: sessions and counters, by the persona. */
  #seedKeys(): void {
    const random = this.persona.random('redis keys');
    const database = this.databases[0];
    if (database === undefined) return;
    const application = pick(random, ['app', 'shop', 'laravel', 'api', 'cache', 'web'] as const);
    for (let count = 2 + below(random, 9); count > 0; count -= 1) {
      database.set(`${application}:session:${hexDigits(random, 24)}`, {
        type: 'string',
        value: `{"user_id":${1 + below(random, 900)},"csrf":"${hexDigits(random, 16)}"}`,
      });
    }
    database.set(`${application}:stats:visits`, { type: 'string', value: String(below(random, 90_000)) });
    database.set(`${application}:queue`, { type: 'list', items: [`job:${hexDigits(random, 8)}`] });
  }
}

const instances = new Visitors<Instance>(visitorLimit);

/** The instance for a source on a persona. */
export function instanceFor(persona: Persona, source: string, now: number): Instance {
  return instances.of(persona, source, () => new Instance(persona, now));
}
