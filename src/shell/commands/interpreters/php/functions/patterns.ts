/** Regular expressions: those that a linear matcher has. */

import type { Reading } from '../../../../stream.ts';
import { decodeText, encodeText } from '../../../../byte-text.ts';
import { type Compiled, compileExpression, type Found } from '../../script/expression.ts';
import { Unsupported } from '../../script/unsupported.ts';
import { textOf } from '../conversion.ts';
import type { Machine } from '../machine.ts';
import type { Given, NativeTable } from '../native.ts';
import { ArrayValue, type Key, stored, type Value } from '../value.ts';

interface Pattern {
  readonly compiled: Compiled;
  readonly unicode: boolean;
  /** `$` may also stand ahead of a last line end. */
  readonly dollar: boolean;
  readonly names: ReadonlyMap<number, string>;
}

const closers: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}', '<': '>' };

/** `/…/flags`; null after a warning. */
function patternOf(machine: Machine, name: string, given: string): Pattern | null {
  const text = given.trimStart();
  const complain = (what: string): null => {
    machine.warn(`${name}(): ${what}`);
    return null;
  };
  if (text === '') return complain('Empty regular expression');
  const open = text.charAt(0);
  if (/[A-Za-z0-9\\\0]/.test(open)) return complain('Delimiter must not be alphanumeric, backslash, or NUL');
  const close = Object.hasOwn(closers, open) ? (closers[open] ?? open) : open;
  const end = close === open ? endOf(text, open) : text.lastIndexOf(close);
  if (end <= 0)
    return complain(
      close === open
        ? `No ending delimiter '${open}' found`
        : `No ending matching delimiter '${close}' found`,
    );
  const modifiers = text.slice(end + 1).trim();
  const unknown = /[^imsxuUADSXJn\s]/.exec(modifiers)?.[0];
  if (unknown !== undefined)
    return complain(
      unknown === 'e' && name !== 'preg_match'
        ? 'The /e modifier is no longer supported, use preg_replace_callback instead'
        : `Unknown modifier '${unknown}'`,
    );
  if (/[UAXJn]/.test(modifiers)) throw new Unsupported('modifier');
  const source = text.slice(1, end);
  const unbalanced = unclosed(source);
  if (unbalanced !== null) return complain(`Compilation failed: ${unbalanced}`);
  const unicode = modifiers.includes('u');
  const plain = unicode ? decodeText(source) : source;
  const compiled = compileExpression(plain, modifiers.replaceAll(/[^imsx]/g, ''));
  const dollar = !/[Dm]/.test(modifiers) && /(?:^|[^\\])\$/.test(plain);
  return { compiled, unicode, dollar, names: new Map(Array.from(compiled.names, ([one, at]) => [at, one])) };
}

function endOf(text: string, mark: string): number {
  for (let at = 1; at < text.length; at += 1) {
    if (text.charAt(at) === '\\') at += 1;
    else if (text.charAt(at) === mark) return at;
  }
  return -1;
}

function unclosed(source: string): string | null {
  let [depth, inClass] = [0, false];
  for (let at = 0; at < source.length; at += 1) {
    const character = source.charAt(at);
    if (character === '\\') at += 1;
    else if (inClass) inClass = character !== ']' || at === 0;
    else if (character === '[') {
      inClass = true;
      if (source.charAt(at + 1) === '^') at += 1;
      if (source.charAt(at + 1) === ']') at += 1;
    } else if (character === '(') depth += 1;
    else if (character === ')') {
      depth -= 1;
      if (depth < 0) return `unmatched closing parenthesis at offset ${at}`;
    } else if (at === 0 && /[*+?]/.test(character))
      return 'quantifier does not follow a repeatable item at offset 0';
  }
  if (inClass) return `missing terminating ] for character class at offset ${source.length}`;
  return depth > 0 ? `missing closing parenthesis at offset ${source.length}` : null;
}

/** The leftmost match. */
function search(
  machine: Machine,
  { compiled, dollar }: Pattern,
  subject: string,
  from: number,
): Found | null {
  const ahead =
    dollar && subject.endsWith('\n') ? machine.world.search(compiled, subject.slice(0, -1), from) : null;
  return ahead ?? machine.world.search(compiled, subject, from);
}

/** All matches, one after the other. */
function* all(machine: Machine, pattern: Pattern, subject: string, limit: number): Reading<Found[]> {
  const found: Found[] = [];
  for (let from = 0; from <= subject.length && found.length < limit;) {
    const match = search(machine, pattern, subject, from);
    if (match === null) break;
    if (machine.world.tick()) yield;
    machine.spend(match.groups.length * 32 + 64);
    if (found.length > 200_000) throw new Unsupported('large');
    found.push(match);
    from = match.end > match.start ? match.end : match.end + 1;
  }
  return found;
}

const subjectOf = (pattern: Pattern, text: string): string => {
  if (!pattern.unicode) return text;
  const characters = decodeText(text);
  if (encodeText(characters) !== text) throw new Unsupported('bytes');
  return characters;
};
const shown = (pattern: Pattern, text: string): string => (pattern.unicode ? encodeText(text) : text);

/** Groups of a match; those at its end that took no part are left out where `trims`. */
function groupsOf(pattern: Pattern, match: Found, flags: number, trims: boolean): ArrayValue {
  const made = new ArrayValue();
  const asNull = (flags & 512) !== 0;
  let last = match.groups.length - 1;
  if (trims && !asNull) while (last > 0 && match.groups[last] === undefined) last -= 1;
  for (let at = 0; at <= last; at += 1) {
    const text = match.groups[at];
    if ((flags & 256) !== 0 && pattern.unicode) throw new Unsupported('offset');
    const value: Value = text === undefined ? (asNull ? null : '') : shown(pattern, text);
    const one: Value = (flags & 256) === 0 ? value : ArrayValue.of([value, BigInt(match.starts[at] ?? -1)]);
    const name = pattern.names.get(at);
    if (name !== undefined) made.set(name, stored(one));
    made.set(BigInt(at), stored(one));
  }
  return made;
}

function matched(machine: Machine, given: Given): Value {
  const pattern = patternOf(machine, 'preg_match', given.text(0));
  if (pattern === null) return false;
  const match = search(machine, pattern, subjectOf(pattern, given.text(1)), given.number(4));
  if (given.count > 2)
    given.ref(2).value = match === null ? new ArrayValue() : groupsOf(pattern, match, given.number(3), true);
  return match === null ? 0n : 1n;
}

function* matchedAll(machine: Machine, given: Given): Reading<Value> {
  const pattern = patternOf(machine, 'preg_match_all', given.text(0));
  if (pattern === null) return false;
  const flags = given.number(3);
  const found = yield* all(machine, pattern, subjectOf(pattern, given.text(1)), Infinity);
  if (given.count < 3) return BigInt(found.length);
  if ((flags & 2) !== 0)
    given.ref(2).value = ArrayValue.of(found.map((match) => groupsOf(pattern, match, flags, true)));
  else {
    const made = new ArrayValue();
    const keys: Key[] = [];
    for (let at = 0; at <= pattern.compiled.groupCount; at += 1) {
      const name = pattern.names.get(at);
      if (name !== undefined) keys.push(name);
      keys.push(BigInt(at));
    }
    const rows = found.map((match) => groupsOf(pattern, match, flags, false));
    for (const key of keys) made.set(key, ArrayValue.of(rows.map((row) => stored(row.get(key) ?? ''))));
    given.ref(2).value = made;
  }
  return BigInt(found.length);
}

/** `$1`, `${1}`, `\1` in a replacement. */
const filled = (pattern: Pattern, replacement: string, match: Found): string =>
  replacement.replaceAll(
    /\\\\|\\(\d{1,2})|\$(\d{1,2})|\$\{(\d{1,2})\}/g,
    (whole, one?: string, two?: string, three?: string) => {
      const at = one ?? two ?? three;
      return at === undefined
        ? whole === '\\\\'
          ? '\\'
          : whole
        : shown(pattern, match.groups[Number(at)] ?? '');
    },
  );

type Replacer = (pattern: Pattern, match: Found, index: number) => Reading<string>;

function* replacedIn(
  machine: Machine,
  name: string,
  patterns: readonly string[],
  text: string,
  limit: number,
  count: { value: number },
  replacer: Replacer,
): Reading<string | null> {
  let subject = text;
  for (const [index, source] of patterns.entries()) {
    const pattern = patternOf(machine, name, source);
    if (pattern === null) return null;
    const characters = subjectOf(pattern, subject);
    const parts: string[] = [];
    let at = 0;
    for (const match of yield* all(machine, pattern, characters, limit < 0 ? Infinity : limit)) {
      const part = yield* replacer(pattern, match, index);
      parts.push(shown(pattern, characters.slice(at, match.start)), part);
      machine.spend(part.length + match.start - at);
      at = match.end;
      count.value += 1;
    }
    subject = parts.join('') + shown(pattern, characters.slice(at));
  }
  return subject;
}

const textsOf = (value: Value): string[] =>
  value instanceof ArrayValue ? Array.from(value.values(), textOf) : [textOf(value)];

function* replaced(machine: Machine, given: Given, name: string, replacer: Replacer): Reading<Value> {
  const patterns = textsOf(given.value(0));
  const count = { value: 0 };
  const subject = given.value(2);
  let result: Value;
  if (subject instanceof ArrayValue) {
    const made = new ArrayValue();
    for (const [key, value] of subject.entries()) {
      const text = yield* replacedIn(
        machine,
        name,
        patterns,
        textOf(value),
        given.number(3),
        count,
        replacer,
      );
      if (text !== null) made.set(key, text);
    }
    result = made;
  } else
    result = yield* replacedIn(machine, name, patterns, textOf(subject), given.number(3), count, replacer);
  if (given.count > 4) given.ref(4).value = BigInt(count.value);
  return result;
}

function* split(machine: Machine, given: Given): Reading<Value> {
  const pattern = patternOf(machine, 'preg_split', given.text(0));
  if (pattern === null) return false;
  const [limit, flags] = [given.number(2), given.number(3)];
  if ((flags & 4) !== 0) throw new Unsupported('offset');
  const subject = subjectOf(pattern, given.text(1));
  const parts: string[] = [];
  const keep = (text: string): void => {
    if (text !== '' || (flags & 1) === 0) parts.push(shown(pattern, text));
  };
  let at = 0;
  for (const match of yield* all(machine, pattern, subject, Infinity)) {
    if (limit > 0 && parts.length >= limit - 1) break;
    keep(subject.slice(at, match.start));
    if ((flags & 2) !== 0)
      for (const group of match.groups.slice(1))
        if (group !== undefined && (group !== '' || (flags & 1) === 0)) parts.push(shown(pattern, group));
    at = match.end;
  }
  keep(subject.slice(at));
  return ArrayValue.of(parts);
}

export const patternFunctions: NativeTable = {
  'preg_match(string $pattern, string $subject, mixed &$matches = null, int $flags = 0, int $offset = 0)':
    matched,
  'preg_match_all(string $pattern, string $subject, mixed &$matches = null, int $flags = 0, int $offset = 0)':
    matchedAll,
  *'preg_replace(array|string $pattern, array|string $replacement, array|string $subject, int $limit = -1, mixed &$count = null)'(
    machine,
    given,
  ): Reading<Value> {
    const replacements = given.value(1);
    const list = replacements instanceof ArrayValue ? Array.from(replacements.values(), textOf) : null;
    // oxlint-disable-next-line require-yield -- the same shape as a callback
    return yield* replaced(machine, given, 'preg_replace', function* fill(pattern, match, index) {
      return filled(pattern, list === null ? textOf(replacements) : (list[index] ?? ''), match);
    });
  },
  'preg_replace_callback(array|string $pattern, callable $callback, array|string $subject, int $limit = -1, mixed &$count = null, int $flags = 0)':
    (machine, given) =>
      replaced(machine, given, 'preg_replace_callback', function* ask(pattern, match) {
        return yield* machine.text(yield* machine.call(given.value(1), [groupsOf(pattern, match, 0, true)]));
      }),
  'preg_split(string $pattern, string $subject, int $limit = -1, int $flags = 0)': split,
  'preg_quote(string $str, ?string $delimiter = null)': (machine, given) => {
    machine.spend(given.text(0).length * 2);
    const mark = given.isNull(1) ? '' : given.text(1).charAt(0);
    return Array.from(given.text(0), (character) =>
      character === '\0'
        ? '\\000'
        : /[.\\+*?[^\]$(){}=!<>|:\-#/]/.test(character) && (character !== '/' || mark === '/')
          ? `\\${character}`
          : character === mark
            ? `\\${character}`
            : character,
    ).join('');
  },
  *'preg_grep(string $pattern, array $array, int $flags = 0)'(machine, given): Reading<Value> {
    const pattern = patternOf(machine, 'preg_grep', given.text(0));
    if (pattern === null) return false;
    const made = new ArrayValue();
    for (const [key, value] of given.array(1).entries()) {
      if (machine.world.tick()) yield;
      const match = search(machine, pattern, subjectOf(pattern, textOf(value)), 0);
      if ((match !== null) === (given.number(2) === 0)) made.set(key, stored(value));
    }
    return made;
  },
  'preg_last_error()': () => 0n,
  'preg_last_error_msg()': () => 'No error',
};
