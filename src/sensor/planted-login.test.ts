import { connect } from 'node:net';
import { expect, it } from 'vitest';
import { any } from '../decoys/any/any.ts';
import { ftp } from '../decoys/ftp/ftp.ts';
import { redis } from '../decoys/redis/redis.ts';
import { createPersona } from '../personas/index.ts';
import { plantedPassword } from '../wire/planted-credential.ts';
import { LoopbackSensor } from '../../test/support/loopback-sensor.ts';

// As the sensor names its seeds: what one machine plants, the other knows.
const web = createPersona('ubuntu-web', 'sensor seed ubuntu-web', { now: 0 });
const database = createPersona('debian-db', 'sensor seed debian-db', { now: 0 });
const password = plantedPassword(web, 'a web file', '203.0.113.9');

/** Says each line once the server has said something, and hangs up when all are answered. */
async function say(port: number, lines: readonly string[], first: boolean): Promise<void> {
  const socket = connect({ port, host: '127.0.0.1' });
  let next = 0;
  const speak = (): void => {
    const line = lines[next];
    next += 1;
    if (line === undefined) socket.end();
    else socket.write(`${line}\r\n`);
  };
  socket.on('data', speak);
  if (first) socket.on('connect', speak);
  await new Promise((resolve) => socket.on('close', resolve));
}

it.each([
  ['ftp', ftp, ['USER deploy', `PASS ${password}`, 'USER deploy', `PASS ${password}`], false],
  ['redis', redis, [`AUTH ${password}`], true],
] as const)(
  'a planted password is known when it comes back to %s, once in a conversation',
  async (service, decoy, lines, first) => {
    await using loopback = new LoopbackSensor();
    const served = [{ persona: database, decoy }];
    const [port = 0] = await loopback.start(served, { decoys: [decoy], any, log: () => {} });
    await say(port, lines, first);
    const known = loopback.seen.filter((observation) => observation.kind === 'exploit');
    expect(known).toMatchObject([
      {
        service,
        name: 'planted-credential',
        technique: 'T1078',
        detail: 'password planted in a web file for 203.0.113.9',
      },
    ]);
  },
);
