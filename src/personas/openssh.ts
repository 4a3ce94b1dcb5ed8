/** What OpenSSH servers of given packages offer, in the order of their KEXINIT. */

import type { SshIdentity } from '../core/persona.ts';
import { hostKeys } from './ssh-host-key.ts';
import type { Seed } from './seed.ts';

/**
 * Server defaults of 8.2p1 and 8.4p1 alike (myproposal.h; group14-sha1 left the default in 8.2, sntrup761 joined in 8.5).
 * The last name is no method but the mark of strict key exchange, which Debian and Ubuntu brought to these versions with
 * their fixes of CVE-2023-48795 (December 2023): 8.2p1 4ubuntu0.10 and 8.4p1 5+deb11u3.
 */
const keyExchange = [
  'curve25519-sha256',
  'curve25519-sha256@libssh.org',
  'ecdh-sha2-nistp256',
  'ecdh-sha2-nistp384',
  'ecdh-sha2-nistp521',
  'diffie-hellman-group-exchange-sha256',
  'diffie-hellman-group16-sha512',
  'diffie-hellman-group18-sha512',
  'diffie-hellman-group14-sha256',
  'kex-strict-s-v00@openssh.com',
];

const hostKey = ['rsa-sha2-512', 'rsa-sha2-256', 'ssh-rsa', 'ecdsa-sha2-nistp256', 'ssh-ed25519'];

const ciphers = [
  'chacha20-poly1305@openssh.com',
  'aes128-ctr',
  'aes192-ctr',
  'aes256-ctr',
  'aes128-gcm@openssh.com',
  'aes256-gcm@openssh.com',
];

const macs = [
  'umac-64-etm@openssh.com',
  'umac-128-etm@openssh.com',
  'hmac-sha2-256-etm@openssh.com',
  'hmac-sha2-512-etm@openssh.com',
  'hmac-sha1-etm@openssh.com',
  'umac-64@openssh.com',
  'umac-128@openssh.com',
  'hmac-sha2-256',
  'hmac-sha2-512',
  'hmac-sha1',
];

/**
 * The identity of a Debian-family server with passwords allowed. `version` is the line without line end. ssh-keygen -A
 * makes RSA keys of 3,072 bits from version 8.0 on.
 */
export function openSshIdentity(seed: Seed, version: string): SshIdentity {
  return {
    version,
    keyExchange,
    hostKey,
    ciphers,
    macs,
    compression: ['none', 'zlib@openssh.com'],
    authMethods: ['publickey', 'password'],
    keys: hostKeys(seed, 3072, ['ssh-rsa', 'ecdsa-sha2-nistp256', 'ssh-ed25519']),
    banner: '',
  };
}

/**
 * OpenSSH 8.0p1 of RHEL 8.9 under its crypto policy DEFAULT, which orders and thins what the daemon has; 8.0p1-19.el8_9.2 brought
 * strict key exchange.
 */
export function redHatSshIdentity(seed: Seed): SshIdentity {
  return {
    version: 'SSH-2.0-OpenSSH_8.0',
    keyExchange: [
      'curve25519-sha256',
      'curve25519-sha256@libssh.org',
      'ecdh-sha2-nistp256',
      'ecdh-sha2-nistp384',
      'ecdh-sha2-nistp521',
      'diffie-hellman-group-exchange-sha256',
      'diffie-hellman-group14-sha256',
      'diffie-hellman-group16-sha512',
      'diffie-hellman-group18-sha512',
      'diffie-hellman-group-exchange-sha1',
      'diffie-hellman-group14-sha1',
      'kex-strict-s-v00@openssh.com',
    ],
    hostKey,
    ciphers: [
      'aes256-gcm@openssh.com',
      'chacha20-poly1305@openssh.com',
      'aes256-ctr',
      'aes256-cbc',
      'aes128-gcm@openssh.com',
      'aes128-ctr',
      'aes128-cbc',
    ],
    macs: [
      'hmac-sha2-256-etm@openssh.com',
      'hmac-sha1-etm@openssh.com',
      'umac-128-etm@openssh.com',
      'hmac-sha2-512-etm@openssh.com',
      'hmac-sha2-256',
      'hmac-sha1',
      'umac-128@openssh.com',
      'hmac-sha2-512',
    ],
    compression: ['none', 'zlib@openssh.com'],
    authMethods: ['publickey', 'gssapi-keyex', 'gssapi-with-mic', 'password'],
    keys: hostKeys(seed, 3072, ['ssh-rsa', 'ecdsa-sha2-nistp256', 'ssh-ed25519']),
    banner: '',
  };
}

/** What RouterOS 6 offers without strong-crypto, which nobody sets; its key is one of RSA with 2,048 bits. */
export function routerOsIdentity(seed: Seed): SshIdentity {
  return {
    version: 'SSH-2.0-ROSSSH',
    keyExchange: [
      'diffie-hellman-group-exchange-sha256',
      'diffie-hellman-group-exchange-sha1',
      'diffie-hellman-group14-sha1',
      'diffie-hellman-group1-sha1',
    ],
    hostKey: ['ssh-rsa'],
    ciphers: ['aes192-ctr', 'aes128-ctr', 'aes256-ctr', 'aes192-cbc', 'aes128-cbc', 'aes256-cbc', '3des-cbc'],
    macs: ['hmac-md5', 'hmac-sha1', 'hmac-sha2-256'],
    compression: ['none'],
    authMethods: ['publickey', 'password'],
    keys: hostKeys(seed, 2048, ['ssh-rsa']),
    banner: '',
  };
}
