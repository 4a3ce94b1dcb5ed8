import { createHash } from 'node:crypto';

/** `*` and SHA-1 of SHA-1, as mysql.user keeps it. */
export function nativeHash(password: string): string {
  const once = createHash('sha1').update(password, 'latin1').digest();
  return `*${createHash('sha1').update(once).digest('hex').toUpperCase()}`;
}
