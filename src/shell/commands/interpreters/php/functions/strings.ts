/** Functions of strings that look at and cut them. */

import { Unsupported } from '../../script/unsupported.ts';
import { keyText, numericValue, textOf } from '../conversion.ts';
import type { Machine } from '../machine.ts';
import type { Given, NativeTable } from '../native.ts';
import { ArrayValue, type Value } from '../value.ts';

const lower = (text: string): string => text.replaceAll(/[A-Z]+/g, (piece) => piece.toLowerCase());
const upper = (text: string): string => text.replaceAll(/[a-z]+/g, (piece) => piece.toUpperCase());

/** Where a needle stands, with PHP's offsets; -1 nowhere. */
function found(
  machine: Machine,
  name: string,
  haystack: string,
  needle: string,
  offset: number,
  last: boolean,
): number {
  machine.spend(haystack.length + needle.length);
  if (Math.abs(offset) > haystack.length)
    machine.throwError(
      'ValueError',
      `${name}(): Argument #3 ($offset) must be contained in argument #1 ($haystack)`,
    );
  if (!last) return haystack.indexOf(needle, offset < 0 ? haystack.length + offset : offset);
  if (offset >= 0) {
    const at = haystack.lastIndexOf(needle);
    return at >= offset ? at : -1;
  }
  return haystack.lastIndexOf(needle, haystack.length + offset);
}

const position =
  (name: string, last: boolean, folds: boolean) =>
  (machine: Machine, given: Given): Value => {
    const fold = folds ? lower : (text: string): string => text;
    const at = found(machine, name, fold(given.text(0)), fold(given.text(1)), given.number(2), last);
    return at < 0 ? false : BigInt(at);
  };

/** `substr` with its negative numbers. */
export function cut(text: string, start: number, length: number | null): string {
  const from = start < 0 ? Math.max(0, text.length + start) : Math.min(start, text.length);
  const end =
    length === null ? text.length : length < 0 ? text.length + length : Math.min(text.length, from + length);
  return end <= from ? '' : text.slice(from, end);
}

function trimmed(machine: Machine, given: Given, left: boolean, right: boolean): string {
  const text = given.text(0);
  const marks = given.text(1).replaceAll(/([\s\S])\.\.([\s\S])/g, (all, from: string, to: string) => {
    if (from > to) return all;
    let out = '';
    for (let code = from.charCodeAt(0); code <= to.charCodeAt(0); code += 1) out += String.fromCharCode(code);
    return out;
  });
  machine.spend(text.length + marks.length);
  const set = new Set(marks);
  let [start, end] = [0, text.length];
  if (left) while (start < end && set.has(text.charAt(start))) start += 1;
  if (right) while (end > start && set.has(text.charAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

const blanks = '" \\n\\r\\t\\v\\0"';

function compared(machine: Machine, one: string, other: string): bigint {
  machine.spend(Math.min(one.length, other.length));
  return one === other ? 0n : one < other ? -1n : 1n;
}

/** Byte-wise difference in digits' order: what `strnatcmp` sees. */
function natural(machine: Machine, one: string, other: string): bigint {
  machine.spend(one.length + other.length);
  const [left, right] = [one, other].map((text) => text.match(/\d+|\D/g) ?? []);
  for (let at = 0; at < Math.max(left?.length ?? 0, right?.length ?? 0); at += 1) {
    const [first, second] = [left?.[at], right?.[at]];
    if (first === undefined) return -1n;
    if (second === undefined) return 1n;
    if (/\d/.test(first) && /\d/.test(second)) {
      const [a, b] = [BigInt(first.slice(0, 400)), BigInt(second.slice(0, 400))];
      if (a !== b) return a < b ? -1n : 1n;
    } else if (first !== second) return first < second ? -1n : 1n;
  }
  return 0n;
}

function replaceOne(
  machine: Machine,
  subject: string,
  search: string,
  replacement: string,
  folds: boolean,
  count: { value: number },
): string {
  machine.spend(subject.length + search.length);
  if (search === '') return subject;
  const hay = folds ? lower(subject) : subject;
  const needle = folds ? lower(search) : search;
  let out = '';
  let at = 0;
  for (;;) {
    const next = hay.indexOf(needle, at);
    if (next < 0) break;
    out += subject.slice(at, next) + replacement;
    machine.spend(65 + replacement.length);
    at = next + needle.length;
    count.value += 1;
  }
  return at === 0 ? subject : out + subject.slice(at);
}

/** `str_replace`: texts and arrays of texts on each side. */
const replace =
  (folds: boolean) =>
  (machine: Machine, given: Given): Value => {
    const [search, replacement, subject] = [given.value(0), given.value(1), given.value(2)];
    const count = { value: 0 };
    const searches = search instanceof ArrayValue ? Array.from(search.values(), textOf) : [textOf(search)];
    const replacements = replacement instanceof ArrayValue ? Array.from(replacement.values(), textOf) : null;
    if (replacements !== null && !(search instanceof ArrayValue))
      machine.throwError(
        'TypeError',
        `str_${folds ? 'i' : ''}replace(): Argument #1 ($search) must be of type array when argument #2 ($replace) is an array`,
      );
    const one = (text: string): string =>
      searches.reduce(
        (made, wanted, at) =>
          replaceOne(
            machine,
            made,
            wanted,
            replacements === null ? textOf(replacement) : (replacements[at] ?? ''),
            folds,
            count,
          ),
        text,
      );
    const result: Value =
      subject instanceof ArrayValue
        ? ArrayValue.from(
            Array.from(subject.entries(), ([key, value]) => [
              key,
              value instanceof ArrayValue ? value.copy() : one(textOf(value)),
            ]),
          )
        : one(textOf(subject));
    if (given.count > 3) given.ref(3).value = BigInt(count.value);
    return result;
  };

function repeated(machine: Machine, text: string, times: number): string {
  if (text.length * times > 16_777_216) machine.spend(text.length * times * 16);
  machine.spend(text.length * times);
  return text.repeat(times);
}

function translated(machine: Machine, given: Given): Value {
  const text = given.text(0);
  const pairs = given.value(1);
  machine.spend(text.length);
  if (!(pairs instanceof ArrayValue)) {
    const [from, to] = [textOf(pairs), given.text(2)];
    const map = new Map<string, string>();
    for (let at = 0; at < Math.min(from.length, to.length); at += 1) map.set(from.charAt(at), to.charAt(at));
    return Array.from(text, (character) => map.get(character) ?? character).join('');
  }
  const map = new Map<string, string>();
  for (const [key, value] of pairs.entries()) if (keyText(key) !== '') map.set(keyText(key), textOf(value));
  const lengths = [...new Set(Array.from(map.keys(), (key) => key.length))].toSorted(
    (one, other) => other - one,
  );
  let out = '';
  for (let at = 0; at < text.length;) {
    const length = lengths.find((one) => map.has(text.slice(at, at + one)));
    machine.step();
    machine.spend(lengths.length * 8);
    out += length === undefined ? text.charAt(at) : (map.get(text.slice(at, at + length)) ?? '');
    at += length ?? 1;
  }
  return out;
}

export const stringFunctions: NativeTable = {
  'strlen(string $string)': (_machine, given) => BigInt(given.text(0).length),
  'strpos(string $haystack, string $needle, int $offset = 0)': position('strpos', false, false),
  'stripos(string $haystack, string $needle, int $offset = 0)': position('stripos', false, true),
  'strrpos(string $haystack, string $needle, int $offset = 0)': position('strrpos', true, false),
  'strripos(string $haystack, string $needle, int $offset = 0)': position('strripos', true, true),
  'str_contains(string $haystack, string $needle)': (machine, given) => (
    machine.spend(given.text(0).length),
    given.text(0).includes(given.text(1))
  ),
  'str_starts_with(string $haystack, string $needle)': (_machine, given) =>
    given.text(0).startsWith(given.text(1)),
  'str_ends_with(string $haystack, string $needle)': (_machine, given) =>
    given.text(0).endsWith(given.text(1)),
  'substr(string $string, int $offset, ?int $length = null)': (_machine, given) =>
    cut(given.text(0), given.number(1), given.isNull(2) ? null : given.number(2)),
  'substr_count(string $haystack, string $needle, int $offset = 0, ?int $length = null)': (
    machine,
    given,
  ) => {
    if (given.text(1) === '')
      machine.throwError('ValueError', 'substr_count(): Argument #2 ($needle) cannot be empty');
    const count = { value: 0 };
    replaceOne(
      machine,
      cut(given.text(0), given.number(2), given.isNull(3) ? null : given.number(3)),
      given.text(1),
      '',
      false,
      count,
    );
    return BigInt(count.value);
  },
  'substr_replace(string $string, string $replace, int $offset, ?int $length = null)': (machine, given) => {
    const text = given.text(0);
    machine.spend(text.length);
    const start =
      given.number(2) < 0
        ? Math.max(0, text.length + given.number(2))
        : Math.min(given.number(2), text.length);
    const removed = cut(text, start, given.isNull(3) ? null : given.number(3));
    return text.slice(0, start) + given.text(1) + text.slice(start + removed.length);
  },
  'strstr(string $haystack, string $needle, bool $before_needle = false)': (machine, given) => {
    const at = found(machine, 'strstr', given.text(0), given.text(1), 0, false);
    return at < 0 ? false : given.flag(2) ? given.text(0).slice(0, at) : given.text(0).slice(at);
  },
  'stristr(string $haystack, string $needle, bool $before_needle = false)': (machine, given) => {
    const at = found(machine, 'stristr', lower(given.text(0)), lower(given.text(1)), 0, false);
    return at < 0 ? false : given.flag(2) ? given.text(0).slice(0, at) : given.text(0).slice(at);
  },
  'strrchr(string $haystack, string $needle)': (machine, given) => {
    const at = found(machine, 'strrchr', given.text(0), given.text(1).charAt(0), 0, true);
    return at < 0 ? false : given.text(0).slice(at);
  },
  'str_replace(array|string $search, array|string $replace, array|string $subject, mixed &$count = null)':
    replace(false),
  'str_ireplace(array|string $search, array|string $replace, array|string $subject, mixed &$count = null)':
    replace(true),
  'strtr(string $string, array|string $from, ?string $to = null)': translated,
  'str_repeat(string $string, int $times)': (machine, given) => {
    if (given.number(1) < 0)
      machine.throwError(
        'ValueError',
        'str_repeat(): Argument #2 ($times) must be greater than or equal to 0',
      );
    return repeated(machine, given.text(0), given.number(1));
  },
  'str_pad(string $string, int $length, string $pad_string = " ", int $pad_type = 1)': (machine, given) => {
    const text = given.text(0);
    const missing = given.number(1) - text.length;
    if (missing <= 0) return text;
    if (given.text(2) === '')
      machine.throwError('ValueError', 'str_pad(): Argument #3 ($pad_string) must be a non-empty string');
    if (missing > 16_777_216) throw new Unsupported('large');
    machine.spend(missing);
    const left = given.number(3) === 0 ? missing : given.number(3) === 2 ? Math.floor(missing / 2) : 0;
    return ''.padEnd(left, given.text(2)) + text + ''.padEnd(missing - left, given.text(2));
  },
  [`trim(string $string, string $characters = ${blanks})`]: (machine, given) =>
    trimmed(machine, given, true, true),
  [`ltrim(string $string, string $characters = ${blanks})`]: (machine, given) =>
    trimmed(machine, given, true, false),
  [`rtrim(string $string, string $characters = ${blanks})`]: (machine, given) =>
    trimmed(machine, given, false, true),
  [`chop(string $string, string $characters = ${blanks})`]: (machine, given) =>
    trimmed(machine, given, false, true),
  'strtolower(string $string)': (machine, given) => (
    machine.spend(given.text(0).length),
    lower(given.text(0))
  ),
  'strtoupper(string $string)': (machine, given) => (
    machine.spend(given.text(0).length),
    upper(given.text(0))
  ),
  'ucfirst(string $string)': (_machine, given) => upper(given.text(0).charAt(0)) + given.text(0).slice(1),
  'lcfirst(string $string)': (_machine, given) => lower(given.text(0).charAt(0)) + given.text(0).slice(1),
  'ucwords(string $string, string $separators = " \\t\\r\\n\\v")': (machine, given) => {
    machine.spend(given.text(0).length * 2);
    const marks = new Set(given.text(1));
    return Array.from(given.text(0), (character, at) =>
      at === 0 || marks.has(given.text(0).charAt(at - 1)) ? upper(character) : character,
    ).join('');
  },
  'strrev(string $string)': (machine, given) => {
    machine.spend(given.text(0).length * 4);
    return given.text(0).split('').toReversed().join('');
  },
  'strcmp(string $string1, string $string2)': (machine, given) =>
    compared(machine, given.text(0), given.text(1)),
  'strcasecmp(string $string1, string $string2)': (machine, given) =>
    caseless(machine, given.text(0), given.text(1)),
  'strncmp(string $string1, string $string2, int $length)': (machine, given) =>
    compared(machine, given.text(0).slice(0, given.number(2)), given.text(1).slice(0, given.number(2))),
  'strncasecmp(string $string1, string $string2, int $length)': (machine, given) =>
    caseless(machine, given.text(0).slice(0, given.number(2)), given.text(1).slice(0, given.number(2))),
  'strnatcmp(string $string1, string $string2)': (machine, given) =>
    natural(machine, given.text(0), given.text(1)),
  'strnatcasecmp(string $string1, string $string2)': (machine, given) =>
    natural(machine, lower(given.text(0)), lower(given.text(1))),
  'strspn(string $string, string $characters)': (machine, given) => {
    machine.spend(given.text(0).length);
    const set = new Set(given.text(1));
    let at = 0;
    while (at < given.text(0).length && set.has(given.text(0).charAt(at))) at += 1;
    return BigInt(at);
  },
  'strcspn(string $string, string $characters)': (machine, given) => {
    machine.spend(given.text(0).length);
    const set = new Set(given.text(1));
    let at = 0;
    while (at < given.text(0).length && !set.has(given.text(0).charAt(at))) at += 1;
    return BigInt(at);
  },
  'strpbrk(string $string, string $characters)': (machine, given) => {
    machine.spend(given.text(0).length + given.text(1).length);
    const set = new Set(given.text(1));
    const at = given
      .text(0)
      .split('')
      .findIndex((character) => set.has(character));
    return at < 0 ? false : given.text(0).slice(at);
  },
  'ord(string $character)': (_machine, given) =>
    BigInt(given.text(0) === '' ? 0 : given.text(0).charCodeAt(0)),
  'chr(int $codepoint)': (_machine, given) =>
    String.fromCharCode(Number(BigInt.asUintN(8, given.integer(0)))),
  'is_numeric(mixed $value)': (_machine, given) => {
    const value = given.value(0);
    return (
      typeof value === 'bigint' ||
      typeof value === 'number' ||
      (typeof value === 'string' && numericValue(value) !== null)
    );
  },
};

function caseless(machine: Machine, one: string, other: string): bigint {
  machine.spend(one.length + other.length);
  const [left, right] = [lower(one), lower(other)];
  for (let at = 0; at < Math.min(left.length, right.length); at += 1)
    if (left.charCodeAt(at) !== right.charCodeAt(at))
      return BigInt(left.charCodeAt(at) - right.charCodeAt(at));
  return BigInt(Math.max(-1, Math.min(1, left.length - right.length)));
}
