/** The tables of one sensor's spool, used from the worker thread alone: every call here may wait for the disk. */

import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type {
  LostRange,
  Opened,
  PackedTranscript,
  SpooledRecord,
  SpoolSizes,
  TranscriptPiece,
} from './spool-message.ts';

export interface SpoolBounds {
  /** Observations, bytes of JSON text. */
  readonly maximumBytes: number;
  /** Raw bytes of conversations. */
  readonly maximumTranscriptBytes: number;
}

export interface SpoolWrite {
  readonly sequences: readonly number[];
  readonly records: readonly string[];
  readonly transcript: PackedTranscript | null;
  readonly lost: readonly LostRange[];
  readonly reserved: number;
  readonly acknowledged: number;
}

/** The spool's own bound was reached and nothing in it has been acknowledged: there is nothing that may make room. */
export class SpoolBoundReached extends Error {
  override readonly name = 'SpoolBoundReached';
}

// An overhead for each row, so that many small rows count for what they take on the disk: row header, key and index entry.
const observationOverhead = 16;
const transcriptOverhead = 100;
const pruneStep = 512;

const schema = `
CREATE TABLE IF NOT EXISTS observation (sequence INTEGER PRIMARY KEY, record TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS transcript (
  piece INTEGER PRIMARY KEY,
  session TEXT NOT NULL,
  direction INTEGER NOT NULL,
  "offset" INTEGER NOT NULL,
  at INTEGER NOT NULL,
  bytes BLOB NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS transcript_session ON transcript (session);
CREATE TABLE IF NOT EXISTS lost (first INTEGER NOT NULL, last INTEGER NOT NULL, at INTEGER NOT NULL, reason TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS figure (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
`;

const figureNames = [
  'reserved',
  'acknowledged',
  'observationBytes',
  'transcriptBytes',
  'observationsPruned',
  'transcriptBytesPruned',
] as const;
type FigureName = (typeof figureNames)[number];

export class SpoolDatabase {
  readonly #database: DatabaseSync;
  readonly #bounds: SpoolBounds;
  readonly #insertObservation: StatementSync;
  readonly #insertTranscript: StatementSync;
  readonly #setFigure: StatementSync;
  #figures: Record<FigureName, number> = {
    reserved: 0,
    acknowledged: 0,
    observationBytes: 0,
    transcriptBytes: 0,
    observationsPruned: 0,
    transcriptBytesPruned: 0,
  };

  /** Opens or makes the database at this path. Throws what SQLite says where it can't. */
  constructor(path: string, bounds: SpoolBounds) {
    this.#bounds = bounds;
    this.#database = new DatabaseSync(path);
    // Exclusive: a second process on the same folder is refused at once instead of giving out the same sequence numbers,
    // and the WAL index lives on the heap instead of in a mapped file, which a full disk could turn into SIGBUS.
    this.#database.exec(`
      PRAGMA locking_mode = EXCLUSIVE;
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = FULL;
      PRAGMA busy_timeout = 0;
      PRAGMA journal_size_limit = 16777216;
      ${schema}
    `);
    this.#insertObservation = this.#database.prepare('INSERT OR IGNORE INTO observation VALUES (?, ?)');
    this.#insertTranscript = this.#database.prepare(
      'INSERT INTO transcript (session, direction, "offset", at, bytes) VALUES (?, ?, ?, ?, ?)',
    );
    this.#setFigure = this.#database.prepare('INSERT OR REPLACE INTO figure VALUES (?, ?)');
    for (const row of this.#database.prepare('SELECT name, value FROM figure').all()) {
      const name = figureNames.find((known) => known === row['name']);
      if (name !== undefined) this.#figures[name] = Number(row['value']);
    }
  }

  opened(): Opened {
    const last = this.#database.prepare('SELECT coalesce(max(sequence), 0) AS last FROM observation').get();
    const lost = this.#database.prepare('SELECT first, last, at, reason FROM lost ORDER BY first').all();
    return {
      last: Number(last?.['last'] ?? 0),
      reserved: this.#figures.reserved,
      acknowledged: this.#figures.acknowledged,
      lost: lost.map((row) => ({
        first: Number(row['first']),
        last: Number(row['last']),
        at: Number(row['at']),
        reason: row['reason'] === 'crash' || row['reason'] === 'skipped' ? row['reason'] : 'full',
      })),
    };
  }

  get sizes(): SpoolSizes {
    const { observationBytes, transcriptBytes, observationsPruned, transcriptBytesPruned } = this.#figures;
    return { observationBytes, transcriptBytes, observationsPruned, transcriptBytesPruned };
  }

  /**
   * Writes a group in one transaction and returns when it is on the disk. Throws SpoolBoundReached or what SQLite says,
   * and then nothing of the group is in the spool: the same group can be written again.
   */
  write(group: SpoolWrite): void {
    const before = { ...this.#figures };
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      this.#figures.acknowledged = Math.max(this.#figures.acknowledged, group.acknowledged);
      this.#figures.reserved = group.reserved;
      if (group.records.length > 0) this.#makeRoom();
      this.#writeObservations(group);
      if (group.transcript !== null) this.#writeTranscript(group.transcript);
      if (group.lost.length > 0) {
        const insert = this.#database.prepare('INSERT INTO lost VALUES (?, ?, ?, ?)');
        for (const range of group.lost) insert.run(range.first, range.last, range.at, range.reason);
      }
      this.#pruneTranscript();
      for (const name of figureNames) {
        if (this.#figures[name] !== before[name]) this.#setFigure.run(name, this.#figures[name]);
      }
      this.#database.exec('COMMIT');
    } catch (error) {
      this.#figures = before;
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      throw error;
    }
  }

  /** Records after this sequence number, oldest first. */
  readAfter(after: number, limit: number): SpooledRecord[] {
    const rows = this.#database
      .prepare('SELECT sequence, record FROM observation WHERE sequence > ? ORDER BY sequence LIMIT ?')
      .all(after, limit);
    return rows.map((row) => ({ sequence: Number(row['sequence']), json: String(row['record']) }));
  }

  /** The raw bytes of a session in the order in which they came and went. */
  readTranscript(session: string): TranscriptPiece[] {
    const rows = this.#database
      .prepare('SELECT direction, "offset", at, bytes FROM transcript WHERE session = ? ORDER BY piece')
      .all(session);
    return rows.map((row) => ({
      direction: row['direction'] === 0 ? 'in' : 'out',
      offset: Number(row['offset']),
      at: Number(row['at']),
      bytes: row['bytes'] instanceof Uint8Array ? row['bytes'] : new Uint8Array(),
    }));
  }

  /** Gives back the room of the write-ahead log; worth a try before writing again to a full disk. */
  checkpoint(): void {
    this.#database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  }

  close(): void {
    this.#database.close();
  }

  #writeObservations(group: SpoolWrite): void {
    for (const [index, record] of group.records.entries()) {
      const written = this.#insertObservation.run(group.sequences[index] ?? 0, record);
      if (written.changes !== 0)
        this.#figures.observationBytes += Buffer.byteLength(record) + observationOverhead;
    }
  }

  #writeTranscript(transcript: PackedTranscript): void {
    let start = 0;
    for (const [index, session] of transcript.sessions.entries()) {
      const end = transcript.ends[index] ?? start;
      this.#insertTranscript.run(
        session,
        transcript.directions[index] ?? 0,
        transcript.offsets[index] ?? 0,
        transcript.times[index] ?? 0,
        transcript.bytes.subarray(start, end),
      );
      this.#figures.transcriptBytes += end - start + transcriptOverhead;
      start = end;
    }
  }

  /** Before a group, so that the bound is passed by one group at most and a group larger than the bound still finds its place. */
  #makeRoom(): void {
    while (this.#figures.observationBytes > this.#bounds.maximumBytes) {
      const rows = this.#database
        .prepare(
          'DELETE FROM observation WHERE sequence IN (SELECT sequence FROM observation WHERE sequence <= ? ORDER BY sequence LIMIT ?) RETURNING octet_length(record) AS size',
        )
        .all(this.#figures.acknowledged, pruneStep);
      if (rows.length === 0) {
        // What is durable is never given up for what is not: the newcomers wait in memory.
        throw new SpoolBoundReached('its bound is reached and the engine has acknowledged none of it');
      }
      for (const row of rows) this.#figures.observationBytes -= Number(row['size']) + observationOverhead;
      this.#figures.observationsPruned += rows.length;
    }
  }

  #pruneTranscript(): void {
    while (this.#figures.transcriptBytes > this.#bounds.maximumTranscriptBytes) {
      const rows = this.#database
        .prepare(
          'DELETE FROM transcript WHERE piece IN (SELECT piece FROM transcript ORDER BY piece LIMIT ?) RETURNING length(bytes) AS size',
        )
        .all(pruneStep);
      if (rows.length === 0) break;
      for (const row of rows) {
        this.#figures.transcriptBytes -= Number(row['size']) + transcriptOverhead;
        this.#figures.transcriptBytesPruned += Number(row['size']);
      }
    }
  }
}
