/** The customer's router: what its remote management shows of it. */

import type { Persona } from '../../core/persona.ts';
import { below, hexDigits, pick } from '../../core/random.ts';

export interface Device {
  /** Value of the Server header. */
  readonly server: string;
  readonly realm: string;
  /** Where the provider's server knocks (TR-069 §3.2.2). */
  readonly path: string;
  readonly maker: string;
  readonly model: string;
  readonly firmware: string;
  readonly serial: string;
  readonly network: string;
  readonly networkKey: string;
}

type Model = readonly [maker: string, model: string, realm: string, firmware: string];

const models: readonly [Model, ...Model[]] = [
  ['ZyXEL', 'P-660HN-T1A', 'Authentication', 'V3.40(ADJ.0)'],
  ['ZyXEL', 'P-660HW-T1 v3', 'Authentication', 'V3.40(BOG.3)'],
  ['ZyXEL', 'AMG1202-T10A', 'HuaweiHomeGateway', 'V3.40(ABN.1)'],
  ['TP-LINK', 'TD-W8961ND', 'IGD', '3.0.0 Build 130409 Rel.33244'],
  ['D-Link', 'DSL-2740R', 'IGD', 'EU_1.17'],
  ['ZyXEL', 'D1000', 'ZyXEL P-660', '2.00(AADU.5)_20150909'],
];

function makeDevice(persona: Persona): Device {
  const random = persona.random('tr069');
  const [maker, model, realm, firmware] = pick(random, models);
  const software = persona.software['tr069'];
  const details = software?.details ?? {};
  const serial = hexDigits(random, 12).toUpperCase();
  return {
    server: `${software?.product ?? 'RomPager'}/${software?.version ?? pick(random, ['4.07', '4.07', '4.03', '4.34'])} UPnP/1.0`,
    realm: details['realm'] ?? realm,
    path:
      details['path'] ??
      `/${pick(random, ['tr069', 'cwmp', hexDigits(random, 8), `${hexDigits(random, 4)}/${hexDigits(random, 4)}`])}`,
    maker: details['maker'] ?? maker,
    model: details['model'] ?? model,
    firmware: details['firmware'] ?? firmware,
    serial,
    network: `${pick(random, ['eir', 'ZyXEL', 'TP-LINK_', 'Home', 'WLAN'])}${below(random, 90_000_000) + 10_000_000}`,
    networkKey: hexDigits(random, 10 + 2 * below(random, 2)),
  };
}

const devices = new WeakMap<Persona, Device>();

export function deviceOf(persona: Persona): Device {
  const known = devices.get(persona);
  if (known !== undefined) return known;
  const device = makeDevice(persona);
  devices.set(persona, device);
  return device;
}
