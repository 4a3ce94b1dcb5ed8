import { mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { encodeFrame, FrameReader } from '../bus/frame.ts';
import { LinkServer } from '../bus/link.ts';
import { IdSource } from '../core/id.ts';
import type { Observation } from '../core/observation.ts';
import { SensorDesk } from './sensor-desk.ts';

const ids = new IdSource();

function contact(sequence: number, more: Partial<Observation> = {}): Record<string, unknown> {
  return {
    id: ids.next(1_700_000_000_000),
    at: 1_700_000_000_000,
    sensor: 'one',
    sequence,
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
    ...more,
  };
}

let folder = '';
let desk: SensorDesk;
let server: LinkServer;
let observed: Observation[] = [];
let path = '';

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'picket-desk-'));
  path = join(folder, 'engine.sock');
  observed = [];
  desk = new SensorDesk({
    now: () => 1_700_000_000_000,
    observed: (observation) => observed.push(observation),
    log: () => {},
  });
  server = new LinkServer(path, {
    opened: (peer) => desk.opened(peer),
    received: (peer, value) => desk.received(peer, value),
    closed: (peer, error) => desk.closed(peer, error),
  });
  await server.start();
});

afterEach(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function open(): Promise<Socket> {
  const socket = connect(path);
  socket.on('error', () => {});
  await once(socket, 'connect');
  return socket;
}

/** Sends, and waits until the engine has closed the connection or answered everything. */
async function exchange(frames: readonly Uint8Array[]): Promise<unknown[]> {
  const socket = await open();
  const reader = new FrameReader();
  const answers: unknown[] = [];
  socket.on('data', (bytes: Uint8Array) => answers.push(...reader.push(bytes)));
  for (const frame of frames) socket.write(frame);
  socket.end();
  await once(socket, 'close');
  return answers;
}

const frame = (value: unknown): Uint8Array => encodeFrame(JSON.stringify(value));
const hello = frame({ type: 'hello', sensor: 'one' });

describe('the desk for sensors', () => {
  it('takes observations in, and says what is kept', async () => {
    desk.restore('one', 4);
    const answers = await exchange([
      hello,
      frame({ type: 'observations', observations: [contact(4), contact(5)] }),
    ]);
    expect(answers).toEqual([{ type: 'welcome', sequence: 4 }]);
    expect(observed.map((item) => item.sequence)).toEqual([5]);
  });

  it('refuses records in another’s name, from the future, with unknown fields, or oversized, and counts them', async () => {
    const bad = [
      contact(1, { sensor: 'two' }),
      contact(2, { at: 1_700_000_100_000 }),
      { ...contact(3), decision: 'block' },
      { ...contact(4), kind: 'decision' },
      contact(5, { source: '045.33.32.156' }),
      { ...contact(6), firstBytes: 'A'.repeat(5000) },
      null,
      42,
    ];
    await exchange([hello, frame({ type: 'observations', observations: [...bad, contact(7)] })]);
    expect(observed.map((item) => item.sequence)).toEqual([7]);
    expect(desk.sensors()[0]?.refused).toBe(bad.length);
  });

  it('ends a connection that speaks out of turn, and goes on for others', async () => {
    await exchange([frame({ type: 'observations', observations: [contact(1)] })]);
    await exchange([hello, hello]);
    await exchange([frame({ type: 'place', target: '45.33.32.156' })]);
    await exchange([
      hello,
      frame({ type: 'observations', observations: Array.from({ length: 3000 }, () => null) }),
    ]);
    expect(observed).toEqual([]);
    await exchange([hello, frame({ type: 'observations', observations: [contact(1)] })]);
    expect(observed).toHaveLength(1);
  });

  it('lets no second connection speak for a sensor that is there', async () => {
    const first = await open();
    first.write(hello);
    await once(first, 'data');
    expect(await exchange([hello, frame({ type: 'observations', observations: [contact(1)] })])).toEqual([]);
    expect(observed).toEqual([]);
    first.destroy();
  });

  it('survives random bytes and random values in frames', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(fc.uint8Array({ maxLength: 200 }), fc.jsonValue().map(frame)), { maxLength: 5 }),
        async (pieces) => {
          await exchange([hello, ...pieces]);
        },
      ),
      { numRuns: 60 },
    );
    expect(observed).toEqual([]);
    await exchange([hello, frame({ type: 'observations', observations: [contact(1)] })]);
    expect(observed).toHaveLength(1);
  });

  it('reads a flood no faster than it allows, and forgets nothing of it', async () => {
    const batches = Array.from({ length: 40 }, (_, batch) =>
      frame({
        type: 'observations',
        observations: Array.from({ length: 2000 }, (_, index) => contact(batch * 2000 + index + 1)),
      }),
    );
    await exchange([hello, ...batches]);
    expect(observed).toHaveLength(80_000);
  });
});
