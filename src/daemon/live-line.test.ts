import { describe, expect, it } from 'vitest';
import type { Observation } from '../core/observation.ts';
import { liveLine } from './live-line.ts';

const seen = {
  id: 'an-id',
  at: 1_700_000_000_000,
  sensor: 'one',
  sequence: 1,
  source: '45.33.32.156',
  sourcePort: 40_000,
  destination: '192.0.2.1',
  destinationPort: 23,
  transport: 'tcp',
  session: 's',
  spoofable: false,
} as const;

/** Escape sequences, and characters that turn the direction of writing or break the line. */
const hostile = '\u001b]0;title\u0007\u009b31m\u202eevil\u2066\u2028\u200b\u00ad';
// oxlint-disable-next-line no-control-regex -- those are what must not come through
const dangerous = /[\u0000-\u001f\u007f-\u009f]|[\p{Cf}\u2028\u2029]/u;
const colours = /\u001b\[\d+m/g; // oxlint-disable-line no-control-regex -- Picket's own

const shown = (event: Parameters<typeof liveLine>[0]): string =>
  (liveLine(event) ?? '').replaceAll(colours, '');

describe('a live line', () => {
  it.each<Observation>([
    {
      ...seen,
      kind: 'auth',
      service: 'telnet',
      user: hostile,
      password: hostile,
      method: 'password',
      accepted: false,
    },
    { ...seen, kind: 'command', service: hostile, input: hostile },
    {
      ...seen,
      kind: 'exploit',
      service: 'http',
      class: 'rce',
      name: hostile,
      cves: [hostile],
      technique: '',
      detail: '',
    },
    { ...seen, kind: 'payload', service: 'http', sha256: 'a'.repeat(64), bytes: 1, how: hostile },
    { ...seen, kind: 'contact', service: 'any', protocol: hostile, tls: false, firstBytes: '' },
  ])('shows what a visitor or a sensor wrote with nothing that acts on a terminal: $kind', (observation) => {
    const line = shown({ type: 'observation', observation });
    expect(line).not.toMatch(dangerous);
    expect(line).toContain('evil');
  });

  it('shows a person’s reason and a guard’s note in the same way', () => {
    const decision = {
      id: 'an-id',
      target: '45.33.32.156',
      action: 'block',
      from: 0,
      until: 60_000,
      renewals: 0,
      by: 'a key',
      reason: hostile,
      verdict: null,
      evidence: [],
      guards: [{ guard: 'allowlist', outcome: 'refuse', reason: hostile }],
      otherwise: '',
    } as const;
    for (const simulated of [true, false])
      expect(shown({ type: 'decision', decision: { ...decision, simulated } })).not.toMatch(dangerous);
  });
});
