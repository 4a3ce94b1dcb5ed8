/** Queries and percent-encoding (RFC 3986 §2.1, application/x-www-form-urlencoded), bounded and without a throw. */

import { Buffer } from 'node:buffer';

const parameterLimit = 256;

/** Latin-1 text with its `%XX` undone; what is no escape stays as it is. */
export function percentDecoded(text: string): string {
  if (!text.includes('%')) return text;
  return text.replaceAll(/%([0-9A-Fa-f]{2})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  );
}

/** The parameters in their order as sent, undecoded; at most 256. */
export function rawParameters(query: string): [name: string, value: string][] {
  if (query === '') return [];
  return query
    .split('&', parameterLimit)
    .filter((part) => part !== '')
    .map((part) => {
      const equals = part.indexOf('=');
      return equals < 0 ? [part, ''] : [part.slice(0, equals), part.slice(equals + 1)];
    });
}

const decoded = (text: string): string =>
  Buffer.from(percentDecoded(text.replaceAll('+', ' ')), 'latin1').toString('utf8');

/** The parameters decoded as UTF-8; of a name that comes more than once, the first. */
export function queryOf(query: string): ReadonlyMap<string, string> {
  const parameters = new Map<string, string>();
  for (const [name, value] of rawParameters(query)) {
    const key = decoded(name);
    if (!parameters.has(key)) parameters.set(key, decoded(value));
  }
  return parameters;
}

/** All values of one parameter, decoded. */
export function valuesOf(query: string, name: string): string[] {
  return rawParameters(query).flatMap(([key, value]) => (decoded(key) === name ? [decoded(value)] : []));
}
