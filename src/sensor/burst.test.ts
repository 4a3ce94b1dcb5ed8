import { connect, type Socket } from 'node:net';
import { expect, it } from 'vitest';
import { barePersona } from '../../bench/peers/bare-persona.ts';
import { greeter } from '../../test/support/greeting-decoys.ts';
import { LoopbackSensor } from '../../test/support/loopback-sensor.ts';

const visitors = 5_000;
const sources = 100;

it(`takes ${visitors} simultaneous connects whole, and records each`, async () => {
  await using loopback = new LoopbackSensor();
  const { seen } = loopback;
  const sockets: Socket[] = [];
  try {
    const served = [{ persona: barePersona, decoy: greeter }];
    const [port = 0] = await loopback.start(served, { decoys: [greeter], any: greeter });
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
    expect(loopback.sensor.counters().connectionsEvicted).toBe(0);
  } finally {
    for (const socket of sockets) socket.destroy();
  }
});
