/**
 * WebSocket (RFC 6455) on the server's side: the handshake's answer, frames in both directions, bounded.
 *
 *     bit fin, rsv[3], opcode[4]; bit mask, length[7] (126: uint16 follows, 127: uint64); mask[4] from a client; payload
 */

import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';

const frameLimit = 1_048_576;

export type WebSocketEvent =
  | { readonly kind: 'message'; readonly bytes: Uint8Array }
  | { readonly kind: 'ping'; readonly bytes: Uint8Array }
  | { readonly kind: 'close' }
  /** No frame of a client: the last event. */
  | { readonly kind: 'bad' };

/** Value of `Sec-WebSocket-Accept` (§4.2.2). */
export const acceptanceOf = (key: string): string =>
  createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');

/** A whole frame as a server sends it, unmasked. Opcodes: 1 text, 2 binary, 8 close, 10 pong. */
export function webSocketFrame(opcode: 1 | 2 | 8 | 10, payload: Uint8Array): Uint8Array {
  const { length } = payload;
  const head = Buffer.alloc(length < 126 ? 2 : length < 65_536 ? 4 : 10);
  head[0] = 0x80 | opcode;
  if (length < 126) head[1] = length;
  else if (length < 65_536) {
    head[1] = 126;
    head.writeUInt16BE(length, 2);
  } else {
    head[1] = 127;
    head.writeUInt32BE(length, 6);
  }
  return new Uint8Array(Buffer.concat([head, payload]));
}

export class WebSocketReader {
  #held: Buffer = Buffer.alloc(0);
  #message: Buffer[] = [];
  #messageBytes = 0;
  #dead = false;

  /** Takes the next bytes and yields what they complete. */
  *push(bytes: Uint8Array): Generator<WebSocketEvent, void, undefined> {
    if (this.#dead) return;
    this.#held = Buffer.concat([this.#held, bytes]);
    for (;;) {
      const event = this.#frame();
      if (event === 'wait') return;
      if (event === 'go') continue;
      this.#dead = event.kind === 'bad' || event.kind === 'close';
      yield event;
      if (this.#dead) return;
    }
  }

  #frame(): WebSocketEvent | 'wait' | 'go' {
    const held = this.#held;
    if (held.length < 2) return 'wait';
    const first = held.readUInt8(0);
    const second = held.readUInt8(1);
    const opcode = first & 0x0f;
    // §5.1: a client masks; §5.2: no extension was agreed on.
    if ((second & 0x80) === 0 || (first & 0x70) !== 0) return { kind: 'bad' };
    const short = second & 0x7f;
    const lengthBytes = short === 126 ? 2 : short === 127 ? 8 : 0;
    if (held.length < 2 + lengthBytes) return 'wait';
    const length =
      short === 126
        ? held.readUInt16BE(2)
        : short === 127
          ? held.readUInt32BE(2) * 2 ** 32 + held.readUInt32BE(6)
          : short;
    if (length > frameLimit || (opcode >= 8 && (length > 125 || first < 0x80))) return { kind: 'bad' };
    const start = 2 + lengthBytes + 4;
    if (held.length < start + length) return 'wait';
    const payload = Buffer.from(held.subarray(start, start + length));
    for (let index = 0; index < length; index += 1)
      payload[index] = (payload[index] ?? 0) ^ (held[start - 4 + (index & 3)] ?? 0);
    this.#held = held.subarray(start + length);
    if (opcode === 8) return { kind: 'close' };
    if (opcode === 9) return { kind: 'ping', bytes: Uint8Array.from(payload) };
    if (opcode === 10) return 'go';
    if (opcode > 2) return { kind: 'bad' };
    this.#message.push(payload);
    this.#messageBytes += length;
    if (this.#messageBytes > frameLimit) return { kind: 'bad' };
    if (first < 0x80) return 'go';
    const bytes = Uint8Array.from(Buffer.concat(this.#message));
    this.#message = [];
    this.#messageBytes = 0;
    return { kind: 'message', bytes };
  }
}
