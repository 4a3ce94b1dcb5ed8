/** The tables of the decision log. */

/** Written to `PRAGMA user_version`; a file with a higher one was made by a newer Picket and is left alone. */
export const decisionLogVersion = 1;

/**
 * `entries` is the log: decisions, their renewals (same id, a further entry) and lifts, each with the next number. AUTOINCREMENT, because
 * a number must never come a second time, also when old entries have been pruned; a transaction that is rolled back
 * takes its numbers back with it, so there is no gap.
 * `standing` is what follows from the log: the entry that holds for a target, kept in the same transaction as the log so that a
 * start need not read years of it.
 */
export const decisionLogTables = `
  CREATE TABLE IF NOT EXISTS entries (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL CHECK (kind IN ('decision', 'lift')),
    id TEXT NOT NULL,
    target TEXT NOT NULL,
    action TEXT NOT NULL,
    at INTEGER NOT NULL,
    body TEXT NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS entries_by_id ON entries (id, kind, sequence);
  CREATE INDEX IF NOT EXISTS entries_by_target ON entries (target, sequence);
  CREATE INDEX IF NOT EXISTS entries_by_action ON entries (action, sequence);
  CREATE INDEX IF NOT EXISTS entries_by_time ON entries (at);
  CREATE TABLE IF NOT EXISTS standing (
    target TEXT PRIMARY KEY,
    sequence INTEGER NOT NULL UNIQUE,
    until INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS standing_by_end ON standing (until);
  CREATE TABLE IF NOT EXISTS allowlist (
    network TEXT PRIMARY KEY,
    note TEXT NOT NULL,
    "by" TEXT NOT NULL,
    until INTEGER,
    at INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS keys (
    name TEXT PRIMARY KEY,
    hash TEXT NOT NULL UNIQUE,
    scopes TEXT NOT NULL,
    at INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS audit (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    "by" TEXT NOT NULL,
    what TEXT NOT NULL,
    subject TEXT NOT NULL,
    detail TEXT NOT NULL
  ) STRICT;
`;
