/** The keys that may log in: `~/.ssh/authorized_keys` of the account, which a visitor may have written himself. */

import { Buffer } from 'node:buffer';
import type { DecoyContext } from '../../core/decoy.ts';
import { contentOf } from '../../shell/files/node.ts';
import { layerOf } from '../../shell/files/visit.ts';
import { Visitor } from './visitor.ts';

const readBytes = 65_536;
const keyTypes =
  /(?:^|[ \t])(?:ssh-(?:rsa|ed25519)|ecdsa-sha2-nistp(?:256|384|521))[ \t]+([A-Za-z0-9+/]{40,12000}={0,2})/;

/** True where this user's file names this key. sshd reads `authorized_keys` and then `authorized_keys2`. */
export function isAuthorizedKey(context: DecoyContext, user: string, key: Uint8Array): boolean {
  const { persona, source } = context;
  const known = persona.users.some((each) => each.name === user);
  if (!known) return false;
  const visitor = new Visitor({
    persona,
    user,
    interactive: false,
    terminal: false,
    columns: 80,
    rows: 24,
    source,
    sourcePort: context.sourcePort,
    destination: context.destination,
    destinationPort: context.destinationPort,
    now: () => context.now(),
    service: 'ssh',
    layer: layerOf(persona, source),
  });
  for (const name of ['authorized_keys', 'authorized_keys2']) {
    const node = visitor.files.find(`${visitor.account.home}/.ssh/${name}`, '/');
    if (node?.kind !== 'file') continue;
    for (const line of contentOf(node).slice(0, readBytes).split('\n')) {
      if (line.startsWith('#') || line.length > 16_384) continue;
      const found = keyTypes.exec(line);
      if (found !== null && Buffer.from(found[1] ?? '', 'base64').equals(key)) return true;
    }
  }
  return false;
}
