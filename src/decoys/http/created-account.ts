/** Accounts, tokens and sessions that a visitor made by an exploit, and by which it comes back. */

import type { Visit } from './lure.ts';

const textLimit = 256;
const accountKey = (product: string, user: string): string =>
  `account ${product} ${user.slice(0, textLimit).toLowerCase()}`;

export function createAccount({ memory }: Visit, product: string, user: string, password: string): void {
  if (user !== '') memory.set(accountKey(product, user), password.slice(0, textLimit));
}

/** True where the visitor made this account with this password. */
export const knowsAccount = (
  { memory }: Pick<Visit, 'memory'>,
  product: string,
  user: string,
  password: string,
): boolean => memory.get(accountKey(product, user)) === password.slice(0, textLimit);

/** True where the visitor made this account with this password, of whichever product. */
export function madeAccount(
  memory: ReadonlyMap<string, string>,
  user: string,
  password: string | null,
): boolean {
  if (password === null) return false;
  const end = ` ${user.slice(0, textLimit).toLowerCase()}`;
  for (const [key, known] of memory)
    if (key.startsWith('account ') && key.endsWith(end) && known === password.slice(0, textLimit))
      return true;
  return false;
}

/** User and password of an Authorization header (RFC 7617); null where it has none. */
export function basicCredentials({ request }: Visit): readonly [user: string, password: string] | null {
  const header =
    request.request.headers.find((entry) => entry[0].toLowerCase() === 'authorization')?.[1] ?? '';
  const encoded = /^basic\s{1,4}([A-Za-z0-9+/=_-]{1,1024})$/i.exec(header)?.[1];
  if (encoded === undefined) return null;
  const pair = Buffer.from(encoded, 'base64').toString('latin1');
  const colon = pair.indexOf(':');
  return colon < 0 ? null : [pair.slice(0, colon), pair.slice(colon + 1)];
}

/** The token of an `Authorization: Bearer` header with its case kept; empty where there is none. */
export function bearerToken({ request }: Visit): string {
  const header =
    request.request.headers.find((entry) => entry[0].toLowerCase() === 'authorization')?.[1] ?? '';
  return /^bearer\s{1,4}([^\s]{1,1024})/i.exec(header)?.[1] ?? '';
}

/** Text that is this visitor's own on this machine, hex digits, another at each call. */
export function grant(visit: Visit, product: string, digits: number): string {
  const key = `granted ${product}`;
  const count = Number(visit.memory.get(`${key} count`) ?? '0') + 1;
  const token = visit.token(`${product} for ${visit.source}, number ${count}`, digits);
  visit.memory.set(`${key} count`, String(count));
  visit.memory.set(key, token);
  return token;
}

/** What was granted last; null where nothing was. */
export const granted = ({ memory }: Visit, product: string): string | null =>
  memory.get(`granted ${product}`) ?? null;

/** A cookie with its case kept; empty where it was not sent. */
export function cookie({ request }: Visit, name: string): string {
  for (const [header, value] of request.request.headers) {
    if (header.toLowerCase() !== 'cookie') continue;
    for (const pair of value.split(';', 64)) {
      const equals = pair.indexOf('=');
      if (equals > 0 && pair.slice(0, equals).trim().toLowerCase() === name.toLowerCase())
        return pair.slice(equals + 1).trim();
    }
  }
  return '';
}

/** True where the visitor shows by a cookie or token what it was granted. */
export function returns(visit: Visit, product: string, shown: string): boolean {
  const token = granted(visit, product);
  return token !== null && shown !== '' && shown.includes(token);
}
