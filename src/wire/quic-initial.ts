/**
 * Initial packets of QUIC: protected with keys that anyone can derive from the connection id of the client's first packet
 * (RFC 9001 §5.2, RFC 9369 §3.3), so that what a client says of itself can be read without answering it.
 */

import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto';
import { octets, uint16, uint32 } from './big-endian.ts';
import { quicVersions, readLongHeader, readVarint, writeVarint } from './quic-packet.ts';

interface VersionSecrets {
  readonly salt: Buffer;
  readonly label: string;
  /** The two bits of the first octet that say Initial. */
  readonly packetType: number;
}

const secretsOf: ReadonlyMap<number, VersionSecrets> = new Map([
  [
    quicVersions.one,
    { salt: Buffer.from('38762cf7f55934b34d179ae6a4c80cadccbb7f0a', 'hex'), label: 'quic', packetType: 0 },
  ],
  [
    quicVersions.two,
    { salt: Buffer.from('0dede3def700a6db819381be6e269dcbf9bd2ed9', 'hex'), label: 'quicv2', packetType: 1 },
  ],
]);

export interface InitialKeys {
  readonly key: Uint8Array;
  readonly iv: Uint8Array;
  readonly headerKey: Uint8Array;
}

export interface InitialPacket {
  readonly packetNumber: number;
  /** The frames, in clear. */
  readonly payload: Uint8Array;
}

const tagLength = 16;

/** HKDF-Expand-Label of SHA-256 (RFC 8446 §7.1) for at most 32 octets, which one round of HKDF-Expand gives. */
function expandLabel(secret: Uint8Array, label: string, length: number): Uint8Array {
  const info = octets(uint16(length), label.length + 6, `tls13 ${label}`, 0);
  return createHmac('sha256', secret).update(info).update(Uint8Array.of(1)).digest().subarray(0, length);
}

/** The keys of one side. Null for a version that is not known. */
export function initialKeys(
  version: number,
  destinationId: Uint8Array,
  side: 'client' | 'server',
): InitialKeys | null {
  const secrets = secretsOf.get(version);
  if (secrets === undefined) return null;
  const initial = createHmac('sha256', secrets.salt).update(destinationId).digest();
  const secret = expandLabel(initial, `${side} in`, 32);
  return {
    key: expandLabel(secret, `${secrets.label} key`, 16),
    iv: expandLabel(secret, `${secrets.label} iv`, 12),
    headerKey: expandLabel(secret, `${secrets.label} hp`, 16),
  };
}

/** The mask of RFC 9001 §5.4.3. */
function headerMask(keys: InitialKeys, sample: Uint8Array): Uint8Array {
  const cipher = createCipheriv('aes-128-ecb', keys.headerKey, null);
  return cipher.update(sample);
}

/** The number fills the last octets of the vector (RFC 9001 §5.3). */
function nonceOf(keys: InitialKeys, packetNumber: number): Uint8Array {
  const nonce = Uint8Array.from(keys.iv);
  uint32(packetNumber).forEach((octet, index) => {
    nonce[8 + index] = (nonce[8 + index] ?? 0) ^ octet;
  });
  return nonce;
}

/**
 * Reads the packet that begins at `at`:
 *
 *     long header; varint token_length; opaque token; varint length; uint8[1..4] packet_number; opaque payload; opaque tag[16]
 *
 * @param keysOf asked for the keys once the header is read
 * @returns the packet (null where it is no Initial packet, or does not open with these keys) and where the next one of the same
 *   datagram begins; null where nothing can follow.
 */
export function openInitial(
  bytes: Uint8Array,
  at: number,
  keysOf: (version: number, destinationId: Uint8Array) => InitialKeys | null,
): { packet: InitialPacket | null; next: number } | null {
  const header = readLongHeader(bytes, at);
  const secrets = header === null ? undefined : secretsOf.get(header.version);
  if (header === null || secrets === undefined) return null;
  const isInitial = (((bytes[at] ?? 0) >> 4) & 3) === secrets.packetType;
  const token = isInitial ? readVarint(bytes, header.end) : { value: 0, end: header.end };
  const length = token === null ? null : readVarint(bytes, token.end + token.value);
  if (length === null) return null;
  const next = length.end + length.value;
  // The sample begins as if the packet number had its four octets.
  if (next > bytes.length || length.value < 4 + tagLength) return null;
  if (!isInitial) return { packet: null, next };
  const keys = keysOf(header.version, header.destinationId);
  return { packet: keys === null ? null : unprotect(bytes.subarray(at, next), length.end - at, keys), next };
}

function unprotect(packet: Uint8Array, numberAt: number, keys: InitialKeys): InitialPacket | null {
  const mask = headerMask(keys, packet.subarray(numberAt + 4, numberAt + 20));
  const head = Uint8Array.from(packet.subarray(0, numberAt + 4));
  head[0] = (head[0] ?? 0) ^ ((mask[0] ?? 0) & 0x0f);
  const numberLength = ((head[0] ?? 0) & 3) + 1;
  let packetNumber = 0;
  for (let index = 0; index < numberLength; index += 1) {
    const octet = (head[numberAt + index] ?? 0) ^ (mask[1 + index] ?? 0);
    head[numberAt + index] = octet;
    packetNumber = packetNumber * 256 + octet;
  }
  const decipher = createDecipheriv('aes-128-gcm', keys.key, nonceOf(keys, packetNumber));
  decipher.setAAD(head.subarray(0, numberAt + numberLength));
  decipher.setAuthTag(packet.subarray(packet.length - tagLength));
  try {
    const payload = decipher.update(packet.subarray(numberAt + numberLength, packet.length - tagLength));
    decipher.final();
    return { packetNumber, payload };
  } catch {
    return null;
  }
}

/** A server's Initial packet with a number of two octets and without a token. `payload` has at least 2 octets. */
export function sealInitial(
  version: number,
  ids: { readonly destinationId: Uint8Array; readonly sourceId: Uint8Array },
  packet: InitialPacket,
  keys: InitialKeys,
): Uint8Array {
  const head = octets(
    0xc1 | ((secretsOf.get(version)?.packetType ?? 0) << 4),
    uint32(version),
    ids.destinationId.length,
    ids.destinationId,
    ids.sourceId.length,
    ids.sourceId,
    writeVarint(0),
    writeVarint(2 + packet.payload.length + tagLength),
    uint16(packet.packetNumber),
  );
  const cipher = createCipheriv('aes-128-gcm', keys.key, nonceOf(keys, packet.packetNumber));
  cipher.setAAD(head);
  const sealed = octets(cipher.update(packet.payload), cipher.final(), cipher.getAuthTag());
  const mask = headerMask(keys, sealed.subarray(2, 18));
  head[0] = (head[0] ?? 0) ^ ((mask[0] ?? 0) & 0x0f);
  for (const index of [0, 1]) {
    const at = head.length - 2 + index;
    head[at] = (head[at] ?? 0) ^ (mask[1 + index] ?? 0);
  }
  return octets(head, sealed);
}
