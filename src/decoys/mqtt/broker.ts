/**
 * What the broker holds: $SYS, the machine's own retained messages, and what a visitor left. Each source sees only its own
 * leavings, so that nobody can use the decoy to pass messages to others.
 */

import { Buffer } from 'node:buffer';
import type { DecoyContext } from '../../core/decoy.ts';
import type { Persona } from '../../core/persona.ts';
import { below, hexDigits, pick } from '../../core/random.ts';

export interface Message {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly qos: number;
}

const sourceLimit = 512;
const retainedLimit = 64;
const retainedOctets = 64 * 1024;

export interface BrokerIdentity {
  readonly version: string;
  readonly anonymous: boolean;
  readonly topics: ReadonlyMap<string, string>;
}

class Broker {
  readonly identity: BrokerIdentity;
  readonly #left = new Map<string, Map<string, Message>>();
  connected = 0;

  constructor(persona: Persona) {
    this.identity = identityOf(persona);
  }

  /** Keeps or, with an empty payload, clears (§3.3.1.3). */
  retain(source: string, message: Message): void {
    const mine = this.#left.get(source) ?? new Map<string, Message>();
    this.#left.delete(source);
    mine.delete(message.topic);
    const octets = mine.values().reduce((sum, each) => sum + each.payload.length + each.topic.length, 0);
    if (
      mine.size < retainedLimit &&
      octets + message.payload.length + message.topic.length <= retainedOctets
    ) {
      mine.set(message.topic, message);
    }
    this.#left.set(source, mine);
    const oldest = this.#left.keys().next().value;
    if (this.#left.size > sourceLimit && oldest !== undefined) this.#left.delete(oldest);
  }

  /** All retained messages as this visitor finds them, in the order of the topics. */
  retained(context: DecoyContext): Message[] {
    const found = new Map<string, Message>();
    for (const [topic, text] of [...this.identity.topics, ...this.#system(context)]) {
      found.set(topic, { topic, payload: Buffer.from(text), qos: topic.startsWith('$SYS') ? 2 : 0 });
    }
    for (const [topic, message] of this.#left.get(context.source) ?? []) {
      if (message.payload.length === 0) found.delete(topic);
      else found.set(topic, message);
    }
    return [...found.values()];
  }

  /** mosquitto(8), “Broker Status”: what it publishes every ten seconds. */
  #system(context: DecoyContext): [string, string][] {
    const { persona } = context;
    const random = persona.random('mqtt-load');
    const uptime = Math.max(11, Math.floor((context.now() - persona.bootedAt) / 1_000) - below(random, 40));
    const shown = uptime - (uptime % 10) + 1;
    const clients = 1 + below(random, 6);
    const rate = 0.5 + below(random, 400) / 100;
    const received = Math.floor((shown / 60) * rate) + clients;
    const sent = received + Math.floor(received * (below(random, 60) / 100));
    const perMessage = 30 + below(random, 60);
    const heap = 48_000 + below(random, 40_000);
    const load = (name: string, value: number): [string, string][] =>
      (['1min', '5min', '15min'] as const).map((span, index) => [
        `$SYS/broker/load/${name}/${span}`,
        (value * (1 + (index - 1) / 50)).toFixed(2),
      ]);
    return [
      ['$SYS/broker/version', `mosquitto version ${this.identity.version}`],
      ['$SYS/broker/uptime', `${shown} seconds`],
      ['$SYS/broker/clients/total', String(clients)],
      ['$SYS/broker/clients/inactive', '0'],
      ['$SYS/broker/clients/disconnected', '0'],
      ['$SYS/broker/clients/active', String(clients)],
      ['$SYS/broker/clients/connected', String(clients)],
      ['$SYS/broker/clients/expired', '0'],
      ['$SYS/broker/clients/maximum', String(clients + below(random, 4))],
      ...load('messages/received', rate),
      ...load('messages/sent', (rate * sent) / received),
      ...load('publish/received', rate / 2),
      ...load('publish/sent', rate),
      ...load('bytes/received', rate * perMessage),
      ...load('bytes/sent', rate * perMessage),
      ...load('sockets', 0.2),
      ...load('connections', 0.2),
      ['$SYS/broker/messages/stored', String(this.identity.topics.size + 48)],
      ['$SYS/broker/messages/received', String(received)],
      ['$SYS/broker/messages/sent', String(sent)],
      ['$SYS/broker/store/messages/count', String(this.identity.topics.size + 48)],
      ['$SYS/broker/store/messages/bytes', String(240 + below(random, 200))],
      ['$SYS/broker/subscriptions/count', String(clients * 2)],
      ['$SYS/broker/retained messages/count', String(this.identity.topics.size + 48)],
      ['$SYS/broker/heap/current', String(heap)],
      ['$SYS/broker/heap/maximum', String(heap + 900 + below(random, 4_000))],
      ['$SYS/broker/publish/messages/dropped', '0'],
      ['$SYS/broker/publish/messages/received', String(received >> 1)],
      ['$SYS/broker/publish/messages/sent', String(sent)],
      ['$SYS/broker/publish/bytes/received', String((received >> 1) * 12)],
      ['$SYS/broker/publish/bytes/sent', String(sent * 14)],
      ['$SYS/broker/bytes/received', String(received * perMessage)],
      ['$SYS/broker/bytes/sent', String(sent * perMessage)],
    ];
  }
}

const rooms = [
  'livingroom',
  'kitchen',
  'garage',
  'bedroom',
  'office',
  'hallway',
  'cellar',
  'server-room',
] as const;

/** What people keep in a broker that is open to the world: home automation, Zigbee bridges, trackers. */
function drawTopics(persona: Persona): Map<string, string> {
  const random = persona.random('mqtt-topics');
  const topics = new Map<string, string>();
  const temperature = (): string => (17 + below(random, 90) / 10).toFixed(1);
  const kind = below(random, 3);
  if (kind === 0) {
    for (let index = 0; index < 2 + below(random, 4); index += 1) {
      const name = `tasmota_${hexDigits(random, 6).toUpperCase()}`;
      topics.set(`tele/${name}/LWT`, 'Online');
      topics.set(`stat/${name}/POWER`, pick(random, ['ON', 'OFF']));
      topics.set(
        `tele/${name}/INFO2`,
        `{"Info2":{"WebServerMode":"Admin","Hostname":"${name}","IPAddress":"192.168.1.${20 + below(random, 200)}"}}`,
      );
    }
  } else if (kind === 1) {
    topics.set('zigbee2mqtt/bridge/state', 'online');
    for (let index = 0; index < 2 + below(random, 5); index += 1) {
      const room = pick(random, rooms);
      topics.set(
        `zigbee2mqtt/${room}_${pick(random, ['sensor', 'climate', 'thermo'])}`,
        `{"battery":${40 + below(random, 60)},"humidity":${30 + below(random, 40)},"linkquality":${30 + below(random, 200)},"temperature":${temperature()},"voltage":${2_700 + below(random, 400)}}`,
      );
    }
  } else {
    for (let index = 0; index < 3 + below(random, 4); index += 1) {
      topics.set(`home/${pick(random, rooms)}/temperature`, temperature());
      topics.set(`home/${pick(random, rooms)}/humidity`, String(30 + below(random, 45)));
    }
    topics.set(`home/${pick(random, rooms)}/door`, pick(random, ['open', 'closed']));
  }
  return topics;
}

function identityOf(persona: Persona): BrokerIdentity {
  const random = persona.random('mqtt');
  const software = persona.software['mqtt'];
  const details = software?.details ?? {};
  const listed = (details['topics'] ?? '')
    .split('\n')
    .map((line) => line.split('=', 2))
    .flatMap(([topic = '', value = '']) => (topic === '' ? [] : [[topic, value] as const]));
  const drawnVersion = pick(random, ['1.4.10', '1.5.7', '1.6.9', '1.6.12', '2.0.11', '2.0.14', '2.0.15']);
  const drawnAnonymous = below(random, 3) > 0;
  return {
    version: software?.version ?? drawnVersion,
    anonymous: details['anonymous'] === undefined ? drawnAnonymous : details['anonymous'] === 'yes',
    topics: listed.length > 0 ? new Map(listed) : drawTopics(persona),
  };
}

const brokers = new WeakMap<Persona, Broker>();

export function brokerOf(persona: Persona): Broker {
  const known = brokers.get(persona);
  if (known !== undefined) return known;
  const broker = new Broker(persona);
  brokers.set(persona, broker);
  return broker;
}
