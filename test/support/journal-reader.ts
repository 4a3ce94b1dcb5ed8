/**
 * Reads the journal of the machine that it runs on as the telemetry process does, while a program writes to it. Prints a JSON line: who
 * was seen failing to log in, in order. `node journal-reader.ts FOLDER`; how far it read is kept in FOLDER.
 */

import { spawnSync } from 'node:child_process';
import process from 'node:process';
import { setTimeout } from 'node:timers/promises';
import { PositionBook } from '../../src/collector/position-book.ts';
import { SourceReport } from '../../src/collector/source.ts';
import { sourceOf } from '../../src/daemon/telemetry-source.ts';

const [folder = '.'] = process.argv.slice(2);

/** By the socket of syslog, as sshd of Debian does, or by the journal's own. */
function fails(address: string, way: 'syslog' | 'journal'): void {
  const message = `Failed password for invalid user guest from ${address} port 40000 ssh2`;
  const { status } =
    way === 'syslog'
      ? spawnSync('logger', ['-u', '/run/systemd/journal/dev-log', '-p', 'auth.info', '-t', 'sshd', message])
      : spawnSync('logger', ['--journald'], { input: `MESSAGE=${message}\nSYSLOG_IDENTIFIER=sshd\n` });
  if (status !== 0) throw new Error(`logger ended with ${status}`);
}

async function until(isThere: () => boolean): Promise<void> {
  for (let tries = 0; tries < 400 && !isThere(); tries += 1) await setTimeout(25);
}

const seen: string[] = [];
const report = new SourceReport('journal0', (line) => process.stderr.write(`${line}\n`));

async function reading(during: () => Promise<void>): Promise<void> {
  const positions = new PositionBook(folder);
  positions.load();
  const source = sourceOf(
    { journal: true },
    {
      positions,
      conntrack: null,
      options: {
        report,
        now: () => Date.now(),
        room: () => Promise.resolve(),
        observed: (observation) => {
          if (observation.kind === 'login') seen.push(observation.source);
        },
      },
    },
  );
  await source.start();
  await during();
  await source.stop();
  positions.save();
}

// What was there before the first start is not read.
fails('198.18.0.1', 'syslog');
await reading(async () => {
  // journalctl says nothing of when it has begun to follow.
  for (let tries = 0; tries < 40 && seen.length === 0; tries += 1) {
    fails('198.18.0.2', 'journal');
    await setTimeout(250);
  }
  fails('198.18.0.3', 'syslog');
  await until(() => seen.at(-1) === '198.18.0.3');
});
// What was written meanwhile is, and nothing twice.
fails('198.18.0.4', 'syslog');
await reading(async () => {
  fails('198.18.0.5', 'journal');
  await until(() => seen.at(-1) === '198.18.0.5');
});
process.stdout.write(`${JSON.stringify({ seen, complaint: report.complaint })}\n`);
