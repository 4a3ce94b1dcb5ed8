/** The functions of the expressions, by the names that scanner templates use. */

import { Buffer } from 'node:buffer';
import { createHash, createHmac } from 'node:crypto';
import { RE2JS } from 're2js';
import { below, type Random } from '../../core/random.ts';
import type { Value } from './expression.ts';
import { versionHolds } from './version.ts';

/** What functions may ask of their surroundings. */
export interface Surroundings {
  readonly random: Random;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

type Implementation = (values: readonly Value[], around: Surroundings) => Value | null;

const lengthLimit = 262_144;

export const textOf = (value: Value | undefined): string =>
  value === undefined
    ? ''
    : typeof value === 'object'
      ? value.map((item) => textOf(item)).join(' ')
      : String(value);

export const numberOf = (value: Value | undefined): number =>
  typeof value === 'number' ? value : Number(textOf(value));

const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');
const bytesOf = (text: string): Buffer =>
  // A character beyond Latin-1 comes from a template, and goes as UTF-8.
  /[^\0-\xff]/.test(text) ? Buffer.from(text, 'utf8') : latin1(text);

const patterns = new Map<string, RE2JS | null>();

/** A compiled pattern, null where RE2 does not know it. The last few hundred are kept. */
export function compiledPattern(source: string): RE2JS | null {
  const known = patterns.get(source);
  if (known !== undefined) return known;
  let pattern: RE2JS | null = null;
  try {
    pattern = source.length > 8_192 ? null : RE2JS.compile(source);
  } catch {
    // Refused patterns never match.
  }
  if (patterns.size > 512) patterns.clear();
  patterns.set(source, pattern);
  return pattern;
}

const finds = (source: string, text: string): boolean =>
  compiledPattern(source)?.matcher(text).find() === true;

const digest =
  (name: string): Implementation =>
  ([value]) =>
    createHash(name)
      .update(bytesOf(textOf(value)))
      .digest('hex');

const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
const digits = '0123456789';

const drawn = (random: Random, length: number, from: string): string =>
  Array.from({ length: Math.min(Math.max(0, Math.floor(length)), 4_096) }, () =>
    from.charAt(below(random, Math.max(1, from.length))),
  ).join('');

const randomText =
  (alphabet: string): Implementation =>
  ([length, choice], { random }) =>
    drawn(
      random,
      length === undefined ? 10 : numberOf(length),
      textOf(choice) === '' ? alphabet : textOf(choice),
    );

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&#34;',
  "'": '&#39;',
};

const percentEncoded = (text: string): string =>
  [...bytesOf(text)]
    .map((byte) => {
      const character = String.fromCharCode(byte);
      if (/[A-Za-z0-9._~-]/.test(character)) return character;
      return character === ' ' ? '+' : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
    })
    .join('');

const percentDecoded = (text: string): string =>
  text
    .replaceAll('+', ' ')
    .replaceAll(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));

const trimmed = (text: string, cut: string, left: boolean, right: boolean): string => {
  let from = 0;
  let to = text.length;
  if (left) while (from < to && cut.includes(text.charAt(from))) from += 1;
  if (right) while (to > from && cut.includes(text.charAt(to - 1))) to -= 1;
  return text.slice(from, to);
};

/** Java and Go layouts mixed as templates write them: `%Y-%M-%D %H:%m:%S`. */
function dateText(layout: string, at: number): string {
  const date = new Date(at);
  const two = (number: number): string => String(number).padStart(2, '0');
  const fields: Readonly<Record<string, string>> = {
    Y: String(date.getUTCFullYear()),
    M: two(date.getUTCMonth() + 1),
    D: two(date.getUTCDate()),
    H: two(date.getUTCHours()),
    m: two(date.getUTCMinutes()),
    S: two(date.getUTCSeconds()),
  };
  return layout.replaceAll(/%([YMDHmS])/g, (_, field: string) => fields[field] ?? '');
}

const rest = (values: readonly Value[]): string[] => values.slice(1).flatMap((value) => listOf(value));
const listOf = (value: Value): string[] =>
  typeof value === 'object' ? value.map((item) => textOf(item)) : [textOf(value)];
const lines = (value: Value | undefined): string[] =>
  textOf(value)
    .split('\n')
    .map((line) => line.trimEnd());

const randomInteger: Implementation = ([from, to], { random }) => {
  const [low, high] = [
    from === undefined ? 0 : numberOf(from),
    to === undefined ? 2_147_483_647 : numberOf(to),
  ];
  return low + below(random, Math.max(1, high - low));
};

const table: Readonly<Record<string, Implementation>> = {
  to_lower: ([text]) => textOf(text).toLowerCase(),
  to_upper: ([text]) => textOf(text).toUpperCase(),
  to_title: ([text]) => textOf(text).replaceAll(/\b[a-z]/g, (letter) => letter.toUpperCase()),
  to_string: ([value]) => textOf(value),
  to_number: ([value]) => numberOf(value),
  trim: ([text, cut]) => trimmed(textOf(text), textOf(cut), true, true),
  trim_left: ([text, cut]) => trimmed(textOf(text), textOf(cut), true, false),
  trim_right: ([text, cut]) => trimmed(textOf(text), textOf(cut), false, true),
  trim_space: ([text]) => textOf(text).trim(),
  trim_prefix: ([text, cut]) =>
    textOf(text).startsWith(textOf(cut)) ? textOf(text).slice(textOf(cut).length) : textOf(text),
  trim_suffix: ([text, cut]) =>
    textOf(cut) !== '' && textOf(text).endsWith(textOf(cut))
      ? textOf(text).slice(0, -textOf(cut).length)
      : textOf(text),
  reverse: ([text]) => textOf(text).split('').toReversed().join(''),
  len: ([value]) => (typeof value === 'object' ? value.length : textOf(value).length),
  concat: (values) => values.map((value) => textOf(value)).join(''),
  join: (values) => rest(values).join(textOf(values[0])),
  split: ([text, separator]) => textOf(text).split(textOf(separator)).slice(0, 1_024),
  substr: ([text, from, to]) =>
    textOf(text).slice(numberOf(from), to === undefined ? undefined : numberOf(to)),
  repeat: ([text, count]) => {
    const times = Math.max(0, Math.floor(numberOf(count)));
    return textOf(text).length * times > lengthLimit ? null : textOf(text).repeat(times);
  },
  padding: ([text, fill, length, side]) => {
    const size = Math.min(numberOf(length), 4_096);
    return textOf(side) === 'prefix'
      ? textOf(text).padStart(size, textOf(fill))
      : textOf(text).padEnd(size, textOf(fill));
  },
  replace: ([text, from, to]) => textOf(text).replaceAll(textOf(from), () => textOf(to)),
  replace_regex: ([text, from, to]) => {
    const pattern = compiledPattern(textOf(from));
    return pattern === null ? null : pattern.matcher(textOf(text)).replaceAll(textOf(to));
  },
  index: ([list, at]) => {
    const item = typeof list === 'object' ? list[numberOf(at)] : textOf(list).charAt(numberOf(at));
    return item ?? null;
  },
  base64: ([text]) => bytesOf(textOf(text)).toString('base64'),
  base64_py: ([text]) =>
    bytesOf(textOf(text))
      .toString('base64')
      .replaceAll(/.{1,76}/g, (line) => `${line}\n`),
  base64_decode: ([text]) => Buffer.from(textOf(text), 'base64').toString('latin1'),
  hex_encode: ([text]) => bytesOf(textOf(text)).toString('hex'),
  hex_decode: ([text]) => Buffer.from(textOf(text).replaceAll(/[^0-9A-Fa-f]/g, ''), 'hex').toString('latin1'),
  url_encode: ([text]) => percentEncoded(textOf(text)),
  url_decode: ([text]) => percentDecoded(textOf(text)),
  html_escape: ([text]) =>
    textOf(text).replaceAll(/[&<>"']/g, (character) => escapes[character] ?? character),
  html_unescape: ([text]) =>
    Object.entries(escapes).reduce(
      (plain, [character, escape]) => plain.replaceAll(escape, character),
      textOf(text).replaceAll('&quot;', '"'),
    ),
  md5: digest('md5'),
  sha1: digest('sha1'),
  sha256: digest('sha256'),
  sha512: digest('sha512'),
  hmac: ([name, text, key]) =>
    ['md5', 'sha1', 'sha256', 'sha512'].includes(textOf(name))
      ? createHmac(textOf(name), bytesOf(textOf(key)))
          .update(bytesOf(textOf(text)))
          .digest('hex')
      : null,
  dec_to_hex: ([value]) => Math.floor(numberOf(value)).toString(16),
  hex_to_dec: ([value]) => Number.parseInt(textOf(value).replace(/^0x/i, ''), 16),
  contains: ([text, part]) => textOf(text).includes(textOf(part)),
  contains_all: (values) => rest(values).every((part) => textOf(values[0]).includes(part)),
  contains_any: (values) => rest(values).some((part) => textOf(values[0]).includes(part)),
  starts_with: (values) => rest(values).some((part) => textOf(values[0]).startsWith(part)),
  ends_with: (values) => rest(values).some((part) => textOf(values[0]).endsWith(part)),
  line_starts_with: (values) =>
    lines(values[0]).some((line) => rest(values).some((part) => line.startsWith(part))),
  line_ends_with: (values) =>
    lines(values[0]).some((line) => rest(values).some((part) => line.endsWith(part))),
  equals_any: (values) => rest(values).includes(textOf(values[0])),
  regex: ([pattern, text]) => finds(textOf(pattern), textOf(text)),
  regex_all: ([text, ...sources]) =>
    sources.flatMap((source) => listOf(source)).every((source) => finds(source, textOf(text))),
  regex_any: ([text, ...sources]) =>
    sources.flatMap((source) => listOf(source)).some((source) => finds(source, textOf(text))),
  compare_versions: (values) => versionHolds(textOf(values[0]), rest(values)),
  rand_base: randomText(letters + digits),
  rand_text_alphanumeric: randomText(letters + digits),
  rand_text_alpha: randomText(letters),
  rand_text_numeric: randomText(digits),
  rand_char: ([choice], { random }) =>
    drawn(random, 1, textOf(choice) === '' ? letters + digits : textOf(choice)),
  rand_int: randomInteger,
  unix_time: ([offset], { now }) => Math.floor(now / 1_000) + (offset === undefined ? 0 : numberOf(offset)),
  date_time: ([layout, at], { now }) =>
    dateText(textOf(layout), at === undefined ? now : numberOf(at) * 1_000),
  wait_for: () => true,
};

/** Other spellings of the same functions. */
const aliases: Readonly<Record<string, string>> = {
  tolower: 'to_lower',
  toupper: 'to_upper',
  totitle: 'to_title',
  trimspace: 'trim_space',
  trimleft: 'trim_left',
  trimright: 'trim_right',
  urlencode: 'url_encode',
  urldecode: 'url_decode',
  html_decode: 'html_unescape',
  randint: 'rand_int',
  rand_num: 'rand_int',
  randbase: 'rand_base',
  rand_string: 'rand_base',
  tonumber: 'to_number',
  tostring: 'to_string',
};

export const functionName = (name: string): string =>
  Object.hasOwn(aliases, name) ? (aliases[name] ?? name) : name;

const randomNames = new Set([
  'rand_base',
  'rand_text_alphanumeric',
  'rand_text_alpha',
  'rand_text_numeric',
  'rand_char',
  'rand_int',
]);
const timely = new Set(['unix_time', 'date_time']);

/** Whether a call gives another value each time. */
export const isRandom = (name: string): boolean => randomNames.has(functionName(name));
export const isVarying = (name: string): boolean => isRandom(name) || timely.has(functionName(name));

/** The value of a call; null where the function is not known or the arguments are beyond it. */
export function callFunction(name: string, values: readonly Value[], around: Surroundings): Value | null {
  const canonical = functionName(name);
  const implementation = Object.hasOwn(table, canonical) ? table[canonical] : undefined;
  if (implementation === undefined) return null;
  if (values.some((value) => typeof value === 'string' && value.length > lengthLimit)) return null;
  try {
    const value = implementation(values, around);
    return typeof value === 'number' && Number.isNaN(value) ? null : value;
  } catch {
    return null;
  }
}
