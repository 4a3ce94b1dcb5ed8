/**
 * The decision log: every decision, renewal and lift in order, durable; and what belongs to it: the allowlist that people
 * have made, the API's keys (hashes alone), and who changed what.
 *
 * SQLite in WAL mode with synchronous FULL: what a call has written when it returns outlives a crash of the process and of the machine.
 * Calls are synchronous and wait for the disk; one transaction costs about 0.2 ms, so a burst goes into one `append`.
 */

import { closeSync, openSync } from 'node:fs';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import type { Action, Decision } from '../core/decision.ts';
import { PicketError } from '../core/errors.ts';
import { decisionLogTables, decisionLogVersion } from './decision-log-schema.ts';

/** The end of a standing decision before its time, by a person or by the allowlist. */
export interface Lift {
  readonly target: string;
  /** The decision that stood. */
  readonly id: string;
  readonly at: number;
  readonly by: string;
  readonly reason: string;
}

/** A decision with its place in the log: the newest entry of its id. */
export interface LoggedDecision extends Decision {
  readonly sequence: number;
  /** The lift that ended it, or null. */
  readonly lifted: Omit<Lift, 'target' | 'id'> | null;
}

export type LogEntry =
  | { readonly sequence: number; readonly kind: 'decision'; readonly decision: Decision }
  | { readonly sequence: number; readonly kind: 'lift'; readonly lift: Lift };

export interface DecisionQuery {
  readonly target?: string;
  readonly action?: Action;
  /** Only what stands at this time (milliseconds since the epoch). */
  readonly standing?: number;
  /** Only entries with a lower number: the cursor of the next page. */
  readonly before?: number;
  readonly limit: number;
}

export interface AllowRow {
  /** CIDR, canonical. */
  readonly network: string;
  readonly note: string;
  readonly by: string;
  /** Milliseconds since the epoch, or null for good. */
  readonly until: number | null;
  readonly at: number;
}

export interface KeyRow {
  readonly name: string;
  /** SHA-256 of the key, hex. */
  readonly hash: string;
  readonly scopes: readonly string[];
  readonly at: number;
}

export interface AuditRow {
  readonly sequence: number;
  readonly at: number;
  readonly by: string;
  /** `allow`, `disallow`, `lift`, `key-add` or `key-revoke`. */
  readonly what: string;
  readonly subject: string;
  readonly detail: string;
}

type Row = Record<string, unknown>;

const lastLift = `(SELECT later.body FROM entries later
  WHERE later.id = entries.id AND later.kind = 'lift' AND later.sequence > entries.sequence
  ORDER BY later.sequence DESC LIMIT 1) AS lift`;

export class DecisionLog {
  readonly #database: DatabaseSync;
  readonly #insertEntry: StatementSync;
  readonly #setStanding: StatementSync;
  readonly #sweep: StatementSync;
  readonly #insertAudit: StatementSync;
  readonly #standingOf: StatementSync;

  /** Opens or makes the file, mode 0600. Throws PICKET_STATE_UNWRITABLE where it cannot be opened, is no decision log, or is a newer Picket's. */
  constructor(path: string) {
    this.#database = openDatabase(path);
    this.#insertEntry = this.#database.prepare(
      'INSERT INTO entries (kind, id, target, action, at, body) VALUES (?, ?, ?, ?, ?, ?)',
    );
    this.#setStanding = this.#database.prepare(
      `INSERT INTO standing (target, sequence, until) VALUES (?, ?, ?)
       ON CONFLICT (target) DO UPDATE SET sequence = excluded.sequence, until = excluded.until`,
    );
    this.#sweep = this.#database.prepare(
      'DELETE FROM standing WHERE target IN (SELECT target FROM standing WHERE until < ? ORDER BY until LIMIT ?)',
    );
    this.#insertAudit = this.#database.prepare(
      'INSERT INTO audit (at, "by", what, subject, detail) VALUES (?, ?, ?, ?, ?)',
    );
    this.#standingOf = this.#database.prepare(
      `SELECT body FROM standing JOIN entries USING (sequence) WHERE standing.target = ? AND standing.until > ?`,
    );
  }

  /** Writes decisions and renewals in their order: all of them or, where it throws, none. */
  append(decisions: readonly Decision[]): void {
    if (decisions.length === 0) return;
    this.#transaction(() => {
      for (const decision of decisions) {
        const { id, target, action } = decision;
        const body = JSON.stringify(decision);
        const { lastInsertRowid } = this.#insertEntry.run(
          'decision',
          id,
          target,
          action,
          Math.floor(decision.from),
          body,
        );
        // A simulated or merely observing decision leaves what is in force in force.
        if (!decision.simulated && (action === 'block' || action === 'rate-limit'))
          this.#setStanding.run(target, lastInsertRowid, Math.floor(decision.until));
      }
      // Sweeps out what ended an hour ago and more, faster than new ones come and never much at once.
      this.#sweep.run(Math.floor(decisions[0]?.from ?? 0) - 3_600_000, decisions.length * 2 + 50);
    });
  }

  /** What shall be in force: for each target the newest decision that took effect, where it has not run out and was not lifted. */
  standing(at: number): Decision[] {
    const statement = this.#database.prepare(
      'SELECT body FROM standing JOIN entries USING (sequence) WHERE until > ? ORDER BY sequence',
    );
    const decisions: Decision[] = [];
    for (const row of statement.iterate(at)) decisions.push(decisionOf(row));
    return decisions;
  }

  /** The decision that stands against this very target, or null. */
  standingOf(target: string, at: number): Decision | null {
    const row = this.#standingOf.get(target, at);
    return row === undefined ? null : decisionOf(row);
  }

  /** Ends what stands against the target, and records who did. Writes nothing where nothing was ever in force or it was lifted before. */
  lift(target: string, at: number, by: string, reason: string): void {
    this.#transaction(() => {
      const row = this.#one(
        'SELECT id FROM standing JOIN entries USING (sequence) WHERE standing.target = ?',
        target,
      );
      if (row === undefined) return;
      const lift: Lift = { target, id: String(row['id']), at, by, reason };
      this.#insertEntry.run('lift', lift.id, target, '', Math.floor(at), JSON.stringify(lift));
      this.#database.prepare('DELETE FROM standing WHERE target = ?').run(target);
      this.#insertAudit.run(Math.floor(at), by, 'lift', target, reason);
    });
  }

  /** Decisions, newest entry first, each once with its latest renewal. */
  list(query: DecisionQuery): LoggedDecision[] {
    const conditions = [
      `kind = 'decision'`,
      `NOT EXISTS (SELECT 1 FROM entries later WHERE later.id = entries.id AND later.kind = 'decision' AND later.sequence > entries.sequence)`,
    ];
    const values: SQLInputValue[] = [];
    const where = (condition: string, value: SQLInputValue | undefined): void => {
      if (value === undefined) return;
      conditions.push(condition);
      values.push(value);
    };
    where('entries.target = ?', query.target);
    where('action = ?', query.action);
    // The plus keeps SQLite from going by the end and sorting all that stands by number.
    where('+until > ?', query.standing);
    where('sequence < ?', query.before);
    // What stands may be little of a long log, so then the standing set leads (CROSS JOIN keeps the order of the two).
    const from = query.standing === undefined ? 'entries' : 'standing CROSS JOIN entries USING (sequence)';
    return this.#database
      .prepare(
        `SELECT sequence, body, ${lastLift} FROM ${from} WHERE ${conditions.join(' AND ')} ORDER BY sequence DESC LIMIT ?`,
      )
      .all(...values, query.limit)
      .map(loggedOf);
  }

  /** The newest entry of a decision by its id, or of the decisions on a target; null where there is none. */
  find(idOrTarget: string): LoggedDecision | null {
    const newest = `SELECT sequence, body, ${lastLift} FROM entries WHERE kind = 'decision' AND`;
    const row =
      this.#one(`${newest} id = ? ORDER BY sequence DESC LIMIT 1`, idOrTarget) ??
      this.#one(`${newest} target = ? ORDER BY sequence DESC LIMIT 1`, idOrTarget);
    return row === undefined ? null : loggedOf(row);
  }

  /** The log from here on, oldest first: what a follower reads to catch up. */
  after(sequence: number, limit: number): LogEntry[] {
    return this.#database
      .prepare('SELECT sequence, kind, body FROM entries WHERE sequence > ? ORDER BY sequence LIMIT ?')
      .all(sequence, limit)
      .map(entryOf);
  }

  /** The newest entries from a time on, at most so many, the oldest first. Reads no older ones: entries are written as time goes on. */
  since(at: number, limit: number): LogEntry[] {
    const found: LogEntry[] = [];
    const newestFirst = this.#database.prepare(
      'SELECT sequence, kind, at, body FROM entries ORDER BY sequence DESC LIMIT ?',
    );
    for (const row of newestFirst.iterate(limit)) {
      if (Number(row['at']) < at) break;
      found.push(entryOf(row));
    }
    return found.reverse();
  }

  /** Forgets entries from before this time, but none that is still in the standing set. Numbers are not given out anew. Returns how many went. */
  prune(before: number): number {
    return this.#transaction(() => {
      this.#database.prepare('DELETE FROM standing WHERE until < ?').run(before);
      return Number(
        this.#database
          .prepare('DELETE FROM entries WHERE at < ? AND sequence NOT IN (SELECT sequence FROM standing)')
          .run(before).changes,
      );
    });
  }

  allowEntries(): AllowRow[] {
    return this.#database
      .prepare('SELECT network, note, "by", until, at FROM allowlist ORDER BY at, network')
      .all()
      .map((row) => ({
        network: String(row['network']),
        note: String(row['note']),
        by: String(row['by']),
        until: row['until'] === null ? null : Number(row['until']),
        at: Number(row['at']),
      }));
  }

  /** Keeps an allowed network; one that is there already is replaced. */
  allow(row: AllowRow): void {
    this.#transaction(() => {
      this.#database
        .prepare(
          `INSERT INTO allowlist (network, note, "by", until, at) VALUES (?, ?, ?, ?, ?)
           ON CONFLICT (network) DO UPDATE SET note = excluded.note, "by" = excluded."by", until = excluded.until, at = excluded.at`,
        )
        .run(row.network, row.note, row.by, row.until === null ? null : Math.floor(row.until), row.at);
      this.#insertAudit.run(row.at, row.by, 'allow', row.network, row.note);
    });
  }

  /** False where the network was not on the list. */
  disallow(network: string, by: string, at: number): boolean {
    return this.#transaction(() => {
      const { changes } = this.#database.prepare('DELETE FROM allowlist WHERE network = ?').run(network);
      if (changes === 0) return false;
      this.#insertAudit.run(at, by, 'disallow', network, '');
      return true;
    });
  }

  /** Who changed what, newest first. */
  audit(query: { readonly before?: number; readonly limit: number }): AuditRow[] {
    return this.#database
      .prepare(
        'SELECT sequence, at, "by", what, subject, detail FROM audit WHERE sequence < ? ORDER BY sequence DESC LIMIT ?',
      )
      .all(query.before ?? Number.MAX_SAFE_INTEGER, query.limit)
      .map((row) => ({
        sequence: Number(row['sequence']),
        at: Number(row['at']),
        by: String(row['by']),
        what: String(row['what']),
        subject: String(row['subject']),
        detail: String(row['detail']),
      }));
  }

  /** False where a key of this name is there already. */
  addKey(key: KeyRow, by = 'picket'): boolean {
    return this.#transaction(() => {
      const { changes } = this.#database
        .prepare(
          'INSERT INTO keys (name, hash, scopes, at) VALUES (?, ?, ?, ?) ON CONFLICT (name) DO NOTHING',
        )
        .run(key.name, key.hash, key.scopes.join(' '), key.at);
      if (changes === 0) return false;
      this.#insertAudit.run(key.at, by, 'key-add', key.name, key.scopes.join(' '));
      return true;
    });
  }

  keys(): KeyRow[] {
    return this.#database
      .prepare('SELECT name, hash, scopes, at FROM keys ORDER BY at, name')
      .all()
      .map((row) => ({
        name: String(row['name']),
        hash: String(row['hash']),
        scopes: String(row['scopes']).split(' '),
        at: Number(row['at']),
      }));
  }

  /** False where there is no key of this name. */
  revokeKey(name: string, by = 'picket', at: number = Date.now()): boolean {
    return this.#transaction(() => {
      const { changes } = this.#database.prepare('DELETE FROM keys WHERE name = ?').run(name);
      if (changes === 0) return false;
      this.#insertAudit.run(at, by, 'key-revoke', name, '');
      return true;
    });
  }

  close(): void {
    this.#database.close();
  }

  #one(sql: string, ...values: SQLInputValue[]): Row | undefined {
    return this.#database.prepare(sql).get(...values);
  }

  #transaction<Result>(work: () => Result): Result {
    // IMMEDIATE: waits for another writer at the start, where nothing is lost by it.
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      this.#database.exec('COMMIT');
      return result;
    } catch (error) {
      // A full disk may have rolled it back already.
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      throw error;
    }
  }
}

function openDatabase(path: string): DatabaseSync {
  let database: DatabaseSync | null = null;
  try {
    // Made here, because SQLite would make it readable to everyone; the WAL takes the mode of the database.
    if (path !== ':memory:') closeSync(openSync(path, 'a', 0o600));
    database = new DatabaseSync(path, { timeout: 2_000 });
    const version = Number(database.prepare('PRAGMA user_version').get()?.['user_version'] ?? 0);
    if (version > decisionLogVersion)
      throw new Error(
        `it is of version ${version} and this Picket knows ${decisionLogVersion}: update Picket`,
      );
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
    database.exec(
      `BEGIN IMMEDIATE; ${decisionLogTables} PRAGMA user_version = ${decisionLogVersion}; COMMIT`,
    );
    return database;
  } catch (error) {
    database?.close();
    const cause = error instanceof Error ? error.message : String(error);
    throw new PicketError(
      'PICKET_STATE_UNWRITABLE',
      `${path}: the decision log can't be opened (${cause}); give the engine's user a state folder that it can write to, or move a broken file away`,
      { cause: error },
    );
  }
}

/** What stands in the file was written by this class. */
function decisionOf(row: Row): Decision {
  const decision: Decision = JSON.parse(String(row['body']));
  return decision;
}

function entryOf(row: Row): LogEntry {
  const sequence = Number(row['sequence']);
  return row['kind'] === 'lift'
    ? { sequence, kind: 'lift', lift: liftOf(row['body']) }
    : { sequence, kind: 'decision', decision: decisionOf(row) };
}

function liftOf(body: unknown): Lift {
  const lift: Lift = JSON.parse(String(body));
  return lift;
}

function loggedOf(row: Row): LoggedDecision {
  const lift = typeof row['lift'] === 'string' ? liftOf(row['lift']) : null;
  return {
    ...decisionOf(row),
    sequence: Number(row['sequence']),
    lifted: lift === null ? null : { at: lift.at, by: lift.by, reason: lift.reason },
  };
}
