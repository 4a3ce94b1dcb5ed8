/** Digest access authentication (RFC 2617 §3.2, RFC 7616): reading what a client sends and trying passwords against it. */

import { createHash } from 'node:crypto';

export interface DigestAnswer {
  readonly user: string;
  readonly realm: string;
  readonly nonce: string;
  readonly uri: string;
  readonly response: string;
  readonly algorithm: string;
  readonly qop: string;
  readonly count: string;
  readonly clientNonce: string;
}

/** The parameters of an `Authorization: Digest …` value, or null where it is none. */
export function parseDigest(value: string): DigestAnswer | null {
  if (!/^digest\s/i.test(value)) return null;
  const found = new Map<string, string>();
  for (const match of value
    .slice(0, 4_096)
    .matchAll(/([a-z]{1,16})\s{0,4}=\s{0,4}(?:"([^"]{0,512})"|([^\s,"]{1,512}))/gi)) {
    found.set((match[1] ?? '').toLowerCase(), match[2] ?? match[3] ?? '');
  }
  const get = (name: string): string => found.get(name) ?? '';
  if (!found.has('username') || !found.has('response')) return null;
  return {
    user: get('username').slice(0, 256),
    realm: get('realm'),
    nonce: get('nonce'),
    uri: get('uri'),
    response: get('response').toLowerCase(),
    algorithm: get('algorithm').toLowerCase() || 'md5',
    qop: get('qop').toLowerCase(),
    count: get('nc'),
    clientNonce: get('cnonce'),
  };
}

/**
 *     response = H(H(A1) ":" nonce [":" nc ":" cnonce ":" qop] ":" H(A2))
 *     A1 = user ":" realm ":" password          A2 = method ":" uri
 */
export function digestResponse(answer: DigestAnswer, method: string, password: string): string {
  const name = answer.algorithm.startsWith('sha-256') ? 'sha256' : 'md5';
  const hash = (text: string): string => createHash(name).update(text, 'latin1').digest('hex');
  let first = hash(`${answer.user}:${answer.realm}:${password}`);
  if (answer.algorithm.endsWith('-sess')) first = hash(`${first}:${answer.nonce}:${answer.clientNonce}`);
  const second = hash(`${method}:${answer.uri}`);
  const middle =
    answer.qop === '' ? answer.nonce : `${answer.nonce}:${answer.count}:${answer.clientNonce}:${answer.qop}`;
  return hash(`${first}:${middle}:${second}`);
}

/** What guessers try first. A digest hides the password, but not one that everybody tries. */
const commonPasswords = [
  '',
  'admin',
  '12345',
  '123456',
  '1234',
  'password',
  'admin123',
  '888888',
  '666666',
  '123',
  '1111',
  '111111',
  '0000',
  '000000',
  '12345678',
  '123456789',
  'root',
  'user',
  'guest',
  'support',
  'pass',
  'admin1234',
  'admin12345',
  'Admin123',
  'abc123',
  'secret',
  'qwerty',
  'changeme',
  'default',
  'camera',
  'ubnt',
  'service',
  'operator',
  '4321',
  '54321',
  '1234567',
  '12341234',
  'system',
  'tlJwpbo6',
  'meinsm',
  'jvc',
  'ikwd',
  '9999',
  'fliradmin',
  'wbox123',
  'hikvision',
  'hik12345',
  'abcd1234',
  'asdf1234',
  'test',
  'sip',
  'asterisk',
  'freepbx',
  'voip',
  'phone',
  'pbx',
  'extension',
  'passw0rd',
  'P@ssw0rd',
  '1q2w3e4r',
  'tr069',
  'cpe',
  'acs',
] as const;

/** The password where it is one of `known`, the user's name with or without digits behind, or a common one; else null. */
export function guessedPassword(
  answer: DigestAnswer,
  method: string,
  known: readonly string[],
): string | null {
  const near = [answer.user, `${answer.user}${answer.user}`, `${answer.user}123`, `${answer.user}1234`];
  for (const password of [...known, ...near, ...commonPasswords]) {
    if (digestResponse(answer, method, password) === answer.response) return password;
  }
  return null;
}
