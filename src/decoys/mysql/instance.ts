/** One server as one visitor finds it: what he makes in one connection he sees in the next, and nobody else does. */

import type { Persona } from '../../core/persona.ts';
import { below } from '../../core/random.ts';
import { applicationData } from '../sql/application-data.ts';
import { TableSpace } from '../sql/store.ts';
import { firstThread, identityOf, type MysqlIdentity } from './identity.ts';
import { Visitors } from '../visitors.ts';

const storeLimit = 2 * 1024 * 1024;
const visitorLimit = 48;
const fileLimit = 64;

/** A function from a shared library. */
export interface LoadedFunction {
  readonly name: string;
  readonly library: string;
  readonly returns: 'string' | 'real' | 'int' | 'decimal';
}

export class MysqlInstance {
  readonly persona: Persona;
  readonly identity: MysqlIdentity;
  readonly space: TableSpace = new TableSpace(storeLimit);
  readonly functions: Map<string, LoadedFunction> = new Map();
  readonly accounts: Map<string, string> = new Map();
  readonly settings: Map<string, string> = new Map();
  /** Path to what was written there; the text is kept for LOAD_FILE, within the store's limit. */
  readonly files: Map<string, string> = new Map();
  readonly startedAt: number;
  threads: number;
  questions: number;
  /** Guesses of each user that were wrong and that showed no password. */
  blindGuesses = 0;
  /** Users who have logged in: their digest is cached (caching_sha2_password). */
  readonly cached: Set<string> = new Set();

  constructor(persona: Persona, now: number) {
    this.persona = persona;
    this.identity = identityOf(persona);
    this.startedAt = Math.min(now, persona.bootedAt + 6000 + below(persona.random('mysql start'), 20_000));
    this.threads = firstThread(persona);
    this.questions = 1000 + below(persona.random('mysql questions'), 200_000);
    const data = applicationData(persona, 'mysql', now);
    this.space.databases.set(data.name, new Map(data.tables.map((table) => [table.name, table])));
    this.accounts.set("'root'@'localhost'", '');
    this.accounts.set("'root'@'%'", '');
    this.accounts.set(`'${data.name}'@'localhost'`, '');
  }

  /** False where there is no room. */
  keepFile(path: string, text: string): boolean {
    if (this.files.size >= fileLimit || !this.space.reserve(text.length + path.length)) return false;
    this.files.set(path, text);
    return true;
  }
}

const instances = new Visitors<MysqlInstance>(visitorLimit);

/** The instance for a source on a persona. */
export function instanceFor(persona: Persona, source: string, now: number): MysqlInstance {
  return instances.of(persona, source, () => new MysqlInstance(persona, now));
}
