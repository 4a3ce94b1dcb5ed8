/** Numbers and texts of SFTP version 3 (draft-ietf-secsh-filexfer-02), as OpenSSH's sftp-server uses them. */

import type { FileFault } from '../../shell/files/fault.ts';

export const packet = {
  init: 1,
  version: 2,
  open: 3,
  close: 4,
  read: 5,
  write: 6,
  lstat: 7,
  fstat: 8,
  setstat: 9,
  fsetstat: 10,
  opendir: 11,
  readdir: 12,
  remove: 13,
  mkdir: 14,
  rmdir: 15,
  realpath: 16,
  stat: 17,
  rename: 18,
  readlink: 19,
  symlink: 20,
  status: 101,
  handle: 102,
  data: 103,
  name: 104,
  attributes: 105,
  extended: 200,
  extendedReply: 201,
} as const;

export const status = {
  ok: 0,
  endOfFile: 1,
  noSuchFile: 2,
  permissionDenied: 3,
  failure: 4,
  badMessage: 5,
  unsupported: 8,
} as const;

export const statusTexts: readonly string[] = [
  'Success',
  'End of file',
  'No such file',
  'Permission denied',
  'Failure',
  'Bad message',
  'No connection',
  'Connection lost',
  'Operation unsupported',
];

export const openFlag = { read: 1, write: 2, append: 4, create: 8, truncate: 16, exclusive: 32 } as const;

/** The status that sftp-server's errno_to_portable gives. */
export function statusOf(fault: FileFault): number {
  switch (fault.code) {
    case 'ENOENT':
    case 'ENOTDIR':
    case 'ELOOP':
      return status.noSuchFile;
    case 'EACCES':
    case 'EPERM':
      return status.permissionDenied;
    case 'ENAMETOOLONG':
    case 'EINVAL':
      return status.badMessage;
    default:
      return status.failure;
  }
}

/** The extensions of VERSION with the OpenSSH that brought each (PROTOCOL, release notes), in the server's order. */
const extensions: readonly (readonly [name: string, data: string, since: number])[] = [
  ['posix-rename@openssh.com', '1', 408],
  ['statvfs@openssh.com', '2', 501],
  ['fstatvfs@openssh.com', '2', 501],
  ['hardlink@openssh.com', '1', 507],
  ['fsync@openssh.com', '1', 605],
  ['lsetstat@openssh.com', '1', 800],
  ['limits@openssh.com', '1', 805],
  ['expand-path@openssh.com', '1', 807],
  ['copy-data', '1', 900],
  ['home-directory', '1', 901],
  ['users-groups-by-id@openssh.com', '1', 901],
];

export function extensionsOf(version: number): readonly (readonly [name: string, data: string])[] {
  return extensions.filter(([, , since]) => version >= since).map(([name, data]) => [name, data]);
}
