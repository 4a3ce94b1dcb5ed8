import type { Reading } from '../../../../stream.ts';
import { type Compiled, compileExpression, type Found } from '../../script/expression.ts';
import { Unsupported } from '../../script/unsupported.ts';
import type { Engine } from '../engine.ts';
import { indexed } from '../iteration.ts';
import { argument, fail, makeModule } from '../machinery.ts';
import { makeObject } from '../open-file.ts';
import { represent } from '../representation.ts';
import { integerOf } from '../truth.ts';
import {
  Bytes,
  Dictionary,
  Instance,
  keyOf,
  List,
  type ModuleValue,
  type Native,
  Tuple,
  type Value,
} from '../value.ts';

const flagLetters: readonly (readonly [bit: bigint, letter: string])[] = [
  [2n, 'i'],
  [8n, 'm'],
  [16n, 's'],
  [64n, 'x'],
];

const sources = new WeakMap<Instance, { compiled: Compiled; bytes: boolean }>();

function compiledOf(
  engine: Engine,
  given: Value | undefined,
  flags: Value | undefined,
): { compiled: Compiled; bytes: boolean } {
  if (given instanceof Instance)
    return (
      sources.get(given) ?? fail(engine, 'TypeError', 'first argument must be string or compiled pattern')
    );
  const bytes = given instanceof Bytes;
  const source = bytes ? given.text : given;
  if (typeof source !== 'string')
    return fail(engine, 'TypeError', 'first argument must be string or compiled pattern');
  const bits = integerOf(flags ?? 0n) ?? 0n;
  const letters = flagLetters.filter(([bit]) => (bits & bit) !== 0n).map(([, letter]) => letter);
  const compiled = compileExpression(source, letters.join(''));
  engine.world.spend(compiled.size * 16);
  return { compiled, bytes };
}

const mostMatches = 100_000;

function subject(engine: Engine, value: Value | undefined, bytes: boolean): string {
  if (bytes && value instanceof Bytes) return value.text;
  if (!bytes && typeof value === 'string') return value;
  if (value instanceof Bytes)
    return fail(engine, 'TypeError', 'cannot use a string pattern on a bytes-like object');
  return fail(
    engine,
    'TypeError',
    typeof value === 'string'
      ? 'cannot use a bytes pattern on a string-like object'
      : 'expected string or bytes-like object',
  );
}

function* allMatches(engine: Engine, compiled: Compiled, text: string): Reading<Found[]> {
  const found: Found[] = [];
  let at = 0;
  while (at <= text.length) {
    if (engine.world.tick()) yield;
    const match = engine.world.search(compiled, text, at);
    if (match === null) break;
    found.push(match);
    if (found.length > mostMatches) throw new Unsupported('large');
    at = match.end > match.start ? match.end : match.end + 1;
  }
  return found;
}

function matchObject(engine: Engine, compiled: Compiled, match: Found, bytes: boolean): Instance {
  const wrap = (text: string | undefined): Value =>
    text === undefined ? null : bytes ? new Bytes(text) : text;
  const numberOf = (value: Value | undefined): number => {
    if (value === undefined) return 0;
    const index =
      typeof value === 'string' ? (compiled.names.get(value) ?? -1) : Number(integerOf(value) ?? -1n);
    return index < 0 || index >= match.groups.length ? fail(engine, 'IndexError', 'no such group') : index;
  };
  const group: Native = (values) =>
    values.length < 2
      ? wrap(match.groups[numberOf(values[0])])
      : new Tuple(values.map((value) => wrap(match.groups[numberOf(value)])));
  const endOf = (index: number): number =>
    (match.starts[index] ?? -1) < 0 ? -1 : (match.starts[index] ?? 0) + (match.groups[index] ?? '').length;
  const value = makeObject(engine, 'Match', 're', {
    group,
    __getitem__: group,
    groups: ([otherwise]) => new Tuple(match.groups.slice(1).map((text) => wrap(text) ?? otherwise ?? null)),
    groupdict: () => {
      const found = new Dictionary();
      for (const [name, index] of compiled.names)
        found.entries.set(keyOf(name) ?? '', { key: name, value: wrap(match.groups[index]) });
      return found;
    },
    start: ([index]) => BigInt(match.starts[numberOf(index)] ?? -1),
    end: ([index]) => BigInt(endOf(numberOf(index))),
    span: ([index]) =>
      new Tuple([BigInt(match.starts[numberOf(index)] ?? -1), BigInt(endOf(numberOf(index)))]),
  });
  value.shown = `<re.Match object; span=(${match.start}, ${match.end}), match=${represent(wrap(match.groups[0]))}>`;
  return value;
}

function* substitute(
  engine: Engine,
  given: { compiled: Compiled; bytes: boolean },
  replacement: Value,
  value: Value | undefined,
  limit: Value | undefined,
): Reading<Value> {
  const { compiled, bytes } = given;
  const text = subject(engine, value, bytes);
  const most = Number(integerOf(limit ?? 0n) ?? 0n);
  let out = '';
  let at = 0;
  for (const [index, match] of (yield* allMatches(engine, compiled, text)).entries()) {
    if (most > 0 && index >= most) break;
    out += text.slice(at, match.start);
    if (typeof replacement === 'string' || replacement instanceof Bytes) {
      const template = replacement instanceof Bytes ? replacement.text : replacement;
      out += template.replaceAll(
        /\\(?:g<(\w+)>|(\d{1,2})|(.))/gs,
        (_all, name: string | undefined, digits: string | undefined, letter: string | undefined) => {
          if (letter !== undefined) return { n: '\n', t: '\t', r: '\r', '\\': '\\' }[letter] ?? `\\${letter}`;
          const place = name === undefined ? Number(digits) : (compiled.names.get(name) ?? Number(name));
          return match.groups[place] ?? '';
        },
      );
    } else {
      const found = yield* engine.call(replacement, [matchObject(engine, compiled, match, bytes)]);
      out += found instanceof Bytes ? found.text : typeof found === 'string' ? found : '';
    }
    if (out.length > 8_388_608) throw new Unsupported('large');
    at = match.end;
  }
  out += text.slice(at);
  return bytes ? new Bytes(out) : out;
}

export function re(engine: Engine): ModuleValue {
  type Given = { compiled: Compiled; bytes: boolean };
  const wrap = (bytes: boolean, text: string | undefined): Value =>
    bytes ? new Bytes(text ?? '') : (text ?? '');
  const once = (
    { compiled, bytes }: Given,
    value: Value | undefined,
    how: 'search' | 'match' | 'fullmatch',
  ): Value => {
    const text = subject(engine, value, bytes);
    const match = engine.world.search(compiled, text, 0);
    if (match === null || (how !== 'search' && match.start !== 0)) return null;
    if (how === 'fullmatch' && match.end !== text.length) throw new Unsupported('fullmatch');
    return matchObject(engine, compiled, match, bytes);
  };
  const all = function* all({ compiled, bytes }: Given, value: Value | undefined): Reading<Value> {
    const matches = yield* allMatches(engine, compiled, subject(engine, value, bytes));
    return new List(
      matches.map(({ groups }) =>
        groups.length === 1
          ? wrap(bytes, groups[0])
          : groups.length === 2
            ? wrap(bytes, groups[1])
            : new Tuple(groups.slice(1).map((text) => wrap(bytes, text))),
      ),
    );
  };
  const split = function* split({ compiled, bytes }: Given, value: Value | undefined): Reading<Value> {
    const text = subject(engine, value, bytes);
    const pieces: Value[] = [];
    let at = 0;
    for (const match of yield* allMatches(engine, compiled, text)) {
      pieces.push(wrap(bytes, text.slice(at, match.start)));
      for (const group of match.groups.slice(1)) pieces.push(group === undefined ? null : wrap(bytes, group));
      at = match.end;
    }
    pieces.push(wrap(bytes, text.slice(at)));
    return new List(pieces);
  };
  const each = function* each({ compiled, bytes }: Given, value: Value | undefined): Reading<Value> {
    const matches = yield* allMatches(engine, compiled, subject(engine, value, bytes));
    return indexed('callable_iterator', (index) => {
      const match = matches[index];
      return match === undefined ? undefined : matchObject(engine, compiled, match, bytes);
    });
  };
  const compile: Native = (values, keywords) => {
    const given = compiledOf(engine, values[0], argument(values, keywords, 1, 'flags'));
    const pattern = makeObject(
      engine,
      'Pattern',
      're',
      {
        search: ([text]) => once(given, text, 'search'),
        match: ([text]) => once(given, text, 'match'),
        fullmatch: ([text]) => once(given, text, 'fullmatch'),
        findall: ([text]) => all(given, text),
        finditer: ([text]) => each(given, text),
        split: ([text]) => split(given, text),
        sub: ([replacement = null, text, most]) => substitute(engine, given, replacement, text, most),
      },
      { pattern: values[0] ?? null },
    );
    sources.set(pattern, given);
    return pattern;
  };
  const given = (values: readonly Value[], keywords: ReadonlyMap<string, Value>, place: number): Given =>
    compiledOf(engine, values[0], argument(values, keywords, place, 'flags'));
  return makeModule(
    're',
    {
      compile,
      search: (values, keywords) => once(given(values, keywords, 2), values[1], 'search'),
      match: (values, keywords) => once(given(values, keywords, 2), values[1], 'match'),
      fullmatch: (values, keywords) => once(given(values, keywords, 2), values[1], 'fullmatch'),
      findall: (values, keywords) => all(given(values, keywords, 2), values[1]),
      finditer: (values, keywords) => each(given(values, keywords, 2), values[1]),
      split: (values, keywords) => split(given(values, keywords, 3), values[1]),
      sub: (values, keywords) =>
        substitute(
          engine,
          given(values, keywords, 4),
          values[1] ?? null,
          values[2],
          argument(values, keywords, 3, 'count'),
        ),
      escape: ([text]) =>
        typeof text === 'string'
          ? text.replaceAll(/[-\\^$.|?*+()[\]{}&~# \t\n\r\v\f]/g, String.raw`\$&`)
          : fail(engine, 'TypeError', 'text'),
    },
    {
      I: 2n,
      IGNORECASE: 2n,
      M: 8n,
      MULTILINE: 8n,
      S: 16n,
      DOTALL: 16n,
      X: 64n,
      VERBOSE: 64n,
      U: 32n,
      A: 256n,
    },
  );
}
