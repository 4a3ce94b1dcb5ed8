/** Every decoy behind a real sensor, before clients that stop halfway, never stop, or say one byte at a time. */

import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readCorpus } from '../../scripts/fuzz/corpus.ts';
import { targets } from '../../scripts/fuzz/targets.ts';
import { decoys } from '../../src/decoys/index.ts';
import type { SensorLimits } from '../../src/sensor/limits.ts';
import { nameProtocol } from '../../src/wire/protocol-name.ts';
import { machineFor } from '../support/machine-for.ts';
import { LoopbackSensor } from '../support/loopback-sensor.ts';

const streams = decoys.filter(({ transport }) => transport !== 'udp');

let loopback: LoopbackSensor;
let faults: string[] = [];

beforeEach(() => {
  loopback = new LoopbackSensor();
  faults = [];
});
afterEach(() => loopback.stop());

/** Ports by the decoy's name. */
async function start(limits: Partial<SensorLimits>): Promise<Map<string, number>> {
  const any = decoys.find(({ name }) => name === 'any');
  if (any === undefined) throw new Error('no decoy any');
  const served = streams.map((decoy) => ({ persona: machineFor(decoy), decoy }));
  const ports = await loopback.start(served, {
    decoys: decoys.filter(({ name }) => name !== 'any'),
    any,
    personaAt: () => machineFor(any),
    nameProtocol: (bytes, transport) => nameProtocol(bytes, transport).name,
    limits,
    log: (line) => void faults.push(line),
  });
  return new Map(streams.map(({ name }, index) => [name, ports[index] ?? 0]));
}

interface Client {
  readonly socket: Socket;
  readonly closed: Promise<void>;
}

async function client(port: number): Promise<Client> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  socket.on('error', () => {});
  socket.resume();
  const closed = new Promise<void>((resolve) => {
    // The sensor's end is the end; its FIN does not close a socket that may stay half open.
    socket.on('end', () => {
      socket.destroy();
      resolve();
    });
    socket.on('close', () => resolve());
  });
  await new Promise<void>((resolve) => {
    socket.once('connect', () => resolve());
    socket.once('close', () => resolve());
  });
  return { socket, closed };
}

/** The largest input that the decoy knows. */
function conversationOf(name: string): Uint8Array {
  const target = targets.find((each) => each.name === `decoy-${name}-tcp`);
  const inputs = target === undefined ? [] : readCorpus(target).own;
  return inputs.toSorted((left, right) => right.length - left.length)[0] ?? Buffer.from('A\r\n');
}

const contacts = (): Set<string> =>
  new Set(
    loopback.seen.flatMap((observation) => (observation.kind === 'contact' ? [observation.service] : [])),
  );

describe('a sensor with every decoy', () => {
  it('ends what was begun and left idle, half said or not closed', async () => {
    const ports = await start({ idleMilliseconds: 400 });
    const clients = await Promise.all(
      [...ports].map(async ([name, port]) => {
        const each = await client(port);
        const bytes = conversationOf(name);
        each.socket.write(bytes.subarray(0, Math.ceil(bytes.length / 2)));
        return each;
      }),
    );
    await Promise.all(clients.map(({ closed }) => closed));
    expect([...ports.keys()].filter((name) => !contacts().has(name))).toEqual([]);
    expect(faults.filter((line) => line.includes('failed'))).toEqual([]);
  });

  it('takes the end of a half-open client for its end, and records what it had said', async () => {
    const ports = await start({});
    const clients = await Promise.all(
      [...ports].map(async ([name, port]) => {
        const each = await client(port);
        const bytes = conversationOf(name);
        each.socket.end(bytes.subarray(0, Math.ceil(bytes.length / 2)));
        return each;
      }),
    );
    await Promise.all(clients.map(({ closed }) => closed));
    expect([...ports.keys()].filter((name) => !contacts().has(name))).toEqual([]);
    expect(faults.filter((line) => line.includes('failed'))).toEqual([]);
  });

  it('cuts off who keeps a conversation alive by a byte at a time', async () => {
    const ports = await start({ idleMilliseconds: 60_000, sessionMilliseconds: 1_500 });
    const clients = await Promise.all([...ports.values()].map((port) => client(port)));
    for (let count = 0; clients.some(({ socket }) => !socket.destroyed); count += 1) {
      for (const { socket } of clients) if (!socket.destroyed) socket.write(count % 40 === 39 ? '\n' : 'a');
      await sleep(20);
    }
    expect(faults.filter((line) => line.includes('failed'))).toEqual([]);
  });
});
