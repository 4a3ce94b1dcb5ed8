/** How SSH packets are encrypted and authenticated: RFC 4253 §6, RFC 4344, RFC 5647, OpenSSH's PROTOCOL §1.5 and PROTOCOL.chacha20poly1305. */

import { Buffer } from 'node:buffer';
import {
  createCipheriv,
  createDecipheriv,
  timingSafeEqual,
  type CipherGCMTypes,
  type Cipheriv,
  type Decipheriv,
} from 'node:crypto';
import { ChaChaPoly } from './ssh-chacha20-poly1305.ts';
import { createMac, type SshMac } from './ssh-mac.ts';

/** Opens packets that come in. A packet is uint32 length, `length` octets, and a tag. */
export interface PacketOpener {
  readonly blockBytes: number;
  /** Octets that must be there before the length can be told. */
  readonly headerBytes: number;
  readonly tagBytes: number;
  /** True where the length itself is not part of the blocks (encrypt-then-MAC, GCM, ChaCha20). */
  readonly lengthApart: boolean;
  /** True where a wrong length must not be told at once (CBC; CVE-2008-5161). */
  readonly chained: boolean;
  /** The length field; called once a packet, in order. */
  length(header: Buffer, sequence: number): number;
  /** The plain octets after the length field; null where the tag is wrong. */
  open(packet: Buffer, sequence: number): Buffer | null;
}

/** Seals packets that go out. */
export interface PacketSealer {
  readonly blockBytes: number;
  readonly lengthApart: boolean;
  /** False for the first packets, before there are keys. */
  readonly encrypts: boolean;
  /** From uint32 length, uint8 padding length, payload and padding to the octets on the wire. */
  seal(packet: Buffer, sequence: number): Buffer;
}

export const plainOpener: PacketOpener = {
  blockBytes: 8,
  headerBytes: 8,
  tagBytes: 0,
  lengthApart: false,
  chained: false,
  length: (header) => header.readUInt32BE(0),
  open: (packet) => packet.subarray(4),
};

export const plainSealer: PacketSealer = {
  blockBytes: 8,
  lengthApart: false,
  encrypts: false,
  seal: (packet) => packet,
};

interface Suite {
  readonly openssl: string;
  readonly keyBytes: number;
  readonly ivBytes: number;
  readonly blockBytes: number;
  readonly mode: 'ctr' | 'cbc' | 'gcm' | 'chacha';
}

const suite = (
  openssl: string,
  keyBytes: number,
  ivBytes: number,
  blockBytes: number,
  mode: Suite['mode'],
): Suite => ({ openssl, keyBytes, ivBytes, blockBytes, mode });

const suites: Readonly<Record<string, Suite>> = {
  'aes128-ctr': suite('aes-128-ctr', 16, 16, 16, 'ctr'),
  'aes192-ctr': suite('aes-192-ctr', 24, 16, 16, 'ctr'),
  'aes256-ctr': suite('aes-256-ctr', 32, 16, 16, 'ctr'),
  'aes128-cbc': suite('aes-128-cbc', 16, 16, 16, 'cbc'),
  'aes192-cbc': suite('aes-192-cbc', 24, 16, 16, 'cbc'),
  'aes256-cbc': suite('aes-256-cbc', 32, 16, 16, 'cbc'),
  'rijndael-cbc@lysator.liu.se': suite('aes-256-cbc', 32, 16, 16, 'cbc'),
  '3des-cbc': suite('des-ede3-cbc', 24, 8, 8, 'cbc'),
  'aes128-gcm@openssh.com': suite('aes-128-gcm', 16, 12, 16, 'gcm'),
  'aes256-gcm@openssh.com': suite('aes-256-gcm', 32, 12, 16, 'gcm'),
  'chacha20-poly1305@openssh.com': suite('', 64, 0, 8, 'chacha'),
};

export const knownCiphers: readonly string[] = Object.keys(suites);

/** Gives `count` octets of key material for one purpose, a letter from A to F: RFC 4253 §7.2. */
export type DeriveKey = (letter: string, count: number) => Buffer;

export interface Direction {
  readonly cipher: string;
  /** Empty for a cipher that authenticates by itself. */
  readonly mac: string;
  readonly ivLetter: string;
  readonly keyLetter: string;
  readonly macLetter: string;
}

function suiteOf(name: string): Suite {
  const found = suites[name];
  if (found === undefined) throw new RangeError(`no SSH cipher ${name}`);
  return found;
}

function cipherMac(direction: Direction, derive: DeriveKey): SshMac {
  return createMac(direction.mac, (count) => derive(direction.macLetter, count));
}

/** AES-GCM's nonce: 4 fixed octets and a counter of 8 that starts at the derived value, RFC 5647 §7.1. */
function advance(nonce: Buffer): void {
  for (let index = 11; index >= 4; index -= 1) {
    const next = ((nonce[index] ?? 0) + 1) & 255;
    nonce[index] = next;
    if (next !== 0) return;
  }
}

const gcmName = (name: string): CipherGCMTypes => (name === 'aes-128-gcm' ? name : 'aes-256-gcm');

export function createOpener(direction: Direction, derive: DeriveKey): PacketOpener {
  const { openssl, keyBytes, ivBytes, blockBytes, mode } = suiteOf(direction.cipher);
  const key = derive(direction.keyLetter, keyBytes);
  if (mode === 'chacha') {
    const chacha = new ChaChaPoly(key);
    return {
      blockBytes,
      headerBytes: 4,
      tagBytes: 16,
      lengthApart: true,
      chained: false,
      length: (header, sequence) => chacha.length(header, sequence),
      open: (packet, sequence) => chacha.open(packet, sequence),
    };
  }
  const iv = Buffer.from(derive(direction.ivLetter, ivBytes));
  if (mode === 'gcm') {
    return {
      blockBytes,
      headerBytes: 4,
      tagBytes: 16,
      lengthApart: true,
      chained: false,
      length: (header) => header.readUInt32BE(0),
      open(packet) {
        const decipher = createDecipheriv(gcmName(openssl), key, iv);
        advance(iv);
        const end = packet.length - 16;
        decipher.setAAD(packet.subarray(0, 4));
        decipher.setAuthTag(packet.subarray(end));
        const plain = decipher.update(packet.subarray(4, end));
        try {
          decipher.final();
        } catch {
          return null;
        }
        return plain;
      },
    };
  }
  const decipher: Decipheriv = createDecipheriv(openssl, key, iv);
  decipher.setAutoPadding(false);
  const mac = cipherMac(direction, derive);
  if (mac.encryptThenMac) {
    return {
      blockBytes,
      headerBytes: 4,
      tagBytes: mac.tagBytes,
      lengthApart: true,
      chained: false,
      length: (header) => header.readUInt32BE(0),
      open(packet, sequence) {
        const end = packet.length - mac.tagBytes;
        const tag = mac.tag(packet.subarray(0, end), sequence);
        if (!timingSafeEqual(tag, packet.subarray(end))) return null;
        return decipher.update(packet.subarray(4, end));
      },
    };
  }
  // The first block is decrypted to learn the length and kept for when the rest is there.
  let first: Buffer = Buffer.alloc(0);
  return {
    blockBytes,
    headerBytes: blockBytes,
    tagBytes: mac.tagBytes,
    lengthApart: false,
    chained: mode === 'cbc',
    length(header) {
      first = decipher.update(header.subarray(0, blockBytes));
      return first.readUInt32BE(0);
    },
    open(packet, sequence) {
      const end = packet.length - mac.tagBytes;
      const plain = Buffer.concat([first, decipher.update(packet.subarray(blockBytes, end))]);
      const tag = mac.tag(plain, sequence);
      return timingSafeEqual(tag, packet.subarray(end)) ? plain.subarray(4) : null;
    },
  };
}

export function createSealer(direction: Direction, derive: DeriveKey): PacketSealer {
  const { openssl, keyBytes, ivBytes, blockBytes, mode } = suiteOf(direction.cipher);
  const key = derive(direction.keyLetter, keyBytes);
  if (mode === 'chacha') {
    const chacha = new ChaChaPoly(key);
    return {
      blockBytes,
      lengthApart: true,
      encrypts: true,
      seal: (packet, sequence) => chacha.seal(packet, sequence),
    };
  }
  const iv = Buffer.from(derive(direction.ivLetter, ivBytes));
  if (mode === 'gcm') {
    return {
      blockBytes,
      lengthApart: true,
      encrypts: true,
      seal(packet) {
        const cipher = createCipheriv(gcmName(openssl), key, iv);
        advance(iv);
        cipher.setAAD(packet.subarray(0, 4));
        const sealed = cipher.update(packet.subarray(4));
        cipher.final();
        return Buffer.concat([packet.subarray(0, 4), sealed, cipher.getAuthTag()]);
      },
    };
  }
  const cipher: Cipheriv = createCipheriv(openssl, key, iv);
  cipher.setAutoPadding(false);
  const mac = cipherMac(direction, derive);
  return {
    blockBytes,
    lengthApart: mac.encryptThenMac,
    encrypts: true,
    seal(packet, sequence) {
      if (!mac.encryptThenMac) return Buffer.concat([cipher.update(packet), mac.tag(packet, sequence)]);
      const sealed = Buffer.concat([packet.subarray(0, 4), cipher.update(packet.subarray(4))]);
      return Buffer.concat([sealed, mac.tag(sealed, sequence)]);
    },
  };
}
