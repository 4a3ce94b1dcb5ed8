/** Errors of the file system, with the texts of strerror(3). */
export const fileFaults = {
  ENOENT: 'No such file or directory',
  ENOTDIR: 'Not a directory',
  EISDIR: 'Is a directory',
  EACCES: 'Permission denied',
  EPERM: 'Operation not permitted',
  EEXIST: 'File exists',
  ENOTEMPTY: 'Directory not empty',
  ELOOP: 'Too many levels of symbolic links',
  ENOSPC: 'No space left on device',
  EROFS: 'Read-only file system',
  EINVAL: 'Invalid argument',
  EBUSY: 'Device or resource busy',
  EBADF: 'Bad file descriptor',
  ENAMETOOLONG: 'File name too long',
} as const;

export type FileFaultCode = keyof typeof fileFaults;

export class FileFault extends Error {
  readonly code: FileFaultCode;

  constructor(code: FileFaultCode) {
    super(fileFaults[code]);
    this.code = code;
  }
}
