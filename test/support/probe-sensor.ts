/** For tests: a sensor without privileges on inherited sockets: any-port (descriptors 3 to 8) and probes (9). Prints each observation as a line. */

import process from 'node:process';
import { Sensor } from '../../src/sensor/sensor.ts';
import { Spool } from '../../src/spool/spool.ts';
import { barePersona } from '../../bench/peers/bare-persona.ts';
import { echo, greeter, web } from './greeting-decoys.ts';

const [folder = ''] = process.argv.slice(2);
const spool = new Spool({ folder: `${folder}/spool` });
await spool.start();
const sensor = new Sensor({
  spool,
  folder,
  listeners: [{ transport: 'tcp', address: '0.0.0.0', port: 2_323, decoy: greeter, persona: barePersona }],
  decoys: [greeter, web],
  any: echo,
  personaAt: () => barePersona,
  nameProtocol: () => 'unknown',
  anyListeners: {
    tcp: [3, 4],
    udp: [
      { family: 4, receive: 5, send: 6 },
      { family: 6, receive: 7, send: 8 },
    ],
  },
  probeSocket: 9,
  onObservation: (_, json) => process.stdout.write(`${json}\n`),
});
await sensor.start();
process.on('SIGTERM', () => void sensor.stop().then(() => spool.stop()));
process.on('SIGUSR2', () => process.stdout.write(`${JSON.stringify({ counters: sensor.counters() })}\n`));
process.stdout.write(`${JSON.stringify({ ready: process.pid })}\n`);
