/** Message authentication codes of SSH: RFC 4253 §6.4, RFC 6668, OpenSSH's PROTOCOL §1.1 (UMAC) and §1.5 (encrypt-then-MAC). */

import { Buffer } from 'node:buffer';
import { createHmac } from 'node:crypto';
import { Umac } from './ssh-umac.ts';

export interface SshMac {
  readonly tagBytes: number;
  readonly encryptThenMac: boolean;
  /** The tag of these octets as packet number `sequence`. */
  tag(octets: Uint8Array, sequence: number): Buffer;
}

interface Kind {
  readonly digest: string;
  readonly keyBytes: number;
  readonly tagBytes: number;
}

const kinds: Readonly<Record<string, Kind>> = {
  'hmac-sha2-256': { digest: 'sha256', keyBytes: 32, tagBytes: 32 },
  'hmac-sha2-512': { digest: 'sha512', keyBytes: 64, tagBytes: 64 },
  'hmac-sha1': { digest: 'sha1', keyBytes: 20, tagBytes: 20 },
  'hmac-sha1-96': { digest: 'sha1', keyBytes: 20, tagBytes: 12 },
  'hmac-md5': { digest: 'md5', keyBytes: 16, tagBytes: 16 },
  'hmac-md5-96': { digest: 'md5', keyBytes: 16, tagBytes: 12 },
  'umac-64': { digest: '', keyBytes: 16, tagBytes: 8 },
  'umac-128': { digest: '', keyBytes: 16, tagBytes: 16 },
};

const nameOf = (name: string): { base: string; encryptThenMac: boolean } => {
  const bare = name.endsWith('@openssh.com') ? name.slice(0, -'@openssh.com'.length) : name;
  const encryptThenMac = bare.endsWith('-etm');
  return { base: encryptThenMac ? bare.slice(0, -'-etm'.length) : bare, encryptThenMac };
};

/** A MAC by its SSH name; `deriveKey` gives as many octets of key as it needs. */
export function createMac(name: string, deriveKey: (count: number) => Uint8Array): SshMac {
  const { base, encryptThenMac } = nameOf(name);
  const kind = kinds[base];
  if (kind === undefined) throw new RangeError(`no SSH MAC ${name}`);
  const { digest, tagBytes } = kind;
  const key = deriveKey(kind.keyBytes);
  if (digest === '') {
    const umac = new Umac(key, tagBytes === 8 ? 8 : 16);
    return {
      tagBytes,
      encryptThenMac,
      tag(octets, sequence) {
        const nonce = Buffer.alloc(8);
        nonce.writeUInt32BE(sequence, 4);
        return umac.tag(octets, nonce);
      },
    };
  }
  const number = Buffer.alloc(4);
  return {
    tagBytes,
    encryptThenMac,
    tag(octets, sequence) {
      number.writeUInt32BE(sequence);
      return createHmac(digest, key).update(number).update(octets).digest().subarray(0, tagBytes);
    },
  };
}
