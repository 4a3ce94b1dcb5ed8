/** Functions that make texts of lists and lists of texts, and that write numbers and marks. */

import { Unsupported } from '../../script/unsupported.ts';
import { exponentText, fixedText } from '../../script/number-text.ts';
import type { Reading } from '../../../../stream.ts';
import { floatOf, general, integerOf, textOf } from '../conversion.ts';
import type { Machine } from '../machine.ts';
import type { Given, NativeTable } from '../native.ts';
import { ArrayValue, type Value } from '../value.ts';
import { rounded } from './mathematics.ts';

function exploded(machine: Machine, given: Given): Value {
  const [mark, text, limit] = [given.text(0), given.text(1), given.number(2)];
  if (mark === '') machine.throwError('ValueError', 'explode(): Argument #1 ($separator) cannot be empty');
  machine.spend(text.length);
  const parts = text.split(mark);
  machine.spend(parts.length * 16);
  if (limit > 0 && parts.length > limit)
    return ArrayValue.of([...parts.slice(0, limit - 1), parts.slice(limit - 1).join(mark)]);
  if (limit === 0) return ArrayValue.of([text]);
  return ArrayValue.of(limit < 0 ? parts.slice(0, limit) : parts);
}

function* imploded(machine: Machine, given: Given): Reading<Value> {
  const [one, other] = [given.value(0), given.value(1)];
  const list = one instanceof ArrayValue ? one : other;
  if (!(list instanceof ArrayValue))
    return machine.throwError(
      'TypeError',
      given.count < 2
        ? 'implode(): Argument #1 ($pieces) must be of type array, string given'
        : 'implode(): Argument #2 ($array) must be of type ?array, string given',
    );
  const mark = textOf(one instanceof ArrayValue ? other : one);
  const parts: string[] = [];
  machine.spend(list.size * 16);
  for (const value of list.values()) {
    const text = yield* machine.text(value);
    machine.spend(text.length + mark.length);
    parts.push(text);
  }
  return parts.join(mark);
}

const field = /%(?:(\d{1,4})\$)?([-+0 ]|'[\s\S]){0,6}(\d{1,6})?(?:\.(\d{1,3}))?([bcdeEfFgGhHosuxX%])/y;

/** `sprintf`: PHP's own rules for what stands between the percent sign and the letter. */
export function formatted(machine: Machine, format: string, values: readonly Value[], first: number): string {
  let out = '';
  let used = 0;
  let needed = 0;
  for (let at = 0; at < format.length;) {
    const next = format.indexOf('%', at);
    if (next < 0) return out + format.slice(at);
    out += format.slice(at, next);
    field.lastIndex = next;
    const match = field.exec(format);
    if (match === null) {
      const letter = /^%[^A-Za-z%]{0,20}([A-Za-z])?/.exec(format.slice(next))?.[1];
      return machine.throwError(
        'ValueError',
        letter === undefined
          ? 'Missing format specifier at end of string'
          : `Unknown format specifier "${letter}"`,
      );
    }
    const [all, position, , width = '0', precision, conversion = ''] = match;
    at = next + all.length;
    if (conversion === '%') {
      out += '%';
      continue;
    }
    const index = position === undefined ? used++ : Number(position) - 1;
    needed = Math.max(needed, index + 1);
    const value = values[index];
    if (value === undefined) {
      needed = Math.max(needed, format.match(/%[^%]*?[bcdeEfFgGosuxX]/g)?.length ?? 0);
      return machine.throwError(
        'ArgumentCountError',
        `${needed + first} arguments are required, ${values.length + first} given`,
      );
    }
    const flags: readonly string[] = all.slice(1, all.length - 1).match(/'[\s\S]|[-+0 ]/g) ?? [];
    const minus = flags.includes('-');
    const plus = flags.includes('+');
    const pad =
      flags.find((flag) => flag.startsWith("'"))?.charAt(1) ?? (/^%(?:\d+\$)?[-+]*0/.test(all) ? '0' : ' ');
    const text = converted(
      machine,
      value,
      conversion,
      precision === undefined ? null : Number(precision),
      plus,
    );
    machine.spend(Number(width) + text.length);
    const missing = Math.max(0, Number(width) - text.length);
    if (minus) out += text + (pad === '0' && /[deEfFgGu]/.test(conversion) ? '0' : pad).repeat(missing);
    else if (pad === '0' && /^[-+]/.test(text) && conversion !== 's')
      out += text.charAt(0) + '0'.repeat(missing) + text.slice(1);
    else out += pad.repeat(missing) + text;
  }
  return out;
}

function converted(
  machine: Machine,
  value: Value,
  conversion: string,
  precision: number | null,
  plus: boolean,
): string {
  switch (conversion) {
    case 's':
      if (value instanceof ArrayValue) machine.warn('Array to string conversion');
      return precision === null ? textOf(value) : textOf(value).slice(0, precision);
    case 'd': {
      const number = integerOf(value);
      return `${plus && number >= 0n ? '+' : ''}${number}`;
    }
    case 'u':
      return BigInt.asUintN(64, integerOf(value)).toString();
    case 'x':
      return BigInt.asUintN(64, integerOf(value)).toString(16);
    case 'X':
      return BigInt.asUintN(64, integerOf(value)).toString(16).toUpperCase();
    case 'o':
      return BigInt.asUintN(64, integerOf(value)).toString(8);
    case 'b':
      return BigInt.asUintN(64, integerOf(value)).toString(2);
    case 'c':
      return String.fromCharCode(Number(BigInt.asUintN(8, integerOf(value))));
    default: {
      const number = floatOf(value);
      const digits = Math.min(precision ?? 6, 53);
      const sign = plus && number >= 0 ? '+' : '';
      if (!Number.isFinite(number))
        return sign + (Number.isNaN(number) ? 'nan' : number < 0 ? '-inf' : 'inf');
      if (conversion === 'e' || conversion === 'E') {
        const text = exponentText(number, digits).replace(/e([+-])0(\d)$/, 'e$1$2');
        return sign + (conversion === 'E' ? text.toUpperCase() : text);
      }
      if (/[gGhH]/.test(conversion)) {
        const text = general(number, digits === 0 ? 1 : digits).replace(/^(-?\d)e/, '$1.0e');
        return sign + (/[GH]/.test(conversion) ? text.toUpperCase() : text);
      }
      return sign + fixedText(rounded(number, digits), digits);
    }
  }
}

const named: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#039;',
};

function grouped(given: Given): string {
  const [decimals, point, mark] = [
    Math.max(0, given.number(1)),
    given.isNull(2) ? '.' : given.text(2),
    given.isNull(3) ? ',' : given.text(3),
  ];
  const text = fixedText(Math.abs(rounded(given.number(0), decimals)), Math.min(decimals, 100));
  const [whole = '', rest] = text.split('.');
  const shown = whole.replaceAll(/\B(?=(?:\d{3})+$)/g, () => mark) + (rest === undefined ? '' : point + rest);
  return given.number(0) < 0 && /[1-9]/.test(shown) ? `-${shown}` : shown;
}

function wrapped(machine: Machine, given: Given): string {
  const [width, mark, cuts] = [given.number(1), given.text(2), given.flag(3)];
  machine.spend(given.text(0).length * 4);
  if (width < 1 && cuts) throw new Unsupported('wordwrap');
  const lines: string[] = [];
  for (const paragraph of given.text(0).split(mark === '' ? '\n' : mark)) {
    let line = '';
    let first = true;
    for (let word of paragraph.split(' ')) {
      if (!first && line.length + 1 + word.length <= width) line += ` ${word}`;
      else {
        if (!first) lines.push(line);
        const most = cuts ? width : Infinity;
        while (word.length > most) {
          lines.push(word.slice(0, width));
          word = word.slice(width);
        }
        line = word;
      }
      first = false;
    }
    lines.push(line);
  }
  return lines.join(mark);
}

export const textFunctions: NativeTable = {
  'explode(string $separator, string $string, int $limit = 9223372036854775807)': exploded,
  'implode(array|string $separator, ?array $array = null)': imploded,
  'join(array|string $separator, ?array $array = null)': imploded,
  'str_split(string $string, int $length = 1)': (machine, given) => {
    const [text, length] = [given.text(0), given.number(1)];
    if (length < 1)
      machine.throwError('ValueError', 'str_split(): Argument #2 ($length) must be greater than 0');
    machine.spend(text.length + (text.length / length) * 16);
    const parts: string[] = [];
    for (let at = 0; at < text.length; at += length) parts.push(text.slice(at, at + length));
    return ArrayValue.of(parts.length === 0 ? [''] : parts);
  },
  'chunk_split(string $string, int $length = 76, string $separator = "\\r\\n")': (machine, given) => {
    const [text, length] = [given.text(0), given.number(1)];
    if (length < 1)
      machine.throwError('ValueError', 'chunk_split(): Argument #2 ($length) must be greater than 0');
    machine.spend(text.length + (text.length / length) * (16 + given.text(2).length));
    let out = '';
    for (let at = 0; at < text.length; at += length) out += text.slice(at, at + length) + given.text(2);
    return out;
  },
  'sprintf(string $format, mixed ...$values)': (machine, given) =>
    formatted(machine, given.text(0), given.rest(1), 1),
  'vsprintf(string $format, array $values)': (machine, given) =>
    formatted(machine, given.text(0), [...given.array(1).values()], 1),
  'printf(string $format, mixed ...$values)': (machine, given) => {
    const text = formatted(machine, given.text(0), given.rest(1), 1);
    machine.write(text);
    return BigInt(text.length);
  },
  'vprintf(string $format, array $values)': (machine, given) => {
    const text = formatted(machine, given.text(0), [...given.array(1).values()], 1);
    machine.write(text);
    return BigInt(text.length);
  },
  'number_format(float $num, int $decimals = 0, ?string $decimal_separator = ".", ?string $thousands_separator = ",")':
    (_machine, given) => grouped(given),
  'nl2br(string $string, bool $use_xhtml = true)': (machine, given) => {
    machine.spend(given.text(0).length);
    return given.text(0).replaceAll(/\r\n|\n\r|\n|\r/g, (end) => `<br${given.flag(1) ? ' /' : ''}>${end}`);
  },
  'htmlspecialchars(string $string, int $flags = 11, ?string $encoding = null, bool $double_encode = true)': (
    machine,
    given,
  ) => {
    machine.spend(given.text(0).length * 2);
    const flags = given.number(1);
    return given
      .text(0)
      .replaceAll(/[&<>"']/g, (mark) =>
        (mark === '"' && (flags & 2) === 0) || (mark === "'" && (flags & 3) !== 3)
          ? mark
          : (named[mark] ?? mark),
      );
  },
  'htmlspecialchars_decode(string $string, int $flags = 11)': (machine, given) => {
    machine.spend(given.text(0).length);
    return given
      .text(0)
      .replaceAll(
        /&(amp|lt|gt|quot|#0?39);/g,
        (_all, name: string) => ({ amp: '&', lt: '<', gt: '>', quot: '"' })[name] ?? "'",
      );
  },
  'addslashes(string $string)': (machine, given) => {
    machine.spend(given.text(0).length);
    return given
      .text(0)
      .replaceAll(/['"\\]/g, '\\$&')
      .replaceAll('\0', '\\0');
  },
  'stripslashes(string $string)': (machine, given) => {
    machine.spend(given.text(0).length);
    return given.text(0).replaceAll(/\\([\s\S]|$)/g, (_all, next: string) => (next === '0' ? '\0' : next));
  },
  'wordwrap(string $string, int $width = 75, string $break = "\\n", bool $cut_long_words = false)': wrapped,
  'strip_tags(string $string, array|string|null $allowed_tags = null)': (machine, given) => {
    if (!given.isNull(1)) throw new Unsupported('allowed tags');
    machine.spend(given.text(0).length * 2);
    return given.text(0).replaceAll(/<[^<>]{0,4000}>/g, '');
  },
  'str_word_count(string $string, int $format = 0, ?string $characters = null)': (machine, given) => {
    machine.spend(given.text(0).length);
    const words = given.text(0).match(/[A-Za-z][A-Za-z'-]*/g) ?? [];
    return given.number(1) === 0 ? BigInt(words.length) : ArrayValue.of(words);
  },
  'count_chars(string $string, int $mode = 0)': (machine, given) => {
    machine.spend(given.text(0).length * 2);
    if (given.number(1) === 3) return [...new Set(given.text(0))].toSorted().join('');
    if (given.number(1) !== 1) throw new Unsupported('mode');
    const counts = new Map<bigint, bigint>();
    for (const character of given.text(0))
      counts.set(BigInt(character.charCodeAt(0)), (counts.get(BigInt(character.charCodeAt(0))) ?? 0n) + 1n);
    return ArrayValue.from([...counts].toSorted(([one], [other]) => (one < other ? -1 : 1)));
  },
  'similar_text(string $string1, string $string2)': (machine, given) => {
    machine.spend(given.text(0).length * given.text(1).length);
    return BigInt(similar(machine, given.text(0).slice(0, 500), given.text(1).slice(0, 500)));
  },
  'levenshtein(string $string1, string $string2)': (machine, given) => {
    const [one, other] = [given.text(0), given.text(1)];
    machine.spend((one.length + 1) * (other.length + 1) * 8);
    let row = Array.from({ length: other.length + 1 }, (_, at) => at);
    for (let at = 1; at <= one.length; at += 1) {
      const next = [at];
      for (let place = 1; place <= other.length; place += 1)
        next.push(
          Math.min(
            (row[place] ?? 0) + 1,
            (next[place - 1] ?? 0) + 1,
            (row[place - 1] ?? 0) + (one[at - 1] === other[place - 1] ? 0 : 1),
          ),
        );
      row = next;
    }
    return BigInt(row.at(-1) ?? 0);
  },
};

function similar(machine: Machine, one: string, other: string): number {
  machine.spend(one.length * other.length * 4);
  let [best, left, right] = [0, 0, 0];
  for (let from = 0; from < one.length; from += 1)
    for (let at = 0; at < other.length; at += 1) {
      let length = 0;
      while (
        from + length < one.length &&
        at + length < other.length &&
        one[from + length] === other[at + length]
      )
        length += 1;
      if (length > best) [best, left, right] = [length, from, at];
    }
  return best === 0
    ? 0
    : best +
        similar(machine, one.slice(0, left), other.slice(0, right)) +
        similar(machine, one.slice(left + best), other.slice(right + best));
}
