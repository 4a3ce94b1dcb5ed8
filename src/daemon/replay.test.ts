import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseNetwork } from '../core/address.ts';
import { IdSource } from '../core/id.ts';
import type { Observation } from '../core/observation.ts';
import { replayedPolicy, type ReplayedPolicy } from './replay-policy.ts';
import { replay } from './replay.ts';

const start = 1_700_000_000_000;
const ids = new IdSource();

function contact(seconds: number, source: string, port = 22): Observation {
  return {
    id: ids.next(start),
    at: start + seconds * 1000,
    sensor: 's',
    sequence: 1,
    source,
    sourcePort: 1,
    destination: 'decoy',
    destinationPort: port,
    transport: 'tcp',
    session: '',
    spoofable: false,
    kind: 'contact',
    service: `tcp-${port}`,
    protocol: 'unknown',
    tls: false,
    firstBytes: '',
  };
}

/** Ten minutes at the first contact, to ten minutes from each drop. */
function tenMinutes(): ReplayedPolicy {
  const until = new Map<string, number>();
  return {
    name: 'ten minutes',
    rateLimits: 0,
    stopped: (source, at, place) => {
      if ((until.get(source) ?? 0) <= at) return null;
      until.set(source, at + 600_000);
      place({ target: source, at, until: at + 600_000, isRenewal: true });
      return source;
    },
    saw: ({ source, at }, place) => {
      until.set(source, at + 600_000);
      place({ target: source, at, until: at + 600_000, isRenewal: false });
    },
  };
}

describe('the score of a replay', () => {
  const events = [0, 300, 800, 2000].map((seconds) => contact(seconds, '8.8.4.1'));

  it('counts what falls into a standing block, and leases with their renewals once', () => {
    // 0 → 600, renewed at 300 to 900 and at 800 to 1400; anew at 2000 to 2600: 2000 s in all.
    expect(replay(tenMinutes(), events)).toMatchObject({
      events: 4,
      sources: 1,
      prevented: 2,
      preventedShare: 0.5,
      blocks: 2,
      blocksWithHit: 1,
      blockHours: 1,
    });
  });

  it('counts from a time on, with what was learned and stands from before', () => {
    expect(replay(tenMinutes(), events, [], start + 500_000)).toMatchObject({
      events: 2,
      prevented: 1,
      blocks: 1,
    });
  });

  it('tells of harm to benign networks', () => {
    const benign = [parseNetwork('8.8.0.0/16')].filter((network) => network !== null);
    expect(replay(tenMinutes(), events, benign).harm).toEqual({ blocks: 2, blockHours: 1, events: 2 });
  });
});

describe('the policies by name', () => {
  const every = (count: number, pause: number, port: (index: number) => number = () => 22): Observation[] =>
    Array.from({ length: count }, (_, index) => contact(index * pause, '8.8.4.1', port(index)));

  it('fail2ban-like bans at the fifth event in ten minutes, for ten minutes', () => {
    expect(replay(replayedPolicy('fail2ban-like'), every(20, 100))).toMatchObject({
      blocks: 2,
      prevented: 10,
    });
    expect(replay(replayedPolicy('fail2ban-like'), every(20, 160)).blocks).toBe(0);
  });

  it('crowdsec-like bans at the sixteenth port in haste, for four hours', () => {
    expect(
      replay(
        replayedPolicy('crowdsec-like'),
        every(40, 0.1, (index) => index),
      ),
    ).toMatchObject({
      blocks: 1,
      blockHours: 4,
      prevented: 24,
    });
    expect(replay(replayedPolicy('crowdsec-like'), every(40, 0.1)).blocks).toBe(0);
  });

  it('sparing learns when a source comes again and blocks only about as long', () => {
    const line = replay(replayedPolicy('sparing'), every(600, 60));
    expect(line.preventedShare).toBeGreaterThan(0.95);
    expect(line.blockHours).toBeLessThanOrEqual(11);
  });

  it('of a file are checked: a fault names file, line and key', () => {
    const folder = mkdtempSync(join(tmpdir(), 'picket-replay-'));
    const file = join(folder, 'a.yaml');
    writeFileSync(file, 'policy:\n  leaseSeconds: 60\n  hitsPerBlockHours: 1\n');
    expect(() => replayedPolicy(file)).toThrow(
      `${file}:3: policy.hitsPerBlockHours is no known key; did you mean hitsPerBlockHour?`,
    );
    rmSync(folder, { recursive: true });
  });
});

describe('a lease that ends before its time', () => {
  it('counts until then, and one that was to begin later from when it began', () => {
    const policy: ReplayedPolicy = {
      name: 'early',
      rateLimits: 0,
      stopped: (source, at, place) => {
        if (at === start) {
          place({ target: source, at: start + 3_600_000, until: start + 7_200_000, isRenewal: false });
          return null;
        }
        place({ target: source, at, until: at, isRenewal: true });
        return source;
      },
      saw: ({ source, at }, place) =>
        place({ target: source, at: at + 7_200_000, until: at + 14_400_000, isRenewal: false }),
    };
    // One hour; then from 7200 s on, ended at 10,800 s in place of 14,400 s.
    const events = [contact(0, '8.8.4.1'), contact(10_800, '8.8.4.1')];
    expect(replay(policy, events)).toMatchObject({ prevented: 1, blockHours: 2 });
  });
});
