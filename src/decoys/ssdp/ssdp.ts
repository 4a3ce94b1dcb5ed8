import { Buffer } from 'node:buffer';
import type { Decoy, DecoyContext, DecoyOutput, DecoySession } from '../../core/decoy.ts';
import type { ExploitFact, Header } from '../../core/observation.ts';
import type { Persona } from '../../core/persona.ts';
import { hexDigits, pick } from '../../core/random.ts';
import { fieldOf, parseDatagram } from '../../wire/head-message.ts';
import { confidenceIn } from '../../wire/protocol-name.ts';

interface Device {
  readonly server: string;
  readonly uuid: string;
  readonly location: string;
}

const devices = new WeakMap<Persona, Device>();

function deviceOf(persona: Persona): Device {
  const known = devices.get(persona);
  if (known !== undefined) return known;
  const random = persona.random('ssdp');
  const software = persona.software['ssdp'];
  const uuid = `${hexDigits(random, 8)}-${hexDigits(random, 4)}-1${hexDigits(random, 3)}-8${hexDigits(random, 3)}-${persona.mac.replaceAll(':', '')}`;
  const drawn = pick(random, [
    'Linux/2.6.36 UPnP/1.0 miniupnpd/1.0',
    'miniupnpd/1.0 UPnP/1.0',
    'Linux/3.4.11 UPnP/1.0 MiniUPnPd/1.8',
    'Linux/2.6.32.11, UPnP/1.0, Portable SDK for UPnP devices/1.6.6',
  ]);
  const device: Device = {
    server: software === undefined ? drawn : `${software.product}/${software.version}`,
    uuid: software?.details?.['uuid'] ?? uuid,
    location:
      software?.details?.['location'] ??
      `http://${persona.address}:${pick(random, [1900, 5000, 49_152, 5431, 2869])}/${pick(random, ['rootDesc.xml', 'description.xml', 'gatedesc.xml', 'igd.xml'])}`,
  };
  devices.set(persona, device);
  return device;
}

/** What a gateway has: target, and whether it stands behind the identifier. */
const targets = [
  'upnp:rootdevice',
  'urn:schemas-upnp-org:device:InternetGatewayDevice:1',
  'urn:schemas-upnp-org:device:WANDevice:1',
  'urn:schemas-upnp-org:device:WANConnectionDevice:1',
  'urn:schemas-upnp-org:service:Layer3Forwarding:1',
  'urn:schemas-upnp-org:service:WANCommonInterfaceConfig:1',
  'urn:schemas-upnp-org:service:WANIPConnection:1',
] as const;

const printable = (text: string, limit: number): string =>
  text.replaceAll(/[^\x20-\x7e]/g, '.').slice(0, limit);

class SsdpSession implements DecoySession {
  readonly #device: Device;

  constructor(context: DecoyContext) {
    this.#device = deviceOf(context.persona);
  }

  /**
   * UPnP Device Architecture 1.0 §1.2.
   *
   *     M-SEARCH * HTTP/1.1 CRLF  HOST, MAN: "ssdp:discover", MX: seconds, ST: target  CRLF CRLF
   *     HTTP/1.1 200 OK CRLF  CACHE-CONTROL, ST, USN, EXT, SERVER, LOCATION  CRLF CRLF
   */
  *receive(bytes: Uint8Array): Iterable<DecoyOutput> {
    const message = parseDatagram(bytes);
    if (message === null) return;
    const target = fieldOf(message, 'st');
    const method = /^([A-Z-]{1,16}) /.exec(message.line)?.[1] ?? '';
    if (method === '') return;
    yield {
      do: 'saw',
      fact: { kind: 'command', service: 'ssdp', input: printable(`${method} ST=${target}`, 512) },
    };
    // libupnp before 1.6.18 copies the target, and what stands in its uuid, into 180 octets; MiniUPnPd 1.0 reads past the end of one without a line end.
    if (target.length > 180 || /^(?:uuid|urn):[^\r\n]{180}/.test(target))
      yield this.#exploit('libupnp-overlong-target', ['CVE-2012-5958', 'CVE-2012-5959'], target);
    else if (/^uuid:schemas:device:[^:]{40,}/.test(target))
      yield this.#exploit('libupnp-device-type', ['CVE-2012-5958'], target);
    const text = Buffer.from(bytes).toString('latin1');
    if (/(?:^|\n)st:[^\r\n]{0,2048}$/i.test(text.slice(-2_052)) && !text.endsWith('\n'))
      yield this.#exploit('miniupnpd-unterminated-target', ['CVE-2013-0229'], target);
    if (method !== 'M-SEARCH' || !/ssdp:discover/i.test(fieldOf(message, 'man'))) return;
    let left = bytes.length;
    for (const each of this.#found(target)) {
      const reply = this.#answer(each, left);
      if (reply === null) continue;
      left -= reply.length;
      yield { do: 'reply', bytes: reply };
    }
  }

  #exploit(name: string, cves: readonly string[], detail: string): DecoyOutput {
    return {
      do: 'saw',
      fact: {
        kind: 'exploit',
        service: 'ssdp',
        class: 'rce',
        name,
        cves,
        technique: 'T1190',
        detail: printable(detail, 300),
      } satisfies ExploitFact,
    };
  }

  #found(target: string): readonly string[] {
    if (target === 'ssdp:all') return targets;
    if (target === `uuid:${this.#device.uuid}`) return [target];
    return targets.filter((each) => each === target);
  }

  /** As much of an answer as there is room for: what a control point can do without goes first. Null where not even the place fits. */
  #answer(target: string, limit: number): Buffer | null {
    const { uuid, server, location } = this.#device;
    const name = target.startsWith('uuid:') ? target : `uuid:${uuid}::${target}`;
    const all: Header[] = [
      ['CACHE-CONTROL', 'max-age=120'],
      ['ST', target],
      ['USN', name],
      ['EXT', ''],
      ['SERVER', server],
      ['LOCATION', location],
    ];
    for (const without of [
      [],
      ['EXT'],
      ['EXT', 'CACHE-CONTROL'],
      ['EXT', 'CACHE-CONTROL', 'SERVER'],
      ['EXT', 'CACHE-CONTROL', 'SERVER', 'USN'],
    ]) {
      const headers = all.filter(([header]) => !without.includes(header));
      const reply = Buffer.from(
        `HTTP/1.1 200 OK\r\n${headers.map(([header, value]) => `${header}: ${value}`.trimEnd()).join('\r\n')}\r\n\r\n`,
        'latin1',
      );
      if (reply.length <= limit) return reply;
    }
    return null;
  }
}

/**
 * Reads `persona.software.ssdp`: `product` and `version` for the SERVER header; of `details` `uuid` and `location`. An answer to the
 * usual search is larger than the search, and then not given: what remains is what the search was for.
 */
export const ssdp: Decoy = {
  name: 'ssdp',
  summary: 'UPnP discovery of an internet gateway (SSDP)',
  transport: 'udp',
  ports: [1900],
  recognise: (firstBytes) => confidenceIn('ssdp', firstBytes, 'udp'),
  open: (context) => new SsdpSession(context),
};
