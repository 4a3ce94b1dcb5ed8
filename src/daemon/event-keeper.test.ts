import { describe, expect, it } from 'vitest';
import type { Observation } from '../core/observation.ts';
import type { EventStore, GoodHour } from '../store/event-store.ts';
import { contactObservation } from '../../test/support/contact-observation.ts';
import { EventKeeper } from './event-keeper.ts';

function contact(sequence: number): Observation {
  return contactObservation({ id: `observation-${sequence}`, sequence });
}

/** A store that is away until it is opened, and then holds what it was given. */
class LateStore implements EventStore {
  away = true;
  readonly held: number[] = [];

  append(observations: readonly Observation[]): Promise<void> {
    if (this.away) return Promise.reject(new Error('away'));
    for (const { sequence } of observations) this.held.push(sequence);
    return Promise.resolve();
  }

  query(): Promise<Observation[]> {
    return Promise.resolve([]);
  }

  history(): Promise<Observation[]> {
    return Promise.resolve([]);
  }

  since(): Promise<Observation[]> {
    return Promise.resolve([]);
  }

  highestSequences(): Promise<Record<string, number>> {
    return Promise.resolve({});
  }

  goodHours(): Promise<GoodHour[]> {
    return Promise.resolve([]);
  }

  count(): Promise<number> {
    return Promise.resolve(this.held.length);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

describe('keeping events', () => {
  it('acknowledges nothing ahead of what was passed over while the store was away', async () => {
    const store = new LateStore();
    let kept = 0;
    const asked = Promise.withResolvers<void>();
    const keeper = new EventKeeper({
      store,
      kept: (_sensor, sequence) => {
        kept = sequence;
        // A live record comes as soon as there is room; what was passed over before it is in the spool alone.
        keeper.keep(contact(300_000));
      },
      askAgain: () => asked.resolve(),
      log: () => {},
    });
    for (let sequence = 1; sequence <= 200_010; sequence += 1) keeper.keep(contact(sequence));
    expect(keeper.passedOver).toBe(10);
    store.away = false;
    await asked.promise;
    await keeper.drain(60_000);
    expect(kept).toBe(200_000);
    expect(store.held.length).toBe(200_000);
  }, 60_000);

  it('holds no more than a bound of bytes for a store that is away, however large the records', async () => {
    const keeper = new EventKeeper({
      store: new LateStore(),
      kept: () => {},
      askAgain: () => {},
      log: () => {},
    });
    const body = 'x'.repeat(65_536);
    for (let sequence = 1; sequence <= 20_000; sequence += 1) {
      keeper.keep({ ...contact(sequence), kind: 'command', service: 'redis', input: body });
    }
    expect(keeper.waiting * body.length).toBeLessThanOrEqual(256 * 1024 * 1024);
    expect(keeper.passedOver).toBeGreaterThan(0);
    await keeper.drain(0);
  });

  it('says nothing of a store that is still starting, and both ends of a later absence', async () => {
    const store = new LateStore();
    const said: string[] = [];
    const keeper = new EventKeeper({
      store,
      kept: () => {},
      askAgain: () => {},
      log: (line) => said.push(line),
    });
    keeper.keep(contact(1));
    await expect.poll(() => keeper.failing).toBe(true);
    store.away = false;
    await expect.poll(() => keeper.waiting, { timeout: 10_000 }).toBe(0);
    expect(said).toEqual([]);
    store.away = true;
    keeper.keep(contact(2));
    await expect.poll(() => said.length).toBe(1);
    store.away = false;
    await keeper.drain(10_000);
    expect(said).toEqual(['the event store is away, events wait: away', 'the event store is back']);
  });

  it('takes what was passed over when the sensor sends it again', async () => {
    const store = new LateStore();
    store.away = false;
    let asked = 0;
    const keeper = new EventKeeper({ store, kept: () => {}, askAgain: () => (asked += 1), log: () => {} });
    for (let sequence = 1; sequence <= 200_010; sequence += 1) keeper.keep(contact(sequence));
    keeper.beginsAnew('one');
    await expect.poll(() => keeper.waiting, { timeout: 30_000 }).toBe(0);
    for (let sequence = 199_990; sequence <= 200_010; sequence += 1) keeper.keep(contact(sequence));
    await keeper.drain(60_000);
    expect(asked).toBe(0);
    expect(store.held.at(-1)).toBe(200_010);
    expect(store.held.length).toBe(200_010);
  }, 60_000);
});
