import { describe, expect, it } from 'vitest';
import { below, seededRandom, type Random } from '../core/random.ts';
import type { Probe, ProbeMark } from './probe-message.ts';
import { ProbeTable, type ProbeReport, type ProbeTableLimits } from './probe-table.ts';
import { HalfOpen } from './probe-watch.ts';
import { provedOdds, ReturnPath } from './return-path.ts';

const syn = (port: number, mark: ProbeMark = 'passed', source = '203.0.113.9'): Probe => ({
  mark,
  probe: mark === 'stealth' ? 'fin' : 'syn',
  source,
  sourcePort: 40_000,
  destination: '198.51.100.1',
  destinationPort: port,
  ttl: 55,
  window: 1_024,
});

function table(limits: Partial<ProbeTableLimits> = {}): { probes: ProbeTable; reports: ProbeReport[] } {
  const reports: ProbeReport[] = [];
  return { probes: new ProbeTable((report) => reports.push(report), limits), reports };
}

/** The kernel's coin. */
const coin = (random: Random): ProbeMark => (below(random, 16) === 0 ? 'withheld' : 'passed');

/** Sends first SYNs to `ports` ports, then those again that `repeats` picks, knowing the mark or not. */
function scan(
  seed: string,
  ports: number,
  repeats: (mark: ProbeMark, random: Random) => boolean,
): ProbeTable {
  const random = seededRandom(seed);
  const choice = seededRandom(`${seed} choice`);
  const { probes } = table();
  let at = 1_000;
  for (let port = 1; port <= ports; port += 1) {
    const mark = coin(random);
    probes.saw(syn(port, mark), at);
    at += 30;
    if (repeats(mark, choice)) probes.saw(syn(port, mark === 'withheld' ? 'again' : coin(random)), at);
  }
  return probes;
}

describe('the return path', () => {
  it('is a fair bet for whoever repeats blindly: odds of one stay one on average', () => {
    const withheld = new ReturnPath();
    withheld.repeated(true);
    const answered = new ReturnPath();
    answered.repeated(false);
    expect(withheld.odds / 16 + (answered.odds * 15) / 16).toBeCloseTo(1, 12);
  });

  it('is proved by six repeats of withheld ports, also with one of an answered port, and not by five', () => {
    const five = new ReturnPath();
    for (let turn = 0; turn < 5; turn += 1) expect(five.repeated(true)).toBe(false);
    const six = new ReturnPath();
    six.repeated(false);
    const outcomes = Array.from({ length: 6 }, () => six.repeated(true));
    expect(outcomes).toEqual([false, false, false, false, false, true]);
  });

  it('is proved of a scanner that repeats what was not answered, within some hundred ports', () => {
    const seeds = Array.from({ length: 200 }, (_, index) => `scanner ${index}`);
    const proved = seeds.filter((seed) => scan(seed, 250, (mark) => mark === 'withheld').proofs > 0);
    expect(proved.length).toBeGreaterThan(195);
  });

  it('is proved of a scanner that also loses one packet in twenty', () => {
    const seeds = Array.from({ length: 100 }, (_, index) => `lossy ${index}`);
    const proved = seeds.filter(
      (seed) =>
        scan(seed, 2_000, (mark, random) => mark === 'withheld' || below(random, 20) === 0).proofs > 0,
    );
    expect(proved.length).toBeGreaterThan(95);
  });

  it('is proved of a blind source in no more than one life of a thousand, whatever share it repeats', () => {
    let proved = 0;
    let lives = 0;
    for (const percent of [1, 6, 25, 50, 90, 100]) {
      for (let life = 0; life < 500; life += 1) {
        lives += 1;
        const probes = scan(`blind ${percent} ${life}`, 400, (_, random) => below(random, 100) < percent);
        if (probes.proofs > 0) proved += 1;
      }
    }
    expect(lives).toBe(3_000);
    expect(proved / lives).toBeLessThanOrEqual(0.001);
  });

  it('bounds the best that a blind source can do, which stops while it is ahead', () => {
    // Every strategy is a stopping of this walk: the share of walks that ever come so far bounds it (Ville).
    const random = seededRandom('bold');
    let best = 0;
    for (let life = 0; life < 100_000; life += 1) {
      const path = new ReturnPath();
      let highest = 1;
      for (let turn = 0; turn < 40; turn += 1) {
        path.repeated(below(random, 16) === 0);
        if (path.odds > highest) highest = path.odds;
      }
      // A hundredth of the odds, so that there is something to count.
      if (highest >= provedOdds / 1_000) best += 1;
    }
    expect(best / 100_000).toBeGreaterThan(0);
    expect(best / 100_000).toBeLessThanOrEqual(1_000 / provedOdds);
  });

  it('is not proved of a source that repeats everything, nothing, or withheld ports within a packet train', () => {
    expect(scan('all', 5_000, () => true).proofs).toBe(0);
    expect(scan('none', 5_000, () => false).proofs).toBe(0);
    const { probes } = table();
    for (let port = 1; port < 500; port += 1) {
      probes.saw(syn(port, 'withheld'), 1_000);
      probes.saw(syn(port, 'again'), 1_010);
    }
    expect(probes.proofs).toBe(0);
  });
});

describe('the table of probes', () => {
  it('says at once that a path is proved, keeps saying so for a quarter of an hour, and then no more', () => {
    const { probes, reports } = table();
    for (let port = 1; port <= 6; port += 1) probes.saw(syn(port, 'withheld'), 1_000);
    for (let port = 1; port <= 6; port += 1) probes.saw(syn(port, 'again'), 1_100);
    expect(reports.map((report) => report.proved)).toEqual([...Array.from({ length: 6 }, () => false), true]);
    expect(reports.at(-1)).toMatchObject({ proof: true, key: '203.0.113.9', destinationPort: 6 });
    probes.saw(syn(7), 800_000);
    expect(reports.at(-1)).toMatchObject({ proved: true, proof: false, destinationPort: 7 });
    probes.saw(syn(8), 901_200);
    expect(reports.at(-1)).toMatchObject({ proved: false, destinationPort: 8 });
  });

  it('counts a repeat once a port, and none that comes after a minute', () => {
    const { probes } = table();
    probes.saw(syn(1, 'withheld'), 0);
    for (let turn = 1; turn < 50; turn += 1) probes.saw(syn(1, 'again'), turn * 1_000);
    for (let port = 2; port < 50; port += 1) probes.saw(syn(port, 'withheld'), 100_000);
    for (let port = 2; port < 50; port += 1) probes.saw(syn(port, 'again'), 161_000);
    expect(probes.proofs).toBe(0);
  });

  it('proves an IPv6 source by its /64', () => {
    const { probes, reports } = table();
    for (let port = 1; port <= 6; port += 1) {
      const from = `2001:db8::${port}`;
      probes.saw(syn(port, 'withheld', from), 1_000);
      probes.saw(syn(port, 'again', from), 1_100);
    }
    expect(reports.at(-1)).toMatchObject({ proof: true, key: '2001:db8::/64', source: '2001:db8::6' });
  });

  it('reports the first 64 ports of a scan, then one at each doubling', () => {
    const { probes, reports } = table();
    for (let port = 1; port <= 65_535; port += 1) probes.saw(syn(port), 1_000);
    expect(reports.length).toBe(64 + 9);
    expect(reports.at(-1)?.destinationPort).toBe(32_768);
  });

  it('stays within its bounds under a flood of senders and of ports', () => {
    const { probes, reports } = table({
      sources: 100,
      ports: 1_000,
      portsPerSource: 50,
      unprovedPerSecond: 500,
    });
    for (let sender = 0; sender < 2_000; sender += 1) {
      const source = `203.0.${sender >> 8}.${sender & 255}`;
      for (let port = 1; port <= 80; port += 1) probes.saw(syn(port, 'withheld', source), 1_000);
      expect(probes.sources).toBeLessThanOrEqual(100);
      expect(probes.ports).toBeLessThanOrEqual(1_000);
    }
    expect(reports.length).toBe(500);
    expect(probes.unreported).toBeGreaterThan(1_000);
  });
});

describe('half-open probes', () => {
  const report = (port: number, more: Partial<ProbeReport> = {}): ProbeReport => {
    const { mark: _, ...seen } = syn(port);
    return { ...seen, key: seen.source, proved: false, proof: false, ...more };
  };

  it('are told from conversations, whichever is heard of first', () => {
    const told: number[] = [];
    const halfOpen = new HalfOpen((seen) => told.push(seen.destinationPort));
    halfOpen.completed(report(1), 0);
    halfOpen.take(report(1), 5);
    halfOpen.take(report(2), 5);
    halfOpen.completed(report(2), 1_100);
    halfOpen.take(report(3), 5);
    halfOpen.sweep(3_004);
    expect(told).toEqual([]);
    halfOpen.sweep(3_005);
    expect(told).toEqual([3]);
    expect(halfOpen.waiting).toBe(0);
  });

  it('become proved ones when the proof comes, those of others do not', () => {
    const told: ProbeReport[] = [];
    const halfOpen = new HalfOpen((seen) => told.push(seen));
    halfOpen.take(report(1), 0);
    halfOpen.take(report(2, { source: '203.0.113.10', key: '203.0.113.10' }), 0);
    halfOpen.take(report(3, { proved: true, proof: true }), 10);
    expect(told.map((seen) => [seen.destinationPort, seen.proved])).toEqual([
      [1, true],
      [3, true],
    ]);
    halfOpen.sweep(10_000);
    expect(told.at(-1)).toMatchObject({ destinationPort: 2, proved: false });
  });

  it('are bounded: the first goes when there are too many', () => {
    let told = 0;
    const halfOpen = new HalfOpen(() => {
      told += 1;
    });
    for (let port = 1; port <= 20_000; port += 1) halfOpen.take(report(port), 0);
    expect(halfOpen.waiting).toBe(8_192);
    expect(told).toBe(20_000 - 8_192);
  });
});
