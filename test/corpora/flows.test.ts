import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { flowGuessing } from '../../src/detectors/flow-guessing.ts';
import { portScan } from '../../src/detectors/port-scan.ts';
import { vpcFlow } from '../../src/telemetry/vpc-flow.ts';
import { corporaFolder } from '../support/corpora.ts';
import { judged, readAll } from '../support/read-input.ts';

const folder = corporaFolder();
const malicious = Math.log(9900);

interface Scenario {
  readonly file: string;
  readonly attacker: string | null;
  readonly cls: string;
}

/** What a class of the corpus is called here. */
function expectedBehavior(name: string): string | null {
  if (name.startsWith('horizontal')) return 'scan:horizontal';
  if (name.startsWith('vertical')) return 'scan:vertical';
  if (name.startsWith('icmp')) return 'scan:sweep';
  if (name.startsWith('ssh')) return 'bruteforce:ssh';
  return null;
}

describe.skipIf(folder === null)('recorded flow scenarios (skipped where the corpora are absent)', () => {
  const read = (name: string): Buffer => readFileSync(join(folder ?? '', name));
  const scenarios: readonly Scenario[] =
    folder === null ? [] : JSON.parse(read('flow-scenarios.json').toString());

  it.each(scenarios.map((scenario) => [scenario.file, scenario] as const))('%s', async (_, scenario) => {
    const { observations, damaged } = await readAll(vpcFlow, read(scenario.file));
    expect(damaged).toEqual([]);
    const called = [...judged(observations, [portScan, flowGuessing])].filter(
      ([, held]) => held.score >= malicious,
    );
    const behavior = expectedBehavior(scenario.cls);
    if (behavior === null) expect(called.map(([source]) => source)).toEqual([]);
    else {
      expect(called.length).toBe(1);
      if (scenario.attacker !== null) expect(called[0]?.[0]).toBe(scenario.attacker);
      expect([...(called[0]?.[1].behaviors ?? [])]).toContain(behavior);
    }
  });

  it('calls hardly anyone malicious in the flows of ordinary applications', async () => {
    interface Flow {
      readonly pcap: string;
      readonly l4: string;
      readonly src: string;
      readonly sport: string;
      readonly dst: string;
      readonly dport: string;
      readonly pkts: readonly [number, number];
      readonly bytes: readonly [number, number];
    }
    const flows: readonly Flow[] = read('ndpi-flows.jsonl')
      .toString()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const numbers: Readonly<Record<string, number>> = { TCP: 6, UDP: 17, ICMP: 1, ICMPV6: 58 };
    const called: string[] = [];
    for (const [name, group] of Object.entries(Object.groupBy(flows, (flow) => flow.pcap))) {
      const lines = (group ?? []).flatMap((flow, index) => {
        const protocol = numbers[flow.l4] ?? 255;
        const time = 1_700_000_000 + index;
        const line = (source: string, destination: string, from: string, to: string, side: 0 | 1): string =>
          `2 1 eni-1 ${source} ${destination} ${from || 0} ${to || 0} ${protocol} ${flow.pkts[side]} ${flow.bytes[side]} ${time} ${time} ${flow.pkts[1] > 0 ? 'ACCEPT' : 'REJECT'} OK`;
        const there = line(flow.src, flow.dst, flow.sport, flow.dport, 0);
        return flow.pkts[1] > 0 ? [there, line(flow.dst, flow.src, flow.dport, flow.sport, 1)] : [there];
      });
      const { observations } = await readAll(vpcFlow, lines.join('\n'));
      for (const [source, held] of judged(observations, [portScan, flowGuessing])) {
        if (held.score >= malicious) called.push(`${name} ${source} ${[...held.behaviors].join()}`);
      }
    }
    // An unanswered flow is written as refused here, which is harder than a real log: what is left fails everywhere.
    expect(called.length, called.join('\n')).toBeLessThanOrEqual(8);
  });

  it('reads the format’s edge cases without damage', async () => {
    const { records, observations, damaged } = await readAll(vpcFlow, read('vpcflow-samples.log'));
    expect({ records, observations: observations.length, damaged }).toEqual({
      records: 8,
      observations: 6,
      damaged: [],
    });
  });

  it('has no scenario left out', () => {
    expect(scenarios.length).toBe(readdirSync(join(folder ?? '', 'flows')).length);
  });
});
