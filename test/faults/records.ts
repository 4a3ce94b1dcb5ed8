/** What a stopped Picket has kept: the spool's file, and the event store. */

import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { DatabaseSync } from 'node:sqlite';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface Spooled {
  readonly sequences: readonly number[];
  /** The engine has said that it keeps everything up to here. */
  readonly acknowledged: number;
  readonly lost: readonly { readonly first: number; readonly last: number; readonly reason: string }[];
}

export interface StoredEvent {
  readonly sensor: string;
  readonly sequence: number;
  readonly kind: string;
  readonly source: string;
  readonly sourcePort: number;
}

/** Reads the spool of a sensor that has ended. */
export function readSpool(state: string): Spooled {
  const database = new DatabaseSync(join(state, 'sensor', 'spool.db'));
  try {
    const sequences = database.prepare('SELECT sequence FROM observation ORDER BY sequence').all();
    const figure = database.prepare("SELECT value FROM figure WHERE name = 'acknowledged'").get();
    const lost = database.prepare('SELECT first, last, reason FROM lost ORDER BY first').all();
    return {
      sequences: sequences.map((row) => Number(row['sequence'])),
      acknowledged: Number(figure?.['value'] ?? 0),
      lost: lost.map((row) => ({
        first: Number(row['first']),
        last: Number(row['last']),
        reason: String(row['reason']),
      })),
    };
  } finally {
    database.close();
  }
}

/** Reads the event store of a Picket that has ended, in a process of its own: the library is large and one folder has one user. */
export async function readStore(state: string): Promise<StoredEvent[]> {
  const file = join(state, 'events-read.json');
  await run(
    process.execPath,
    [
      '--disable-warning=ExperimentalWarning',
      join(import.meta.dirname, 'stored-events.ts'),
      join(state, 'store', 'chdb'),
      file,
    ],
    { timeout: 60_000 },
  );
  const events: StoredEvent[] = JSON.parse(readFileSync(file, 'utf8'));
  return events;
}

/** Sequence numbers that the spool acknowledged as kept and that the event store does not have. */
export function acknowledgedAndMissing(spooled: Spooled, stored: readonly StoredEvent[]): number[] {
  const there = new Set(stored.map((event) => event.sequence));
  return spooled.sequences.filter((sequence) => sequence <= spooled.acknowledged && !there.has(sequence));
}

/** Sequence numbers that were given out and are neither written nor stated as lost. */
export function unstatedGaps(spooled: Spooled): number[] {
  const there = new Set(spooled.sequences);
  for (const { first, last } of spooled.lost) {
    for (let sequence = first; sequence <= last; sequence += 1) there.add(sequence);
  }
  const gaps: number[] = [];
  for (let sequence = 1; sequence <= Math.max(0, ...spooled.sequences); sequence += 1) {
    if (!there.has(sequence)) gaps.push(sequence);
  }
  return gaps;
}
