import type { Reading } from '../../../stream.ts';
import { ownMember } from '../../../own-member.ts';
import { Unsupported } from '../script/unsupported.ts';
import { encode } from './codec.ts';
import { argument, count, fail, type Machinery, string } from './machinery.ts';
import { formatText } from './text-format.ts';
import { integerOf } from './truth.ts';
import { typeName } from './types.ts';
import { Bytes, Dictionary, type Keywords, keyOf, List, Tuple, type Value } from './value.ts';

/** Methods of text, of characters or of bytes: `wrap` makes the result's type, `take` reads an argument of it. */
interface Kind {
  readonly name: string;
  readonly bytes: boolean;
  wrap(text: string): Value;
  take(value: Value | undefined): string;
}

type Method = (
  machinery: Machinery,
  text: string,
  values: readonly Value[],
  keywords: Keywords,
  kind: Kind,
) => Value | Reading<Value>;

const blank = /[\s\x1c-\x1f\x85]/;

const clamp = (value: Value | undefined, length: number, otherwise: number): number => {
  const found = integerOf(value ?? null);
  if (found === null) return otherwise;
  const number = Number(found);
  return number < 0 ? Math.max(0, number + length) : Math.min(number, length);
};

function split(text: string, separator: string | null, most: number, fromRight: boolean): string[] {
  if (separator !== null) {
    const all = text.split(separator);
    if (most < 0 || all.length - 1 <= most) return all;
    return fromRight
      ? [all.slice(0, all.length - most).join(separator), ...all.slice(all.length - most)]
      : [...all.slice(0, most), all.slice(most).join(separator)];
  }
  const words = text.split(/[\s\x1c-\x1f\x85]+/).filter((word) => word !== '');
  if (most < 0 || words.length - 1 <= most) return words;
  if (fromRight) {
    let end = text.length;
    const kept: string[] = [];
    for (let index = words.length - 1; kept.length < most; index -= 1) {
      const word = words[index] ?? '';
      end = text.lastIndexOf(word, end - 1);
      kept.push(word);
    }
    return [strip(text.slice(0, end), null, 2), ...kept.reverse()];
  }
  let start = 0;
  for (let index = 0; index < most; index += 1) {
    const word = words[index] ?? '';
    start = text.indexOf(word, start) + word.length;
  }
  return [...words.slice(0, most), strip(text.slice(start), null, 1)];
}

/** `ends`: 1 the left, 2 the right, 3 both. */
function strip(text: string, characters: string | null, ends: number): string {
  const wanted = characters === null ? null : new Set(characters);
  const goes = (character: string): boolean => wanted?.has(character) ?? blank.test(character);
  let start = 0;
  let end = text.length;
  if ((ends & 1) !== 0) while (start < end && goes(text.charAt(start))) start += 1;
  if ((ends & 2) !== 0) while (end > start && goes(text.charAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

const stripper =
  (ends: number): Method =>
  (_machinery, text, [characters], _keywords, kind) =>
    kind.wrap(
      strip(text, characters === undefined || characters === null ? null : kind.take(characters), ends),
    );

const splitter =
  (fromRight: boolean): Method =>
  (machinery, text, values, keywords, kind) => {
    const given = argument(values, keywords, 0, 'sep');
    const separator = given === undefined || given === null ? null : kind.take(given);
    if (separator === '') return fail(machinery, 'ValueError', 'empty separator');
    const most = Number(integerOf(argument(values, keywords, 1, 'maxsplit') ?? null) ?? -1n);
    return new List(split(text, separator, most, fromRight).map((piece) => kind.wrap(piece)));
  };

const tester =
  (test: (text: string) => boolean): Method =>
  (_machinery, text) =>
    test(text);

const finder =
  (last: boolean, throws: boolean): Method =>
  (machinery, text, [needle, from, to], _keywords, kind) => {
    const start = clamp(from, text.length, 0);
    const end = clamp(to, text.length, text.length);
    const code = kind.bytes ? integerOf(needle ?? null) : null;
    const wanted = code === null ? kind.take(needle) : String.fromCharCode(Number(code) & 255);
    const part = text.slice(start, end);
    const at = last ? part.lastIndexOf(wanted) : part.indexOf(wanted);
    if (at < 0 && throws)
      return fail(machinery, 'ValueError', kind.bytes ? 'subsection not found' : 'substring not found');
    return BigInt(at < 0 ? -1 : at + start);
  };

const filler =
  (where: 'left' | 'right' | 'center'): Method =>
  (machinery, text, [width, fill], _keywords, kind) => {
    const wide = Math.min(count(machinery, width), 1_000_000);
    const missing = Math.max(0, wide - text.length);
    const mark = fill === undefined ? ' ' : kind.take(fill);
    if (mark.length !== 1)
      return fail(machinery, 'TypeError', 'The fill character must be exactly one character long');
    const before =
      where === 'left' ? 0 : where === 'right' ? missing : Math.floor(missing / 2) + (missing & wide & 1);
    return kind.wrap(mark.repeat(before) + text + mark.repeat(missing - before));
  };

const ender =
  (start: boolean): Method =>
  (machinery, text, [given, from, to], _keywords, kind) => {
    const part = text.slice(clamp(from, text.length, 0), clamp(to, text.length, text.length));
    const options = given instanceof Tuple ? given.items : [given];
    return options.some((option) => {
      if (typeof option !== 'string' && !(option instanceof Bytes))
        return fail(
          machinery,
          'TypeError',
          `${start ? 'startswith' : 'endswith'} first arg must be ${kind.bytes ? 'bytes' : 'str'} or a tuple of ${kind.bytes ? 'bytes' : 'str'}, not ${typeName(option ?? null)}`,
        );
      const wanted = kind.take(option);
      return start ? part.startsWith(wanted) : part.endsWith(wanted);
    });
  };

const parts =
  (last: boolean): Method =>
  (machinery, text, [given], _keywords, kind) => {
    const separator = kind.take(given);
    if (separator === '') return fail(machinery, 'ValueError', 'empty separator');
    const at = last ? text.lastIndexOf(separator) : text.indexOf(separator);
    const pieces =
      at < 0
        ? last
          ? ['', '', text]
          : [text, '', '']
        : [text.slice(0, at), separator, text.slice(at + separator.length)];
    return new Tuple(pieces.map((piece) => kind.wrap(piece)));
  };

const changer =
  (change: (text: string) => string): Method =>
  (_machinery, text, _values, _keywords, kind) =>
    kind.wrap(kind.bytes ? text.replaceAll(/[ -~]+/g, change) : change(text));

const title = (text: string): string =>
  text.replaceAll(/\p{L}+/gu, (word) => word.charAt(0).toUpperCase() + word.slice(1).toLowerCase());

const methods: Readonly<Record<string, Method>> = {
  upper: changer((text) => text.toUpperCase()),
  lower: changer((text) => text.toLowerCase()),
  casefold: changer((text) => text.toLowerCase()),
  title: changer(title),
  capitalize: (_machinery, text, _values, _keywords, kind) =>
    kind.wrap(text.charAt(0).toUpperCase() + text.slice(1).toLowerCase()),
  swapcase: changer((text) =>
    Array.from(text, (one) => (one === one.toUpperCase() ? one.toLowerCase() : one.toUpperCase())).join(''),
  ),
  strip: stripper(3),
  lstrip: stripper(1),
  rstrip: stripper(2),
  split: splitter(false),
  rsplit: splitter(true),
  find: finder(false, false),
  rfind: finder(true, false),
  index: finder(false, true),
  rindex: finder(true, true),
  ljust: filler('left'),
  rjust: filler('right'),
  center: filler('center'),
  startswith: ender(true),
  endswith: ender(false),
  partition: parts(false),
  rpartition: parts(true),
  isdigit: tester((text) => /^[\d²³¹]+$/.test(text)),
  isdecimal: tester((text) => /^\p{Nd}+$/u.test(text)),
  isnumeric: tester((text) => /^\p{N}+$/u.test(text)),
  isalpha: tester((text) => /^\p{L}+$/u.test(text)),
  isalnum: tester((text) => /^[\p{L}\p{N}]+$/u.test(text)),
  isspace: tester((text) => /^[\s\x1c-\x1f\x85]+$/.test(text)),
  isupper: tester((text) => text !== text.toLowerCase() && text === text.toUpperCase()),
  islower: tester((text) => text !== text.toUpperCase() && text === text.toLowerCase()),
  istitle: tester((text) => /\p{L}/u.test(text) && text === title(text)),
  isascii: tester((text) => !/[\x80-\u{10ffff}]/u.test(text)),
  isidentifier: tester((text) => /^[\p{L}_][\p{L}\p{N}_]*$/u.test(text)),
  isprintable: tester((text) => !/[\p{C}\p{Zl}\p{Zp}]/u.test(text)),
  replace(machinery, text, [old, fresh, most], _keywords, kind) {
    const [from, to] = [kind.take(old), kind.take(fresh)];
    const limit = most === undefined ? -1 : count(machinery, most);
    const pieces = text.split(from);
    const places = from === '' ? text.length + 1 : pieces.length - 1;
    if (text.length + (limit < 0 ? places : Math.min(places, limit)) * to.length > 8_388_608)
      throw new Unsupported('large');
    if (from === '') {
      if (limit >= 0) throw new Unsupported('replace');
      return kind.wrap(to + Array.from(text, (one) => one + to).join(''));
    }
    if (limit < 0 || pieces.length - 1 <= limit) return kind.wrap(pieces.join(to));
    return kind.wrap([...pieces.slice(0, limit), pieces.slice(limit).join(from)].join(to));
  },
  count(_machinery, text, [needle, from, to], _keywords, kind) {
    const part = text.slice(clamp(from, text.length, 0), clamp(to, text.length, text.length));
    const wanted = kind.take(needle);
    return BigInt(wanted === '' ? part.length + 1 : part.split(wanted).length - 1);
  },
  *join(machinery, text, [given], _keywords, kind): Reading<Value> {
    const pieces: string[] = [];
    let length = 0;
    for (const [index, item] of (yield* machinery.items(given ?? null)).entries()) {
      if (kind.bytes ? !(item instanceof Bytes) : typeof item !== 'string')
        return fail(
          machinery,
          'TypeError',
          `sequence item ${index}: expected ${kind.bytes ? 'a bytes-like object' : 'str instance'}, ${typeName(item)} found`,
        );
      const piece = kind.take(item);
      length += piece.length + text.length;
      if (length > 8_388_608) throw new Unsupported('large');
      pieces.push(piece);
    }
    machinery.world.spend(length);
    return kind.wrap(pieces.join(text));
  },
  splitlines(_machinery, text, values, keywords, kind) {
    const keep = Boolean(argument(values, keywords, 0, 'keepends'));
    const lines = text.match(/[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+$/g) ?? [];
    return new List(lines.map((line) => kind.wrap(keep ? line : line.replace(/[\r\n]+$/, ''))));
  },
  zfill(machinery, text, [width], _keywords, kind) {
    const wide = Math.min(count(machinery, width), 1_000_000);
    const sign = /^[-+]/.exec(text)?.[0] ?? '';
    return kind.wrap(sign + text.slice(sign.length).padStart(wide - sign.length, '0'));
  },
  expandtabs(machinery, text, values, keywords, kind) {
    const size = count(machinery, argument(values, keywords, 0, 'tabsize') ?? 8n);
    let column = 0;
    let out = '';
    for (const one of text) {
      if (one === '\t') {
        const blanks = size > 0 ? Math.min(size, 1000) - (column % Math.min(size, 1000)) : 0;
        out += ' '.repeat(blanks);
        column += blanks;
      } else {
        out += one;
        column = one === '\n' ? 0 : column + 1;
      }
    }
    return kind.wrap(out);
  },
  removeprefix: (_machinery, text, [given], _keywords, kind) => {
    const prefix = kind.take(given);
    return kind.wrap(text.startsWith(prefix) ? text.slice(prefix.length) : text);
  },
  removesuffix: (_machinery, text, [given], _keywords, kind) => {
    const suffix = kind.take(given);
    return kind.wrap(suffix !== '' && text.endsWith(suffix) ? text.slice(0, -suffix.length) : text);
  },
};

const charactersOnly: Readonly<Record<string, Method>> = {
  encode(machinery, text, values, keywords) {
    const encoding = string(machinery, argument(values, keywords, 0, 'encoding') ?? 'utf-8');
    return new Bytes(
      encode(
        machinery,
        text,
        encoding,
        string(machinery, argument(values, keywords, 1, 'errors') ?? 'strict'),
      ),
    );
  },
  format: (machinery, text, values, keywords) => formatText(machinery, text, values, keywords),
  translate(_machinery, text, [table]) {
    if (!(table instanceof Dictionary)) throw new Unsupported('translate');
    return Array.from(text, (one) => {
      const entry = table.entries.get(keyOf(BigInt(one.codePointAt(0) ?? 0)) ?? '');
      if (entry === undefined) return one;
      if (entry.value === null) return '';
      return typeof entry.value === 'string'
        ? entry.value
        : String.fromCodePoint(Number(integerOf(entry.value) ?? 0n) & 0x1fffff);
    }).join('');
  },
  maketrans(_machinery, _text, [from, to, without]) {
    const table = new Dictionary();
    const put = (key: bigint, value: Value): unknown => table.entries.set(keyOf(key) ?? '', { key, value });
    if (typeof from === 'string' && typeof to === 'string' && from.length === to.length)
      for (const [index, one] of Array.from(from).entries())
        put(BigInt(one.codePointAt(0) ?? 0), BigInt(to.codePointAt(index) ?? 0));
    else throw new Unsupported('maketrans');
    if (typeof without === 'string') for (const one of without) put(BigInt(one.codePointAt(0) ?? 0), null);
    return table;
  },
};

/** Names that a real text has and that are not here. */
const unknownNames =
  /^(?:__\w+__|format_map|isprintable|maketrans|translate|fromhex|hex|decode|append|extend|insert|pop|reverse|clear|copy|remove)$/;

/** A method of a text by its name; null where no text has one. Throws `Unsupported`. */
export function textMethod(
  machinery: Machinery,
  value: string | Bytes,
  name: string,
): ((values: readonly Value[], keywords: Keywords) => Value | Reading<Value>) | null {
  const bytes = value instanceof Bytes;
  const kind: Kind = {
    name: typeName(value),
    bytes,
    wrap: (text) => (bytes ? new Bytes(text, value.mutable) : text),
    take(given) {
      if (bytes) {
        if (given instanceof Bytes) return given.text;
        return fail(
          machinery,
          'TypeError',
          `a bytes-like object is required, not '${typeName(given ?? null)}'`,
        );
      }
      if (typeof given === 'string') return given;
      return fail(machinery, 'TypeError', `must be str, not ${typeName(given ?? null)}`);
    },
  };
  const method = (bytes ? undefined : ownMember(charactersOnly, name)) ?? ownMember(methods, name);
  if (
    method === undefined ||
    (bytes && /^(?:casefold|isdecimal|isnumeric|isidentifier|isprintable)$/.test(name))
  ) {
    if (
      unknownNames.test(name) &&
      (bytes || !/^(?:fromhex|hex|decode|append|extend|insert|pop|reverse|clear|copy|remove)$/.test(name))
    )
      throw new Unsupported(name);
    return null;
  }
  return (values, keywords) => {
    const text = bytes ? value.text : value;
    machinery.world.spend(text.length);
    return method(machinery, text, values, keywords, kind);
  };
}
