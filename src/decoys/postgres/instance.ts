/** One cluster as one visitor finds it. */

import { Buffer } from 'node:buffer';
import type { Persona } from '../../core/persona.ts';
import { below, pick } from '../../core/random.ts';
import { applicationData } from '../sql/application-data.ts';
import { TableSpace } from '../sql/store.ts';
import { Visitors } from '../visitors.ts';

const visitorLimit = 48;
const storeLimit = 2 * 1024 * 1024;

export type Authentication = 'md5' | 'scram-sha-256' | 'password';

const versions = [
  '13.14 (Debian 13.14-0+deb11u1)',
  '14.11 (Ubuntu 14.11-0ubuntu0.22.04.1)',
  '12.18 (Ubuntu 12.18-0ubuntu0.20.04.1)',
  '15.6 (Debian 15.6-0+deb12u1)',
  '11.22 (Debian 11.22-0+deb10u2)',
] as const;
const compilers: Readonly<Record<string, string>> = {
  deb10: 'gcc (Debian 8.3.0-6) 8.3.0',
  deb11: 'gcc (Debian 10.2.1-6) 10.2.1 20210110',
  deb12: 'gcc (Debian 12.2.0-14) 12.2.0',
  '20.04': 'gcc (Ubuntu 9.4.0-1ubuntu1~20.04.2) 9.4.0',
  '22.04': 'gcc (Ubuntu 11.4.0-1ubuntu1~22.04) 11.4.0',
};

export class PostgresInstance {
  readonly persona: Persona;
  /** As the parameter server_version gives it. */
  readonly version: string;
  readonly major: number;
  readonly authentication: Authentication;
  readonly startedAt: number;
  readonly space: TableSpace = new TableSpace(storeLimit);
  readonly roles: Map<string, { readonly oid: number; readonly isSuperuser: boolean }> = new Map([
    ['postgres', { oid: 10, isSuperuser: true }],
  ]);
  readonly files: Map<string, string> = new Map();
  readonly largeObjects: Map<number, string> = new Map();
  /** Functions in C that the visitor made: name to the library. */
  readonly functions: Map<string, string> = new Map();
  readonly settings: Map<string, string> = new Map();
  processes: number;
  nextOid: number;

  constructor(persona: Persona, now: number) {
    const software = persona.software['postgres'];
    const random = persona.random('postgres');
    this.persona = persona;
    this.version = software?.version ?? pick(random, versions);
    this.major = Number.parseInt(this.version, 10);
    const wanted = software?.details?.['authentication'];
    // The configuration that the packages bring: md5 before version 14, SCRAM after; some administrator chose `password`.
    const usual = below(random, 4) === 0 ? 'password' : this.major < 14 ? 'md5' : 'scram-sha-256';
    this.authentication =
      wanted === 'md5' || wanted === 'scram-sha-256' || wanted === 'password' ? wanted : usual;
    this.startedAt = Math.min(now, persona.bootedAt + 7000 + below(random, 9000));
    this.processes = 700 + below(random, 20_000);
    this.nextOid = 16_384 + below(random, 9000);
    const data = applicationData(persona, 'postgres', now);
    this.space.databases.set('postgres', new Map());
    this.space.databases.set('template1', new Map());
    this.space.databases.set(data.name, new Map(data.tables.map((table) => [table.name, table])));
    this.roles.set(data.name, { oid: 16_384, isSuperuser: false });
  }

  /** What `SELECT version()` says. */
  get banner(): string {
    const [key = ''] = /deb\d\d|\d\d\.\d\d(?=\.\d\)|\))/.exec(this.version) ?? [];
    return `PostgreSQL ${this.version} on ${this.persona.kernel.machine}-pc-linux-gnu, compiled by ${compilers[key] ?? 'gcc (GCC) 8.5.0 20210514 (Red Hat 8.5.0-4)'}, 64-bit`;
  }

  keepFile(path: string, text: string): boolean {
    if (this.files.size >= 64 || !this.space.reserve(text.length + path.length)) return false;
    this.files.set(path, text);
    return true;
  }

  salt(user: string): Buffer {
    const random = this.persona.random(`postgres salt ${user}`);
    return Buffer.from(Array.from({ length: 16 }, () => random.next() & 0xff));
  }
}

const instances = new Visitors<PostgresInstance>(visitorLimit);

/** The instance for a source on a persona. */
export function instanceFor(persona: Persona, source: string, now: number): PostgresInstance {
  return instances.of(persona, source, () => new PostgresInstance(persona, now));
}
