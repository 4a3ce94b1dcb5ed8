import { mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { barePersona } from '../../bench/peers/bare-persona.ts';
import { greeter } from '../../test/support/greeting-decoys.ts';
import type { Observation } from '../core/observation.ts';
import { Spool } from '../spool/spool.ts';
import { Sensor } from './sensor.ts';

const visitors = 5_000;
const sources = 100;

it(`takes ${visitors} simultaneous connects whole, and records each`, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'picket-burst-'));
  const spool = new Spool({ folder: join(folder, 'spool') });
  await spool.start();
  const seen: Observation[] = [];
  const sensor = new Sensor({
    spool,
    folder,
    listeners: [{ transport: 'tcp', address: '127.0.0.1', port: 0, persona: barePersona, decoy: greeter }],
    decoys: [greeter],
    any: greeter,
    personaAt: () => barePersona,
    nameProtocol: () => 'unknown',
    onObservation: (observation) => void seen.push(observation),
  });
  const sockets: Socket[] = [];
  try {
    await sensor.start();
    const port = sensor.addresses()[0]?.port ?? 0;
    // All at once: the kernel's queue and the sensor's loop have to hold them until each is greeted.
    const greetings = await Promise.all(
      Array.from({ length: visitors }, (_, index) => {
        const localAddress = `127.0.1.${1 + (index % sources)}`;
        const socket = connect({ port, host: '127.0.0.1', localAddress });
        sockets.push(socket);
        return new Promise<string>((resolve) => {
          socket.once('data', (bytes) => resolve(bytes.toString()));
          socket.once('error', (error) => resolve(error.message));
        });
      }),
    );
    expect(new Set(greetings)).toEqual(new Set(['HELLO\r\n']));
    for (const socket of sockets) socket.end('quit\r\n');
    await expect
      .poll(() => seen.filter(({ kind }) => kind === 'contact').length, { timeout: 30_000 })
      .toBe(visitors);
    expect(new Set(seen.map(({ session }) => session)).size).toBe(visitors);
    expect(sensor.counters().connectionsEvicted).toBe(0);
  } finally {
    for (const socket of sockets) socket.destroy();
    await sensor.stop();
    await spool.stop();
    rmSync(folder, { recursive: true, force: true });
  }
});
