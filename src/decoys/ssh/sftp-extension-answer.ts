/** Answers to OpenSSH's own extensions of SFTP. */

import { Buffer } from 'node:buffer';
import { SshReader, SshWriter } from '../../wire/ssh-bytes.ts';
import { nameAnswer, statusAnswer } from './sftp-answer.ts';
import { uint64 } from './sftp-attributes.ts';
import { packet, status } from './sftp-protocol.ts';
import type { Visitor } from './visitor.ts';

// uint64   f_bsize, f_frsize, f_blocks, f_bfree, f_bavail, f_files, f_ffree, f_favail, f_fsid, f_flag, f_namemax
export function spaceAnswer(machine: Visitor['machine'], id: number): Buffer {
  const blocks = Math.floor(machine.diskKilobytes / 4);
  const free = Math.floor((machine.diskKilobytes - machine.diskUsedKilobytes) / 4);
  const inodes = Math.floor(machine.diskKilobytes / 16);
  const spare = Math.floor(inodes * 0.8);
  const writer = new SshWriter().uint8(packet.extendedReply).uint32(id);
  const fields = [
    4096,
    4096,
    blocks,
    free,
    Math.floor(free * 0.95),
    inodes,
    spare,
    spare,
    machine.diskKilobytes,
    0,
    255,
  ];
  for (const value of fields) uint64(writer, value);
  return writer.finish();
}

/** `~`, `~user` and what is relative, made absolute. */
export function expandedAnswer(
  { account, files, folder, machine }: Visitor,
  id: number,
  path: string,
): Buffer {
  const tilde = /^~([^/]*)/.exec(path);
  if (tilde === null) return nameAnswer(id, files.realPath(path === '' ? '.' : path, folder));
  const name = tilde[1] ?? '';
  const home = name === '' ? account.home : machine.users.find((each) => each.name === name)?.home;
  if (home === undefined) return statusAnswer(id, status.noSuchFile, 'no such user');
  return nameAnswer(id, files.realPath(home + path.slice(tilde[0].length), folder));
}

// string   uids (uint32 each), string gids
// string   usernames (string each), string groupnames
export function namesAnswer(visitor: Visitor, id: number, reader: SshReader): Buffer {
  const list = (path: '/etc/passwd' | '/etc/group'): Buffer => {
    const ids = new SshReader(reader.string());
    const writer = new SshWriter();
    for (let left = 256; ids.remaining > 0 && left > 0; left -= 1)
      writer.string(Buffer.from(visitor.nameOf(path, ids.uint32()), 'latin1'));
    return writer.finish();
  };
  const users = list('/etc/passwd');
  const groups = list('/etc/group');
  return new SshWriter().uint8(packet.extendedReply).uint32(id).string(users).string(groups).finish();
}
