import { Buffer } from 'node:buffer';
import type { Reading } from '../../../stream.ts';
import { Unsupported } from '../script/unsupported.ts';
import { decode, encode } from './codec.ts';
import { requireKey } from './collection-methods.ts';
import type { Engine } from './engine.ts';
import { argument, count, fail, integer, string } from './machinery.ts';
import { quoteText, represent } from './representation.ts';
import { integerOf, isNumber } from './truth.ts';
import { typeName } from './types.ts';
import {
  Builtin,
  Bytes,
  Dictionary,
  Instance,
  type Keywords,
  keyOf,
  List,
  type Native,
  Range,
  SetValue,
  Slice,
  Tuple,
  type Value,
} from './value.ts';

function* integerFrom(engine: Engine, value: Value | undefined, base: Value | undefined): Reading<Value> {
  if (value === undefined) return 0n;
  const whole = integerOf(value);
  if (whole !== null) return whole;
  if (typeof value === 'number') {
    if (Number.isNaN(value)) return fail(engine, 'ValueError', 'cannot convert float NaN to integer');
    if (!Number.isFinite(value))
      return fail(engine, 'OverflowError', 'cannot convert float infinity to integer');
    return BigInt(Math.trunc(value));
  }
  if (value instanceof Instance && value.type.find('__int__') !== undefined)
    return yield* engine.call(value.type.find('__int__') ?? null, [value]);
  const text = value instanceof Bytes ? value.text : value;
  if (typeof text !== 'string')
    return fail(
      engine,
      'TypeError',
      `int() argument must be a string, a bytes-like object or a ${engine.minor >= 10 ? 'real ' : ''}number, not '${typeName(value)}'`,
    );
  let radix = base === undefined ? 10 : count(engine, base);
  const match = /^\s*([-+]?)(0[xX](?=.)|0[oO](?=.)|0[bB](?=.))?([0-9a-zA-Z]+(?:_[0-9a-zA-Z]+)*)\s*$/.exec(
    text,
  );
  const wrong = (): never =>
    fail(
      engine,
      'ValueError',
      `invalid literal for int() with base ${radix}: ${value instanceof Bytes ? represent(value) : quoteText(text)}`,
    );
  if (match === null || text.length > 4_300) return wrong();
  const [, sign = '', prefix = ''] = match;
  let digits = (match[3] ?? '').replaceAll('_', '').toLowerCase();
  const prefixed = prefix === '' ? 0 : /x/i.test(prefix) ? 16 : /o/i.test(prefix) ? 8 : 2;
  if (radix === 0) radix = prefixed === 0 ? 10 : prefixed;
  if (prefixed !== 0 && prefixed !== radix) digits = prefix.toLowerCase() + digits;
  let result = 0n;
  for (const digit of digits) {
    const worth = Number.parseInt(digit, 36);
    if (Number.isNaN(worth) || worth >= radix) return wrong();
    result = result * BigInt(radix) + BigInt(worth);
  }
  return sign === '-' ? -result : result;
}

function floatFrom(engine: Engine, value: Value | undefined): Value {
  if (value === undefined) return 0;
  if (isNumber(value)) return Number(value);
  const text = value instanceof Bytes ? value.text : value;
  if (typeof text !== 'string')
    return fail(
      engine,
      'TypeError',
      `float() argument must be a string or a ${engine.minor >= 10 ? 'real ' : ''}number, not '${typeName(value)}'`,
    );
  const plain = text.trim().toLowerCase();
  if (/^[-+]?(?:\d[\d_]*\.?\d*|\.\d+)(?:e[-+]?\d+)?$/.test(plain)) return Number(plain.replaceAll('_', ''));
  if (/^[-+]?inf(?:inity)?$/.test(plain)) return plain.startsWith('-') ? -Infinity : Infinity;
  if (/^[-+]?nan$/.test(plain)) return NaN;
  return fail(engine, 'ValueError', `could not convert string to float: ${quoteText(text)}`);
}

function* bytesFrom(
  engine: Engine,
  values: readonly Value[],
  keywords: Keywords,
  mutable: boolean,
): Reading<Value> {
  const [value] = values;
  const encoding = argument(values, keywords, 1, 'encoding');
  if (value === undefined) return new Bytes('', mutable);
  if (typeof value === 'string') {
    if (encoding === undefined) return fail(engine, 'TypeError', 'string argument without an encoding');
    return new Bytes(encode(engine, value, string(engine, encoding), 'strict'), mutable);
  }
  if (value instanceof Bytes) return new Bytes(value.text, mutable);
  if (integerOf(value) !== null) {
    const size = count(engine, value);
    if (size < 0) return fail(engine, 'ValueError', 'negative count');
    if (size > 8_388_608) return fail(engine, 'MemoryError', '');
    engine.world.spend(size);
    return new Bytes('\0'.repeat(size), mutable);
  }
  if (isNumber(value) || value === null)
    return fail(
      engine,
      'TypeError',
      `cannot convert '${typeName(value)}' object to ${mutable ? 'bytearray' : 'bytes'}`,
    );
  const pieces: string[] = [];
  for (const item of yield* engine.items(value)) {
    const code = integer(engine, item);
    if (code < 0n || code > 255n)
      return fail(engine, 'ValueError', `${mutable ? 'byte' : 'bytes'} must be in range(0, 256)`);
    pieces.push(String.fromCharCode(Number(code)));
  }
  return new Bytes(pieces.join(''), mutable);
}

function* dictionaryFrom(engine: Engine, [given]: readonly Value[], keywords: Keywords): Reading<Value> {
  const found = new Dictionary();
  if (given instanceof Dictionary)
    for (const [key, entry] of given.entries) found.entries.set(key, { ...entry });
  else if (given !== undefined)
    for (const pair of yield* engine.items(given)) {
      const items = yield* engine.items(pair);
      const [key = null, value = null] = items;
      if (items.length !== 2)
        return fail(
          engine,
          'ValueError',
          `dictionary update sequence element #${found.entries.size} has length ${items.length}; 2 is required`,
        );
      found.entries.set(requireKey(engine, key), { key, value });
    }
  for (const [key, value] of keywords) found.entries.set(keyOf(key) ?? '', { key, value });
  return found;
}

function range(engine: Engine, values: readonly Value[]): Value {
  const [first, second, third] = values;
  const step = third === undefined ? 1n : integer(engine, third);
  if (step === 0n) return fail(engine, 'ValueError', 'range() arg 3 must not be zero');
  if (first === undefined) return fail(engine, 'TypeError', 'range expected at least 1 argument, got 0');
  return second === undefined
    ? new Range(0n, integer(engine, first), 1n)
    : new Range(integer(engine, first), integer(engine, second), step);
}

function* setFrom(engine: Engine, given: Value | undefined, frozen: boolean): Reading<Value> {
  const found = new SetValue(frozen);
  for (const item of given === undefined ? [] : yield* engine.items(given))
    found.items.set(requireKey(engine, item), item);
  return found;
}

/** Gives the classes of the system what makes their values. */
export function prepareTypes(engine: Engine): void {
  const makers: Readonly<Record<string, Native>> = {
    int: (values, keywords) => integerFrom(engine, values[0], argument(values, keywords, 1, 'base')),
    float: ([value]) => floatFrom(engine, value),
    bool: ([value]) => engine.truth(value ?? null),
    str: (values, keywords) => {
      const [value] = values;
      const encoding = argument(values, keywords, 1, 'encoding');
      if (value instanceof Bytes && encoding !== undefined)
        return decode(engine, value.text, string(engine, encoding), 'strict');
      return value === undefined ? '' : engine.text(value);
    },
    bytes: (values, keywords) => bytesFrom(engine, values, keywords, false),
    bytearray: (values, keywords) => bytesFrom(engine, values, keywords, true),
    *list([given]) {
      return new List(given === undefined ? [] : yield* engine.items(given));
    },
    *tuple([given]) {
      return new Tuple(given === undefined ? [] : yield* engine.items(given));
    },
    dict: (values, keywords) => dictionaryFrom(engine, values, keywords),
    set: ([given]) => setFrom(engine, given, false),
    frozenset: ([given]) => setFrom(engine, given, true),
    range: (values) => range(engine, values),
    slice: ([start = null, stop = null, step = null]) => new Slice(start, stop, step),
    type: ([value, bases]) => {
      if (bases !== undefined) throw new Unsupported('type');
      return engine.types.of(value ?? null);
    },
  };
  for (const [name, native] of Object.entries(makers)) engine.types.get(name).construct = native;
  const statics: readonly (readonly [type: string, name: string, native: Native])[] = [
    [
      'bytes',
      'fromhex',
      ([given]) => {
        const digits = string(engine, given).replaceAll(/\s/g, '');
        const at = digits.search(/[^0-9a-fA-F]/);
        if (at >= 0 || digits.length % 2 !== 0)
          return fail(
            engine,
            'ValueError',
            `non-hexadecimal number found in fromhex() arg at position ${at >= 0 ? at : digits.length}`,
          );
        return new Bytes(Buffer.from(digits, 'hex').toString('latin1'));
      },
    ],
    [
      'int',
      'from_bytes',
      (values, keywords) => {
        const [given] = values;
        const order = argument(values, keywords, 1, 'byteorder');
        if (!(given instanceof Bytes) || keywords.has('signed') || given.text.length > 4096)
          throw new Unsupported('from_bytes');
        const bytes = Buffer.from(given.text, 'latin1');
        const digits = (order === 'little' ? bytes.reverse() : bytes).toString('hex');
        return BigInt(`0x${digits === '' ? '0' : digits}`);
      },
    ],
    [
      'dict',
      'fromkeys',
      function* fromKeys([keys, value]) {
        const found = new Dictionary();
        for (const key of yield* engine.items(keys ?? null))
          found.entries.set(requireKey(engine, key), { key, value: value ?? null });
        return found;
      },
    ],
  ];
  for (const [type, name, native] of statics)
    engine.types.get(type).members.set(name, new Builtin(name, native));
}
