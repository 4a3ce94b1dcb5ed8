/** A small machine with SSH, for tests of what speaks SSH: every algorithm that is implemented, unless told otherwise. */

import { generateKeyPairSync } from 'node:crypto';
import type { Persona, SshIdentity } from '../../src/core/persona.ts';
import { seededRandom } from '../../src/core/random.ts';

const pem = { type: 'pkcs8', format: 'pem' } as const;
const spki = { type: 'spki', format: 'pem' } as const;

const keys: Readonly<Record<string, string>> = {
  'ssh-rsa': generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: pem,
    publicKeyEncoding: spki,
  }).privateKey,
  'ecdsa-sha2-nistp256': generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    privateKeyEncoding: pem,
    publicKeyEncoding: spki,
  }).privateKey,
  'ssh-ed25519': generateKeyPairSync('ed25519', { privateKeyEncoding: pem, publicKeyEncoding: spki })
    .privateKey,
};

export const everySshAlgorithm: SshIdentity = {
  version: 'SSH-2.0-OpenSSH_8.4p1 Debian-5+deb11u3',
  keyExchange: [
    'sntrup761x25519-sha512',
    'sntrup761x25519-sha512@openssh.com',
    'curve25519-sha256',
    'curve25519-sha256@libssh.org',
    'ecdh-sha2-nistp256',
    'ecdh-sha2-nistp384',
    'ecdh-sha2-nistp521',
    'diffie-hellman-group-exchange-sha256',
    'diffie-hellman-group16-sha512',
    'diffie-hellman-group18-sha512',
    'diffie-hellman-group14-sha256',
    'diffie-hellman-group14-sha1',
    'diffie-hellman-group-exchange-sha1',
    'diffie-hellman-group1-sha1',
    'kex-strict-s-v00@openssh.com',
  ],
  hostKey: ['rsa-sha2-512', 'rsa-sha2-256', 'ssh-rsa', 'ecdsa-sha2-nistp256', 'ssh-ed25519'],
  ciphers: [
    'chacha20-poly1305@openssh.com',
    'aes128-ctr',
    'aes192-ctr',
    'aes256-ctr',
    'aes128-gcm@openssh.com',
    'aes256-gcm@openssh.com',
    'aes128-cbc',
    'aes192-cbc',
    'aes256-cbc',
    '3des-cbc',
  ],
  macs: [
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
    'hmac-sha1-96',
    'hmac-md5',
    'hmac-md5-96',
  ],
  compression: ['none', 'zlib@openssh.com'],
  authMethods: ['publickey', 'password'],
  keys,
  banner: '',
};

/** A persona with this SSH; `root` with `secret` gets in. */
export function sshPersona(change: Partial<SshIdentity> = {}, login?: Persona['login']): Persona {
  return {
    name: 'test-machine',
    summary: 'a machine for tests',
    seed: 'test',
    hostname: 'web-03',
    system: 'linux-gnu',
    kernel: {
      release: '5.10.0-28-amd64',
      version: '#1 SMP Debian 5.10.209-2 (2024-01-31)',
      machine: 'x86_64',
    },
    osRelease: 'PRETTY_NAME="Debian GNU/Linux 11 (bullseye)"\nID=debian\nVERSION_ID="11"\n',
    cpu: { model: 'Intel(R) Xeon(R) E-2236', count: 4 },
    memoryKilobytes: 8_052_736,
    bootedAt: Date.UTC(2024, 2, 1),
    address: '192.0.2.10',
    mac: '52:54:00:12:34:56',
    users: [{ name: 'root', uid: 0, home: '/root', shell: '/bin/bash' }],
    files: {},
    login: login ?? { accepted: [['root', 'secret']], acceptAfter: 0 },
    issue: '',
    ssh: { ...everySshAlgorithm, ...change },
    tls: null,
    http: null,
    redis: null,
    software: {},
    services: [],
    random: (purpose) => seededRandom(`test ${purpose}`),
  };
}
