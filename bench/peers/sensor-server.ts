/** A sensor with its spool and one decoy that greets first, for the contact benchmark. On SIGTERM it stops and says what it wrote. */

import process from 'node:process';
import type { Decoy } from '../../src/core/decoy.ts';
import { Sensor } from '../../src/sensor/sensor.ts';
import { Spool } from '../../src/spool/spool.ts';
import { barePersona } from './bare-persona.ts';

const [port = '0', folder = ''] = process.argv.slice(2);
const banner = Buffer.from('SSH-2.0-OpenSSH_8.4p1 Debian-5+deb11u3\r\n');
const bye = Buffer.from('bye\r\n');

const greeter: Decoy = {
  name: 'greeter',
  summary: 'sends a banner, reads once, answers, hangs up',
  transport: 'tcp',
  ports: [],
  open: () => ({
    start: () => [{ do: 'reply', bytes: banner }],
    receive: () => [{ do: 'reply', bytes: bye }, { do: 'close' }],
  }),
};

const spool = new Spool({ folder: `${folder}/spool`, log: console.error });
await spool.start();
let observed = 0;
const sensor = new Sensor({
  spool,
  folder,
  listeners: [
    { transport: 'tcp', address: '127.0.0.1', port: Number(port), decoy: greeter, persona: barePersona },
  ],
  decoys: [],
  any: greeter,
  personaAt: () => barePersona,
  nameProtocol: () => 'ssh',
  onObservation: () => {
    observed += 1;
  },
});
await sensor.start();
process.on('SIGTERM', () => {
  void (async () => {
    await sensor.stop();
    await spool.stop();
    const { committed, lostCount } = spool.status();
    console.log(JSON.stringify({ contacts: sensor.counters().contacts, observed, committed, lostCount }));
  })();
});
console.log('ready');
