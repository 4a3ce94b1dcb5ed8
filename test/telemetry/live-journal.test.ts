import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { expect } from 'vitest';
import { needRoot } from '../support/need.ts';

const support = join(import.meta.dirname, '../support');
const journald = '/lib/systemd/systemd-journald';
// It stands off every path.
const needed = ['journalctl', 'unshare', 'logger', 'setpriv', ...(existsSync(journald) ? [] : [journald])];

needRoot(needed)(
  'a running journal is followed, from where it was left at a later start, by a process with the group’s right alone',
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'picket-journal-'));
    try {
      chmodSync(folder, 0o777);
      const { stdout, stderr, status } = spawnSync(
        'unshare',
        [
          '--mount',
          '--pid',
          '--fork',
          '--kill-child',
          '--mount-proc',
          'sh',
          join(support, 'journal-machine.sh'),
          process.execPath,
          join(support, 'journal-reader.ts'),
          folder,
        ],
        { encoding: 'utf8', timeout: 50_000, killSignal: 'SIGKILL' },
      );
      expect(status, stderr).toBe(0);
      const { seen, complaint }: { seen: string[]; complaint: string } = JSON.parse(stdout);
      expect(complaint).toBe('');
      // Of the second so many as were written until the program was seen to follow.
      expect(seen.filter((each, index) => each !== seen[index - 1])).toEqual(
        [2, 3, 4, 5].map((number) => `198.18.0.${number}`),
      );
      expect(seen.slice(-3)).toEqual([3, 4, 5].map((number) => `198.18.0.${number}`));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
  60_000,
);
