/** The first packet of a client. */

import { latin1 } from '../../wire/big-endian.ts';
import { ByteCursor } from '../../wire/byte-cursor.ts';
import { readMqttText, readProperties } from '../../wire/mqtt-packet.ts';

export interface Will {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly qos: number;
  readonly retain: boolean;
}

export interface Connect {
  /** 3 for MQTT 3.1, 4 for 3.1.1, 5. */
  readonly level: number;
  readonly clean: boolean;
  readonly keepAlive: number;
  readonly clientId: string;
  readonly will: Will | null;
  readonly user: string | null;
  readonly password: string | null;
}

/**
 * MQTT 3.1.1 §3.1, 5.0 §3.1.
 *
 *     string   "MQTT", in 3.1 "MQIsdp"
 *     uint8    level: 3, 4, 5
 *     uint8    flags: user, password, will retain, will qos (2 bits), will, clean, reserved 0
 *     uint16   keep alive, seconds
 *     properties (5)
 *     string   client id; then as flagged: [properties (5)] string will topic, binary will payload; string user; binary password
 *
 * 'close' where Mosquitto closes without a word, 'version' where it says that it does not speak this version.
 */
export function readConnect(body: Uint8Array): Connect | 'close' | 'version' {
  const cursor = new ByteCursor(body);
  const name = readMqttText(cursor);
  const level = cursor.uint8();
  if (cursor.failed) return 'close';
  if (name === 'MQIsdp') {
    if ((level & 0x7f) !== 3) return 'version';
  } else if (name === 'MQTT') {
    if ((level & 0x7f) !== 4 && level !== 5) return 'version';
  } else return 'close';
  const flags = cursor.uint8();
  const plain = level & 0x7f;
  if (plain !== 3 && (flags & 1) === 1) return 'close';
  const hasWill = (flags & 4) !== 0;
  const qos = (flags >> 3) & 3;
  const retain = (flags & 0x20) !== 0;
  if (qos === 3 || (!hasWill && (qos > 0 || retain))) return 'close';
  const hasUser = (flags & 0x80) !== 0;
  const hasPassword = (flags & 0x40) !== 0;
  // §3.1.2.9: before MQTT 5 there is no password without a user.
  if (hasPassword && !hasUser && plain !== 5) return 'close';
  const keepAlive = cursor.uint16();
  if (plain === 5 && readProperties(cursor) === null) return 'close';
  const clientId = readMqttText(cursor);
  if (clientId === null) return 'close';
  let will: Will | null = null;
  if (hasWill) {
    if (plain === 5 && readProperties(cursor) === null) return 'close';
    const topic = readMqttText(cursor);
    const payload = cursor.take(cursor.uint16()).slice();
    if (topic === null || topic === '' || cursor.failed) return 'close';
    will = { topic, payload, qos, retain };
  }
  const user = hasUser ? readMqttText(cursor) : null;
  if (hasUser && user === null) return 'close';
  const password = hasPassword ? latin1(cursor.take(cursor.uint16())) : null;
  if (cursor.failed) return 'close';
  return { level: plain, clean: (flags & 2) !== 0, keepAlive, clientId, will, user, password };
}
