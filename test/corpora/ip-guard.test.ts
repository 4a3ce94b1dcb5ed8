import { describe, expect, it } from 'vitest';
import { type Network, networkOf, parseNetwork } from '../../src/core/address.ts';
import { Allowlist } from '../../src/decide/guards/allowlist.ts';
import { benignList } from '../../src/decide/guards/benign-list.ts';
import { Breaker } from '../../src/decide/guards/breaker.ts';
import { standardGuards } from '../../src/decide/guards/standard.ts';
import { Judge } from '../../src/decide/judge.ts';
import { defaultPolicy } from '../../src/decide/policy.ts';
import { SourceRecord } from '../../src/decide/source-record.ts';
import { corporaFolder, corpusLines } from '../support/corpora.ts';

interface List {
  readonly list: string;
  readonly cidrs: readonly string[];
}

/** First and last host of a network: an IPv6 one by the /64s that hold them. */
function ends(network: Network): Network[] {
  const width = network.family === 4 ? 32 : 128;
  const last = network.value | ((1n << BigInt(width - network.prefix)) - 1n);
  const unit = network.family === 4 ? 32 : 64;
  return [network.value, last].map((value) => networkOf({ family: network.family, value }, unit));
}

describe.skipIf(corporaFolder() === null)(
  'networks that must not be blocked (skipped where the corpora are absent)',
  () => {
    const lists = corpusLines<List>('ip-guard.jsonl');
    const entries = lists.flatMap(({ list, cidrs }) =>
      cidrs.flatMap((text) => {
        const network = parseNetwork(text);
        return network === null ? [] : [{ network, list }];
      }),
    );

    it('are each refused by their guard, at their first and last address', () => {
      expect(entries.length).toBeGreaterThan(1000);
      const guard = benignList(entries);
      const record = new SourceRecord('x', 0);
      const passed: string[] = [];
      for (const { network } of entries) {
        for (const target of ends(network)) {
          const { outcome } = guard.check({
            target,
            targetText: String(target.value),
            action: 'block',
            seconds: 900,
            at: 0,
            record,
            byPerson: false,
          });
          if (outcome !== 'refuse') passed.push(`${network.value}/${network.prefix}`);
        }
      }
      expect(passed).toEqual([]);
    });

    it('are not blocked whatever the evidence, one by one or as a network', () => {
      const judge = new Judge({
        policy: { ...defaultPolicy, breakerMinimum: 10_000_000 },
        guards: standardGuards({
          policy: defaultPolicy,
          own: [],
          lab: [],
          allowlist: new Allowlist(),
          benign: entries,
          breaker: new Breaker({ ...defaultPolicy, breakerMinimum: 10_000_000 }),
        }),
      });
      let placed = 0;
      let asked = 0;
      for (let index = 0; index < entries.length; index += 7) {
        const entry = entries[index];
        if (entry === undefined || entry.network.family !== 4) continue;
        const value = Number(entry.network.value);
        const source = [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join('.');
        const decision = judge.weigh(
          judge.saw(source, 1),
          {
            detector: 'test',
            weight: 100,
            reason: 'the worst',
            technique: 'T1190',
            behavior: 'exploit:rce',
            cves: [],
          },
          { id: `o${index}`, at: 1, sensor: 's', spoofable: false, transport: 'tcp', kind: 'exploit' },
        );
        asked += 1;
        if (decision !== null && !decision.simulated) placed += 1;
      }
      expect(asked).toBeGreaterThan(500);
      expect(placed).toBe(0);
    });
  },
);
