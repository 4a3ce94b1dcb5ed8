import { Buffer } from 'node:buffer';
import type { Decoy, DecoyContext, DecoyOutput, DecoySession } from '../../core/decoy.ts';
import type { Persona } from '../../core/persona.ts';
import { below, pick } from '../../core/random.ts';
import { latin1 } from '../../wire/big-endian.ts';
import {
  readCoapMessage,
  writeCoapMessage,
  type CoapMessage,
  type CoapOption,
} from '../../wire/coap-message.ts';
import { confidenceIn } from '../../wire/protocol-name.ts';
import { urlsIn } from '../../wire/url-text.ts';

/** Codes as class and detail (RFC 7252 §12.1). */
const code = {
  get: 1,
  post: 2,
  put: 3,
  delete: 4,
  changed: 0x44,
  content: 0x45,
  badOption: 0x82,
  notFound: 0x84,
  notAllowed: 0x85,
  proxying: 0xa5,
} as const;
const option = {
  host: 3,
  path: 11,
  format: 12,
  query: 15,
  accept: 17,
  second: 23,
  first: 27,
  proxy: 35,
  proxyScheme: 39,
} as const;
/** Critical options that a small server knows; another makes the request a bad one (§5.4.1). */
const understood = new Set<number>([
  1,
  option.host,
  5,
  7,
  option.path,
  option.query,
  option.accept,
  option.second,
  option.first,
  option.proxy,
  option.proxyScheme,
]);

const valueLimit = 256;

interface Resource {
  readonly type: string;
  readonly writable: boolean;
  value: Uint8Array;
}

const machines = new WeakMap<Persona, Map<string, Resource>>();

/** Path to resource: a few sensors, and one or two switches. */
function resourcesOf(persona: Persona): Map<string, Resource> {
  const known = machines.get(persona);
  if (known !== undefined) return known;
  const random = persona.random('coap');
  const resources = new Map<string, Resource>();
  const add = (path: string, type: string, value: string, writable: boolean): void =>
    void resources.set(path, { type, value: Buffer.from(value), writable });
  const folder = pick(random, ['sensors', 'sensor', 's', 'dev']);
  add(
    `${folder}/${pick(random, ['temp', 'temperature'])}`,
    'temperature',
    (17 + below(random, 90) / 10).toFixed(1),
    false,
  );
  if (below(random, 2) === 0)
    add(`${folder}/${pick(random, ['hum', 'humidity'])}`, 'humidity', String(30 + below(random, 40)), false);
  if (below(random, 2) === 0)
    add(
      `${folder}/${pick(random, ['batt', 'battery'])}`,
      'battery',
      String(2_700 + below(random, 600)),
      false,
    );
  add(
    pick(random, ['actuators/led', 'light', 'relay', 'actuators/toggle']),
    'switch',
    pick(random, ['0', '1', 'off', 'on']),
    true,
  );
  machines.set(persona, resources);
  return resources;
}

class CoapSession implements DecoySession {
  readonly #context: DecoyContext;
  readonly #resources: Map<string, Resource>;

  constructor(context: DecoyContext) {
    this.#context = context;
    this.#resources = resourcesOf(context.persona);
  }

  *receive(bytes: Uint8Array): Iterable<DecoyOutput> {
    const message = readCoapMessage(bytes);
    if (message === null) return;
    if ('fault' in message) {
      // §4.2: what is confirmable and malformed is rejected by a reset.
      if (message.type === 0) yield* this.#send(this.#bare(3, message.id), bytes.length);
      return;
    }
    if (message.code === 0 || message.code > 31) {
      // §4.3: an empty confirmable message is a ping; a response to nothing is rejected alike.
      if (message.type === 0) yield* this.#send(this.#bare(3, message.id), bytes.length);
      return;
    }
    if (message.type > 1) return;
    const reply = yield* this.#request(message, bytes.length);
    const isConfirmable = message.type === 0;
    const id = isConfirmable ? message.id : Buffer.from(this.#context.randomBytes(2)).readUInt16BE(0);
    yield* this.#send(
      {
        type: isConfirmable ? 2 : 1,
        id,
        token: message.token,
        options: [],
        payload: new Uint8Array(0),
        ...reply,
      },
      bytes.length,
    );
  }

  #bare(type: number, id: number): CoapMessage {
    return { type, code: 0, id, token: new Uint8Array(0), options: [], payload: new Uint8Array(0) };
  }

  /** What does not fit in the room of its question is not sent: a discovery that is answered whole is what floods are made of. */
  *#send(message: CoapMessage, limit: number): Iterable<DecoyOutput> {
    const bytes = writeCoapMessage(message);
    if (bytes.length <= limit) yield { do: 'reply', bytes };
  }

  *#request(
    message: CoapMessage,
    limit: number,
  ): Generator<DecoyOutput, { code: number; options?: CoapOption[]; payload?: Uint8Array }, undefined> {
    const texts = (number: number): string[] =>
      message.options.filter((each) => each.number === number).map(({ value }) => latin1(value));
    const path = texts(option.path).join('/');
    const query = texts(option.query).join('&');
    const method = ['GET', 'POST', 'PUT', 'DELETE'][message.code - 1] ?? `0.${message.code}`;
    const body = latin1(message.payload);
    const input = `${method} /${path}${query === '' ? '' : `?${query}`}${body === '' ? '' : ` ${body}`}`
      .replaceAll(/[^\x20-\x7e]/g, '.')
      .slice(0, 2_048);
    const urls = urlsIn(body);
    yield {
      do: 'saw',
      fact: { kind: 'command', service: 'coap', input, ...(urls.length > 0 ? { urls } : {}) },
    };
    if (message.payload.length >= 64)
      yield { do: 'capture', bytes: message.payload.slice(), how: 'coap-payload', name: path.slice(0, 255) };
    const proxied = texts(option.proxy)[0] ?? '';
    if (proxied !== '' || message.options.some(({ number }) => number === option.proxyScheme)) {
      yield {
        do: 'saw',
        fact: {
          kind: 'exploit',
          service: 'coap',
          class: 'ssrf',
          name: 'coap-proxy',
          cves: [],
          technique: 'T1090',
          detail: proxied.replaceAll(/[^\x20-\x7e]/g, '.').slice(0, 300),
        },
      };
      return { code: code.proxying };
    }
    if (message.options.some(({ number }) => number % 2 === 1 && !understood.has(number)))
      return { code: code.badOption };
    if (message.code > code.delete) return { code: code.notAllowed };
    if (path === '.well-known/core')
      return message.code === code.get ? this.#discovery(message, limit) : { code: code.notAllowed };
    const resource = this.#resources.get(path);
    if (resource === undefined) return { code: code.notFound };
    if (message.code === code.get)
      return {
        code: code.content,
        options: [{ number: option.format, value: new Uint8Array(0) }],
        payload: resource.value,
      };
    if (!resource.writable || message.code === code.delete) return { code: code.notAllowed };
    resource.value = message.payload.slice(0, valueLimit);
    return { code: code.changed };
  }

  /** RFC 6690 §4 in blocks (RFC 7959 §2.2: number, more, size exponent) of the largest size that fits. */
  #discovery(
    message: CoapMessage,
    limit: number,
  ): { code: number; options: CoapOption[]; payload: Uint8Array } {
    const links = Buffer.from(
      [...this.#resources].map(([path, { type }]) => `</${path}>;rt="${type}"`).join(','),
    );
    const asked = message.options.find(({ number }) => number === option.second)?.value;
    const block = asked === undefined ? 6 : asked.reduce((sum, octet) => sum * 256 + octet, 0) & 0xffffff;
    const room = limit - 10 - message.token.length;
    let exponent = Math.min(block & 7, 6);
    while (exponent > 0 && 16 << exponent > room) exponent -= 1;
    const size = 16 << exponent;
    const start = (asked === undefined ? 0 : block >> 4) * (16 << Math.min(block & 7, 6));
    const number = Math.floor(start / size);
    const more = start + size < links.length;
    const value = (number << 4) | (more ? 8 : 0) | exponent;
    const format = { number: option.format, value: Uint8Array.of(40) };
    const isWhole = start === 0 && !more && asked === undefined;
    return {
      code: code.content,
      options: isWhole
        ? [format]
        : [
            format,
            {
              number: option.second,
              value: value < 256 ? Uint8Array.of(value) : Uint8Array.of(value >> 8, value & 0xff),
            },
          ],
      payload: new Uint8Array(links.subarray(start, start + size)),
    };
  }
}

/** A small device with a few readings and a switch; its resources come from the seed. */
export const coap: Decoy = {
  name: 'coap',
  summary: 'Small device with sensors and a switch (CoAP)',
  transport: 'udp',
  ports: [5683],
  recognise: (firstBytes) => confidenceIn('coap', firstBytes, 'udp'),
  open: (context) => new CoapSession(context),
};
