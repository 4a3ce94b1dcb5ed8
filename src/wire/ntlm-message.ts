/** The three messages of NTLM ([MS-NLMP] §2.2.1); numbers are little-endian. */

import { Buffer } from 'node:buffer';
import { utf16Text } from './utf16-text.ts';

const signature = Buffer.from('NTLMSSP\0', 'latin1');

export const ntlmFlag = {
  unicode: 0x1,
  requestTarget: 0x4,
  sign: 0x10,
  seal: 0x20,
  ntlm: 0x200,
  alwaysSign: 0x8000,
  targetTypeServer: 0x20000,
  extendedSessionSecurity: 0x80000,
  targetInfo: 0x800000,
  version: 0x2000000,
  bits128: 0x20000000,
  keyExchange: 0x40000000,
  bits56: 0x80000000,
} as const;

/** Where an NTLM message begins within a token (SPNEGO puts some octets ahead); -1 where there is none. */
export function findNtlm(token: Uint8Array): number {
  return Buffer.from(token.buffer, token.byteOffset, token.length).indexOf(signature);
}

/** 1 NEGOTIATE, 2 CHALLENGE, 3 AUTHENTICATE; 0 for none of them. */
export function ntlmType(message: Uint8Array): number {
  return message.length < 12 ? 0 : Buffer.from(message).readUInt32LE(8);
}

export function negotiateFlags(message: Uint8Array): number {
  return message.length < 16 ? 0 : Buffer.from(message).readUInt32LE(12);
}

export interface NtlmTarget {
  readonly computer: string;
  readonly domain: string;
  readonly dnsComputer: string;
  readonly dnsDomain: string;
  readonly version: readonly [major: number, minor: number, build: number];
  /** Milliseconds since the epoch. */
  readonly now: number;
}

const wide = (text: string): Buffer => Buffer.from(text, 'utf16le');

// Signature (8), MessageType (4) 2
// TargetNameFields (8): Len (2), MaxLen (2), BufferOffset (4)
// NegotiateFlags (4), ServerChallenge (8), Reserved (8)
// TargetInfoFields (8), Version (8)
// Payload: target name, then AV_PAIRs: AvId (2), AvLen (2), Value
export function encodeChallenge(challenge: Uint8Array, clientFlags: number, target: NtlmTarget): Buffer {
  const pair = (id: number, value: Buffer): Buffer => {
    const head = Buffer.alloc(4);
    head.writeUInt16LE(id, 0);
    head.writeUInt16LE(value.length, 2);
    return Buffer.concat([head, value]);
  };
  const time = Buffer.alloc(8);
  // FILETIME: 100 ns since 1601.
  time.writeBigUInt64LE((BigInt(Math.floor(target.now)) + 11_644_473_600_000n) * 10_000n);
  const information = Buffer.concat([
    pair(2, wide(target.domain)),
    pair(1, wide(target.computer)),
    pair(4, wide(target.dnsDomain)),
    pair(3, wide(target.dnsComputer)),
    pair(7, time),
    pair(0, Buffer.alloc(0)),
  ]);
  const name = wide(target.domain);
  const { sign, seal, bits128, bits56, keyExchange } = ntlmFlag;
  const granted = clientFlags & (sign | seal | bits128 | bits56 | keyExchange);
  const flags =
    granted |
    ntlmFlag.unicode |
    ntlmFlag.requestTarget |
    ntlmFlag.ntlm |
    ntlmFlag.alwaysSign |
    ntlmFlag.targetTypeServer |
    ntlmFlag.extendedSessionSecurity |
    ntlmFlag.targetInfo |
    ntlmFlag.version;
  const head = Buffer.alloc(56);
  signature.copy(head, 0);
  head.writeUInt32LE(2, 8);
  head.writeUInt16LE(name.length, 12);
  head.writeUInt16LE(name.length, 14);
  head.writeUInt32LE(56, 16);
  head.writeUInt32LE(flags >>> 0, 20);
  Buffer.from(challenge).copy(head, 24, 0, 8);
  head.writeUInt16LE(information.length, 40);
  head.writeUInt16LE(information.length, 42);
  head.writeUInt32LE(56 + name.length, 44);
  head.writeUInt8(target.version[0], 48);
  head.writeUInt8(target.version[1], 49);
  head.writeUInt16LE(target.version[2], 50);
  // NTLMSSP_REVISION_W2K3
  head.writeUInt8(15, 55);
  return Buffer.concat([head, name, information]);
}

export interface NtlmAuthenticate {
  readonly user: string;
  readonly domain: string;
  readonly workstation: string;
  readonly response: Buffer;
  /** The older response; with extended session security its first eight octets are the client’s challenge. */
  readonly oldResponse: Buffer;
  readonly sessionKey: Buffer;
  readonly flags: number;
}

// Signature (8), MessageType (4) 3
// LmChallengeResponseFields, NtChallengeResponseFields, DomainNameFields, UserNameFields, WorkstationFields,
// EncryptedRandomSessionKeyFields (8 each), NegotiateFlags (4)
/** Null where the message is too short. Fields that point outside are empty. */
export function decodeAuthenticate(message: Uint8Array): NtlmAuthenticate | null {
  const bytes = Buffer.from(message);
  if (bytes.length < 64 || bytes.readUInt32LE(8) !== 3) return null;
  const field = (at: number): Buffer => {
    const length = bytes.readUInt16LE(at);
    const offset = bytes.readUInt32LE(at + 4);
    return offset + length > bytes.length ? Buffer.alloc(0) : bytes.subarray(offset, offset + length);
  };
  const flags = bytes.readUInt32LE(60);
  const isWide = (flags & ntlmFlag.unicode) !== 0;
  const text = (at: number): string =>
    (isWide ? utf16Text(field(at)) : field(at).toString('latin1')).slice(0, 256);
  return {
    user: text(36),
    domain: text(28),
    workstation: text(44),
    response: field(20),
    oldResponse: field(12),
    sessionKey: field(52),
    flags,
  };
}
