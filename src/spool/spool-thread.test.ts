import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SpoolThread } from './spool-thread.ts';

let folder = '';
const threads: SpoolThread[] = [];

function threadOf(path: string) {
  const died: string[] = [];
  let written = (): void => {};
  const committed = new Promise<void>((resolve) => {
    written = resolve;
  });
  const thread = new SpoolThread(
    { path, bounds: { maximumBytes: 1_000_000, maximumTranscriptBytes: 1_000_000 } },
    {
      committed: () => written(),
      failed: (message) => died.push(message),
      died: (message) => died.push(message),
    },
  );
  threads.push(thread);
  return { thread, died, committed };
}

const group = (sequence: number, record: string) =>
  ({
    kind: 'write',
    sequences: [sequence],
    records: [record],
    transcript: null,
    lost: [],
    reserved: sequence,
    acknowledged: 0,
  }) as const;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'picket-spool-thread-'));
});
afterEach(async () => {
  for (const thread of threads.splice(0)) await thread.close(0, 0);
  rmSync(folder, { recursive: true });
});

const read = (request: number) => ({ kind: 'read', request, after: 0, limit: 10 }) as const;

describe('the spool’s thread', () => {
  it('has what it was given after it died and was opened anew, and tells who waited that no answer comes', async () => {
    const { thread, died, committed } = threadOf(join(folder, 'one.db'));
    expect((await thread.open()).opened.last).toBe(0);
    thread.write(group(1, '{"a":1}'));
    await committed;
    const waiting = thread.ask(read);
    const [outcome] = await Promise.allSettled([waiting, thread.giveUp('killed')]);
    // The answer may have been on its way.
    if (outcome.status === 'rejected') expect(outcome.reason).toEqual(new Error('killed'));
    expect([thread.isOpen, died]).toEqual([false, ['killed']]);
    await expect(thread.ask(read)).rejects.toThrow('the spool is not running');

    expect((await thread.open()).opened.last).toBe(1);
    expect(await thread.ask(read)).toMatchObject({ records: [{ sequence: 1, json: '{"a":1}' }] });
  });

  it('says that it cannot be opened, and is then given up', async () => {
    const { thread, died } = threadOf(join(folder, 'absent', 'one.db'));
    await expect(thread.open()).rejects.toThrow();
    await thread.giveUp('never opened');
    expect([thread.isOpen, died]).toEqual([false, ['never opened']]);
  });
});
