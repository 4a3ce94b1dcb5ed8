/** One server as one visitor finds it. */

import { Buffer } from 'node:buffer';
import type { Persona } from '../../core/persona.ts';
import { below, hexDigits, pick } from '../../core/random.ts';
import { applicationData } from '../sql/application-data.ts';
import { ObjectId, writeBson, type BsonDocument, type BsonValue } from '../../wire/bson.ts';
import { Visitors } from '../visitors.ts';

const visitorLimit = 48;
const storeLimit = 2 * 1024 * 1024;
const versions = ['4.4.29', '3.6.8', '4.0.28', '4.2.24', '5.0.26', '3.2.22'] as const;

export class MongoInstance {
  readonly persona: Persona;
  readonly version: string;
  readonly gitVersion: string;
  readonly asksForLogin: boolean;
  readonly startedAt: number;
  readonly databases: Map<string, Map<string, BsonDocument[]>> = new Map();
  readonly processId: number;
  connections: number;
  requests = 1;
  #octets = 0;
  #ids: number;

  constructor(persona: Persona, now: number) {
    const software = persona.software['mongodb'];
    const random = persona.random('mongodb');
    this.persona = persona;
    this.version = software?.version ?? pick(random, versions);
    this.gitVersion = hexDigits(random, 40);
    this.asksForLogin = software?.details?.['authorization'] === 'enabled';
    this.startedAt = Math.min(now, persona.bootedAt + 9000 + below(random, 20_000));
    this.processId = 600 + below(random, 900);
    this.connections = 20 + below(random, 3000);
    this.#ids = below(random, 0xffff);
    const data = applicationData(persona, 'mysql', now);
    const collections = new Map<string, BsonDocument[]>();
    for (const table of data.tables) {
      collections.set(
        table.name,
        table.rows.map(
          (row) =>
            new Map<string, BsonValue>([
              ['_id', this.newId(now)],
              ...table.columns
                .slice(1)
                .map((column, index): [string, BsonValue] => [column.name, plain(row[index + 1])]),
            ]),
        ),
      );
    }
    this.databases.set(
      'admin',
      new Map([
        [
          'system.version',
          [
            new Map<string, BsonValue>([
              ['_id', 'featureCompatibilityVersion'],
              ['version', this.version.split('.').slice(0, 2).join('.')],
            ]),
          ],
        ],
      ]),
    );
    this.databases.set('config', new Map([['system.sessions', []]]));
    this.databases.set('local', new Map([['startup_log', []]]));
    this.databases.set(data.name, collections);
  }

  get atLeast(): (major: number, minor: number) => boolean {
    const [ours = 0, oursMinor = 0] = this.version.split('.').map(Number);
    return (major, minor) => ours > major || (ours === major && oursMinor >= minor);
  }

  newId(now: number): ObjectId {
    this.#ids += 1;
    const machine = Buffer.from(this.persona.mac.replaceAll(':', ''), 'hex')
      .toString('hex')
      .slice(2, 12)
      .padEnd(10, '0');
    return new ObjectId(
      Math.floor(now / 1000)
        .toString(16)
        .padStart(8, '0') +
        machine +
        (this.#ids & 0xffffff).toString(16).padStart(6, '0'),
    );
  }

  /** False where there is no room. */
  reserve(octets: number): boolean {
    if (this.#octets + octets > storeLimit) {
      this.#octets = 0;
      for (const collections of this.databases.values()) {
        for (const documents of collections.values())
          for (const document of documents) this.#octets += writeBson(document).length;
      }
    }
    if (this.#octets + octets > storeLimit) return false;
    this.#octets += octets;
    return true;
  }
}

function plain(item: unknown): BsonValue {
  return typeof item === 'string' || typeof item === 'number' ? item : null;
}

const instances = new Visitors<MongoInstance>(visitorLimit);

/** The instance for a source on a persona. */
export function instanceFor(persona: Persona, source: string, now: number): MongoInstance {
  return instances.of(persona, source, () => new MongoInstance(persona, now));
}
