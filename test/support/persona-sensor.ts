/** For tests, in a network namespace of its own: a sensor with a whole machine of each persona at 127.0.1.1 and on. */

import process from 'node:process';
import { parseConfiguration } from '../../src/daemon/configuration.ts';
import { Machines } from '../../src/daemon/machines.ts';
import { decoys } from '../../src/decoys/index.ts';
import { personaNames } from '../../src/personas/index.ts';
import { Sensor } from '../../src/sensor/sensor.ts';
import { Spool } from '../../src/spool/spool.ts';
import { nameProtocol } from '../../src/wire/protocol-name.ts';

const [folder = '', seed = ''] = process.argv.slice(2);
const configuration = parseConfiguration(
  JSON.stringify({
    sensor: {
      seed,
      listeners: [],
      machines: personaNames.map((persona, index) => ({ persona, address: `127.0.1.${index + 1}` })),
    },
  }),
  'test',
);
const machines = new Machines(configuration.sensor, Date.now());
const decoyNamed = (name: string): (typeof decoys)[number] => {
  const found = decoys.find((decoy) => decoy.name === name);
  if (found === undefined) throw new Error(`no decoy ${name}`);
  return found;
};
const spool = new Spool({ folder: `${folder}/spool` });
await spool.start();
const listeners = machines.listeners();
const sensor = new Sensor({
  spool,
  folder,
  listeners: listeners.map((planned) => ({ ...planned, decoy: decoyNamed(planned.decoy) })),
  decoys: decoys.filter((decoy) => decoy.name !== 'any'),
  any: decoyNamed('any'),
  personaAt: (address) => machines.at(address),
  nameProtocol: (bytes, transport) => nameProtocol(bytes, transport).name,
});
await sensor.start();
for (const { persona } of listeners) {
  // Keys are made before the scan, which would take the pause for a slow machine.
  for (const type of Object.keys(persona.ssh?.keys ?? {})) void persona.ssh?.keys[type];
  void persona.tls;
}
const view = listeners.map(({ address, port, transport, persona }) => ({
  address,
  port,
  transport,
  persona: persona.name,
  hostname: persona.hostname,
}));
process.stdout.write(`${JSON.stringify(view)}\n`);
process.on('SIGTERM', () => {
  void sensor
    .stop()
    .then(() => spool.stop())
    .then(() => process.exit(0));
});
