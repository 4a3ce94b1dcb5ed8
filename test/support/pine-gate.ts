import type { ObjectAccessFact } from '../../src/core/observation.ts';
import { GateEndpoint } from '../../src/daemon/gate-endpoint.ts';
import { decoyBuckets } from '../../src/gate/decoy-buckets.ts';
import { Gate } from '../../src/gate/gate.ts';

interface PineGate {
  /** Not started yet. */
  readonly gate: GateEndpoint;
  /** The names that no bucket has and that nobody but a searcher asks for. */
  readonly decoys: readonly string[];
  readonly recorded: { readonly source: string; readonly fact: ObjectAccessFact }[];
}

/** The gate's endpoint on 127.0.0.1, before a store with these buckets of which everyone may read `pine-assets`. */
export function pineGate(estate: readonly string[]): PineGate {
  const decoys = decoyBuckets(estate, 'a seed');
  const recorded: { source: string; fact: ObjectAccessFact }[] = [];
  const gate = new GateEndpoint({
    address: '127.0.0.1',
    port: 0,
    gate: new Gate({ publicBuckets: [{ name: 'pine-assets', write: false }], estate, decoys }),
    domains: ['s3.test'],
    now: () => Date.now(),
    record: (source, fact) => void recorded.push({ source, fact }),
  });
  return { gate, decoys, recorded };
}
