/**
 * What a record costs after one, ten and (where `PICKET_BENCH_RECORDS` says so) a hundred million of them: VPC flow logs, made as they are
 * read and never stored, in which one record of twenty is of a source that was not there before; all detectors, judge and guards.
 */

import process from 'node:process';
import { below, seededRandom } from '../src/core/random.ts';
import { Breaker } from '../src/decide/guards/breaker.ts';
import { Pipeline } from '../src/daemon/pipeline.ts';
import { roomForObservations } from '../src/daemon/analysis-threads.ts';
import { Allowlist } from '../src/decide/guards/allowlist.ts';
import { standardGuards } from '../src/decide/guards/standard.ts';
import { Judge } from '../src/decide/judge.ts';
import { defaultPolicy } from '../src/decide/policy.ts';
import { detectors } from '../src/detectors/index.ts';
import { vpcFlow } from '../src/telemetry/vpc-flow.ts';
import type { Benchmark, Figure } from './benchmark.ts';

const million = 1_000_000;
const blockLines = 20_000;
/** Clients that come again. */
const clients = 4_096;
/** A record may cost a fifth more: that much one run differs from the next. */
const budget = 1.2;

const line =
  '2 123456789010 eni-0f00000000000001 100.100.100.100 100.100.100.100 40000 10000 6 20 60000 1700000000 1700000002 ACCEPT OK\n';
const sourceAt = line.indexOf('100.100');
const destinationAt = line.indexOf('100.100', sourceAt + 15);
const portsAt = line.indexOf('40000');
const startAt = line.indexOf('1700000000');
const endAt = line.indexOf('1700000002');
const packetsAt = line.indexOf(' 20 60000') + 1;
const actionAt = line.indexOf('ACCEPT');

function digits(bytes: Buffer, at: number, count: number, value: number): void {
  let rest = value;
  for (let place = at + count - 1; place >= at; place -= 1) {
    bytes[place] = 48 + (rest % 10);
    rest = Math.floor(rest / 10);
  }
}

/** Four octets of 100 to 199 each: a hundred million addresses. */
function address(bytes: Buffer, at: number, index: number): void {
  for (let octet = 3, rest = index; octet >= 0; octet -= 1) {
    digits(bytes, at + octet * 4 + 1, 2, rest % 100);
    rest = Math.floor(rest / 100);
  }
}

/** Blocks of text with processor time of their making, which is taken off. */
class Traffic {
  spent = 0;
  readonly #block: Buffer = Buffer.from(line.repeat(blockLines));
  readonly #random = seededRandom('growth');
  #newest = 0;
  /** Which lines are probes is the same in every block. */
  #isMarked = false;
  #second = 1_700_000_000;

  async *bytes(records: number): AsyncIterable<Uint8Array> {
    for (let made = 0; made < records; made += blockLines) {
      const before = process.threadCpuUsage();
      this.#make();
      const { user, system } = process.threadCpuUsage(before);
      this.spent += user + system;
      yield this.#block;
    }
  }

  #make(): void {
    const block = this.#block;
    this.#second += 10;
    for (let place = 0; place < blockLines; place += 2) {
      const at = place * line.length;
      const chance = below(this.#random, 1_000_000_000) / 1e9;
      if (place % 10 === 0) this.#newest += 1;
      // The new one's own, or one of the last.
      const client =
        place % 10 === 0 ? this.#newest : Math.max(0, this.#newest - Math.floor(chance * clients));
      const server = Math.floor(chance * 6_000) % 60;
      const port = 32_768 + (Math.floor(chance * 1e9) % 28_000);
      const isScan = place % 100 === 50;
      for (const back of [0, 1]) {
        const start = at + back * line.length;
        address(
          block,
          start + (back === 0 ? sourceAt : destinationAt),
          isScan ? 99_000_000 + back + (place % 20) : client + 1_000_000,
        );
        address(
          block,
          start + (back === 0 ? destinationAt : sourceAt),
          isScan ? Math.floor(chance * 50_000) : server,
        );
        digits(block, start + portsAt, 5, back === 0 ? port : 10_443);
        digits(block, start + portsAt + 6, 5, back === 0 ? 10_443 : port);
        digits(block, start + startAt, 10, this.#second);
        digits(block, start + endAt, 10, this.#second + 2);
      }
      // A probe that was refused, and an answer that says so.
      if (isScan) digits(block, at + portsAt + 6, 5, 10_000 + (Math.floor(chance * 1e7) % 9_000));
      if (!this.#isMarked && isScan) {
        block.write('01 00040', at + packetsAt, 'latin1');
        block.write('REJECT', at + actionAt, 'latin1');
      }
    }
    this.#isMarked = true;
  }
}

/** Microseconds of processor time for a record, by millions of records. */
async function cost(records: number, after: (records: number, microseconds: number) => void): Promise<void> {
  const policy = defaultPolicy;
  const guards = standardGuards({
    policy,
    own: [],
    lab: [],
    allowlist: new Allowlist(),
    benign: [],
    breaker: new Breaker(policy),
  });
  const pipeline = new Pipeline(new Judge({ policy, guards, random: () => 0.5 }), detectors);
  const traffic = new Traffic();
  const decided = (): void => {};
  const context = {
    sensor: 'bench',
    near: 0,
    damaged: (_: number, sample: string, why: string): void => {
      throw new Error(`${why}: ${sample}`);
    },
  };
  const before = process.threadCpuUsage();
  let seen = 0;
  let next = million;
  for await (const batch of vpcFlow.read(traffic.bytes(records), context)) {
    seen += batch.recordCount;
    for (const observation of batch.observations) pipeline.observe(observation, decided);
    if (seen < next) continue;
    const { user, system } = process.threadCpuUsage(before);
    after(seen, (user + system - traffic.spent) / seen);
    next *= 10;
  }
}

export const growth: Benchmark = {
  name: 'growth',
  summary: 'cost of a record as records and sources grow',
  async run(report: (figure: Figure) => void): Promise<void> {
    roomForObservations();
    await cost(million / 2, () => {});
    let first = 0;
    await cost(Number(process.env['PICKET_BENCH_RECORDS'] ?? 10 * million), (records, microseconds) => {
      if (first === 0) first = microseconds;
      report({
        metric: `cost_of_a_record_after_${records / million}_million`,
        unit: 'µs',
        value: microseconds,
        reference: 'after 1 million',
        referenceValue: first,
        ratio: microseconds / first,
        budget,
        ok: microseconds / first <= budget,
      });
    });
  },
};
