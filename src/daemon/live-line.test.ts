import { describe, expect, it } from 'vitest';
import type { Observation } from '../core/observation.ts';
import { liveLine, RenewalFilter, type LiveEvent } from './live-line.ts';

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

const decision = {
  id: 'an-id',
  target: '45.33.32.156',
  action: 'block',
  from: 0,
  until: 60_000,
  renewals: 0,
  by: 'picket',
  reason: 'renewed: it still stops traffic',
  verdict: null,
  evidence: [],
  guards: [],
  simulated: false,
  otherwise: '',
} as const;

describe('a live line', () => {
  it.each<[LiveEvent, string]>([
    [
      { type: 'lift', lift: { target: '45.33.32.156', at: 0, by: 'anna', reason: 'a partner' } },
      '00:00:00.000 45.33.32.156    lifted by anna: a partner',
    ],
    [
      { type: 'allow', allow: { network: '192.0.2.0/24', at: 0, by: 'anna', note: '', until: null } },
      '00:00:00.000 192.0.2.0/24    allowed by anna',
    ],
    [
      { type: 'allow', allow: { network: '192.0.2.0/24', at: 0, by: 'anna', note: 'ours', until: 1000 } },
      '00:00:00.000 192.0.2.0/24    allowed by anna until 1970-01-01T00:00:01.000Z: ours',
    ],
    [
      { type: 'disallow', disallow: { network: '192.0.2.0/24', at: 0, by: 'anna' } },
      '00:00:00.000 192.0.2.0/24    no longer allowed, by anna',
    ],
    [
      { type: 'decision', decision: { ...decision, renewals: 2 } },
      '00:00:00.000 45.33.32.156    block renewed for 60 s, the 2nd time',
    ],
  ])('tells what people did, and renewals: %j', (event, line) => {
    expect(shown(event)).toBe(line);
  });

  it('shows what people wrote with nothing that acts on a terminal', () => {
    const lift = { target: '45.33.32.156', at: 0, by: hostile, reason: hostile };
    const allow = { network: '192.0.2.0/24', at: 0, by: hostile, note: hostile, until: null };
    expect(shown({ type: 'lift', lift })).not.toMatch(dangerous);
    expect(shown({ type: 'allow', allow })).not.toMatch(dangerous);
  });

  it('of a renewal is shown once a minute for each decision', () => {
    const filter = new RenewalFilter();
    const renewed = (id: string, from: number): boolean =>
      filter.shows({ type: 'decision', decision: { ...decision, id, from, renewals: 1 } });
    expect([renewed('a', 0), renewed('a', 59_999), renewed('b', 59_999), renewed('a', 60_000)]).toEqual([
      true,
      false,
      true,
      true,
    ]);
    expect(filter.shows({ type: 'decision', decision })).toBe(true);
  });

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
