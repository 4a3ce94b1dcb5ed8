import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { analyzeInThreads } from '../../test/support/analyze.ts';
import { threadsFor } from './analysis-threads.ts';
import { recordedInput } from './recorded-input.ts';
import { defaultPolicy } from '../decide/policy.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'picket-threads-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, lines: readonly string[]): string {
  const path = join(folder, name);
  writeFileSync(path, `${lines.join('\n')}\n`);
  return path;
}

const range = <Value>(length: number, of: (index: number) => Value): Value[] =>
  Array.from({ length }, (_, index) => of(index));

const flow = (source: string, target: string, port: number, second: number): string =>
  `2 1 eni-1 ${source} ${target} 40000 ${port} 6 1 40 ${second} ${second} REJECT OK`;

/** Scanners of their own, a whole /24 that is at fault, one walk dealt out among many, and a torn line. */
function flows(): string[] {
  const start = 1_700_000_000;
  return [
    ...range(3_000, (index) =>
      flow(`203.0.${index % 90}.7`, `198.51.100.${index % 200}`, 1 + (index % 40), start),
    ),
    ...range(1_800, (index) => flow(`192.0.2.${index % 60}`, '198.51.100.1', 1 + index, start + index)),
    'torn',
    ...range(400, (index) =>
      flow(`5.${index % 50}.1.1`, `198.51.${index >> 7}.${index & 127}`, 8080, start + index),
    ),
    ...range(200, (index) =>
      flow(`2001:db8:${index % 9}:${index % 4}::1`, '2001:db8:ffff::1', 1 + index, start),
    ),
    ...range(30, () => '2 1 eni-1 198.51.100.1 203.0.1.7 1 40000 6 9 9000 1700000000 1700000001 ACCEPT OK'),
  ];
}

/** A whole /24 that guesses, one account guessed at from many, lists of names, and users who get in. */
function logins(): string[] {
  const network = range(
    300,
    (index) =>
      `Nov 14 22:00:00 host sshd[${90_000 + index}]: Failed password for root from 203.50.1.${index % 30} port 4000 ssh2`,
  );
  const many = range(4_000, (index) => {
    const clock = new Date(1_700_000_000_000 + index * 500).toISOString().slice(11, 19);
    const peer = `from 203.${index % 7}.${index % 31}.${index % 5} port ${1024 + index}`;
    const head = `Nov 14 ${clock} host sshd[${1_000 + (index >> 1)}]:`;
    if (index % 3 === 0) return `${head} Invalid user user${index % 200} ${peer}`;
    if (index % 11 === 0) return `${head} Accepted publickey for deploy ${peer} ssh2: ED25519 SHA256:abcdef`;
    return index % 13 === 0
      ? `${head} Connection reset by authenticating user root ${peer.slice(5)} [preauth]`
      : `${head} Failed password for root ${peer} ssh2`;
  });
  return [...network, ...many];
}

function accesses(): string[] {
  return range(2_000, (index) => {
    const path = index % 5 === 0 ? `/?id=${index}%27%20union%20select%201,2--` : `/missing/${index}.php`;
    return `203.0.${index % 40}.9 - - [14/Nov/2023:10:00:00 +0000] "GET ${path} HTTP/1.1" 404 9 "-" "Mozilla/5.0"`;
  });
}

it('comes to the same to the byte on one, two and three threads', { timeout: 60_000 }, async () => {
  const paths = [file('flows', flows()), file('logins', logins()), file('accesses', accesses())];
  const alone = await analyzeInThreads(paths, 1);
  expect(alone.damaged.length).toBe(1);
  expect(alone.verdicts.filter(({ decision }) => decision !== null).length).toBeGreaterThan(100);
  // A network's own decision stands among them, and what the breaker counted.
  expect(alone.verdicts.some(({ source }) => source.endsWith('.0/24'))).toBe(true);
  expect(JSON.stringify(alone.verdicts)).toContain(' this hour, limit 2000');
  for (const threads of [2, 3]) {
    const shared = await analyzeInThreads(paths, threads);
    expect(JSON.stringify(shared)).toBe(JSON.stringify(alone));
  }
});

it('comes to the same however many observations are handed over at a time, also of compressed input', async () => {
  const packed = join(folder, 'logins.gz');
  writeFileSync(packed, gzipSync(`${logins().join('\n')}\n`));
  // Cut off: what came ahead of it counts.
  const cut = join(folder, 'cut.gz');
  writeFileSync(cut, gzipSync(`${flows().join('\n')}\n`).subarray(0, -3_000));
  const zeek = [
    '#separator \\x09',
    '#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tconn_state',
  ];
  const columns = file('conn.log', [
    ...zeek,
    ...range(
      900,
      (index) =>
        `${1_700_000_000 + index}.5\tC${index}\t203.0.${index % 9}.7\t4000\t198.51.100.${index % 99}\t${1 + index}\ttcp\tS0`,
    ),
  ]);
  const paths = [
    file('accesses', accesses()),
    packed,
    cut,
    columns,
    file('flows', [...flows().slice(0, 9), 'x'.repeat(70_000), ...flows()]),
  ];
  const one = await analyzeInThreads(paths, 1);
  expect([one.failures, one.damaged.length]).toEqual([['PICKET_INPUT_UNREADABLE'], 3]);
  const alone = JSON.stringify(one);
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 600 }),
      fc.integer({ min: 2, max: 3 }),
      async (parcel, threads) => {
        const shared = JSON.stringify(await analyzeInThreads(paths, threads, parcel));
        expect(shared === alone).toBe(true);
      },
    ),
    { numRuns: 3, examples: [[1, 2]] },
  );
}, 180_000);

it('starts anew on one thread once the breaker holds a block, and tells of damage once', async () => {
  const text = range(2_100 * 8, (index) =>
    flow(`5.0.${(index >> 3) >> 8}.${(index >> 3) & 255}`, '198.51.100.1', 1 + (index & 7), 1_700_000_000),
  );
  const paths = [file('torn', ['torn', ...flows()]), file('many', ['torn', ...text])];
  const alone = await analyzeInThreads(paths, 1);
  expect(alone.verdicts.filter(({ guards }) => guards.at(-1)?.outcome === 'hold').length).toBeGreaterThan(50);
  expect(JSON.stringify(await analyzeInThreads(paths, 2))).toBe(JSON.stringify(alone));
}, 60_000);

it('says what is wrong with one input and judges the others', async () => {
  const paths = [file('none', ['nothing that anybody knows']), file('again', flows())];
  const shared = await analyzeInThreads(paths, 2);
  expect(shared.failures).toEqual(['PICKET_INPUT_FORMAT']);
  expect(JSON.stringify(shared)).toBe(JSON.stringify(await analyzeInThreads(paths, 1)));
}, 60_000);

it('takes one thread where the work cannot be shared, or is too little', () => {
  const input = recordedInput(file('small', ['x']), null);
  const large = { ...input, size: 1e9 };
  const choice = { wanted: null, inputs: [large], policy: defaultPolicy, records: false };
  expect(threadsFor({ ...choice, inputs: [input] })).toBe(1);
  expect(threadsFor({ ...choice, wanted: 2, inputs: [input] })).toBe(2);
  expect(threadsFor({ ...choice, wanted: 2, records: true })).toBe(1);
  expect(threadsFor({ ...choice, wanted: 2, inputs: [{ ...large, size: null }] })).toBe(1);
  expect(threadsFor({ ...choice, wanted: 2, policy: { ...defaultPolicy, hitsPerBlockHour: 1 } })).toBe(1);
});
