/** The objects that Debian's default view shows: the system group, and the host's own part of HOST-RESOURCES-MIB. */

import { Buffer } from 'node:buffer';
import type { DecoyContext } from '../../core/decoy.ts';
import type { Persona } from '../../core/persona.ts';
import { below, hexDigits, pick } from '../../core/random.ts';
import { berArcs, berInteger, berValue } from '../../wire/ber.ts';
import { uint16 } from '../../wire/big-endian.ts';

export interface SnmpObject {
  readonly arcs: readonly number[];
  /** Encoded. */
  readonly value: Uint8Array;
}

export interface Agent {
  /** Communities that may read. */
  readonly communities: readonly string[];
  readonly description: string;
  readonly objectId: readonly number[];
  readonly contact: string;
  readonly location: string;
  readonly engineId: Uint8Array;
  readonly boots: number;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly isDevice: boolean;
}

const system = [1, 3, 6, 1, 2, 1, 1];
const hostSystem = [1, 3, 6, 1, 2, 1, 25, 1];
const snmpModules = [1, 3, 6, 1, 6, 3];
const management = [1, 3, 6, 1, 2, 1];

/** sysORTable of Net-SNMP 5.9. */
const modules: readonly (readonly [arcs: readonly number[], text: string])[] = [
  [[...snmpModules, 10, 3, 1, 1], 'The SNMP Management Architecture MIB.'],
  [[...snmpModules, 11, 3, 1, 1], 'The MIB for Message Processing and Dispatching.'],
  [
    [...snmpModules, 15, 2, 1, 1],
    'The management information definitions for the SNMP User-based Security Model.',
  ],
  [[...snmpModules, 1], 'The MIB module for SNMPv2 entities'],
  [[...snmpModules, 16, 2, 2, 1], 'View-based Access Control Model for SNMP.'],
  [[...management, 49], 'The MIB module for managing TCP implementations'],
  [[...management, 50], 'The MIB module for managing UDP implementations'],
  [[...management, 4], 'The MIB module for managing IP and ICMP implementations'],
  [[...snmpModules, 13, 3, 1, 3], 'The MIB modules for managing SNMP Notification, plus filtering.'],
  [[...management, 92], 'The MIB module for logging SNMP Notifications.'],
];

function makeAgent(persona: Persona): Agent {
  const random = persona.random('snmp');
  const details = persona.software['snmp']?.details ?? {};
  const { release, version, machine } = persona.kernel;
  const startedAt = persona.bootedAt + 6_000 + below(random, 20_000);
  const weak = pick(random, ['public', 'public', 'public', 'private', 'community', 'snmp']);
  const created = Math.floor((persona.bootedAt - below(random, 300) * 86_400_000) / 1_000);
  return {
    communities: (details['community'] ?? (weak === 'public' ? 'public' : `public ${weak}`)).split(/[ ,]+/),
    description: details['description'] ?? `Linux ${persona.hostname} ${release} ${version} ${machine}`,
    objectId: (details['object'] ?? '1.3.6.1.4.1.8072.3.2.10').split('.').map(Number),
    contact: details['contact'] ?? 'Me <me@example.org>',
    location: details['location'] ?? 'Sitting on the Dock of the Bay',
    // RFC 3411 §5: enterprise 8072 with the top bit; format 0x80 (Net-SNMP's): random, and when it was made.
    engineId: Uint8Array.from([
      0x80,
      0,
      0x1f,
      0x88,
      0x80,
      ...Buffer.from(hexDigits(random, 8), 'hex'),
      created & 0xff,
      (created >>> 8) & 0xff,
      (created >>> 16) & 0xff,
      (created >>> 24) & 0xff,
      0,
      0,
      0,
      0,
    ]),
    boots: 1 + below(random, 30),
    startedAt,
    isDevice: persona.system === 'linux-busybox',
  };
}

const agents = new WeakMap<Persona, Agent>();

export function agentOf(persona: Persona): Agent {
  const known = agents.get(persona);
  if (known !== undefined) return known;
  const agent = makeAgent(persona);
  agents.set(persona, agent);
  return agent;
}

const text = (value: string): Uint8Array => berValue(4, Buffer.from(value, 'latin1'));
const ticks = (milliseconds: number): Uint8Array =>
  berInteger(Math.floor(Math.max(0, milliseconds) / 10) % 4_294_967_296, 0x43);

/** All objects at this moment, in the order of their names. */
export function objectsOf(context: DecoyContext): SnmpObject[] {
  const { persona } = context;
  const agent = agentOf(persona);
  const now = context.now();
  const random = persona.random('snmp-host');
  const at = (arcs: readonly number[], value: Uint8Array): SnmpObject => ({ arcs, value });
  const started = 2 + below(random, 4);
  const objects = [
    at([...system, 1, 0], text(agent.description)),
    at([...system, 2, 0], berArcs(agent.objectId)),
    at([...system, 3, 0], ticks(now - agent.startedAt)),
    at([...system, 4, 0], text(agent.contact)),
    at([...system, 5, 0], text(persona.hostname)),
    at([...system, 6, 0], text(agent.location)),
    at([...system, 7, 0], berInteger(72)),
    at([...system, 8, 0], ticks(started * 10)),
    ...modules.map(([arcs], index) => at([...system, 9, 1, 2, index + 1], berArcs(arcs))),
    ...modules.map(([, description], index) => at([...system, 9, 1, 3, index + 1], text(description))),
    ...modules.map((_, index) =>
      at([...system, 9, 1, 4, index + 1], ticks((index < 5 ? Math.max(1, started - 1) : started) * 10)),
    ),
  ];
  if (agent.isDevice) return objects;
  return [
    ...objects,
    at([...hostSystem, 1, 0], ticks(now - persona.bootedAt)),
    at([...hostSystem, 2, 0], berValue(4, dateAndTime(now))),
    at([...hostSystem, 3, 0], berInteger(393_216)),
    at(
      [...hostSystem, 4, 0],
      text(
        `BOOT_IMAGE=/boot/vmlinuz-${persona.kernel.release} root=UUID=${hexDigits(random, 8)}-${hexDigits(random, 4)}-4${hexDigits(random, 3)}-a${hexDigits(random, 3)}-${hexDigits(random, 12)} ro quiet\n`,
      ),
    ),
    at([...hostSystem, 5, 0], berInteger(below(random, 2), 0x42)),
    at([...hostSystem, 6, 0], berInteger(90 + below(random, 80), 0x42)),
    at([...hostSystem, 7, 0], berInteger(0)),
  ];
}

/** RFC 2579: uint16 year, month, day, hour, minute, second, deciseconds, "+", hours and minutes from UTC. */
function dateAndTime(milliseconds: number): Uint8Array {
  const date = new Date(milliseconds);
  return Uint8Array.from([
    ...uint16(date.getUTCFullYear()),
    date.getUTCMonth() + 1,
    date.getUTCDate(),
    date.getUTCHours(),
    date.getUTCMinutes(),
    date.getUTCSeconds(),
    0,
    0x2b,
    0,
    0,
  ]);
}

/** As names are ordered: arc by arc. */
export function compareArcs(a: readonly number[], b: readonly number[]): number {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index += 1) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}
