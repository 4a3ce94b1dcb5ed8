/** The spool's worker thread: waits for the disk so that the sensor's loop does not. */

import { parentPort, workerData } from 'node:worker_threads';
import { SpoolBoundReached, SpoolDatabase, type SpoolBounds } from './spool-database.ts';
import type { FromWorker, ToWorker } from './spool-message.ts';

const port = parentPort;
if (port === null) throw new Error('spool-worker.ts runs as a worker thread');

const { path, bounds }: { path: string; bounds: SpoolBounds } = workerData;
const say = (message: FromWorker): void => port.postMessage(message);
const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** SQLITE_FULL, or SQLITE_IOERR as a full disk shows itself in the write-ahead log. */
function isFull(error: unknown): boolean {
  if (error instanceof SpoolBoundReached) return true;
  const code = error instanceof Error && 'errcode' in error ? Number(error.errcode) & 0xff : 0;
  return code === 13 || code === 10;
}

let database: SpoolDatabase | null = null;
try {
  database = new SpoolDatabase(path, bounds);
  say({ kind: 'opened', opened: database.opened(), sizes: database.sizes });
} catch (error) {
  say({ kind: 'unopened', message: messageOf(error) });
}

function write(opened: SpoolDatabase, message: Extract<ToWorker, { kind: 'write' }>): void {
  try {
    opened.write(message);
    say({ kind: 'committed', sizes: opened.sizes });
  } catch (error) {
    try {
      opened.checkpoint();
    } catch {
      // The next attempt will say what is wrong.
    }
    say({ kind: 'failed', message: messageOf(error), full: isFull(error) });
  }
}

function stop(opened: SpoolDatabase, message: Extract<ToWorker, { kind: 'stop' }>): void {
  try {
    opened.write({ ...message, sequences: [], records: [], transcript: null, lost: [] });
  } catch {
    // Only the mark of acknowledgement is at stake: the engine gets some records twice and knows them by their ids.
  }
  opened.close();
  say({ kind: 'stopped' });
  port?.close();
}

port.on('message', (message: ToWorker) => {
  if (database === null) return;
  switch (message.kind) {
    case 'write':
      write(database, message);
      break;
    case 'read':
      try {
        const records = database.readAfter(message.after, message.limit);
        say({ kind: 'records', request: message.request, records });
      } catch (error) {
        say({ kind: 'unread', request: message.request, message: messageOf(error) });
      }
      break;
    case 'transcript':
      try {
        say({ kind: 'pieces', request: message.request, pieces: database.readTranscript(message.session) });
      } catch (error) {
        say({ kind: 'unread', request: message.request, message: messageOf(error) });
      }
      break;
    case 'stop':
      stop(database, message);
      break;
  }
});
