/** The self-signed certificates that machines make for themselves, signed by the key that they are for. */

import { createHash, createPrivateKey, createPublicKey, sign } from 'node:crypto';
import type { TlsIdentity } from '../core/persona.ts';
import { encodeCertificate, type AlternativeName, type CertificateName } from '../wire/der-certificate.ts';
import { certificatePem, rsaKey } from './keys.ts';
import type { Seed } from './seed.ts';

export interface SelfSigned {
  readonly subject: CertificateName;
  /** Where it differs from the subject: an appliance that carries a name of its maker's. */
  readonly issuer?: CertificateName;
  readonly notBefore: number;
  readonly days: number;
  readonly version?: 1 | 3;
  /** Octets of serial number: 20 as openssl draws them, 4 as keytool does; 0 for the serial number 0. */
  readonly serialOctets: number;
  readonly alternativeNames?: readonly AlternativeName[];
  readonly authority?: boolean;
  readonly keyUsage?: readonly number[];
  readonly keyIdentifiers?: boolean;
  readonly keyBits?: number;
}

/** RSA keys throughout: their signatures are the same at each making, which ECDSA's are not. */
export function selfSigned(seed: Seed, what: SelfSigned): TlsIdentity {
  const key = rsaKey(seed, 'tls', what.keyBits ?? 2048);
  const publicKey = new Uint8Array(
    createPublicKey(createPrivateKey(key)).export({ type: 'spki', format: 'der' }),
  );
  let serial = 0n;
  if (what.serialOctets > 0) {
    const octets = Buffer.from(seed.bytes('tls serial', what.serialOctets));
    // A serial number is positive (RFC 5280 §4.1.2.2), and drawn ones keep to their octets by a clear top bit.
    octets[0] = ((octets[0] ?? 0) & 0x7f) | 0x01;
    serial = BigInt(`0x${octets.toString('hex')}`);
  }
  const der = encodeCertificate(
    {
      version: what.version ?? 3,
      serial,
      issuer: what.issuer ?? what.subject,
      subject: what.subject,
      notBefore: what.notBefore,
      notAfter: what.notBefore + what.days * 86_400_000,
      publicKey,
      ...(what.alternativeNames === undefined ? {} : { alternativeNames: what.alternativeNames }),
      ...(what.authority === undefined ? {} : { authority: what.authority }),
      ...(what.keyUsage === undefined ? {} : { keyUsage: what.keyUsage }),
      // RFC 5280 §4.2.1.2 (1): SHA-1 of the key's BIT STRING, which in an RSA SubjectPublicKeyInfo begins at octet 24.
      ...(what.keyIdentifiers === true
        ? { keyIdentifier: new Uint8Array(createHash('sha1').update(publicKey.subarray(24)).digest()) }
        : {}),
    },
    (signed) => sign('sha256', signed, key),
  );
  return { key, certificate: certificatePem(der) };
}

/** What `make-ssl-cert generate-default-snakeoil` makes when Debian's or Ubuntu's ssl-cert package is installed. */
export function snakeoilCertificate(seed: Seed, fullName: string, installedAt: number): TlsIdentity {
  return selfSigned(seed, {
    subject: [['CN', fullName]],
    notBefore: installedAt,
    days: 3650,
    serialOctets: 20,
    authority: false,
    alternativeNames: [{ kind: 'dns', name: fullName }],
  });
}
