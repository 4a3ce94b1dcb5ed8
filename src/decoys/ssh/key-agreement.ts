/** The server's half of each key exchange method: from the client's public value to the shared secret. */

import { Buffer } from 'node:buffer';
import {
  createECDH,
  createHash,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  getDiffieHellman,
} from 'node:crypto';
import { encapsulate, sntrupPublicKeyBytes } from '../../wire/sntrup761.ts';
import { sshInteger, sshString } from '../../wire/ssh-bytes.ts';

export interface Agreement {
  /** The client's and the server's public values, as the exchange hash and the reply hold them. */
  readonly clientValue: Buffer;
  readonly serverValue: Buffer;
  /** The shared secret, as the exchange hash holds it. */
  readonly secret: Buffer;
}

/** Throws where the client's value is none; `clientValue` is what stood in its `string` or `mpint`. */
type Agree = (clientValue: Buffer, randomBytes: (count: number) => Uint8Array) => Agreement;

export interface KeyExchangeMethod {
  readonly digest: 'sha1' | 'sha256' | 'sha384' | 'sha512';
  /** Null for group exchange, where the client first asks for a group. */
  readonly agree: Agree | null;
}

const privatePrefix = Buffer.from('302e020100300506032b656e04220420', 'hex');
const publicPrefix = Buffer.from('302a300506032b656e032100', 'hex');

/** One X25519 with a fresh key: the server's public value and the shared octets. Throws where the client's value is none. */
function x25519(
  clientValue: Uint8Array,
  randomBytes: (count: number) => Uint8Array,
): { serverValue: Buffer; shared: Buffer } {
  if (clientValue.length !== 32) throw new RangeError('an X25519 value has 32 octets');
  const privateKey = createPrivateKey({
    key: Buffer.concat([privatePrefix, randomBytes(32)]),
    format: 'der',
    type: 'pkcs8',
  });
  const publicKey = createPublicKey({
    key: Buffer.concat([publicPrefix, clientValue]),
    format: 'der',
    type: 'spki',
  });
  const serverValue = createPublicKey(privateKey).export({ format: 'der', type: 'spki' }).subarray(-32);
  return { serverValue, shared: diffieHellman({ privateKey, publicKey }) };
}

/** RFC 8731. The secret's octets are read as a number, highest first. */
const curve25519: Agree = (clientValue, randomBytes) => {
  const { serverValue, shared } = x25519(clientValue, randomBytes);
  return {
    clientValue: sshString(clientValue),
    serverValue: sshString(serverValue),
    secret: sshInteger(shared),
  };
};

/** draft-josefsson-ntruprime-ssh: both methods side by side; the secret is a string, not a number. */
const hybrid: Agree = (clientValue, randomBytes) => {
  if (clientValue.length !== sntrupPublicKeyBytes + 32)
    throw new RangeError('a hybrid value of wrong length');
  const { ciphertext, secret } = encapsulate(clientValue.subarray(0, sntrupPublicKeyBytes), randomBytes);
  const { serverValue, shared } = x25519(clientValue.subarray(sntrupPublicKeyBytes), randomBytes);
  return {
    clientValue: sshString(clientValue),
    serverValue: sshString(Buffer.concat([ciphertext, serverValue])),
    secret: sshString(createHash('sha512').update(secret).update(shared).digest()),
  };
};

/** RFC 5656 §4. */
function ellipticCurve(name: string, scalarBytes: number): Agree {
  return (clientValue, randomBytes) => {
    const curve = createECDH(name);
    const scalar = Buffer.from(randomBytes(scalarBytes));
    if (scalarBytes === 66) scalar[0] = (scalar[0] ?? 0) & 1;
    try {
      curve.setPrivateKey(scalar);
    } catch {
      // Beyond the curve's order: one draw in 2^32 at most.
      curve.generateKeys();
    }
    const secret = curve.computeSecret(clientValue);
    return {
      clientValue: sshString(clientValue),
      serverValue: sshString(curve.getPublicKey()),
      secret: sshInteger(secret),
    };
  };
}

const toNumber = (octets: Uint8Array): bigint => BigInt(`0x0${Buffer.from(octets).toString('hex')}`);
const toOctets = (value: bigint): Buffer => {
  const hex = value.toString(16);
  return Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
};

function modularPower(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n;
  let square = base % modulus;
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if ((rest & 1n) === 1n) result = (result * square) % modulus;
    square = (square * square) % modulus;
  }
  return result;
}

/** RFC 4253 §8 over a group of RFC 2409 (modp2) or RFC 3526. */
export function finiteField(group: string): Agree {
  return (clientValue, randomBytes) => {
    const named = getDiffieHellman(group);
    const primeOctets = named.getPrime();
    const prime = toNumber(primeOctets);
    const client = toNumber(clientValue);
    if (client < 2n || client > prime - 2n) throw new RangeError('a public value outside of the group');
    if (group === 'modp2') {
      // OpenSSL has no short exponents for this one: 34 ms there, 3 ms here.
      const exponent = toNumber(randomBytes(40));
      return {
        clientValue: sshInteger(clientValue),
        serverValue: sshInteger(toOctets(modularPower(2n, exponent, prime))),
        secret: sshInteger(toOctets(modularPower(client, exponent, prime))),
      };
    }
    named.generateKeys();
    return {
      clientValue: sshInteger(clientValue),
      serverValue: sshInteger(named.getPublicKey()),
      secret: sshInteger(named.computeSecret(clientValue)),
    };
  };
}

/** Groups for group exchange by their bits. */
const groupsBySize: readonly (readonly [bits: number, group: string])[] = [
  [2048, 'modp14'],
  [3072, 'modp15'],
  [4096, 'modp16'],
  [6144, 'modp17'],
  [8192, 'modp18'],
];

/** The smallest group of at least the wanted size within the bounds, else the largest within them; null for bounds that hold none. */
export function chooseGroup(least: number, wanted: number, most: number): string | null {
  if (most < least || wanted < least || most < wanted) return null;
  const fitting = groupsBySize.filter(([bits]) => bits >= least && bits <= most);
  return (fitting.find(([bits]) => bits >= wanted) ?? fitting.at(-1))?.[1] ?? null;
}

/** The group's prime and generator as two mpints. */
export function groupParameters(group: string): Buffer {
  const named = getDiffieHellman(group);
  return Buffer.concat([sshInteger(named.getPrime()), sshInteger(named.getGenerator())]);
}

export const keyExchangeMethods: Readonly<Record<string, KeyExchangeMethod>> = {
  'sntrup761x25519-sha512': { digest: 'sha512', agree: hybrid },
  'sntrup761x25519-sha512@openssh.com': { digest: 'sha512', agree: hybrid },
  'curve25519-sha256': { digest: 'sha256', agree: curve25519 },
  'curve25519-sha256@libssh.org': { digest: 'sha256', agree: curve25519 },
  'ecdh-sha2-nistp256': { digest: 'sha256', agree: ellipticCurve('prime256v1', 32) },
  'ecdh-sha2-nistp384': { digest: 'sha384', agree: ellipticCurve('secp384r1', 48) },
  'ecdh-sha2-nistp521': { digest: 'sha512', agree: ellipticCurve('secp521r1', 66) },
  'diffie-hellman-group1-sha1': { digest: 'sha1', agree: finiteField('modp2') },
  'diffie-hellman-group14-sha1': { digest: 'sha1', agree: finiteField('modp14') },
  'diffie-hellman-group14-sha256': { digest: 'sha256', agree: finiteField('modp14') },
  'diffie-hellman-group16-sha512': { digest: 'sha512', agree: finiteField('modp16') },
  'diffie-hellman-group18-sha512': { digest: 'sha512', agree: finiteField('modp18') },
  'diffie-hellman-group-exchange-sha1': { digest: 'sha1', agree: null },
  'diffie-hellman-group-exchange-sha256': { digest: 'sha256', agree: null },
};
