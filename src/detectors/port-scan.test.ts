import { describe, expect, it } from 'vitest';
import { judged, readAll, type Judged } from '../../test/support/read-input.ts';
import { vpcFlow } from '../telemetry/vpc-flow.ts';
import { contactHash, FanOut } from './fan-out.ts';
import { flowGuessing } from './flow-guessing.ts';
import { portScan } from './port-scan.ts';

const malicious = Math.log(9900);
const scanner = '203.0.113.9';

type Flow = readonly [
  source: string,
  destination: string,
  sport: number,
  dport: number,
  protocol: number,
  packets: number,
  bytes: number,
  action: string,
  flags?: number,
];

async function judge(flows: readonly Flow[], gapSeconds = 1): Promise<Map<string, Judged>> {
  const header =
    'version srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status tcp-flags\n';
  const lines = flows.map(
    ([source, destination, sport, dport, protocol, packets, bytes, action, flags], index) => {
      const time = 1_700_000_000 + index * gapSeconds;
      return `5 ${source} ${destination} ${sport} ${dport} ${protocol} ${packets} ${bytes} ${time} ${time} ${action} OK ${flags ?? '-'}`;
    },
  );
  const { observations, damaged } = await readAll(vpcFlow, header, lines.join('\n'));
  expect(damaged).toEqual([]);
  return judged(observations, [portScan, flowGuessing]);
}

const times = <Item>(count: number, make: (index: number) => Item): Item[] =>
  Array.from({ length: count }, (_, index) => make(index));

describe('port scans', () => {
  it.each([
    [
      'scan:horizontal',
      (index: number): Flow => [scanner, `198.51.100.${index + 1}`, 40_000, 23, 6, 1, 40, 'REJECT'],
    ],
    [
      'scan:vertical',
      (index: number): Flow => [scanner, '198.51.100.1', 40_000, index + 20, 6, 1, 40, 'REJECT'],
    ],
    ['scan:sweep', (index: number): Flow => [scanner, `198.51.100.${index + 1}`, 0, 0, 1, 1, 28, 'REJECT']],
  ])('%s is found and named', async (behavior, flow) => {
    const held = (await judge(times(30, flow))).get(scanner);
    expect(held?.score).toBeGreaterThan(malicious);
    expect(held?.behaviors).toContain(behavior);
  });

  it('are found where each contact lies twenty minutes after the last', async () => {
    const flows = times(12, (index): Flow => [
      scanner,
      `198.51.100.${index + 1}`,
      40_000,
      80,
      6,
      1,
      40,
      'REJECT',
    ]);
    expect((await judge(flows, 1_200)).get(scanner)?.behaviors).toContain('scan:horizontal');
  });

  it('are never seen in a server that answers, in backscatter, or in a busy client', async () => {
    const server = times(500, (index): Flow => [
      '198.51.100.1',
      `203.0.${index % 250}.7`,
      443,
      40_000 + index,
      6,
      20,
      9_000,
      'ACCEPT',
    ]);
    const backscatter = times(500, (index): Flow => [
      '192.0.2.80',
      `198.51.100.${index % 250}`,
      80,
      1_024 + index,
      6,
      1,
      44,
      'REJECT',
      18,
    ]);
    const client = times(500, (index): Flow => [
      '10.0.0.7',
      `203.1.${index % 250}.9`,
      50_000,
      443,
      6,
      20,
      5_000,
      'ACCEPT',
    ]);
    const resolver = times(500, (index): Flow => [
      '10.0.0.8',
      `203.2.${index % 250}.9`,
      50_000,
      53,
      17,
      1,
      70,
      'ACCEPT',
    ]);
    const multicast = times(60, (index): Flow => [
      '10.0.0.9',
      `239.0.0.${index}`,
      5000,
      1900,
      17,
      1,
      300,
      'REJECT',
    ]);
    expect([
      ...(await judge([...server, ...backscatter, ...client, ...resolver, ...multicast])).keys(),
    ]).toEqual([]);
  });

  it('are not seen in a client that knocks at one closed door for hours', async () => {
    const held = (
      await judge(
        times(400, (index): Flow => [scanner, '198.51.100.1', 40_000 + index, 5432, 6, 1, 60, 'REJECT']),
        60,
      )
    ).get(scanner);
    expect(held?.score).toBeLessThan(Math.log(99));
  });
});

describe('guessing seen in flows', () => {
  const session = (bytes: number): Flow => [scanner, '198.51.100.1', 50_000, 22, 6, 24, bytes, 'ACCEPT'];

  it('is found in eleven short conversations alike', async () => {
    const held = (
      await judge(
        times(11, (index) => session(3_700 + index * 30)),
        5,
      )
    ).get(scanner);
    expect(held?.score).toBeGreaterThan(malicious);
    expect(held?.behaviors).toContain('bruteforce:ssh');
  });

  it('is taken back where a session follows', async () => {
    const held = (await judge([...times(8, () => session(3_700)), session(250_000)], 5)).get(scanner);
    expect(held?.score).toBeCloseTo(0);
  });
});

describe('the fan-out', () => {
  it('counts exactly to 32 and within a tenth beyond', () => {
    for (const count of [1, 32, 33, 500, 20_000]) {
      const fanOut = new FanOut();
      for (let index = 0; index < count; index += 1) {
        fanOut.add(contactHash(`10.0.${index >> 8}.${index & 255}`, 22));
        fanOut.add(contactHash(`10.0.${index >> 8}.${index & 255}`, 22));
      }
      expect(Math.abs(fanOut.size - count)).toBeLessThanOrEqual(count <= 32 ? 0 : count * 0.1);
    }
  });
});
