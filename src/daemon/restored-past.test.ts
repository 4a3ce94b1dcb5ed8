import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { LinkPeer } from '../bus/link.ts';
import { sendingPeer } from '../../test/support/sending-peer.ts';
import type { PlacedRule } from '../bus/messages.ts';
import { systemClock } from '../core/clock.ts';
import { IdSource } from '../core/id.ts';
import type { Observation } from '../core/observation.ts';
import { defaultPolicy, type Policy } from '../decide/policy.ts';
import { DecisionLog } from '../store/decision-log.ts';
import type { EventStore } from '../store/event-store.ts';
import { Engine } from './engine.ts';

const minute = 60_000;
const visitor = '45.33.32.156';
const ids = new IdSource();
let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'picket-restored-'));
  vi.useFakeTimers({ now: 1_700_000_000_000 });
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(folder, { recursive: true });
});

/** Keeps in memory what it is given; what it answers at a start can be made up. */
class MemoryStore implements EventStore {
  readonly kept: unknown[] = [];
  highest: Record<string, number> = {};

  append(observations: readonly Observation[]): Promise<void> {
    this.kept.push(...observations);
    for (const { sensor, sequence } of observations) this.highest[sensor] = sequence;
    return Promise.resolve();
  }
  highestSequences = (): Promise<Record<string, number>> => Promise.resolve(this.highest);
  history = (): Promise<Observation[]> => Promise.resolve([]);
  query = (): Promise<Observation[]> => Promise.resolve([]);
  /** As over a link: whatever was written comes back, of whatever type. */
  since = (): Promise<Observation[]> => Promise.resolve(JSON.parse(JSON.stringify(this.kept)));
  goodHours = (): Promise<never[]> => Promise.resolve([]);
  count = (): Promise<number> => Promise.resolve(this.kept.length);
  close = (): Promise<void> => Promise.resolve();
}

/** An engine with a fence and a sensor, over what an earlier one has left. */
class Running {
  readonly rules: PlacedRule[] = [];
  readonly said: string[] = [];
  readonly engine: Engine;
  readonly #log: DecisionLog;
  readonly #store: MemoryStore;
  readonly #sensor: LinkPeer = sendingPeer(() => {});
  readonly #fence: LinkPeer = sendingPeer((message) => {
    if (typeof message !== 'object' || message === null) return;
    if ('add' in message && Array.isArray(message.add)) this.rules.push(...message.add);
  });

  constructor(store: MemoryStore, policy: Policy) {
    this.#log = new DecisionLog(join(folder, 'decisions'));
    this.#store = store;
    this.engine = new Engine({
      clock: systemClock,
      policy,
      own: [],
      lab: [],
      allow: [],
      benign: [],
      decisionLog: this.#log,
      store,
      log: (line) => this.said.push(line),
    });
  }

  async start(): Promise<this> {
    await this.engine.restore();
    this.engine.fenceDesk.opened(this.#fence);
    this.engine.sensorDesk.opened(this.#sensor);
    this.engine.sensorDesk.received(this.#sensor, { type: 'hello', sensor: 'one' });
    this.engine.start();
    return this;
  }

  get isStopped(): boolean {
    return (this.rules.findLast(({ target }) => target === visitor)?.until ?? 0) > Date.now();
  }

  /** Comes now: the fence counts it where it stands in his way, else the sensor sees it. */
  async comes(): Promise<void> {
    if (this.isStopped) {
      this.engine.fenceDesk.received(this.#fence, {
        type: 'drops',
        drops: [{ target: visitor, packets: 1 }],
      });
    } else {
      const sequence = (this.#store.highest['one'] ?? 0) + 1;
      this.engine.sensorDesk.received(this.#sensor, {
        type: 'observations',
        observations: [contact(sequence)],
      });
    }
    await vi.advanceTimersByTimeAsync(100);
  }

  async stop(): Promise<void> {
    await this.engine.stop();
    this.#log.close();
  }
}

const contact = (sequence: number): Observation => ({
  id: ids.next(Date.now()),
  at: Date.now(),
  sensor: 'one',
  sequence,
  source: visitor,
  sourcePort: 40_000,
  destination: '192.0.2.1',
  destinationPort: 22,
  transport: 'tcp',
  session: `s${sequence}`,
  spoofable: false,
  kind: 'contact',
  service: 'ssh',
  protocol: 'ssh',
  tls: false,
  firstBytes: '',
});

describe('after a restart', () => {
  it('a steady visitor is foreseen still, though most of what is known of him are drops', async () => {
    const policy = {
      ...defaultPolicy,
      blockOnConversation: true,
      hitsPerBlockHour: 2,
      shortestLeaseSeconds: 1,
    };
    const store = new MemoryStore();
    const before = await new Running(store, policy).start();
    for (let round = 0; round < 40; round += 1) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other is the point
      await before.comes();
      // oxlint-disable-next-line no-await-in-loop -- as above
      await vi.advanceTimersByTimeAsync(30 * minute - 100);
    }
    await before.comes();
    await vi.advanceTimersByTimeAsync(2 * minute);
    expect(before.isStopped).toBe(false);
    const seen = store.kept.length;
    expect(seen).toBeLessThan(30);
    await before.stop();

    const after = await new Running(store, policy).start();
    expect(after.isStopped).toBe(false);
    // One second before he is expected again.
    await vi.advanceTimersByTimeAsync(28 * minute - 1100);
    expect(after.isStopped).toBe(true);
    await after.comes();
    expect(store.kept).toHaveLength(seen);
    await after.stop();
  });

  it('what a person has lifted is not held against the source again', async () => {
    const policy = { ...defaultPolicy, blockOnConversation: true };
    const store = new MemoryStore();
    const before = await new Running(store, policy).start();
    await before.comes();
    await vi.advanceTimersByTimeAsync(minute);
    expect(before.isStopped).toBe(true);
    before.engine.lift(visitor, 'person', 'a colleague');
    await before.stop();
    const after = await new Running(store, policy).start();
    expect(after.engine.judge.sources.find(visitor)?.score).toBe(0);
    await after.stop();
  });

  it('hears its sensor and knows what it can, whatever the event store answers', async () => {
    const policy = { ...defaultPolicy, blockOnConversation: true };
    const store = new MemoryStore();
    const good = contact(1);
    store.kept.push(
      null,
      7,
      'text',
      [],
      {},
      { ...good, source: undefined },
      { ...good, source: 'not an address' },
      { ...good, at: 'yesterday' },
      { ...good, sequence: 2 ** 60 },
      { ...good, kind: '__proto__' },
      { ...good, source: '45.33.32.200', session: 'kept' },
      { ...good, source: '45.33.32.201', at: Date.now() + 365 * 86_400_000 },
    );
    store.highest = { one: Number.NaN, two: Number.POSITIVE_INFINITY, three: -5, four: 1.5 };
    await vi.advanceTimersByTimeAsync(minute);
    const after = await new Running(store, policy).start();
    expect(after.said.join('\n')).toMatch(/holds 1[01] records that are none/);
    expect(after.engine.judge.sources.find('45.33.32.200')?.score).toBeGreaterThan(0);
    expect(after.engine.judge.sources.find('45.33.32.201')).toBeUndefined();
    store.highest = {};
    await after.comes();
    expect(after.isStopped).toBe(false);
    store.highest = { one: 1 };
    await after.comes();
    expect(after.isStopped).toBe(true);
    await after.stop();
  });
});
