/** A first contact with the ssh decoy, as a sensor would tell of it. */

import type { Observation } from '../../src/core/observation.ts';

type Contact = Extract<Observation, { kind: 'contact' }>;

export function contactObservation(of: Pick<Contact, 'id'> & Partial<Contact>): Contact {
  return {
    at: 1_700_000_000_000,
    sensor: 'one',
    sequence: 1,
    source: '45.33.32.156',
    sourcePort: 40_000,
    destination: '192.0.2.1',
    destinationPort: 22,
    transport: 'tcp',
    session: 's',
    spoofable: false,
    kind: 'contact',
    service: 'ssh',
    protocol: 'ssh',
    tls: false,
    firstBytes: '',
    ...of,
  };
}
