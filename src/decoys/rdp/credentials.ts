/** CredSSP: the TSRequest structure and what is in it ([MS-CSSP] §2.2). */

import { Buffer } from 'node:buffer';
import { derChildren, type DerValue, readDer } from '../../wire/der-reader.ts';
import {
  derContext,
  derInteger,
  derObjectIdentifier,
  derOctetString,
  derSequence,
} from '../../wire/der-writer.ts';
import { utf16Text } from '../../wire/utf16-text.ts';

export interface Request {
  readonly version: number;
  readonly token: Buffer;
  readonly authInfo: Buffer;
  readonly publicKey: Buffer;
  readonly nonce: Buffer;
}

const explicit = (value: DerValue | undefined): DerValue | null =>
  value === undefined ? null : readDer(value.contents);

// TSRequest ::= SEQUENCE {
//   version    [0] INTEGER,
//   negoTokens [1] SEQUENCE OF SEQUENCE { negoToken [0] OCTET STRING } OPTIONAL,
//   authInfo   [2] OCTET STRING OPTIONAL,
//   pubKeyAuth [3] OCTET STRING OPTIONAL,
//   errorCode  [4] INTEGER OPTIONAL,
//   clientNonce [5] OCTET STRING OPTIONAL }
export function readRequest(bytes: Uint8Array): Request | null {
  const outer = readDer(bytes);
  if (outer === null || outer.tag !== 0x30) return null;
  const fields = derChildren(outer.contents);
  const field = (number: number): DerValue | null =>
    explicit(fields.find(({ tag }) => tag === (0xa0 | number)));
  const version = field(0);
  if (version === null) return null;
  const octets = (value: DerValue | null): Buffer => Buffer.from(value?.contents ?? []);
  const first = derChildren(field(1)?.contents ?? new Uint8Array(0), 1)[0];
  const token = first === undefined ? null : explicit(derChildren(first.contents, 1)[0]);
  return {
    version: version.contents.at(-1) ?? 0,
    token: octets(token),
    authInfo: octets(field(2)),
    publicKey: octets(field(3)),
    nonce: octets(field(5)),
  };
}

export interface Answer {
  readonly token?: Uint8Array;
  readonly publicKey?: Uint8Array;
  /** An NTSTATUS. */
  readonly error?: number;
}

/** `version` is the lower of what both speak. */
export function encodeAnswer(version: number, { token, publicKey, error }: Answer): Uint8Array {
  const fields = [derContext(0, derInteger(BigInt(version)))];
  if (token !== undefined)
    fields.push(derContext(1, derSequence(derSequence(derContext(0, derOctetString(token))))));
  if (publicKey !== undefined) fields.push(derContext(3, derOctetString(publicKey)));
  // Windows writes the status as the 32 bits that it is: an INTEGER below zero.
  if (error !== undefined) {
    const status = Buffer.of(2, 4, 0, 0, 0, 0);
    status.writeUInt32BE(error, 2);
    fields.push(derContext(4, status));
  }
  return derSequence(...fields);
}

// NegTokenResp ::= [1] SEQUENCE { negState [0] ENUMERATED, supportedMech [1] OID, responseToken [2] OCTET STRING } (RFC 4178 §4.2.2)
export function wrapChallenge(challenge: Uint8Array): Uint8Array {
  const acceptIncomplete = Uint8Array.of(0x0a, 1, 1);
  return derContext(
    1,
    derSequence(
      derContext(0, acceptIncomplete),
      derContext(1, derObjectIdentifier('1.3.6.1.4.1.311.2.2.10')),
      derContext(2, derOctetString(challenge)),
    ),
  );
}

export interface Credentials {
  readonly domain: string;
  readonly user: string;
  readonly password: string;
}

// TSCredentials ::= SEQUENCE { credType [0] INTEGER, credentials [1] OCTET STRING }
// TSPasswordCreds ::= SEQUENCE { domainName [0], userName [1], password [2] OCTET STRING }
export function readCredentials(bytes: Uint8Array): Credentials | null {
  const outer = readDer(bytes);
  const held = outer === null ? undefined : derChildren(outer.contents)[1];
  const octets = explicit(held);
  const inner = octets === null ? null : readDer(octets.contents);
  if (inner === null) return null;
  const [domain = '', user = '', password = ''] = derChildren(inner.contents).map((value) =>
    utf16Text(Buffer.from(explicit(value)?.contents ?? [])).slice(0, 512),
  );
  return { domain, user, password };
}
