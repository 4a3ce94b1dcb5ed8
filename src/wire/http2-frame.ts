/**
 * Frames of HTTP/2 (RFC 9113 §4.1) as they are written.
 *
 *     uint24  length of the payload
 *     uint8   type
 *     uint8   flags
 *     uint32  stream, the highest bit reserved
 *     byte[]  payload
 */

import { Buffer } from 'node:buffer';

export const frameType = {
  data: 0,
  headers: 1,
  priority: 2,
  resetStream: 3,
  settings: 4,
  pushPromise: 5,
  ping: 6,
  goAway: 7,
  windowUpdate: 8,
  continuation: 9,
} as const;

export const frameFlag = {
  /** Of SETTINGS and PING. */
  acknowledge: 1,
  /** Of DATA and HEADERS. */
  endStream: 1,
  endHeaders: 4,
  padded: 8,
  priority: 32,
} as const;

/** RFC 9113 §7. */
export const http2Error = {
  none: 0,
  protocol: 1,
  flowControl: 3,
  streamClosed: 5,
  frameSize: 6,
  refusedStream: 7,
  compression: 9,
  enhanceYourCalm: 11,
} as const;

export type Http2Error = (typeof http2Error)[keyof typeof http2Error];

/** RFC 9113 §6.5.2. */
export const http2Setting = {
  headerTableSize: 1,
  enablePush: 2,
  maxConcurrentStreams: 3,
  initialWindowSize: 4,
  maxFrameSize: 5,
} as const;

/** §3.4: what a client says first. */
export const http2Preface: Uint8Array = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'latin1');

export const headOctets = 9;
/** §6.9.1: the largest window. */
export const largestWindow = 0x7fff_ffff;
/** §6.9.2: what a window is before anybody says otherwise. */
export const firstWindow = 65_535;
/** §4.2: what a frame may hold before the receiver allows more. */
export const firstFrameSize = 16_384;
export const largestFrameSize = 16_777_215;

export function frame(type: number, flags: number, stream: number, payload: Uint8Array): Buffer {
  const bytes = Buffer.alloc(headOctets + payload.length);
  bytes.writeUIntBE(payload.length, 0, 3);
  bytes[3] = type;
  bytes[4] = flags;
  bytes.writeUInt32BE(stream, 5);
  bytes.set(payload, headOctets);
  return bytes;
}

/** §6.5: uint16 identifier and uint32 value, as often as there are settings. */
export function settingsFrame(settings: readonly (readonly [identifier: number, value: number])[]): Buffer {
  const payload = Buffer.alloc(6 * settings.length);
  settings.forEach(([identifier, value], index) => {
    payload.writeUInt16BE(identifier, 6 * index);
    payload.writeUInt32BE(value, 6 * index + 2);
  });
  return frame(frameType.settings, 0, 0, payload);
}

/** The same as pairs. */
export function readSettings(payload: Uint8Array): (readonly [identifier: number, value: number])[] {
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  const pairs: (readonly [number, number])[] = [];
  for (let at = 0; at + 6 <= payload.length; at += 6)
    pairs.push([view.getUint16(at), view.getUint32(at + 2)]);
  return pairs;
}

/** §6.9: uint32 by how much. */
export function windowUpdateFrame(stream: number, increment: number): Buffer {
  const payload = Buffer.alloc(4);
  payload.writeUInt32BE(increment);
  return frame(frameType.windowUpdate, 0, stream, payload);
}

/** §6.4: uint32 error. */
export function resetStreamFrame(stream: number, error: Http2Error): Buffer {
  const payload = Buffer.alloc(4);
  payload.writeUInt32BE(error);
  return frame(frameType.resetStream, 0, stream, payload);
}

/** §6.8: uint32 last stream, uint32 error. */
export function goAwayFrame(lastStream: number, error: Http2Error): Buffer {
  const payload = Buffer.alloc(8);
  payload.writeUInt32BE(lastStream);
  payload.writeUInt32BE(error, 4);
  return frame(frameType.goAway, 0, 0, payload);
}

/** §4.3: a header block, in as many frames as the receiver's frame size asks for. */
export function headersFrames(
  stream: number,
  block: Uint8Array,
  isEnd: boolean,
  largestPayload: number,
): Buffer {
  const frames: Buffer[] = [];
  for (let from = 0; from === 0 || from < block.length; from += largestPayload) {
    const isLast = from + largestPayload >= block.length;
    const flags = (isLast ? frameFlag.endHeaders : 0) | (from === 0 && isEnd ? frameFlag.endStream : 0);
    const type = from === 0 ? frameType.headers : frameType.continuation;
    frames.push(frame(type, flags, stream, block.subarray(from, from + largestPayload)));
  }
  return Buffer.concat(frames);
}
