/** File attributes as SFTP version 3 writes them, and the lines of a listing. */

import { formatDate } from '../../shell/date-format.ts';
import { childrenOf, type Node, sizeOf } from '../../shell/files/node.ts';
import type { SshReader, SshWriter } from '../../wire/ssh-bytes.ts';
import type { Visitor } from './visitor.ts';

const flag = { size: 1, owner: 2, mode: 4, times: 8, extended: 0x80000000 } as const;

export interface WantedAttributes {
  readonly size?: number;
  readonly owner?: readonly [uid: number, gid: number];
  readonly mode?: number;
  /** Seconds since the epoch. */
  readonly modified?: number;
}

export function uint64(writer: SshWriter, value: number): SshWriter {
  return writer.uint32(Math.floor(value / 4_294_967_296)).uint32(value >>> 0);
}

/** As a double: no file here is so large that octets of it are lost. */
export function readUint64(reader: SshReader): number {
  return reader.uint32() * 4_294_967_296 + reader.uint32();
}

const typeBits: Readonly<Record<Node['kind'], number>> = {
  file: 0o100000,
  directory: 0o040000,
  link: 0o120000,
  device: 0o020000,
};

// uint32   flags
// uint64   size           present only if flag SSH_FILEXFER_ATTR_SIZE
// uint32   uid            present only if flag SSH_FILEXFER_ATTR_UIDGID
// uint32   gid            present only if flag SSH_FILEXFER_ATTR_UIDGID
// uint32   permissions    present only if flag SSH_FILEXFER_ATTR_PERMISSIONS
// uint32   atime          present only if flag SSH_FILEXFER_ACMODTIME
// uint32   mtime          present only if flag SSH_FILEXFER_ACMODTIME
export function writeAttributes(writer: SshWriter, node: Node): SshWriter {
  const seconds = Math.floor(node.modified / 1000) >>> 0;
  uint64(writer.uint32(flag.size | flag.owner | flag.mode | flag.times), sizeOf(node));
  writer.uint32(node.uid).uint32(node.gid);
  return writer
    .uint32(typeBits[node.kind] | (node.mode & 0o7777))
    .uint32(seconds)
    .uint32(seconds);
}

export function readAttributes(reader: SshReader): WantedAttributes {
  const flags = reader.uint32();
  let wanted: WantedAttributes = {};
  if ((flags & flag.size) !== 0) wanted = { ...wanted, size: readUint64(reader) };
  if ((flags & flag.owner) !== 0) wanted = { ...wanted, owner: [reader.uint32(), reader.uint32()] };
  if ((flags & flag.mode) !== 0) wanted = { ...wanted, mode: reader.uint32() & 0o7777 };
  if ((flags & flag.times) !== 0) {
    reader.uint32();
    wanted = { ...wanted, modified: reader.uint32() };
  }
  if ((flags & flag.extended) !== 0) {
    for (let left = reader.uint32(); left > 0; left -= 1) {
      reader.string();
      reader.string();
    }
  }
  return wanted;
}

function modeText(node: Node): string {
  const type = { file: '-', directory: 'd', link: 'l', device: 'c' }[node.kind];
  const bits = (shift: number, special: number, lower: string): string => {
    const three = node.mode >> shift;
    const runs = (three & 1) !== 0;
    const last = (node.mode & special) !== 0 ? (runs ? lower : lower.toUpperCase()) : runs ? 'x' : '-';
    return `${(three & 4) === 0 ? '-' : 'r'}${(three & 2) === 0 ? '-' : 'w'}${last}`;
  };
  return type + bits(6, 0o4000, 's') + bits(3, 0o2000, 's') + bits(0, 0o1000, 't');
}

const halfYear = (365 * 86_400_000) / 2;

/** The line of a listing that sftp-server puts beside each name, in byte text. */
export function longName(visitor: Visitor, name: string, node: Node): string {
  const user = (visitor.nameOf('/etc/passwd', node.uid) || String(node.uid)).padEnd(8);
  const group = (visitor.nameOf('/etc/group', node.gid) || String(node.gid)).padEnd(8);
  let links = visitor.files.namesOf(node);
  if (node.kind === 'directory') {
    links = 2;
    for (const child of childrenOf(node).values()) if (child.kind === 'directory') links += 1;
  }
  const now = visitor.now();
  const isOld = now - node.modified > halfYear || now < Math.floor(node.modified / 1000) * 1000;
  const date = formatDate(node.modified, isOld ? '%b %e  %Y' : '%b %e %H:%M');
  return `${modeText(node)} ${String(links).padStart(4)} ${user} ${group} ${String(sizeOf(node)).padStart(8)} ${date} ${name}`;
}
