import { expect, it } from 'vitest';
import { decisionTable } from './listed.ts';
import { explained, type LoggedDecision, type SourceView } from './shown.ts';

const minute = 60_000;
const colours = /\u001b\[\d+m/g; // oxlint-disable-line no-control-regex -- Picket's own

const decision = (changes: Partial<LoggedDecision>): LoggedDecision => ({
  id: 'an-id',
  target: '203.0.113.9',
  action: 'block',
  from: 0,
  until: 10 * minute,
  renewals: 0,
  by: 'picket',
  reason: 'scan',
  verdict: null,
  evidence: [],
  guards: [],
  simulated: false,
  otherwise: '',
  lifted: null,
  ...changes,
});

it('lists what has become of each decision, and when it ends or ended', () => {
  const lines = decisionTable(
    [
      decision({}),
      decision({ action: 'rate-limit' }),
      decision({ target: '203.0.113.0/24', until: minute }),
      decision({ target: '203.0.113.10', simulated: true, action: 'observe' }),
      decision({ target: '203.0.113.11', lifted: { at: minute, by: 'anna', reason: 'ours\u001b' } }),
    ],
    5 * minute,
  );
  expect(lines.map((line) => line.replaceAll(colours, ''))).toEqual([
    'STATE       ACTION      TARGET          FROM (UTC)           UNTIL (UTC)          BY      WHY',
    'standing    block       203.0.113.9     1970-01-01 00:00:00  1970-01-01 00:10:00  picket  scan',
    'replaced    rate-limit  203.0.113.9     1970-01-01 00:00:00  1970-01-01 00:10:00  picket  scan',
    'expired     block       203.0.113.0/24  1970-01-01 00:00:00  1970-01-01 00:01:00  picket  scan',
    'not placed  observe     203.0.113.10    1970-01-01 00:00:00  -                    picket  scan',
    'lifted      block       203.0.113.11    1970-01-01 00:00:00  1970-01-01 00:01:00  picket  scan (lifted by anna: ours\\u001b)',
  ]);
});

const evidence = (at: number, weight: number): SourceView['evidence'][number] => ({
  detector: 'port-scan',
  weight,
  reason: 'a scan',
  technique: 'T1046',
  behavior: null,
  cves: [],
  source: '203.0.113.9',
  observation: 'an-id',
  at,
  sensor: 's',
  spoofable: false,
  transport: 'tcp',
  kind: 'scan',
});

const view = (score: number, standing: LoggedDecision | null): SourceView => ({
  verdict: {
    source: '203.0.113.9',
    classification: score > 9.2 ? 'malicious' : 'unknown',
    score,
    behaviors: [],
    cves: [],
    observations: 1,
    firstSeen: 0,
    lastSeen: 0,
  },
  evidence: [evidence(0, 10), evidence(2 * minute, 1)],
  guards: [],
  decision: standing,
  otherwise: 'one scan fewer',
});

const told = (...given: Parameters<typeof explained>): string => explained(...given).replaceAll(colours, '');

it('explains a lifted decision so that what is left adds up to the score', () => {
  const last = decision({ lifted: { at: minute, by: 'anna', reason: 'ours' } });
  expect(told(view(1, null), last, 5 * minute)).toBe(
    [
      '203.0.113.9 is held to be unknown, score 1.0 (suspicious from 4.6, malicious from 9.2)',
      'seen once from 1970-01-01 00:00:00 to 1970-01-01 00:00:00 UTC: nothing told',
      'decision: block on 203.0.113.9 by picket, placed 1970-01-01 00:00:00 UTC and lifted 1970-01-01 00:01:00 UTC by anna: ours',
      '',
      'evidence (nats):',
      '  + 1.00  1970-01-01 00:02:00  port-scan: a scan [T1046]',
      '',
      'evidence until the lift, which set the score to 0 (nats):',
      '  +10.00  1970-01-01 00:00:00  port-scan: a scan [T1046]',
    ].join('\n'),
  );
  // The allowlist ends a decision and leaves the score.
  expect(told(view(11, null), last, 5 * minute)).not.toContain('set the score to 0');
});

it('explains one that stands, and one that ran out', () => {
  expect(told(view(11, decision({})), decision({}), minute)).toContain(
    'by picket, until 1970-01-01 00:10:00 UTC',
  );
  expect(told(view(11, null), decision({}), 11 * minute)).toContain(
    'by picket, ran out 1970-01-01 00:10:00 UTC',
  );
});
