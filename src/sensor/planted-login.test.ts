import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Observation } from '../core/observation.ts';
import { any } from '../decoys/any/any.ts';
import { ftp } from '../decoys/ftp/ftp.ts';
import { redis } from '../decoys/redis/redis.ts';
import { createPersona } from '../personas/index.ts';
import { Spool } from '../spool/spool.ts';
import { plantedPassword } from '../wire/planted-credential.ts';
import { Sensor } from './sensor.ts';

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
    const folder = mkdtempSync(join(tmpdir(), 'picket-planted-'));
    const spool = new Spool({ folder: join(folder, 'spool') });
    await spool.start();
    const seen: Observation[] = [];
    const sensor = new Sensor({
      spool,
      folder,
      listeners: [{ transport: 'tcp', address: '127.0.0.1', port: 0, persona: database, decoy }],
      decoys: [decoy],
      any,
      personaAt: () => database,
      nameProtocol: () => 'unknown',
      onObservation: (observation) => seen.push(observation),
      log: () => {},
    });
    try {
      await sensor.start();
      await say(sensor.addresses()[0]?.port ?? 0, lines, first);
      const known = seen.filter((observation) => observation.kind === 'exploit');
      expect(known).toMatchObject([
        {
          service,
          name: 'planted-credential',
          technique: 'T1078',
          detail: 'password planted in a web file for 203.0.113.9',
        },
      ]);
    } finally {
      await sensor.stop();
      await spool.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  },
);
