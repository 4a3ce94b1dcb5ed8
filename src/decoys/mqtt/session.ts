import { Buffer } from 'node:buffer';
import type { DecoyContext, DecoyOutput, DecoySession } from '../../core/decoy.ts';
import { latin1, octets, uint16 } from '../../wire/big-endian.ts';
import { ByteCursor } from '../../wire/byte-cursor.ts';
import {
  encodeVariable,
  MqttReader,
  mqttPacket,
  mqttText,
  mqttType,
  readMqttText,
  readProperties,
  readVariable,
  type MqttPacket,
} from '../../wire/mqtt-packet.ts';
import { urlsIn } from '../../wire/url-text.ts';
import { loginAccepted } from '../http/login-attempt.ts';
import { brokerOf, type Message } from './broker.ts';
import { readConnect, type Connect } from './connect.ts';
import { isTopicFilter, isTopicName, matchesTopic } from './topic.ts';

const packetLimit = 1024 * 1024;
const packetsPerConnection = 5_000;
const subscriptionLimit = 64;
const inFlightLimit = 100;
/** Octets that one connection is told of retained messages: '#' over and over must not cost more than it should. */
const deliveryLimit = 4 * 1024 * 1024;

const printable = (text: string, limit: number): string =>
  text.replaceAll(/[^\x20-\x7e]/g, '.').slice(0, limit);

export class MqttSession implements DecoySession {
  readonly #context: DecoyContext;
  readonly #reader = new MqttReader(packetLimit);
  readonly #broker: ReturnType<typeof brokerOf>;
  #client: Connect | null = null;
  readonly #subscriptions = new Map<string, number>();
  /** Messages of QoS 2 that wait for their release. */
  readonly #waiting = new Map<number, Message & { readonly retain: boolean }>();
  readonly #aliases = new Map<number, string>();
  #nextId = 1;
  #begun = false;
  #packets = 0;
  #delivered = 0;
  #over = false;

  constructor(context: DecoyContext) {
    this.#context = context;
    this.#broker = brokerOf(context.persona);
  }

  *receive(bytes: Uint8Array): Iterable<DecoyOutput> {
    if (this.#over || bytes.length === 0) return;
    if (!this.#begun && (bytes[0] ?? 0) >> 4 !== mqttType.connect) {
      // Mosquitto looks at the first octet alone before a client is known.
      yield* this.#close();
      return;
    }
    this.#begun = true;
    for (const packet of this.#reader.push(bytes)) {
      this.#packets += 1;
      if (packet === 'bad' || this.#packets > packetsPerConnection) yield* this.#close();
      else yield* this.#take(packet);
      if (this.#over) return;
    }
  }

  *#close(): Iterable<DecoyOutput> {
    this.#over = true;
    yield { do: 'close' };
  }

  /** MQTT 5 says why it goes (§3.14): uint8 reason. Earlier ones just go. */
  *#disconnect(reason: number): Iterable<DecoyOutput> {
    if (this.#client?.level === 5) yield this.#reply(mqttType.disconnect, 0, reason);
    yield* this.#close();
  }

  #reply(type: number, flags: number, ...parts: readonly (number | string | Uint8Array)[]): DecoyOutput {
    return { do: 'reply', bytes: mqttPacket(type, flags, ...parts) };
  }

  #command(input: string, urls: readonly string[] = []): DecoyOutput {
    return {
      do: 'saw',
      fact: { kind: 'command', service: 'mqtt', input, ...(urls.length > 0 ? { urls } : {}) },
    };
  }

  *#take(packet: MqttPacket): Iterable<DecoyOutput> {
    if (this.#client === null) {
      if (packet.type === mqttType.connect && packet.flags === 0) yield* this.#connect(packet.body);
      else yield* this.#close();
      return;
    }
    switch (packet.type) {
      case mqttType.publish:
        yield* this.#publish(packet);
        break;
      case mqttType.pubrel:
        yield* this.#release(packet);
        break;
      case mqttType.pubrec:
        // §3.5: the client has our message of QoS 2.
        if (packet.body.length < 2) yield* this.#disconnect(0x81);
        else yield this.#reply(mqttType.pubrel, 2, packet.body.subarray(0, 2));
        break;
      case mqttType.puback:
      case mqttType.pubcomp:
        break;
      case mqttType.subscribe:
        yield* this.#subscribe(packet);
        break;
      case mqttType.unsubscribe:
        yield* this.#unsubscribe(packet);
        break;
      case mqttType.pingreq:
        yield this.#reply(mqttType.pingresp, 0);
        break;
      case mqttType.disconnect:
        yield* this.#close();
        break;
      default:
        yield* this.#disconnect(0x82);
    }
  }

  *#connect(body: Uint8Array): Iterable<DecoyOutput> {
    const asked = readConnect(body);
    if (asked === 'close') {
      yield* this.#close();
      return;
    }
    if (asked === 'version') {
      // Mosquitto: CONNACK with return code 1, whatever the version.
      yield this.#reply(mqttType.connack, 0, 0, 1);
      yield* this.#close();
      return;
    }
    const five = asked.level === 5;
    const refuse = (three: number, reason: number): DecoyOutput =>
      five ? this.#reply(mqttType.connack, 0, 0, reason, 0) : this.#reply(mqttType.connack, 0, 0, three);
    if (asked.clientId === '' && !five && (asked.level === 3 || !asked.clean)) {
      yield refuse(2, 0x85);
      yield* this.#close();
      return;
    }
    const accepted = this.#letsIn(asked);
    yield {
      do: 'saw',
      fact: {
        kind: 'auth',
        service: 'mqtt',
        user: (asked.user ?? '').slice(0, 256),
        method: asked.user === null ? 'none' : 'password',
        ...(asked.password === null ? {} : { password: asked.password.slice(0, 256) }),
        accepted,
      },
    };
    const version = { 3: '3.1', 4: '3.1.1', 5: '5.0' }[asked.level] ?? '';
    yield this.#command(
      `CONNECT ${version} client=${printable(asked.clientId, 128)} keepalive=${asked.keepAlive}`,
    );
    if (asked.will !== null) {
      const { topic, payload } = asked.will;
      const text = latin1(payload);
      yield this.#command(`WILL ${printable(topic, 256)} ${printable(text, 1_024)}`, urlsIn(text));
    }
    if (!accepted) {
      // §3.2.2.3: 5 is “not authorized”; MQTT 5: 0x87.
      yield refuse(5, 0x87);
      yield* this.#close();
      return;
    }
    this.#client = asked;
    if (!five) {
      yield this.#reply(mqttType.connack, 0, 0, 0);
      return;
    }
    // §3.2.2.3: topic alias maximum 34, assigned client identifier 18, receive maximum 33.
    const properties = octets(
      34,
      uint16(10),
      ...(asked.clientId === '' ? [18, mqttText(this.#assignedId())] : []),
      33,
      uint16(20),
    );
    yield this.#reply(mqttType.connack, 0, 0, 0, encodeVariable(properties.length), properties);
  }

  /** `auto-` and a random UUID in upper case, as since 1.5. */
  #assignedId(): string {
    const hex = Buffer.from(this.#context.randomBytes(16)).toString('hex').toUpperCase();
    return `auto-${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-A${hex.slice(17, 20)}-${hex.slice(20)}`;
  }

  #letsIn(asked: Connect): boolean {
    // With allow_anonymous and no password file any name is let in, too.
    if (this.#broker.identity.anonymous) {
      if (asked.user !== null) this.#context.countAttempt();
      return true;
    }
    if (asked.user === null || asked.password === null) return false;
    const attempt = { user: asked.user, password: asked.password, method: 'password' as const };
    return loginAccepted(this.#context.persona.login, attempt, this.#context.countAttempt());
  }

  /**
   * §3.3. Flags: dup, qos (2 bits), retain.
   *
   *     string   topic
   *     uint16   packet id, where qos > 0
   *     properties (5)
   *     byte[]   payload
   */
  *#publish(packet: MqttPacket): Iterable<DecoyOutput> {
    const cursor = new ByteCursor(packet.body);
    const qos = (packet.flags >> 1) & 3;
    const retain = (packet.flags & 1) === 1;
    let topic = readMqttText(cursor);
    const id = qos > 0 ? cursor.uint16() : 0;
    const properties = this.#client?.level === 5 ? readProperties(cursor) : new Map<number, number>();
    if (topic === null || qos === 3 || properties === null || cursor.failed || (qos > 0 && id === 0)) {
      yield* this.#disconnect(0x81);
      return;
    }
    const alias = properties.get(35);
    if (typeof alias === 'number') {
      if (alias === 0 || alias > 10) {
        yield* this.#disconnect(0x94);
        return;
      }
      if (topic === '') topic = this.#aliases.get(alias) ?? '';
      else this.#aliases.set(alias, topic);
    }
    if (!isTopicName(topic)) {
      yield* this.#disconnect(topic === '' ? 0x82 : 0x90);
      return;
    }
    const payload = Uint8Array.from(cursor.rest());
    const text = latin1(payload);
    const flags = `qos=${qos}${retain ? ' retain' : ''}`;
    yield this.#command(`PUBLISH ${printable(topic, 256)} ${flags} ${printable(text, 2_048)}`, urlsIn(text));
    if (payload.length >= 64)
      yield { do: 'capture', bytes: payload, how: 'mqtt-publish', name: printable(topic, 255) };
    const message = { topic, payload, qos, retain };
    if (qos === 2) {
      if (this.#waiting.size >= inFlightLimit) {
        yield* this.#disconnect(0x93);
        return;
      }
      this.#waiting.set(id, message);
      yield this.#reply(mqttType.pubrec, 0, uint16(id));
      return;
    }
    yield* this.#distribute(message);
    if (qos === 1) {
      const heard = [...this.#subscriptions.keys()].some((filter) => matchesTopic(filter, message.topic));
      // MQTT 5: 0x10 says that nobody listens.
      const nobody = this.#client?.level === 5 && !heard && !retain;
      yield this.#reply(mqttType.puback, 0, uint16(id), ...(nobody ? [0x10] : []));
    }
  }

  *#release(packet: MqttPacket): Iterable<DecoyOutput> {
    if (packet.body.length < 2 || packet.flags !== 2) {
      yield* this.#disconnect(0x81);
      return;
    }
    const id = new ByteCursor(packet.body).uint16();
    const message = this.#waiting.get(id);
    this.#waiting.delete(id);
    yield this.#reply(mqttType.pubcomp, 0, uint16(id));
    if (message !== undefined) yield* this.#distribute(message);
  }

  *#distribute(message: Message & { readonly retain: boolean }): Iterable<DecoyOutput> {
    // What begins with `$` is the broker's own.
    if (message.topic.startsWith('$')) return;
    if (message.retain) this.#broker.retain(this.#context.source, message);
    const matching = [...this.#subscriptions].filter(([filter]) => matchesTopic(filter, message.topic));
    if (matching.length > 0)
      yield* this.#deliver(message, Math.max(...matching.map(([, qos]) => qos)), false);
  }

  *#deliver(message: Message, granted: number, retained: boolean): Iterable<DecoyOutput> {
    this.#delivered += message.payload.length + message.topic.length + 8;
    if (this.#delivered > deliveryLimit) return;
    const qos = Math.min(message.qos, granted);
    const id = qos > 0 ? [uint16(this.#nextId)] : [];
    if (qos > 0) this.#nextId = (this.#nextId % 65_535) + 1;
    const properties = this.#client?.level === 5 ? [0] : [];
    yield this.#reply(
      mqttType.publish,
      (qos << 1) | (retained ? 1 : 0),
      mqttText(message.topic),
      ...id,
      ...properties,
      message.payload,
    );
  }

  /**
   * §3.8.
   *
   *     uint16   packet id
   *     properties (5)
   *     { string filter; uint8 options: qos (2 bits), in 5 no-local, retain as published, retain handling (2 bits) } …
   */
  *#subscribe(packet: MqttPacket): Iterable<DecoyOutput> {
    const cursor = new ByteCursor(packet.body);
    const five = this.#client?.level === 5;
    const id = cursor.uint16();
    if (packet.flags !== 2 || id === 0 || (five && readProperties(cursor) === null) || cursor.left === 0) {
      yield* this.#disconnect(0x81);
      return;
    }
    const granted: number[] = [];
    const added: [string, number][] = [];
    while (cursor.left > 0) {
      const filter = readMqttText(cursor);
      const options = cursor.uint8();
      const qos = options & 3;
      if (filter === null || cursor.failed || !isTopicFilter(filter) || qos === 3 || (!five && options > 2)) {
        yield* this.#disconnect(0x81);
        return;
      }
      yield this.#command(`SUBSCRIBE ${printable(filter, 512)} qos=${qos}`);
      const isNew = !this.#subscriptions.has(filter);
      if (isNew && this.#subscriptions.size >= subscriptionLimit) {
        granted.push(five ? 0x97 : 0x80);
        continue;
      }
      this.#subscriptions.set(filter, qos);
      granted.push(qos);
      const handling = (options >> 4) & 3;
      if (handling === 0 || (handling === 1 && isNew)) added.push([filter, qos]);
    }
    yield this.#reply(mqttType.suback, 0, uint16(id), ...(five ? [0] : []), Uint8Array.from(granted));
    const retained = added.length === 0 ? [] : this.#broker.retained(this.#context);
    for (const [filter, qos] of added) {
      for (const message of retained)
        if (matchesTopic(filter, message.topic)) yield* this.#deliver(message, qos, true);
    }
  }

  /** §3.10: uint16 packet id, properties (5), string filter … */
  *#unsubscribe(packet: MqttPacket): Iterable<DecoyOutput> {
    const cursor = new ByteCursor(packet.body);
    const five = this.#client?.level === 5;
    const id = cursor.uint16();
    if (packet.flags !== 2 || id === 0 || (five && readVariable(cursor) !== 0) || cursor.left === 0) {
      yield* this.#disconnect(0x81);
      return;
    }
    const reasons: number[] = [];
    while (cursor.left > 0) {
      const filter = readMqttText(cursor);
      if (filter === null || !isTopicFilter(filter)) {
        yield* this.#disconnect(0x81);
        return;
      }
      reasons.push(this.#subscriptions.delete(filter) ? 0 : 0x11);
    }
    yield this.#reply(mqttType.unsuback, 0, uint16(id), ...(five ? [0, Uint8Array.from(reasons)] : []));
  }
}
