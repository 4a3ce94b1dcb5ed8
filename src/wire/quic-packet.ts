/** The long header of QUIC packets (RFC 9000 §17.2), which versions share (RFC 8999 §5.1). */

import { uint32, octets } from './big-endian.ts';

/** The versions of which the Initial packets can be read: RFC 9000 and RFC 9369. */
export const quicVersions = { one: 1, two: 0x6b33_43cf } as const;

export interface LongHeader {
  readonly version: number;
  readonly destinationId: Uint8Array;
  readonly sourceId: Uint8Array;
  /** Where the part begins that depends on the version. */
  readonly end: number;
}

/** A variable-length integer (RFC 9000 §16): two bits of length, the rest of the number. Null where the bytes end before it does. */
export function readVarint(bytes: Uint8Array, at: number): { value: number; end: number } | null {
  const first = bytes[at];
  if (first === undefined) return null;
  const length = 1 << (first >> 6);
  if (at + length > bytes.length) return null;
  let value = first & 0x3f;
  for (let index = 1; index < length; index += 1) value = value * 256 + (bytes[at + index] ?? 0);
  return { value, end: at + length };
}

/** The shortest form of a number below 2^30. */
export function writeVarint(value: number): Uint8Array {
  if (value < 0x40) return Uint8Array.of(value);
  if (value < 0x4000) return Uint8Array.of(0x40 | (value >> 8), value & 0xff);
  return uint32(0x8000_0000 + value);
}

/**
 *     uint8 form = 1.......; uint32 version; uint8 length; opaque destination_id<0..20>; uint8 length; opaque source_id<0..20>
 *
 * Null where it is none. A connection id of an unknown version may have up to 255 octets (RFC 8999 §5.1).
 */
export function readLongHeader(bytes: Uint8Array, at = 0): LongHeader | null {
  if (at + 7 > bytes.length || ((bytes[at] ?? 0) & 0x80) === 0) return null;
  const version =
    (((bytes[at + 1] ?? 0) << 24) |
      ((bytes[at + 2] ?? 0) << 16) |
      ((bytes[at + 3] ?? 0) << 8) |
      (bytes[at + 4] ?? 0)) >>>
    0;
  const destinationEnd = at + 6 + (bytes[at + 5] ?? 0);
  const sourceLength = bytes[destinationEnd];
  if (sourceLength === undefined || destinationEnd + 1 + sourceLength > bytes.length) return null;
  return {
    version,
    destinationId: bytes.subarray(at + 6, destinationEnd),
    sourceId: bytes.subarray(destinationEnd + 1, destinationEnd + 1 + sourceLength),
    end: destinationEnd + 1 + sourceLength,
  };
}

/**
 * What a server says to a version that it does not speak (RFC 9000 §17.2.1): the same header with version 0 and the ids exchanged,
 * then the versions that it does, four octets each.
 */
export function writeVersionNegotiation(
  asked: LongHeader,
  unused: number,
  versions: readonly number[],
): Uint8Array {
  return octets(
    0x80 | (unused & 0x7f),
    uint32(0),
    asked.sourceId.length,
    asked.sourceId,
    asked.destinationId.length,
    asked.destinationId,
    ...versions.map(uint32),
  );
}
