/** SSH_MSG_KEXINIT, and the choice of algorithms: RFC 4253 §7.1. */

import type { Buffer } from 'node:buffer';
import { SshReader, SshWriter } from './ssh-bytes.ts';

const messageKexInit = 20;

/** The lists of a KEXINIT: what one side offers, dearest first. */
export interface SshProposal {
  readonly keyExchange: readonly string[];
  readonly hostKey: readonly string[];
  readonly ciphersToServer: readonly string[];
  readonly ciphersToClient: readonly string[];
  readonly macsToServer: readonly string[];
  readonly macsToClient: readonly string[];
  readonly compressionToServer: readonly string[];
  readonly compressionToClient: readonly string[];
  readonly languagesToServer: readonly string[];
  readonly languagesToClient: readonly string[];
  readonly firstPacketFollows: boolean;
}

// byte         SSH_MSG_KEXINIT
// byte[16]     cookie (random bytes)
// name-list    kex_algorithms
// name-list    server_host_key_algorithms
// name-list    encryption_algorithms_client_to_server, …_server_to_client
// name-list    mac_algorithms_client_to_server, …_server_to_client
// name-list    compression_algorithms_client_to_server, …_server_to_client
// name-list    languages_client_to_server, …_server_to_client
// boolean      first_kex_packet_follows
// uint32       0 (reserved for future extension)

/** The payload of a KEXINIT; `cookie` is 16 random octets. */
export function encodeKexInit(proposal: SshProposal, cookie: Uint8Array): Buffer {
  return new SshWriter()
    .uint8(messageKexInit)
    .octets(cookie)
    .nameList(proposal.keyExchange)
    .nameList(proposal.hostKey)
    .nameList(proposal.ciphersToServer)
    .nameList(proposal.ciphersToClient)
    .nameList(proposal.macsToServer)
    .nameList(proposal.macsToClient)
    .nameList(proposal.compressionToServer)
    .nameList(proposal.compressionToClient)
    .nameList(proposal.languagesToServer)
    .nameList(proposal.languagesToClient)
    .boolean(proposal.firstPacketFollows)
    .uint32(0)
    .finish();
}

/** Reads the payload of a KEXINIT, message number included. Throws PICKET_PROTOCOL_VIOLATION where it is cut short. */
export function decodeKexInit(payload: Uint8Array): SshProposal {
  const reader = new SshReader(payload);
  reader.octets(17);
  const proposal = {
    keyExchange: reader.nameList(),
    hostKey: reader.nameList(),
    ciphersToServer: reader.nameList(),
    ciphersToClient: reader.nameList(),
    macsToServer: reader.nameList(),
    macsToClient: reader.nameList(),
    compressionToServer: reader.nameList(),
    compressionToClient: reader.nameList(),
    languagesToServer: reader.nameList(),
    languagesToClient: reader.nameList(),
    firstPacketFollows: reader.boolean(),
  };
  reader.uint32();
  return proposal;
}

/** Names in the list of key exchange methods that are marks of an extension and never chosen (RFC 8308 §2.1, OpenSSH PROTOCOL §1.9). */
const marks: ReadonlySet<string> = new Set([
  'ext-info-c',
  'ext-info-s',
  'kex-strict-c-v00@openssh.com',
  'kex-strict-s-v00@openssh.com',
  'kexguess2@matt.ucc.asn.au',
]);

/** The first of the client's names that the server has too; null where there is none. */
export function chooseName(client: readonly string[], server: readonly string[]): string | null {
  return client.find((name) => server.includes(name) && !marks.has(name)) ?? null;
}

export interface SshAlgorithms {
  readonly keyExchange: string;
  readonly hostKey: string;
  readonly cipherToServer: string;
  readonly cipherToClient: string;
  /** Empty where the cipher authenticates by itself. */
  readonly macToServer: string;
  readonly macToClient: string;
  readonly compressionToServer: string;
  readonly compressionToClient: string;
}

const authenticated: ReadonlySet<string> = new Set([
  'chacha20-poly1305@openssh.com',
  'aes128-gcm@openssh.com',
  'aes256-gcm@openssh.com',
]);

/** What both sides come to; null where some list has nothing in common. */
export function chooseAlgorithms(client: SshProposal, server: SshProposal): SshAlgorithms | null {
  const keyExchange = chooseName(client.keyExchange, server.keyExchange);
  const hostKey = chooseName(client.hostKey, server.hostKey);
  const cipherToServer = chooseName(client.ciphersToServer, server.ciphersToServer);
  const cipherToClient = chooseName(client.ciphersToClient, server.ciphersToClient);
  if (keyExchange === null || hostKey === null || cipherToServer === null || cipherToClient === null)
    return null;
  const macToServer = authenticated.has(cipherToServer)
    ? ''
    : chooseName(client.macsToServer, server.macsToServer);
  const macToClient = authenticated.has(cipherToClient)
    ? ''
    : chooseName(client.macsToClient, server.macsToClient);
  const compressionToServer = chooseName(client.compressionToServer, server.compressionToServer);
  const compressionToClient = chooseName(client.compressionToClient, server.compressionToClient);
  if (
    macToServer === null ||
    macToClient === null ||
    compressionToServer === null ||
    compressionToClient === null
  )
    return null;
  return {
    keyExchange,
    hostKey,
    cipherToServer,
    cipherToClient,
    macToServer,
    macToClient,
    compressionToServer,
    compressionToClient,
  };
}
