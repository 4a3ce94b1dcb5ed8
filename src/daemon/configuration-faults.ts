/** What a configuration names that isn't there: decoys, personas, an interface, files. Asked before anything starts, and by the doctor. */

import { existsSync } from 'node:fs';
import type { Configuration } from './configuration-type.ts';
import type { ConfigurationFault } from './configuration-fault.ts';
import { tlsFault } from './tls-files.ts';
import { nearest } from '../wire/nearest.ts';
import { readBenignList } from './policy-of.ts';
import { telemetryFaults } from './telemetry-faults.ts';

export async function configurationFaults(
  configuration: Configuration,
  defaults: Configuration,
): Promise<ConfigurationFault[]> {
  const named = (sensor: Configuration['sensor']): string =>
    JSON.stringify([sensor.listeners, sensor.machines, sensor.anyPort.persona, sensor.anyPort.machines]);
  // The defaults name what is there, as a test holds.
  const isUsual = named(configuration.sensor) === named(defaults.sensor);
  return [
    ...(isUsual ? [] : await partFaults(configuration)),
    ...(await telemetryFaults(configuration)),
    ...machineFaults(configuration),
    ...(await detectorFaults(configuration)),
  ];
}

async function detectorFaults({ detectors }: Configuration): Promise<ConfigurationFault[]> {
  for (const [index, list] of detectors.commandHosts.entries()) {
    const fault = fileFault(() => readBenignList(list));
    if (fault !== null) return [{ path: ['detectors', 'commandHosts', String(index)], what: fault }];
  }
  if (detectors.asnTable !== '') {
    const { readSystems } = await import('./detectors-of.ts');
    const fault = fileFault(() => readSystems(detectors.asnTable));
    if (fault !== null) return [{ path: ['detectors', 'asnTable'], what: fault }];
  }
  if (detectors.rules.length === 0) return [];
  const { readRules } = await import('./rule-files.ts');
  for (const [index, path] of detectors.rules.entries()) {
    try {
      // Each with those before it, so that a name that stands twice shows.
      readRules(detectors.rules.slice(0, index + 1));
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      const what = message.replace(`${path} is not there`, `${path}, which is not there`);
      return [{ path: ['detectors', 'rules', String(index)], what: `names ${what}` }];
    }
  }
  return [];
}

/** The lists of parts are loaded here and not with the configuration: that takes half a second, and most processes need none of them. */
async function partFaults(configuration: Configuration): Promise<ConfigurationFault[]> {
  const { decoys } = await import('../decoys/index.ts');
  const { personaNames } = await import('../personas/index.ts');
  const { anyPort, listeners, machines } = configuration.sensor;
  const faults: ConfigurationFault[] = [];
  const decoyNames = decoys.map((decoy) => decoy.name);
  for (const [index, entry] of listeners.entries()) {
    const path = ['sensor', 'listeners', String(index)];
    faults.push(
      ...nameFaults([...path, 'decoy'], 'decoy', entry.decoy, decoyNames),
      ...nameFaults([...path, 'persona'], 'persona', entry.persona, personaNames),
    );
    const decoy = decoys.find((candidate) => candidate.name === entry.decoy);
    if (decoy !== undefined && decoy.transport !== 'both' && decoy.transport !== entry.transport) {
      faults.push({
        path: [...path, 'transport'],
        what: `is ${entry.transport}, and the decoy ${decoy.name} speaks over ${decoy.transport}; write transport: ${decoy.transport}`,
      });
    }
  }
  for (const [index, { persona }] of machines.entries()) {
    faults.push(
      ...nameFaults(['sensor', 'machines', String(index), 'persona'], 'persona', persona, personaNames),
    );
  }
  for (const [index, { personas }] of anyPort.machines.entries()) {
    const path = ['sensor', 'anyPort', 'machines', String(index), 'personas'];
    for (const [place, name] of personas.entries())
      faults.push(...nameFaults([...path, String(place)], 'persona', name, personaNames));
  }
  faults.push(...nameFaults(['sensor', 'anyPort', 'persona'], 'persona', anyPort.persona, personaNames));
  return faults;
}

function nameFaults(
  path: readonly string[],
  kind: string,
  name: string,
  known: readonly string[],
): ConfigurationFault[] {
  if (known.includes(name)) return [];
  const near = nearest(name, known);
  const hint = near === null ? '' : `; did you mean ${near}?`;
  return [
    { path, what: `is ${JSON.stringify(name)}, which is no ${kind}${hint}; there are ${known.join(', ')}` },
  ];
}

/** What this machine must have. */
function machineFaults(configuration: Configuration): ConfigurationFault[] {
  const faults: ConfigurationFault[] = [];
  const { interface: name } = configuration.sensor.anyPort;
  if (name !== '' && (name.includes('/') || !existsSync(`/sys/class/net/${name}`))) {
    faults.push({
      path: ['sensor', 'anyPort', 'interface'],
      what: `is ${JSON.stringify(name)}, which this machine does not have; ip link lists those that it has`,
    });
  }
  for (const key of ['benignLists', 'sharedLists'] as const) {
    for (const [index, list] of configuration.guards[key].entries()) {
      const fault = fileFault(() => readBenignList(list));
      if (fault !== null) faults.push({ path: ['guards', key, String(index)], what: fault });
    }
  }
  const tls = tlsFault(configuration.api.tls);
  if (tls !== null) faults.push({ path: ['api', 'tls', tls.key], what: tls.what });
  return faults;
}

function fileFault(read: () => unknown): string | null {
  try {
    read();
    return null;
  } catch (error) {
    return `names ${error instanceof Error ? error.message : String(error)}`;
  }
}
