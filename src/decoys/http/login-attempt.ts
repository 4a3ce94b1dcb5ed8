/** Login attempts in HTTP requests: Basic (RFC 7617), Digest (RFC 7616), forms and JSON. */

import type { AuthFact } from '../../core/observation.ts';
import type { LoginPolicy } from '../../core/persona.ts';
import type { NormalRequest } from '../../signatures/normal-request.ts';

export interface LoginAttempt {
  readonly user: string;
  readonly password: string | null;
  readonly method: AuthFact['method'];
}

const textLimit = 256;
const userNames = [
  'username',
  'user',
  'os_username',
  'j_username',
  '_user',
  'form_username',
  // A button may be called so: names that can only be a user's come first.
  'login',
  'user_name',
  'userid',
  'log',
  'email',
  'uname',
  'account',
  'name',
  'usr',
  'login_username',
  'luser',
];
const passwordNames = [
  'password',
  'pass',
  'passwd',
  'pwd',
  'psw',
  '_pass',
  'form_password',
  'os_password',
  'j_password',
  'userpass',
  'secret',
  'login_password',
  'secretkey',
];

/** The credentials that a request offers, or null. */
export function loginAttempt(request: NormalRequest): LoginAttempt | null {
  const authorization =
    request.request.headers.find((header) => header[0].toLowerCase() === 'authorization')?.[1] ?? '';
  const basic = /^basic\s{1,4}([A-Za-z0-9+/=_-]{1,1024})$/i.exec(authorization)?.[1];
  if (basic !== undefined) {
    const pair = Buffer.from(basic, 'base64').toString('latin1');
    const colon = pair.indexOf(':');
    if (colon >= 0)
      return {
        user: pair.slice(0, colon).slice(0, textLimit),
        password: pair.slice(colon + 1).slice(0, textLimit),
        method: 'password',
      };
  }
  if (/^digest\s/i.test(authorization)) {
    const user = /username="?([^",]{0,256})/i.exec(authorization)?.[1];
    if (user !== undefined) return { user, password: null, method: 'other' };
  }
  if (request.method !== 'POST') return null;
  const fromForm = (names: readonly string[]): string | null => {
    for (const name of names) {
      const value = request.parameter(name);
      if (value !== null) return value.slice(0, textLimit);
    }
    return null;
  };
  const user = fromForm(userNames);
  const password = fromForm(passwordNames);
  if (user !== null && password !== null) return { user, password, method: 'password' };
  if (!request.request.body.startsWith('{')) return null;
  const field = (names: readonly string[]): string | null => {
    for (const name of names) {
      const at = request.request.body.toLowerCase().indexOf(`"${name}"`);
      if (at < 0) continue;
      const value = /^"[^"]{1,32}"\s{0,4}:\s{0,4}"([^"]{0,256})"/.exec(
        request.request.body.slice(at, at + 400),
      )?.[1];
      if (value !== undefined) return value;
    }
    return null;
  };
  const jsonUser = field(userNames);
  const jsonPassword = field(passwordNames);
  return jsonUser === null || jsonPassword === null
    ? null
    : { user: jsonUser, password: jsonPassword, method: 'password' };
}

/** Whether the machine lets this attempt in: `attempts` counts those of the source, with this one. */
export function loginAccepted(policy: LoginPolicy, attempt: LoginAttempt, attempts: number): boolean {
  if (attempt.password === null) return false;
  const listed = policy.accepted.some(
    ([user, password]) =>
      (user === '*' || user === attempt.user) && (password === '*' || password === attempt.password),
  );
  return listed || (policy.acceptAfter > 0 && attempts >= policy.acceptAfter);
}
