import {
  appendFileSync,
  copyFileSync,
  mkdtempSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Observation } from '../core/observation.ts';
import { readers } from '../telemetry/index.ts';
import { FileFollower } from './file-follower.ts';
import { PositionBook } from './position-book.ts';
import { SourceReport } from './source.ts';

let folder = '';
let path = '';
let followers: FileFollower[] = [];
let users: string[] = [];
let report: SourceReport;

const line = (user: string): string =>
  `${new Date().toISOString()} host sshd[77]: Failed password for ${user} from 198.51.100.7 port 4000 ssh2\n`;

function follower(everyMilliseconds = 5): FileFollower {
  const positions = new PositionBook(folder);
  positions.load();
  report = new SourceReport('file0', () => {});
  const made = new FileFollower(
    { path, reader: null, readers, positions, everyMilliseconds },
    {
      report,
      now: () => Date.now(),
      observed: (observation: Observation) => {
        if (observation.kind === 'login') users.push(observation.user);
      },
      room: () => Promise.resolve(),
    },
  );
  const stop = made.stop.bind(made);
  made.stop = async () => {
    await stop();
    positions.save();
  };
  followers.push(made);
  return made;
}

async function heard(...expected: string[]): Promise<void> {
  await expect.poll(() => users, { timeout: 5000, interval: 5 }).toEqual(expected);
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'picket-follow-'));
  path = join(folder, 'auth.log');
  users = [];
  followers = [];
});

afterEach(async () => {
  for (const each of followers) await each.stop();
  rmSync(folder, { recursive: true });
});

it('begins at the end of a file, and takes a line when it is whole', async () => {
  writeFileSync(path, line('past'));
  await follower().start();
  appendFileSync(path, line('one').slice(0, 30));
  appendFileSync(path, `${line('one').slice(30)}${line('two')}`);
  await heard('one', 'two');
});

it('reads a line when it is written, not only when it looks by the clock', async () => {
  writeFileSync(path, line('past'));
  await follower(3_600_000).start();
  appendFileSync(path, line('one'));
  await heard('one');
  // The file, whatever its name.
  renameSync(path, `${path}.1`);
  appendFileSync(`${path}.1`, line('two'));
  await heard('one', 'two');
});

it('reads a file that comes later from its start', async () => {
  await follower().start();
  expect(report.complaint).toContain('is not there');
  writeFileSync(path, line('first'));
  await heard('first');
  expect(report.complaint).toBe('');
});

it('reads a file that was renamed to its end before the new one', async () => {
  writeFileSync(path, line('past'));
  await follower().start();
  appendFileSync(path, line('one'));
  renameSync(path, `${path}.1`);
  appendFileSync(`${path}.1`, line('late'));
  writeFileSync(path, line('new'));
  await heard('one', 'late', 'new');
  expect(report.counters['rotations']).toBe(1);
});

it('begins anew in a file that was copied and truncated', async () => {
  writeFileSync(path, line('past').repeat(3));
  await follower().start();
  appendFileSync(path, line('one'));
  await heard('one');
  copyFileSync(path, `${path}.1`);
  truncateSync(path);
  await expect.poll(() => report.counters['truncations'], { timeout: 5000, interval: 5 }).toBe(1);
  appendFileSync(path, line('two'));
  await heard('one', 'two');
});

it('goes on where it was, also in a file that was rotated meanwhile, and reads no line twice', async () => {
  writeFileSync(path, line('past'));
  const first = follower();
  await first.start();
  appendFileSync(path, `${line('one')}${line('cut').slice(0, 40)}`);
  await heard('one');
  await first.stop();
  appendFileSync(path, line('cut').slice(40));
  renameSync(path, `${path}.1`);
  writeFileSync(path, line('new'));
  await follower().start();
  await heard('one', 'cut', 'new');
});

it('says of which file it does not know the format', async () => {
  writeFileSync(path, `${'\u0001\u0002binary'.repeat(20)}\n`);
  await follower().start();
  appendFileSync(path, 'more\n');
  await expect
    .poll(() => report.complaint, { timeout: 5000, interval: 5 })
    .toContain('is of no known format');
});
