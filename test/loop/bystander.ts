/** Somebody who uses the protected host's own service, a new connection each time, until told to stop. Arguments: URL. Prints what came of it. */

import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';

const url = process.argv[2] ?? '';
const stopping = new AbortController();
process.on('SIGTERM', () => stopping.abort());

let fetched = 0;
const failures: string[] = [];
process.stdout.write('ready\n');
while (!stopping.signal.aborted) {
  try {
    const response = await fetch(url, {
      headers: { connection: 'close' },
      signal: AbortSignal.timeout(5000),
    });
    if ((await response.text()) === 'the own service\n') fetched += 1;
    else failures.push(`HTTP ${response.status}`);
  } catch (error) {
    failures.push(error instanceof Error ? `${error.message} ${String(error.cause)}` : String(error));
  }
  await sleep(50);
}
process.stdout.write(`${JSON.stringify({ fetched, failures })}\n`);
