/** The controller behind the protocol: its identification, and registers that keep what a visitor writes. */

import type { Persona } from '../../core/persona.ts';
import { below, pick } from '../../core/random.ts';

export interface ModbusDevice {
  readonly vendor: string;
  readonly product: string;
  readonly revision: string;
  readonly url: string;
  readonly productName: string;
  readonly model: string;
  /** Data per table that exists; an address past it is an illegal one. */
  readonly holding: Uint16Array;
  readonly input: Uint16Array;
  readonly coils: Uint8Array;
  readonly discrete: Uint8Array;
  /** Units that answer; others meet silence or a gateway's exception. */
  readonly units: ReadonlySet<number>;
  readonly runs: boolean;
}

type Product = readonly [vendor: string, product: string, revision: string, name: string];

const products: readonly [Product, ...Product[]] = [
  ['Schneider Electric', 'BMX P34 2020', 'v2.6', 'Modicon M340'],
  ['Schneider Electric', 'BMX NOE 0100', 'V2.80', 'Modicon M340'],
  ['Schneider Electric', 'TM221CE24R', 'V1.6.2.0', 'Modicon M221'],
  ['Schneider Electric', 'TM241CE40R', 'V4.0.6.41', 'Modicon M241'],
  ['Schneider Electric', 'SAS TSXETY4103', 'V5.7', 'Modicon Premium'],
  ['Schneider Electric', 'PM5560', '002.007.000', 'PowerLogic'],
];

function makeDevice(persona: Persona): ModbusDevice {
  const random = persona.random('modbus');
  const [vendor, product, revision, name] = pick(random, products);
  const software = persona.software['modbus'];
  const size = Number(software?.details?.['registers'] ?? pick(random, [125, 256, 512, 1_000, 2_000]));
  const bounded = Number.isInteger(size) && size > 0 && size <= 65_536 ? size : 256;
  const holding = new Uint16Array(bounded);
  const input = new Uint16Array(bounded);
  // Set points and measurements: small numbers in runs, with most of the memory at rest.
  for (let block = 0; block < 6; block += 1) {
    const at = below(random, Math.max(1, Math.min(bounded, 200)));
    const value = 20 + below(random, 4_000);
    for (let index = at; index < Math.min(bounded, at + 2 + below(random, 12)); index += 1) {
      holding[index] = value + below(random, 60);
      input[index] = value + below(random, 60);
    }
  }
  const coils = new Uint8Array(bounded);
  const discrete = new Uint8Array(bounded);
  for (let index = 0; index < Math.min(32, bounded); index += 1) {
    coils[index] = below(random, 4) === 0 ? 1 : 0;
    discrete[index] = below(random, 3) === 0 ? 1 : 0;
  }
  return {
    vendor: software?.details?.['vendor'] ?? vendor,
    product: software?.product ?? product,
    revision: software?.version ?? revision,
    url: 'http://www.schneider-electric.com',
    productName: software?.details?.['name'] ?? name,
    model: software?.product ?? product,
    holding,
    input,
    coils,
    discrete,
    units: new Set([0, 1, 255]),
    runs: true,
  };
}

const devices = new WeakMap<Persona, ModbusDevice>();

export function deviceOf(persona: Persona): ModbusDevice {
  const known = devices.get(persona);
  if (known !== undefined) return known;
  const device = makeDevice(persona);
  devices.set(persona, device);
  return device;
}
