/** The exchange of capabilities behind the login, which ends in a session without a picture: [MS-RDPBCGR] §1.3.1.1, §2.2.1.13 to §2.2.1.22. */

import { Buffer } from 'node:buffer';
import { userChannel } from './server-data.ts';

const serverChannel = 1002;
const shareId = 0x000103ea;

const words = (...values: readonly number[]): Buffer => {
  const bytes = Buffer.alloc(values.length * 2);
  for (const [index, value] of values.entries()) bytes.writeUInt16LE(value, index * 2);
  return bytes;
};

const double = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
};

/** capabilitySetType (2), lengthCapability (2) with this head, data filled up with zeros. */
function capability(type: number, length: number, ...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(length);
  words(type, length, ...values).copy(bytes);
  return bytes;
}

// shareControlHeader: totalLength (2), pduType (2), PDUSource (2)
function shareControl(type: number, body: Uint8Array): Buffer {
  return Buffer.concat([words(6 + body.length, type, serverChannel), body]);
}

// TS_DEMAND_ACTIVE_PDU: shareControlHeader, shareId (4), lengthSourceDescriptor (2), lengthCombinedCapabilities (2), sourceDescriptor,
// numberCapabilities (2), pad (2), capabilitySets, sessionId (4)
export function demandActive(width: number, height: number): Buffer {
  const order = capability(3, 88);
  // desktopSaveXGranularity 1, YGranularity 20; maximumOrderLevel 1; NEGOTIATEORDERSUPPORT and ZEROBOUNDSDELTASSUPPORT; 480 by 480
  words(1, 20, 0, 1, 0, 0x22).copy(order, 24);
  double(230_400).copy(order, 76);
  const input = capability(13, 88, 0x0015);
  const sets = [
    capability(9, 8, serverChannel, 0x2f4e),
    // OSMAJORTYPE_WINDOWS, OSMINORTYPE_WINDOWS NT, version 0x200; FASTPATH_OUTPUT, LONG_CREDENTIALS, NO_BITMAP_COMPRESSION_HDR
    capability(1, 24, 1, 3, 0x0200, 0, 0, 0x0405, 0, 0, 0, 0x0101),
    capability(20, 12, 0, 0, 1600),
    capability(2, 28, 32, 1, 1, 1, width, height, 0, 1, 1, 0, 1),
    order,
    capability(8, 10, 1, 25, 25),
    input,
  ];
  const combined = Buffer.concat([words(sets.length, 0), ...sets]);
  const body = [double(shareId), words(4, combined.length), Buffer.from('RDP\0'), combined, double(0)];
  return shareControl(0x11, Buffer.concat(body));
}

// shareDataHeader: shareControlHeader, shareId (4), pad, streamId, uncompressedLength (2), pduType2, compressedType, compressedLength (2)
function shareData(type: number, body: Buffer): Buffer {
  const head = Buffer.concat([
    double(shareId),
    Buffer.of(0, 1),
    words(body.length + 4),
    Buffer.of(type, 0, 0, 0),
  ]);
  return shareControl(0x17, Buffer.concat([head, body]));
}

/** Synchronize, Control (cooperate, granted) and Font Map: what ends the exchange. */
export function finalization(): Buffer[] {
  return [
    shareData(31, words(1, userChannel)),
    shareData(20, Buffer.concat([words(4, 0), double(0)])),
    shareData(20, Buffer.concat([words(2, userChannel), double(serverChannel)])),
    shareData(40, words(0, 0, 3, 4)),
  ];
}

/** The kind of a data message of the client: `fonts` ends its side of the exchange. `data` starts at the share control header. */
export function isFontList(data: Buffer): boolean {
  return data.length >= 18 && (data.readUInt16LE(2) & 0x0f) === 7 && data[14] === 39;
}
