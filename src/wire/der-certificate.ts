/** X.509 certificates as RFC 5280 §4.1 lays them out, for the self-signed ones that machines make at their first start. */

import type { Buffer } from 'node:buffer';
import {
  derBitString,
  derBoolean,
  derContext,
  derContextPrimitive,
  derIa5String,
  derInteger,
  derNamedBits,
  derNull,
  derObjectIdentifier,
  derOctetString,
  derPrintableString,
  derSequence,
  derSetOfOne,
  derTime,
  derUtf8String,
} from './der-writer.ts';

/** Object identifiers of name attributes (X.520; emailAddress of PKCS #9), by the short names that openssl prints. */
const attributes = {
  CN: '2.5.4.3',
  serialNumber: '2.5.4.5',
  C: '2.5.4.6',
  L: '2.5.4.7',
  ST: '2.5.4.8',
  O: '2.5.4.10',
  OU: '2.5.4.11',
  emailAddress: '1.2.840.113549.1.9.1',
} as const;

/** A distinguished name, its attributes in the order in which they stand. */
export type CertificateName = readonly (readonly [attribute: keyof typeof attributes, value: string])[];

export type AlternativeName =
  | { readonly kind: 'dns'; readonly name: string }
  /** Four or sixteen octets. */
  | { readonly kind: 'ip'; readonly octets: Uint8Array };

export interface CertificateRequest {
  /** 1 (no extensions) or 3. */
  readonly version: 1 | 3;
  readonly serial: bigint;
  readonly issuer: CertificateName;
  readonly subject: CertificateName;
  /** Milliseconds since the epoch; whole seconds are kept. */
  readonly notBefore: number;
  readonly notAfter: number;
  /** SubjectPublicKeyInfo in DER. */
  readonly publicKey: Uint8Array;
  readonly alternativeNames?: readonly AlternativeName[];
  /** Present: a basicConstraints extension with this value of cA. */
  readonly authority?: boolean;
  /** Bits of keyUsage (RFC 5280 §4.2.1.3: 0 digitalSignature, 2 keyEncipherment, 5 keyCertSign); absent for none. */
  readonly keyUsage?: readonly number[];
  /** The key's identifier, for subjectKeyIdentifier and authorityKeyIdentifier; absent for neither. */
  readonly keyIdentifier?: Uint8Array;
}

/** AttributeTypeAndValue: country in PrintableString, an e-mail address in IA5String, all else in UTF8String (RFC 5280 §4.1.2.4). */
function derName(name: CertificateName): Uint8Array {
  return derSequence(
    ...name.map(([attribute, value]) => {
      let text: Uint8Array;
      if (attribute === 'C' || attribute === 'serialNumber') text = derPrintableString(value);
      else if (attribute === 'emailAddress') text = derIa5String(value);
      else text = derUtf8String(value);
      return derSetOfOne(derSequence(derObjectIdentifier(attributes[attribute]), text));
    }),
  );
}

function derExtension(identifier: string, critical: boolean, value: Uint8Array): Uint8Array {
  const parts = [derObjectIdentifier(identifier)];
  if (critical) parts.push(derBoolean(true));
  return derSequence(...parts, derOctetString(value));
}

function derExtensions(request: CertificateRequest): Uint8Array[] {
  const extensions: Uint8Array[] = [];
  if (request.keyIdentifier !== undefined) {
    extensions.push(
      derExtension('2.5.29.14', false, derOctetString(request.keyIdentifier)),
      derExtension('2.5.29.35', false, derSequence(derContextPrimitive(0, request.keyIdentifier))),
    );
  }
  if (request.authority !== undefined) {
    const constraints = request.authority ? derSequence(derBoolean(true)) : derSequence();
    extensions.push(derExtension('2.5.29.19', request.authority, constraints));
  }
  if (request.keyUsage !== undefined) {
    extensions.push(derExtension('2.5.29.15', false, derNamedBits(request.keyUsage)));
  }
  if (request.alternativeNames !== undefined && request.alternativeNames.length > 0) {
    const names = request.alternativeNames.map((name) =>
      name.kind === 'dns'
        ? derContextPrimitive(2, new TextEncoder().encode(name.name))
        : derContextPrimitive(7, name.octets),
    );
    extensions.push(derExtension('2.5.29.17', false, derSequence(...names)));
  }
  return extensions;
}

const sha256WithRsa = (): Uint8Array => derSequence(derObjectIdentifier('1.2.840.113549.1.1.11'), derNull());

/**
 * The certificate in DER, signed with sha256WithRSAEncryption by what `sign` returns for the octets of TBSCertificate.
 *
 *     Certificate ::= SEQUENCE { tbsCertificate, signatureAlgorithm, signatureValue BIT STRING }
 *     TBSCertificate ::= SEQUENCE { version [0], serialNumber, signature, issuer, validity, subject,
 *                                   subjectPublicKeyInfo, extensions [3] }
 */
export function encodeCertificate(
  request: CertificateRequest,
  sign: (signed: Uint8Array) => Uint8Array | Buffer,
): Uint8Array {
  const parts: Uint8Array[] = [];
  // Version 1 is the default, and DER leaves a default off.
  if (request.version === 3) parts.push(derContext(0, derInteger(2n)));
  parts.push(
    derInteger(request.serial),
    sha256WithRsa(),
    derName(request.issuer),
    derSequence(derTime(request.notBefore), derTime(request.notAfter)),
    derName(request.subject),
    request.publicKey,
  );
  const extensions = request.version === 3 ? derExtensions(request) : [];
  if (extensions.length > 0) parts.push(derContext(3, derSequence(...extensions)));
  const signed = derSequence(...parts);
  return derSequence(signed, sha256WithRsa(), derBitString(sign(signed)));
}
