import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { sendingPeer } from '../../test/support/sending-peer.ts';
import type { PlacedRule } from '../bus/messages.ts';
import { contactObservation } from '../../test/support/contact-observation.ts';
import { systemClock } from '../core/clock.ts';
import { IdSource } from '../core/id.ts';
import { defaultPolicy } from '../decide/policy.ts';
import { DecisionLog } from '../store/decision-log.ts';
import { Engine } from './engine.ts';

const hour = 3_600_000;
const visitor = '45.33.32.156';
let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'picket-foreseen-'));
  vi.useFakeTimers({ now: 1_700_000_000_000 });
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(folder, { recursive: true });
});

it('tells the fence to block a steady visitor before he comes, writes it down, and lets him out when he has come', async () => {
  const decisionLog = new DecisionLog(join(folder, 'decisions'));
  const engine = new Engine({
    clock: systemClock,
    policy: { ...defaultPolicy, blockOnConversation: true, hitsPerBlockHour: 2, shortestLeaseSeconds: 1 },
    own: [],
    lab: [],
    allow: [],
    benign: [],
    decisionLog,
    store: null,
    log: () => {},
  });
  const rules: PlacedRule[] = [];
  const fence = sendingPeer((message) => {
    if (typeof message !== 'object' || message === null || !('add' in message)) return;
    if (Array.isArray(message.add)) rules.push(...message.add);
  });
  const sensor = sendingPeer(() => {});
  engine.fenceDesk.opened(fence);
  engine.sensorDesk.opened(sensor);
  engine.sensorDesk.received(sensor, { type: 'hello', sensor: 'one' });
  engine.start();
  const ids = new IdSource();
  let sequence = 0;
  /** Comes now: the fence counts it where it stands in his way, else the sensor sees it. */
  const comes = (): boolean => {
    const isStopped = (rules.findLast(({ target }) => target === visitor)?.until ?? 0) > Date.now();
    if (isStopped) {
      engine.fenceDesk.received(fence, { type: 'drops', drops: [{ target: visitor, packets: 1 }] });
      return true;
    }
    sequence += 1;
    const observation = contactObservation({
      id: ids.next(Date.now()),
      at: Date.now(),
      sequence,
      source: visitor,
      session: `s${sequence}`,
    });
    engine.sensorDesk.received(sensor, { type: 'observations', observations: [observation] });
    return false;
  };
  for (let round = 0; round < 40; round += 1) {
    comes();
    vi.advanceTimersByTime(2 * hour - 1000);
    if (round < 39) vi.advanceTimersByTime(1000);
  }
  // One second before he is expected again.
  const rule = rules.at(-1);
  expect(rule?.target).toBe(visitor);
  expect(rule?.until).toBeGreaterThan(Date.now() + 1000);
  const entry = decisionLog.standingOf(visitor, Date.now());
  expect(entry).toMatchObject({ action: 'block', simulated: false });
  expect(entry?.from).toBeGreaterThan(Date.now() - hour);
  expect(entry?.reason).toContain('came back after 7200 s');
  vi.advanceTimersByTime(1000);
  expect(comes()).toBe(true);
  vi.advanceTimersByTime(60_000);
  expect(decisionLog.standingOf(visitor, Date.now())).toBeNull();
  expect(rules.at(-1)?.until).toBeLessThanOrEqual(Date.now());
  await engine.stop();
  decisionLog.close();
});
