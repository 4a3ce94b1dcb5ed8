import { createHash } from 'node:crypto';
import type { SshProposal } from './ssh-kexinit.ts';

/**
 * HASSH of a client (https://github.com/salesforce/hassh): MD5 in hex of its key exchange, cipher, MAC and compression lists
 * for the way to the server, `;` between them.
 */
export function hassh(client: SshProposal): string {
  return digest(client.keyExchange, client.ciphersToServer, client.macsToServer, client.compressionToServer);
}

/** HASSH of a server, `hasshServer`: the same of its lists for the way to the client. */
export function hasshServer(
  server: Pick<SshProposal, 'keyExchange' | 'ciphersToClient' | 'macsToClient' | 'compressionToClient'>,
): string {
  return digest(server.keyExchange, server.ciphersToClient, server.macsToClient, server.compressionToClient);
}

const digest = (...lists: readonly (readonly string[])[]): string =>
  createHash('md5')
    .update(lists.map((list) => list.join(',')).join(';'), 'latin1')
    .digest('hex');
