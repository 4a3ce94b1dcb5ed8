/** What Dropbear servers of router firmware offer. */

import type { SshIdentity } from '../core/persona.ts';
import { hostKeys } from './ssh-host-key.ts';
import type { Seed } from './seed.ts';

/**
 * Dropbear 2019.78 in the build of OpenWrt 19.07, which router makers' firmware stands on: no ECDH over the NIST curves,
 * no DSS, no CBC, no zlib; counter mode only. The last key exchange name is no method but says that guesses of the first packet
 * are judged as Dropbear's author proposed.
 */
export function dropbearIdentity(seed: Seed): SshIdentity {
  return {
    version: 'SSH-2.0-dropbear_2019.78',
    keyExchange: [
      'curve25519-sha256',
      'curve25519-sha256@libssh.org',
      'diffie-hellman-group14-sha256',
      'diffie-hellman-group14-sha1',
      'kexguess2@matt.ucc.asn.au',
    ],
    hostKey: ['ssh-rsa'],
    ciphers: ['aes128-ctr', 'aes256-ctr'],
    macs: ['hmac-sha1', 'hmac-sha2-256'],
    compression: ['none'],
    authMethods: ['publickey', 'password'],
    keys: hostKeys(seed, 2048, ['ssh-rsa']),
    banner: '',
  };
}
