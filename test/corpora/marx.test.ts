import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { recordedInput } from '../../src/daemon/recorded-input.ts';
import { replayedPolicy } from '../../src/daemon/replay-policy.ts';
import { RecordedEvents, replay } from '../../src/daemon/replay.ts';
import { corporaFolder } from '../support/corpora.ts';

const folder = corporaFolder();

describe.skipIf(folder === null)(
  'honeypots replayed, second half in time (skipped where the corpora are absent)',
  () => {
    it.each([
      { name: 'sparing', share: 0.4, hours: 2800 },
      { name: 'thorough', share: 0.53, hours: 25_700 },
    ])(
      '$name prevents $share of the events in $hours block-hours',
      { timeout: 600_000 },
      async ({ name, share, hours }) => {
        const recorded = new RecordedEvents();
        const damaged: unknown[] = [];
        const input = recordedInput(join(folder ?? '', 'marx-first-half.csv.gz'), null);
        await recorded.read(
          input,
          'auto',
          (record) => damaged.push(record),
          () => {},
        );
        expect(damaged).toEqual([]);
        const events = recorded.inOrder(true);
        const middle = events[Math.floor(events.length / 2)]?.at ?? 0;
        const line = replay(replayedPolicy(name), events, [], middle);
        console.log(`${name}: ${(line.preventedShare * 100).toFixed(1)} % in ${line.blockHours} h`);
        expect(line.preventedShare).toBeGreaterThanOrEqual(share);
        expect(line.blockHours).toBeLessThanOrEqual(hours);
      },
    );
  },
);
