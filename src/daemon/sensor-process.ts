/** The sensor's process: decoys behind sockets, unprivileged, talking to the engine alone. */

import process from 'node:process';
import type { Decoy } from '../core/decoy.ts';
import { PicketError } from '../core/errors.ts';
import { decoys } from '../decoys/index.ts';
import { Sensor, type Listener } from '../sensor/sensor.ts';
import { Spool } from '../spool/spool.ts';
import { nameProtocol } from '../wire/protocol-name.ts';
import type { Configuration } from './configuration-type.ts';
import { ObservationSender } from './observation-sender.ts';
import { log } from './log.ts';
import { LureFolder, lureFolders } from './lure-folder.ts';
import { gateOf } from './gate-of.ts';
import type { InheritedSockets } from './inherited-sockets.ts';
import { Machines } from './machines.ts';
import { dropPrivileges } from './privileges.ts';
import type { Running } from './role.ts';
import { stateFolders } from './state-folder.ts';
import { warmDecoys } from './warm-decoys.ts';

function decoyNamed(name: string): Decoy {
  const decoy = decoys.find((candidate) => candidate.name === name);
  if (decoy !== undefined) return decoy;
  throw new PicketError(
    'PICKET_CONFIG_INVALID',
    `sensor.listeners: there is no decoy ${name}; one of ${decoys.map((candidate) => candidate.name).join(', ')}`,
  );
}

export async function runSensor(configuration: Configuration, inherited: InheritedSockets): Promise<Running> {
  const folders = stateFolders(configuration);
  const say = log('sensor');
  const spool = new Spool({
    folder: folders.sensor,
    maximumBytes: configuration.sensor.spoolMegabytes * 1024 * 1024,
    log: say,
  });
  if (process.getuid?.() === 0) {
    const uid = configuration.processes.sensorUid;
    dropPrivileges({ uid, gid: uid, networkAdmin: false });
  }
  await spool.start();

  const machines = new Machines(configuration.sensor, Date.now());
  const listeners = machines.listeners().map((planned, index): Listener => {
    const fd = inherited.listeners[index] ?? null;
    const { address, persona, port, transport } = planned;
    const listener = { transport, address, port, decoy: decoyNamed(planned.decoy), persona };
    return fd === null ? listener : Object.assign(listener, { fd });
  });
  const sender = new ObservationSender(folders.sensorLink, spool, say);
  const sensor = new Sensor({
    spool,
    folder: folders.sensor,
    listeners,
    decoys: decoys.filter((decoy) => decoy.name !== 'any'),
    any: decoyNamed('any'),
    speaksOnAHandful: configuration.sensor.anyPort.speaks === 'on-a-handful',
    personaAt: (address) => machines.at(address),
    ...(inherited.any === null ? {} : { anyListeners: inherited.any }),
    ...(inherited.probe === null ? {} : { probeSocket: inherited.probe }),
    nameProtocol: (bytes, transport) => nameProtocol(bytes, transport).name,
    onObservation: (observation, json) => sender.observed(observation, json),
    limits: {
      connections: configuration.sensor.maximumConnections,
      connectionsPerSource: configuration.sensor.maximumConnectionsPerSource,
    },
    log: say,
  });
  await sensor.start();
  sender.start();
  const gate = gateOf(configuration, (source, fact) => sensor.recordObjectAccess(source, fact));
  await gate?.start();
  // The ports are open: who comes meanwhile is served between two rounds.
  const warming = warmDecoys(listeners);
  // Not waited for: the ports are open at once, and the lures come a second later.
  const lures = new LureFolder({ folders: lureFolders(configuration), log: say });
  void lures.start();
  const status = setInterval(() => {
    const { error, lostCount, committed, lastSequence } = spool.status();
    const problem = error === null ? '' : `${error.code}: ${error.message}`;
    sender.status({ ...sensor.counters(), lost: lostCount, committed, lastSequence }, problem);
  }, 2000);

  return {
    async stop(): Promise<void> {
      clearInterval(status);
      warming.stop();
      lures.stop();
      await gate?.stop();
      await sensor.stop();
      sender.stop();
      await spool.stop();
    },
  };
}
