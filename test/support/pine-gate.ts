import type { ObjectAccessFact } from '../../src/core/observation.ts';
import type { Persona } from '../../src/core/persona.ts';
import { GateEndpoint } from '../../src/daemon/gate-endpoint.ts';
import { decoyBuckets } from '../../src/gate/decoy-buckets.ts';
import { Gate } from '../../src/gate/gate.ts';
import { personaWith } from './talk.ts';

interface PineGate {
  /** Not started yet. */
  readonly gate: GateEndpoint;
  /** The names that no bucket has and that nobody but a searcher asks for. */
  readonly decoys: ReadonlySet<string>;
  readonly recorded: { readonly source: string; readonly fact: ObjectAccessFact }[];
}

/** A machine whose object store holds these buckets, for requests that are signed with a planted key. */
export const pineStore = (estate: readonly string[]): Persona => {
  const buckets = estate.join(',');
  const details = { region: 'us-east-1', buckets, accessKey: 'minioadmin', secretKey: 'minioadmin' };
  return personaWith({ s3: { product: 'MinIO', version: '', details } });
};

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
