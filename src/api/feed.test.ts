import { get, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { anAuth, FakeEngine, FakeKeys } from '../../test/support/fake-engine-api.ts';
import { createKey } from './keys.ts';
import { startApi, type ApiOptions, type RunningApi } from './server.ts';

let engine: FakeEngine;
let keys: FakeKeys;
let key: string;
let api: RunningApi;

async function start(feedLimits: NonNullable<ApiOptions['feedLimits']> = {}): Promise<void> {
  api = await startApi(engine, keys, {
    address: '127.0.0.1',
    port: 0,
    version: '1',
    feedLimits: { bundleMilliseconds: 5, ...feedLimits },
  });
}

beforeEach(() => {
  engine = new FakeEngine();
  keys = new FakeKeys();
  key = createKey(keys, { name: 'board', scopes: ['read'], at: 1 }) ?? '';
});
afterEach(async () => {
  await api.stop();
});

class Follower {
  text = '';
  ended = false;
  readonly response: IncomingMessage;

  constructor(response: IncomingMessage) {
    this.response = response;
    response.setEncoding('utf8');
    response.on('data', (chunk: string) => {
      this.text += chunk;
    });
    response.on('close', () => {
      this.ended = true;
    });
    response.on('error', () => {});
  }

  get events(): { event: string; data: unknown }[] {
    return [...this.text.matchAll(/^event: (\w+)\n(?:id: \S+\n)?data: ([^\n]*)\n\n/gm)].map((match) => ({
      event: match[1] ?? '',
      data: JSON.parse(match[2] ?? ''),
    }));
  }

  async until(condition: () => boolean): Promise<void> {
    for (let tries = 0; !condition(); tries += 1) {
      if (tries > 2000) throw new Error(`what was waited for did not come; came: ${this.text.slice(-2000)}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
}

async function open(query = ''): Promise<IncomingMessage> {
  const request = get({
    host: '127.0.0.1',
    port: api.port,
    path: `/api/v1/observations/stream${query}`,
    headers: { authorization: `Bearer ${key}` },
    agent: false,
  });
  request.on('error', () => {});
  const [response] = await once(request, 'response');
  return response;
}

async function follow(query = ''): Promise<Follower> {
  return new Follower(await open(query));
}

describe('the live feed', () => {
  it('gives every observation and decision to every reader, in order, whole', async () => {
    await start();
    const all = await follow();
    const decisions = await follow('?type=decision');
    expect(all.response.headers['content-type']).toContain('text/event-stream');
    const observations = Array.from({ length: 50 }, (_, index) => anAuth('203.0.113.1', index + 1));
    for (const observation of observations) engine.saw(observation);
    const decision = engine.decide({
      target: '203.0.113.1',
      action: 'block',
      seconds: 9,
      reason: 'x',
      by: 'y',
    });
    await all.until(() => all.events.length === 51 && decisions.events.length === 1);
    expect(all.events.filter(({ event }) => event === 'observation').map(({ data }) => data)).toEqual(
      observations,
    );
    expect(decisions.events).toEqual([{ event: 'decision', data: decision }]);
    expect(all.text).toContain(`id: ${observations[0]?.id}`);
  });

  it('asks nothing of the engine while nobody reads', async () => {
    await start();
    expect(engine.listeners.size).toBe(0);
    const first = await follow();
    const second = await follow();
    expect(engine.listeners.size).toBe(1);
    first.response.destroy();
    second.response.destroy();
    await first.until(() => engine.listeners.size === 0);
  });

  it('beats while nothing happens, and ends when the key is revoked', async () => {
    await start({ heartbeatMilliseconds: 20 });
    const reader = await follow();
    await reader.until(() => reader.text.split(': heartbeat\n\n').length > 2);
    expect(reader.ended).toBe(false);
    keys.revokeKey('board');
    await reader.until(() => reader.ended);
  });

  it('thins a flood of observations, says how much, and leaves out no decision for it', async () => {
    await start({ observationsPerBundle: 10 });
    const reader = await follow();
    for (let index = 0; index < 1000; index += 1) engine.saw(anAuth('203.0.113.1', index + 1));
    for (let index = 0; index < 100; index += 1)
      engine.decide({ target: `203.0.113.${index}`, action: 'block', seconds: 9, reason: 'x', by: 'y' });
    await reader.until(() => reader.events.some(({ event }) => event === 'skipped'));
    const counted = (kind: string): number => reader.events.filter(({ event }) => event === kind).length;
    expect([counted('observation'), counted('decision')]).toEqual([10, 100]);
    expect(reader.events.at(-1)).toEqual({ event: 'skipped', data: { observations: 990, decisions: 0 } });
  });

  it('thins a burst of decisions too large to hold, and says how much', async () => {
    await start({ bundleCharacters: 2000 });
    const reader = await follow('?type=decision');
    for (let index = 0; index < 100; index += 1)
      engine.decide({ target: `203.0.113.${index}`, action: 'block', seconds: 9, reason: 'x', by: 'y' });
    await reader.until(() => reader.events.some(({ event }) => event === 'skipped'));
    const given = reader.events.length - 1;
    expect(given).toBeGreaterThan(1);
    expect(reader.events.at(-1)).toEqual({
      event: 'skipped',
      data: { observations: 0, decisions: 100 - given },
    });
  });

  it('cuts off a reader that does not read, and goes on for the others', async () => {
    await start({ waitingBytes: 300_000 });
    const slow = await open();
    slow.pause();
    const quick = await follow('?type=decision');
    let sent = 0;
    // Bounded: far more than the kernel's buffers on loopback hold.
    while (engine.listeners.size > 0 && sent < 2000) {
      for (let index = 0; index < 20; index += 1)
        engine.saw({ ...anAuth('203.0.113.1', (sent += 1)), session: 'x'.repeat(5000) });
      await new Promise((resolve) => setTimeout(resolve, 8));
      const metrics = await (await fetch(`http://127.0.0.1:${api.port}/metrics`)).text();
      if (metrics.includes('picket_api_stream_dropped_total 1')) break;
    }
    const metrics = await (await fetch(`http://127.0.0.1:${api.port}/metrics`)).text();
    expect(metrics).toContain('picket_api_stream_dropped_total 1');
    expect(metrics).toContain('picket_api_stream_readers 1');
    engine.decide({ target: '203.0.113.1', action: 'block', seconds: 9, reason: 'x', by: 'y' });
    await quick.until(() => quick.events.length === 1);
    slow.destroy();
  });

  it('has room for so many readers and refuses the next with the reason', async () => {
    await start({ readers: 2 });
    await follow();
    await follow();
    const third = await open();
    expect(third.statusCode).toBe(503);
    third.destroy();
  });

  it('ends with the API, so that a stop does not wait for readers', async () => {
    await start();
    const reader = await follow();
    engine.saw(anAuth('203.0.113.1', 1));
    await api.stop();
    await reader.until(() => reader.ended);
    expect(reader.events).toHaveLength(1);
    expect(engine.listeners.size).toBe(0);
  });
});
