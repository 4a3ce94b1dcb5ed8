/** A rule by which first bytes are told to be of one protocol. */

/** What a rule sees: the bytes, at most 512 of them, and the same as Latin-1 text. */
export interface FirstBytes {
  readonly bytes: Uint8Array;
  readonly text: string;
}

export interface ProtocolRule {
  readonly name: string;
  readonly transport: 'tcp' | 'udp' | 'both';
  /** 0 where it does not fit. Takes time linear in at most 512 bytes. */
  readonly fits: (first: FirstBytes) => number;
}

/** Unsigned integer of so many octets, big-endian; -1 where the bytes end before. */
export function unsigned(bytes: Uint8Array, offset: number, octets: 1 | 2 | 3 | 4): number {
  if (offset + octets > bytes.length) return -1;
  let value = 0;
  for (let index = 0; index < octets; index += 1) value = value * 256 + (bytes[offset + index] ?? 0);
  return value;
}

/** The same, little-endian. */
export function unsignedLittle(bytes: Uint8Array, offset: number, octets: 1 | 2 | 3 | 4): number {
  if (offset + octets > bytes.length) return -1;
  let value = 0;
  for (let index = octets - 1; index >= 0; index -= 1) value = value * 256 + (bytes[offset + index] ?? 0);
  return value;
}
