import { createHash } from 'node:crypto';
import type { SshProposal } from './ssh-kexinit.ts';

/**
 * HASSH of a client (https://github.com/salesforce/hassh): MD5 in hex of its key exchange, cipher, MAC and compression lists
 * for the way to the server, `;` between them.
 */
export function hassh(client: SshProposal): string {
  const lists = [client.keyExchange, client.ciphersToServer, client.macsToServer, client.compressionToServer];
  return createHash('md5')
    .update(lists.map((list) => list.join(',')).join(';'), 'latin1')
    .digest('hex');
}
