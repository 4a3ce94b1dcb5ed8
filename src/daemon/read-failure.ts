/** Why a file could not be read, in words and with the mend: what follows "FILE, which …". */
export function readFailure(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
  if (code === 'ENOENT') return 'is not there; check the name';
  if (code === 'EACCES' || code === 'EPERM')
    return 'may not be read by this user; change its mode or the user';
  if (code === 'EISDIR') return 'is a folder; name a file';
  return `can't be read (${code})`;
}
