/** The messages of the Android Debug Bridge (system/core/adb/protocol.txt), all numbers little-endian. */

import { Buffer } from 'node:buffer';

export const command = {
  connect: 0x4e584e43,
  auth: 0x48545541,
  open: 0x4e45504f,
  okay: 0x59414b4f,
  close: 0x45534c43,
  write: 0x45545257,
} as const;

export const headBytes = 24;
/** MAX_PAYLOAD of the time in which devices trusted everybody. */
export const maximumData = 262_144;

export interface AdbMessage {
  readonly command: number;
  readonly first: number;
  readonly second: number;
  readonly data: Buffer;
}

// unsigned command       A_CNXN, A_AUTH …
// unsigned arg0, arg1
// unsigned data_length   length of payload (0 is allowed)
// unsigned data_crc32    sum of its octets
// unsigned magic         command ^ 0xffffffff
export function encodeMessage(
  kind: number,
  first: number,
  second: number,
  data: Uint8Array | string,
): Buffer {
  const payload = typeof data === 'string' ? Buffer.from(data, 'latin1') : Buffer.from(data);
  const bytes = Buffer.alloc(headBytes + payload.length);
  let sum = 0;
  for (const octet of payload) sum += octet;
  bytes.writeUInt32LE(kind, 0);
  bytes.writeUInt32LE(first, 4);
  bytes.writeUInt32LE(second, 8);
  bytes.writeUInt32LE(payload.length, 12);
  bytes.writeUInt32LE(sum >>> 0, 16);
  bytes.writeUInt32LE((kind ^ 0xffffffff) >>> 0, 20);
  payload.copy(bytes, headBytes);
  return bytes;
}

/** Octets of the message whose head this is; -1 where adbd hangs up on it. */
export function messageLength(head: Buffer): number {
  const kind = head.readUInt32LE(0);
  const length = head.readUInt32LE(12);
  const isSound = head.readUInt32LE(20) === (kind ^ 0xffffffff) >>> 0;
  return isSound && length <= maximumData ? headBytes + length : -1;
}

export function decodeMessage(bytes: Buffer): AdbMessage {
  return {
    command: bytes.readUInt32LE(0),
    first: bytes.readUInt32LE(4),
    second: bytes.readUInt32LE(8),
    data: bytes.subarray(headBytes),
  };
}
