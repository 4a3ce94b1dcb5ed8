/** The gate as the configuration has it. */

import { decoyBuckets } from '../gate/decoy-buckets.ts';
import { Gate } from '../gate/gate.ts';
import type { Configuration } from './configuration-type.ts';
import { GateEndpoint, type GateEndpointOptions } from './gate-endpoint.ts';

/** Null where no port is configured. */
export function gateOf(
  { gate, sensor }: Configuration,
  record: GateEndpointOptions['record'],
): GateEndpoint | null {
  if (gate.port === 0) return null;
  const publicBuckets = [
    ...gate.publicBuckets.map((name) => ({ name, write: false })),
    ...gate.writableBuckets.map((name) => ({ name, write: true })),
  ];
  return new GateEndpoint({
    address: gate.listen,
    port: gate.port,
    gate: new Gate({
      publicBuckets,
      estate: gate.buckets,
      decoys: decoyBuckets(gate.buckets, sensor.seed),
    }),
    domains: gate.domains.map((domain) => domain.toLowerCase()),
    now: () => Date.now(),
    record,
  });
}
