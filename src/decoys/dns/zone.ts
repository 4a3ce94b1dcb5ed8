/** What the name server knows by itself: the zones that Debian's configuration has, and the CHAOS names of BIND. */

import type { Persona } from '../../core/persona.ts';
import { pick } from '../../core/random.ts';
import { octets, uint32 } from '../../wire/big-endian.ts';
import { dnsType, type DnsRecord } from '../../wire/dns-message.ts';

export interface NameServer {
  /** As `version.bind` tells it. */
  readonly version: string;
  readonly hostname: string;
  readonly recursion: boolean;
  /** By the zone's name, ending in a dot. The SOA first, then NS. */
  readonly zones: ReadonlyMap<string, readonly DnsRecord[]>;
}

export const internet = 1;
export const chaos = 3;

const texts = (text: string): Uint8Array => octets(text.length, text);

function start(
  zone: string,
  kind: number,
  server: string,
  mail: string,
  numbers: readonly [number, number, number, number, number],
  ttl: number,
): DnsRecord {
  return { name: zone, type: dnsType.soa, class: kind, ttl, data: [server, mail, ...numbers.map(uint32)] };
}

/** db.local, db.127, db.0 and db.255 of Debian's bind9. */
function standardZones(): Map<string, readonly DnsRecord[]> {
  const zones = new Map<string, readonly DnsRecord[]>();
  const add = (
    zone: string,
    serial: number,
    more: readonly (readonly [name: string, type: number, data: Uint8Array | string])[],
  ): void => {
    zones.set(zone, [
      start(
        zone,
        internet,
        'localhost.',
        'root.localhost.',
        [serial, 604_800, 86_400, 2_419_200, 604_800],
        604_800,
      ),
      { name: zone, type: dnsType.ns, class: internet, ttl: 604_800, data: ['localhost.'] },
      ...more.map(([name, type, data]) => ({ name, type, class: internet, ttl: 604_800, data: [data] })),
    ]);
  };
  add('localhost.', 2, [
    ['localhost.', dnsType.a, Uint8Array.of(127, 0, 0, 1)],
    ['localhost.', dnsType.aaaa, Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1)],
  ]);
  add('127.in-addr.arpa.', 1, [['1.0.0.127.in-addr.arpa.', dnsType.ptr, 'localhost.']]);
  add('0.in-addr.arpa.', 1, []);
  add('255.in-addr.arpa.', 1, []);
  return zones;
}

/** The zones that named builds into the view `_bind`. */
function chaosZones(version: string, hostname: string): Map<string, readonly DnsRecord[]> {
  const zone = (name: string, data: readonly string[]): [string, readonly DnsRecord[]] => [
    name,
    [
      start(name, chaos, name, `hostmaster.${name}`, [0, 28_800, 7_200, 604_800, 86_400], 86_400),
      { name, type: dnsType.ns, class: chaos, ttl: 0, data: [name] },
      ...data.map((text) => ({ name, type: dnsType.txt, class: chaos, ttl: 0, data: [texts(text)] })),
    ],
  ];
  return new Map([
    zone('version.bind.', [version]),
    zone('hostname.bind.', [hostname]),
    zone('authors.bind.', []),
    zone('id.server.', []),
  ]);
}

function makeServer(persona: Persona): NameServer {
  const random = persona.random('dns');
  const software = persona.software['dns'];
  const drawn = pick(random, [
    '9.11.5-P4-5.1+deb10u9-Debian',
    '9.16.27-Debian',
    '9.16.37-Debian',
    '9.16.48-Debian',
    '9.16.1-Ubuntu',
    '9.18.12-0ubuntu0.22.04.1-Ubuntu',
    '9.18.19-1~deb12u1-Debian',
    '9.18.28-1~deb12u2-Debian',
  ]);
  const version = software?.version ?? drawn;
  return {
    version,
    hostname: persona.hostname,
    recursion: software?.details?.['recursion'] === 'yes',
    zones: new Map([...standardZones(), ...chaosZones(version, persona.hostname)]),
  };
}

const servers = new WeakMap<Persona, NameServer>();

export function nameServerOf(persona: Persona): NameServer {
  const known = servers.get(persona);
  if (known !== undefined) return known;
  const server = makeServer(persona);
  servers.set(persona, server);
  return server;
}
