/** The controller: its order number, names, memory and state, which visitors can change. */

import type { Persona } from '../../core/persona.ts';
import { below, hexDigits, pick } from '../../core/random.ts';

export interface Station {
  /** Siemens' order number, 20 characters padded. */
  readonly order: string;
  readonly firmware: readonly [number, number, number];
  readonly hardware: number;
  readonly systemName: string;
  readonly moduleName: string;
  readonly plant: string;
  readonly serial: string;
  readonly moduleType: string;
  readonly cardSerial: string;
  readonly pduLimit: number;
  readonly slots: readonly number[];
  /** Inputs, outputs, flags, counters, timers by their area code; data blocks by number. */
  readonly areas: ReadonlyMap<number, Uint8Array>;
  readonly blocks: ReadonlyMap<number, Uint8Array>;
  /** How many there are of OB, FB, FC, DB, SDB. */
  readonly counts: Readonly<Record<string, number>>;
  running: boolean;
}

type Model = readonly [
  order: string,
  type: string,
  firmware: readonly [number, number, number],
  pduLimit: number,
  slots: readonly number[],
];

const models: readonly [Model, ...Model[]] = [
  ['6ES7 315-2EH14-0AB0', 'CPU 315-2 PN/DP', [3, 2, 14], 240, [2]],
  ['6ES7 315-2AG10-0AB0', 'CPU 315-2 DP', [2, 6, 9], 240, [2]],
  ['6ES7 317-2EK14-0AB0', 'CPU 317-2 PN/DP', [3, 2, 10], 240, [2]],
  ['6ES7 313-5BG04-0AB0', 'CPU 313C', [3, 3, 12], 240, [2]],
  ['6ES7 314-6EH04-0AB0', 'CPU 314C-2 PN/DP', [3, 3, 9], 240, [2]],
  ['6ES7 412-2EK06-0AB0', 'CPU 412-2 PN/DP', [6, 0, 5], 480, [2, 3]],
  ['6ES7 212-1BE40-0XB0', 'CPU 1212C AC/DC/Rly', [4, 2, 1], 240, [0, 1]],
];

function makeStation(persona: Persona): Station {
  const random = persona.random('s7comm');
  const drawn = pick(random, models);
  const software = persona.software['s7comm'];
  const model = models.find(([order]) => order === software?.product) ?? drawn;
  const [order, moduleType, firmware, pduLimit, slots] = model;
  const asked = (software?.version ?? '').replace(/^V/i, '').split('.').map(Number);
  const [major = 0, minor = 0, patch = 0] =
    asked.length === 3 && asked.every(Number.isInteger) ? asked : firmware;
  const area = (size: number): Uint8Array =>
    Uint8Array.from({ length: size }, () => (below(random, 5) === 0 ? below(random, 256) : 0));
  const blocks = new Map<number, Uint8Array>();
  for (let count = 4 + below(random, 9); count > 0; count -= 1) {
    blocks.set(1 + below(random, count > 6 ? 20 : 120), area(20 + 2 * below(random, 240)));
  }
  return {
    order,
    firmware: [major, minor, patch],
    hardware: 1 + below(random, 6),
    systemName:
      software?.details?.['system'] ??
      pick(random, ['SIMATIC 300(1)', 'SIMATIC 300 Station', 'Station_1', 'PLC_1', 'S7300/ET200M station_1']),
    moduleName: software?.details?.['module'] ?? pick(random, [moduleType, 'PLC_1', 'CPU1', 'Master']),
    plant: software?.details?.['plant'] ?? '',
    serial: `S ${pick(random, ['C', 'Q'])}-${hexDigits(random, 1).toUpperCase()}${pick(random, ['1', '2', '3', '4', '5', '6'])}U${String(below(random, 100_000_000)).padStart(8, '0')}`,
    moduleType,
    cardSerial: `MMC ${hexDigits(random, 8).toUpperCase()}`,
    pduLimit,
    slots,
    areas: new Map([
      [0x81, area(128)],
      [0x82, area(128)],
      [0x83, area(256)],
      [0x1c, area(512)],
      [0x1d, area(512)],
    ]),
    blocks,
    counts: {
      '8': 1 + below(random, 6),
      E: 2 + below(random, 30),
      C: 4 + below(random, 40),
      A: blocks.size,
      B: 8 + below(random, 8),
      D: 70,
      F: 15,
    },
    running: true,
  };
}

const stations = new WeakMap<Persona, Station>();

export function stationOf(persona: Persona): Station {
  const known = stations.get(persona);
  if (known !== undefined) return known;
  const station = makeStation(persona);
  stations.set(persona, station);
  return station;
}
