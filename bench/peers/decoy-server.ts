/** A sensor with its spool and the decoys that are compared with real servers. Says their ports; on SIGTERM it stops and says what it wrote. */

import process from 'node:process';
import type { Persona } from '../../src/core/persona.ts';
import { any } from '../../src/decoys/any/any.ts';
import { http } from '../../src/decoys/http/http.ts';
import { redis } from '../../src/decoys/redis/redis.ts';
import { ssh } from '../../src/decoys/ssh/ssh.ts';
import { telnet } from '../../src/decoys/telnet/telnet.ts';
import { createPersona } from '../../src/personas/index.ts';
import { Sensor } from '../../src/sensor/sensor.ts';
import { Spool } from '../../src/spool/spool.ts';

const [folder = ''] = process.argv.slice(2);
const login = { accepted: [['root', 'secret']], acceptAfter: 0 } as const;
// The spread makes the keys before anyone waits for them.
const machine = (name: string): Persona => ({ ...createPersona(name, 'bench', { now: Date.now() }), login });
const server = machine('ubuntu-web');
const camera = machine('ip-camera');

const spool = new Spool({ folder: `${folder}/spool`, log: console.error });
await spool.start();
const listener = { transport: 'tcp', address: '127.0.0.1', port: 0 } as const;
const sensor = new Sensor({
  spool,
  folder,
  listeners: [
    { ...listener, decoy: ssh, persona: server },
    { ...listener, decoy: telnet, persona: camera },
    { ...listener, decoy: http, persona: server },
    { ...listener, decoy: redis, persona: machine('debian-db') },
  ],
  decoys: [ssh, telnet, http, redis],
  any,
  personaAt: () => server,
  nameProtocol: () => 'unknown',
  log: (line) => console.error(line),
});
await sensor.start();
process.on('SIGTERM', () => {
  void (async () => {
    await sensor.stop();
    await spool.stop();
    const { committed, lostCount } = spool.status();
    console.log(JSON.stringify({ observations: sensor.counters().observations, committed, lostCount }));
  })();
});
console.log(
  `ready ${sensor
    .addresses()
    .map(({ port }) => port)
    .join(' ')}`,
);
