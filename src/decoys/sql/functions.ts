/** Functions that MySQL and PostgreSQL have alike. A NULL argument gives NULL, unless said otherwise. */

import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import { longestText, numberOf, textOf, type Value } from './value.ts';

type Plain = (...items: string[]) => Value;

const texts =
  (from: Plain): ((items: readonly Value[]) => Value) =>
  (items) =>
    items.includes(null) ? null : from(...items.map(textOf));

const hash = (name: string) =>
  texts((text = '') => createHash(name).update(Buffer.from(text, 'latin1')).digest('hex'));

const pad = (text: string, length: string, fill: string, left: boolean): string => {
  const wanted = Math.max(0, Math.min(longestText, Math.trunc(numberOf(length))));
  if (text.length >= wanted) return text.slice(0, wanted);
  if (fill === '') return '';
  const more = fill.repeat(Math.ceil((wanted - text.length) / fill.length)).slice(0, wanted - text.length);
  return left ? more + text : text + more;
};

const substring = texts((text = '', from = '1', count) => {
  const start = Math.trunc(numberOf(from));
  const begin = start > 0 ? start - 1 : start < 0 ? text.length + start : text.length;
  const length = count === undefined ? undefined : Math.max(0, Math.trunc(numberOf(count)));
  return begin < 0 ? '' : text.slice(begin, length === undefined ? undefined : begin + length);
});

const rounded = (items: readonly Value[]): Value => {
  if (items.includes(null)) return null;
  const places = 10 ** Math.max(-15, Math.min(15, Math.trunc(numberOf(items[1] ?? 0))));
  const number = numberOf(items[0] ?? 0) * places;
  return (Math.sign(number) * Math.round(Math.abs(number))) / places;
};

const numeric =
  (from: (...numbers: number[]) => number) =>
  (items: readonly Value[]): Value =>
    items.includes(null) ? null : from(...items.map(numberOf));

const extreme = (items: readonly Value[], sign: number): Value => {
  if (items.includes(null)) return null;
  return items.reduce((best, item) => {
    const apart =
      typeof item === 'string' && typeof best === 'string'
        ? item < best
          ? -1
          : 1
        : numberOf(item) - numberOf(best);
    return apart * sign > 0 ? item : best;
  });
};

export const commonFunctions: Readonly<Record<string, (items: readonly Value[]) => Value>> = {
  concat: (items) => items.map(textOf).join('').slice(0, longestText),
  concat_ws: ([separator = null, ...items]) =>
    separator === null
      ? null
      : items
          .filter((item) => item !== null)
          .map(textOf)
          .join(textOf(separator))
          .slice(0, longestText),
  upper: texts((text = '') => text.toUpperCase()),
  lower: texts((text = '') => text.toLowerCase()),
  length: texts((text = '') => text.length),
  octet_length: texts((text = '') => text.length),
  char_length: texts((text = '') => Buffer.from(text, 'latin1').toString('utf8').length),
  character_length: texts((text = '') => Buffer.from(text, 'latin1').toString('utf8').length),
  bit_length: texts((text = '') => text.length * 8),
  substring,
  substr: substring,
  mid: substring,
  left: texts((text = '', count = '0') => text.slice(0, Math.max(0, numberOf(count)))),
  right: texts((text = '', count = '0') =>
    text.slice(Math.max(0, text.length - Math.max(0, numberOf(count)))),
  ),
  replace: texts((text = '', from = '', to = '') =>
    from === '' ? text : text.split(from).join(to).slice(0, longestText),
  ),
  reverse: texts((text = '') => text.split('').reverse().join('')),
  repeat: texts((text = '', count = '0') => {
    const times = Math.max(0, Math.trunc(numberOf(count)));
    return text.length * times > longestText ? null : text.repeat(times);
  }),
  lpad: texts((text = '', length = '0', fill = ' ') => pad(text, length, fill, true)),
  rpad: texts((text = '', length = '0', fill = ' ') => pad(text, length, fill, false)),
  trim: texts((text = '') => text.replace(/^ +/, '').trimEnd()),
  ltrim: texts((text = '') => text.replace(/^ +/, '')),
  rtrim: texts((text = '') => text.trimEnd()),
  ascii: texts((text = '') => (text === '' ? 0 : text.charCodeAt(0))),
  md5: hash('md5'),
  coalesce: (items) => items.find((item) => item !== null) ?? null,
  nullif: ([left = null, right = null]) =>
    left !== null && right !== null && textOf(left) === textOf(right) ? null : left,
  greatest: (items) => extreme(items, 1),
  least: (items) => extreme(items, -1),
  abs: numeric((number = 0) => Math.abs(number)),
  ceil: numeric((number = 0) => Math.ceil(number)),
  ceiling: numeric((number = 0) => Math.ceil(number)),
  floor: numeric((number = 0) => Math.floor(number)),
  round: rounded,
  sign: numeric((number = 0) => Math.sign(number)),
  sqrt: numeric((number = 0) => Math.sqrt(number)),
  power: numeric((base = 0, exponent = 0) => base ** exponent),
  pow: numeric((base = 0, exponent = 0) => base ** exponent),
  exp: numeric((number = 0) => Math.exp(number)),
  ln: numeric((number = 1) => Math.log(number)),
  pi: () => Math.PI,
  mod: ([left = null, right = null]) =>
    left === null || right === null || numberOf(right) === 0 ? null : numberOf(left) % numberOf(right),
};

/** `2026-03-01 12:00:00` in UTC. */
export function dateTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString().slice(0, 19).replace('T', ' ');
}
