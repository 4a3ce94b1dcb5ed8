/** For tests: a sensor without privileges on inherited any-port sockets (descriptors 3 to 8). Prints each observation as a line. */

import { createSocket } from 'node:dgram';
import { connect } from 'node:net';
import process from 'node:process';
import { RawSender } from '../../src/sensor/raw-sender.ts';
import { buildDatagram } from '../../src/sensor/raw-datagram.ts';
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
  onObservation: (_, json) => process.stdout.write(`${json}\n`),
});
await sensor.start();
process.on('SIGTERM', () => {
  void sensor
    .stop()
    .then(() => spool.stop())
    .then(() => process.exit(0));
});
// What a taken-over sensor would try: to connect, to send, to forge.
process.on('SIGUSR2', () => {
  const say = (what: string): void => void process.stdout.write(`${JSON.stringify({ tried: what })}\n`);
  const socket = connect({ host: '10.77.0.1', port: 7_777 });
  socket.on('connect', () => say('connected'));
  socket.on('error', (error) => say(`connect: ${'code' in error ? String(error.code) : error.message}`));
  createSocket('udp4').send('x', 7_778, '10.77.0.1', (error) =>
    say(`send: ${error === null ? 'sent' : 'refused'}`),
  );
  const forged = buildDatagram(
    { source: '10.77.0.1', sourcePort: 7_779, destination: '192.0.2.77', destinationPort: 53 },
    Buffer.from('forged'),
  );
  say(`forge: ${forged !== null && new RawSender(6, 4).send(forged, '10.77.0.1') ? 'sent' : 'refused'}`);
});
process.stdout.write('{"ready":true}\n');
