/** A folder as the two servers print it (as `ls -l` does, each with columns of its own). */

import type { Persona } from '../../core/persona.ts';
import { modeText } from '../../shell/commands/list.ts';
import { sizeOf, type Node } from '../../shell/files/node.ts';
import type { FtpServer } from './server.ts';

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const halfYear = 15_768_000_000;

/** `Nov 24 11:48`, or `Nov 24  2025` where that is half a year ago or yet to come. */
function dateText(modified: number, now: number): string {
  const date = new Date(modified);
  const day = `${months[date.getUTCMonth()]} ${`${date.getUTCDate()}`.padStart(2, '0')}`;
  if (modified > now || now - modified > halfYear) return `${day}  ${date.getUTCFullYear()}`;
  return `${day} ${date.toISOString().slice(11, 16)}`;
}

/** `YYYYMMDDhhmmss`, as MDTM gives it (RFC 3659 §2.3). */
export function stampText(modified: number): string {
  return new Date(modified).toISOString().replace(/[-:T]/g, '').slice(0, 14);
}

export function listLine(name: string, node: Node, now: number, server: FtpServer, persona: Persona): string {
  const links = `${node.kind === 'directory' ? 2 : 1}`;
  const size = `${sizeOf(node)}`.padStart(8);
  const shown = node.kind === 'link' ? `${name} -> ${node.target}` : name;
  const when = dateText(node.modified, now);
  if (server.product === 'vsftpd') {
    const owner = `${`${node.uid}`.padEnd(8)} ${`${node.gid}`.padEnd(8)}`;
    return `${modeText(node)} ${links.padStart(4)} ${owner} ${size} ${when} ${shown}\r\n`;
  }
  const nameOf = (id: number): string =>
    (id === 0 ? 'root' : (persona.users.find((user) => user.uid === id)?.name ?? `${id}`)).padEnd(8);
  return `${modeText(node)}${links.padStart(4)} ${nameOf(node.uid)} ${nameOf(node.gid)} ${size} ${when} ${shown}\r\n`;
}
