import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Observation } from '../core/observation.ts';
import { needRoot } from '../../test/support/need.ts';
import { Spool } from './spool.ts';

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'picket-spool-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const contact = (note: string): Observation => ({
  kind: 'contact',
  id: note,
  at: 1_790_000_000_000,
  sensor: '',
  sequence: 0,
  source: '192.0.2.1',
  sourcePort: 40_000,
  destination: '198.51.100.1',
  destinationPort: 22,
  transport: 'tcp',
  session: 'session',
  spoofable: false,
  service: 'ssh',
  protocol: 'ssh',
  tls: false,
  firstBytes: '',
});

const until = async (condition: () => boolean): Promise<void> => {
  for (let turn = 0; turn < 2_000 && !condition(); turn += 1) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  expect(condition()).toBe(true);
};

/** The database's own records, read by nobody's code but SQLite's. */
function sequencesIn(path: string): number[] {
  const database = new DatabaseSync(path);
  try {
    return database
      .prepare('SELECT sequence FROM observation ORDER BY sequence')
      .all()
      .map((row) => Number(row['sequence']));
  } finally {
    database.close();
  }
}

const upTo = (last: number): number[] => Array.from({ length: last }, (_, index) => index + 1);

describe('the spool', () => {
  it('numbers observations from 1, keeps the very text it returned, and goes on after a stop without a gap', async () => {
    const first = new Spool({ folder });
    await first.start();
    const texts = ['a', 'b', 'c'].map((note) => first.append(contact(note)));
    const sensor = first.sensor;
    await first.stop();

    const second = new Spool({ folder });
    await second.start();
    expect(second.sensor).toBe(sensor);
    texts.push(second.append(contact('d')));
    await until(() => second.status().committed === 4);
    const records = await second.readAfter(0, 100);
    expect(records).toEqual(texts.map((json, index) => ({ sequence: index + 1, json })));
    expect(JSON.parse(records[3]?.json ?? '')).toMatchObject({ id: 'd', sensor, sequence: 4 });
    expect(second.status()).toMatchObject({ lostCount: 0, pending: 0, error: null });
    await second.stop();
  });

  it('calls back when observations are on the disk, and not before', async () => {
    const spool = new Spool({ folder });
    await spool.start();
    const heard: number[] = [];
    spool.onCommitted((sequence) => heard.push(sequence));
    for (let count = 0; count < 3_000; count += 1) spool.append(contact(`${count}`));
    expect(heard).toEqual([]);
    await until(() => heard.at(-1) === 3_000);
    expect(await spool.readAfter(2_990, 5)).toHaveLength(5);
    await spool.stop();
    expect(sequencesIn(join(folder, 'spool.db'))).toEqual(upTo(3_000));
  });

  it('keeps the raw bytes of conversations in both directions, whatever they are, and drops the oldest past its bound', async () => {
    const spool = new Spool({ folder, maximumTranscriptBytes: 200_000 });
    await spool.start();
    const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
    spool.transcribe('early', 0, 0, 1, bytes);
    const reused = bytes.slice();
    spool.transcribe('early', 1, 0, 2, reused);
    reused.fill(0);
    spool.append(contact('a'));
    await until(() => spool.status().committed === 1);
    const pieces = await spool.readTranscript('early');
    expect(pieces.map((piece) => [piece.direction, piece.offset, piece.at])).toEqual([
      ['in', 0, 1],
      ['out', 0, 2],
    ]);
    expect(Buffer.concat(pieces.map((piece) => piece.bytes))).toEqual(Buffer.concat([bytes, bytes]));
    for (let count = 0; count < 1_000; count += 1) spool.transcribe('late', 0, count * 256, 3, bytes);
    await until(() => spool.status().transcriptBytesPruned > 0);
    expect(spool.status().transcriptBytes).toBeLessThanOrEqual(200_000);
    expect(await spool.readTranscript('early')).toEqual([]);
    await spool.stop();
  });

  it('makes room only with what the engine has, and says so when there is none', async () => {
    const lines: string[] = [];
    const spool = new Spool({ folder, maximumBytes: 20_000, log: (line) => lines.push(line) });
    await spool.start();
    for (let count = 0; count < 200; count += 1) {
      spool.append(contact(`${count}`));
      if (count % 20 === 0) await new Promise((resolve) => setTimeout(resolve, 8));
    }
    await until(() => spool.status().error?.code === 'PICKET_SPOOL_FULL');
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^PICKET_SPOOL_FULL: cannot write .*spool\.db/);
    const { committed } = spool.status();
    expect(committed).toBeGreaterThan(0);
    expect(committed).toBeLessThan(200);
    for (let turn = 0; turn < 200 && spool.status().pending > 0; turn += 1) {
      spool.acknowledge(spool.status().committed);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    expect(spool.status()).toMatchObject({ committed: 200, lostCount: 0, error: null });
    expect(spool.status().observationsPruned).toBeGreaterThan(0);
    await spool.stop();
  });

  it('states the numbers of what neither disk nor memory could hold, and nothing else is missing', async () => {
    const spool = new Spool({ folder, maximumBytes: 5_000, maximumMemoryBytes: 20_000 });
    await spool.start();
    for (let count = 0; count < 300; count += 1) {
      spool.append(contact(`${count}`));
      if (count === 20 || count === 40) await new Promise((resolve) => setTimeout(resolve, 50));
    }
    await until(() => spool.status().error !== null);
    const { lostCount } = spool.status();
    expect(lostCount).toBeGreaterThan(0);
    const seen = new Set<number>();
    for (let turn = 0; turn < 500 && spool.status().pending > 0; turn += 1) {
      for (const record of await spool.readAfter(0, 1_000)) seen.add(record.sequence);
      spool.acknowledge(Math.max(0, ...seen));
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    for (const record of await spool.readAfter(0, 1_000)) seen.add(record.sequence);
    for (const range of spool.status().lost) {
      expect(range.reason).toBe('full');
      for (let number = range.first; number <= range.last; number += 1) {
        expect(seen.has(number)).toBe(false);
        seen.add(number);
      }
    }
    expect([...seen].sort((left, right) => left - right)).toEqual(upTo(300));
    await spool.stop();
    const again = new Spool({ folder });
    await again.start();
    expect(again.status().lostCount).toBe(lostCount);
    await again.stop();
  });

  it('refuses a folder that another spool has, and one that it cannot write to', async () => {
    const spool = new Spool({ folder });
    await spool.start();
    await expect(new Spool({ folder }).start()).rejects.toMatchObject({ code: 'PICKET_STATE_UNWRITABLE' });
    await spool.stop();
    writeFileSync(join(folder, 'file'), '');
    await expect(new Spool({ folder: join(folder, 'file', 'spool') }).start()).rejects.toMatchObject({
      code: 'PICKET_STATE_UNWRITABLE',
    });
  });

  it('moves its numbering past what the engine has already seen', async () => {
    const spool = new Spool({ folder });
    await spool.start();
    spool.acknowledge(50);
    expect(JSON.parse(spool.append(contact('a')))).toMatchObject({ sequence: 51 });
    expect(spool.status().lost).toMatchObject([{ first: 1, last: 50, reason: 'skipped' }]);
    await spool.stop();
  });

  it('has every observation that it called written after SIGKILL, and never gives a number out twice', async () => {
    const script = join(folder, 'child.ts');
    const state = join(folder, 'state');
    writeFileSync(
      script,
      `import { Spool } from ${JSON.stringify(join(import.meta.dirname, 'spool.ts'))};
       const spool = new Spool({ folder: ${JSON.stringify(state)} });
       await spool.start();
       spool.onCommitted((sequence) => process.stdout.write('committed ' + sequence + '\\n'));
       const observation = ${JSON.stringify(contact('child'))};
       let last = 0;
       setInterval(() => {
         for (let count = 0; count < 700; count += 1) last = JSON.parse(spool.append({ ...observation })).sequence;
         process.stdout.write('given ' + last + '\\n');
       }, 1);`,
    );
    let stated = 0;
    for (let round = 0; round < 3; round += 1) {
      const child = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] });
      let output = '';
      child.stdout.on('data', (chunk) => {
        output += String(chunk);
        if (output.length > 4_000) child.kill('SIGKILL');
      });
      await new Promise((resolve) => child.once('close', resolve));
      const highest = (word: string): number =>
        Math.max(
          0,
          ...[...output.matchAll(new RegExp(`^${word} (\\d+)\\n`, 'gm'))].map((match) => Number(match[1])),
        );
      const committed = highest('committed');
      const given = highest('given');
      expect(committed).toBeGreaterThan(stated);

      const spool = new Spool({ folder: state });
      await spool.start();
      const { lost } = spool.status();
      const found = new Set<number>();
      for (let after = 0; ;) {
        const records = await spool.readAfter(after, 10_000);
        for (const record of records) found.add(record.sequence);
        const end = records.at(-1);
        if (end === undefined) break;
        after = end.sequence;
      }
      for (const range of lost) {
        expect(range.reason).toBe('crash');
        for (let number = range.first; number <= range.last; number += 1) {
          // A group may be written while its callback was still on the way, never the other way round.
          expect(found.has(number)).toBe(false);
          found.add(number);
        }
        expect(range.last <= stated || range.last >= given).toBe(true);
        expect(range.first > committed || range.last <= stated).toBe(true);
      }
      const next: { sequence: number } = JSON.parse(spool.append(contact('next')));
      expect(next.sequence).toBeGreaterThan(given);
      expect(found.size).toBe(next.sequence - 1);
      stated = next.sequence;
      await spool.stop();
    }
  });

  needRoot(['mount', 'umount'])(
    'goes on through a full disk, says so, and writes everything once there is room',
    async () => {
      const disk = join(folder, 'disk');
      mkdirSync(disk);
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'picket-test', disk]);
      const lines: string[] = [];
      const spool = new Spool({ folder: join(disk, 'spool'), log: (line) => lines.push(line) });
      try {
        await spool.start();
        const ballast = join(disk, 'ballast');
        writeFileSync(ballast, Buffer.alloc(600_000));
        let appended = 0;
        for (let turn = 0; turn < 500 && spool.status().error === null; turn += 1) {
          for (let count = 0; count < 20; count += 1, appended += 1) spool.append(contact(`${appended}`));
          await new Promise((resolve) => setTimeout(resolve, 5));
        }
        expect(spool.status().error).toMatchObject({ code: 'PICKET_SPOOL_FULL' });
        expect(lines[0]).toMatch(/PICKET_SPOOL_FULL.*wait in memory/);
        for (let count = 0; count < 50; count += 1, appended += 1) spool.append(contact(`${appended}`));
        expect(spool.status().lastSequence).toBe(appended);
        expect(spool.status().pending).toBeGreaterThan(0);
        rmSync(ballast);
        await until(() => spool.status().committed === appended);
        expect(spool.status()).toMatchObject({ lostCount: 0, pending: 0, error: null });
        await spool.stop();
        expect(sequencesIn(join(disk, 'spool', 'spool.db'))).toEqual(upTo(appended));
      } finally {
        await spool.stop();
        execFileSync('umount', [disk]);
      }
    },
  );
});
