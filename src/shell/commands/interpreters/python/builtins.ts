import { decodeText, encodeText } from '../../../byte-text.ts';
import type { Reading } from '../../../stream.ts';
import { Unsupported } from '../script/unsupported.ts';
import { requireKey } from './collection-methods.ts';
import type { Engine } from './engine.ts';
import { formatValue } from './format-specification.ts';
import { indexed } from './iteration.ts';
import { count, fail, float, integer, makeError } from './machinery.ts';
import { openFile } from './open-file.ts';
import { represent } from './representation.ts';
import { sorted } from './sorted.ts';
import { isCallable } from './statement-execution.ts';
import { isStop } from './stop.ts';
import { integerOf, isTrue, order } from './truth.ts';
import { typeName } from './types.ts';
import {
  Builtin,
  Bytes,
  ClassValue,
  Dictionary,
  identityOf,
  Instance,
  type Keywords,
  keyOf,
  Lazy,
  List,
  type Native,
  PythonError,
  Range,
  Scope,
  SetValue,
  Slice,
  Tuple,
  type Value,
} from './value.ts';

function* print(engine: Engine, values: readonly Value[], keywords: Keywords): Reading<Value> {
  const texts: string[] = [];
  for (const value of values) texts.push(yield* engine.text(value));
  const separator = keywords.get('sep') ?? ' ';
  const end = keywords.get('end') ?? '\n';
  const text = `${texts.join(typeof separator === 'string' ? separator : ' ')}${typeof end === 'string' ? end : '\n'}`;
  const file = keywords.get('file') ?? null;
  if (file !== null) {
    yield* engine.call(yield* engine.attribute(file, 'write'), [text]);
    return null;
  }
  engine.world.write(encodeText(text));
  if (isTrue(keywords.get('flush') ?? false)) engine.world.flush();
  return null;
}

function* length(engine: Engine, value: Value): Reading<Value> {
  if (typeof value === 'string')
    return BigInt(/[\ud800-\udbff]/.test(value) ? Array.from(value).length : value.length);
  if (value instanceof Bytes) return BigInt(value.text.length);
  if (value instanceof List || value instanceof Tuple) return BigInt(value.items.length);
  if (value instanceof Dictionary) return BigInt(value.entries.size);
  if (value instanceof SetValue) return BigInt(value.items.size);
  if (value instanceof Range) return BigInt(value.length);
  const method = value instanceof Instance ? value.type.find('__len__') : undefined;
  if (method !== undefined) return yield* engine.call(method, [value]);
  return fail(engine, 'TypeError', `object of type '${typeName(value)}' has no len()`);
}

function* extreme(
  engine: Engine,
  name: string,
  values: readonly Value[],
  keywords: Keywords,
): Reading<Value> {
  const [only] = values;
  const items = values.length === 1 ? yield* engine.items(only ?? null) : values;
  const key = keywords.get('key') ?? null;
  let best: Value | undefined;
  let bestKey: Value = null;
  for (const item of items) {
    const own = key === null ? item : yield* engine.call(key, [item]);
    if (best !== undefined) {
      const found = order(engine.world, own, bestKey);
      if (found === null)
        return fail(
          engine,
          'TypeError',
          `'${name === 'max' ? '>' : '<'}' not supported between instances of '${typeName(own)}' and '${typeName(bestKey)}'`,
        );
      if (name === 'max' ? found <= 0 : found >= 0) continue;
    }
    best = item;
    bestKey = own;
  }
  if (best !== undefined) return best;
  const otherwise = keywords.get('default');
  return (
    otherwise ??
    (otherwise === null
      ? null
      : fail(
          engine,
          'ValueError',
          engine.minor >= 12 ? `${name}() iterable argument is empty` : `${name}() arg is an empty sequence`,
        ))
  );
}

function isInstance(engine: Engine, value: Value, type: Value | undefined): boolean {
  if (type instanceof Tuple) return type.items.some((item) => isInstance(engine, value, item));
  if (!(type instanceof ClassValue))
    return fail(
      engine,
      'TypeError',
      `isinstance() arg 2 must be a type${engine.minor >= 10 ? ', a tuple of types, or a union' : ' or tuple of types'}`,
    );
  return type.name === 'object' || engine.types.of(value).is(type);
}

function roundTo(engine: Engine, value: Value, digits: Value | undefined): Value {
  const whole = integerOf(value);
  if (whole !== null)
    return digits === undefined || digits === null || count(engine, digits) >= 0
      ? whole
      : unsupported('round');
  const number = float(engine, value);
  if (digits === undefined || digits === null) {
    if (!Number.isFinite(number)) throw new Unsupported('round');
    const floor = Math.floor(number);
    const rest = number - floor;
    return BigInt(rest > 0.5 || (rest === 0.5 && floor % 2 !== 0) ? floor + 1 : floor);
  }
  const places = count(engine, digits);
  if (places < 0 || places > 20) throw new Unsupported('round');
  return roundDecimal(number, places);
}

/** Rounds what the number exactly is: halves to even. */
function roundDecimal(number: number, places: number): number {
  const exact = Math.abs(number).toFixed(Math.min(100, places + 60));
  const fixed = Math.abs(number).toFixed(places);
  const tie = /^50*$/.test(exact.slice(exact.indexOf('.') + 1 + places));
  const down =
    Number(fixed) > Math.abs(number) && /[13579]$/.test(fixed)
      ? Number(fixed) - 10 ** -places
      : Number(fixed);
  const result = tie ? Number(down.toFixed(places)) : Number(fixed);
  return number < 0 ? -result : result;
}

function unsupported(what: string): never {
  throw new Unsupported(what);
}

function* runSource(engine: Engine, values: readonly Value[], single: boolean): Reading<Value> {
  const [given, globals] = values;
  if (globals !== undefined && !(globals instanceof Dictionary)) throw new Unsupported('globals');
  const source =
    typeof given === 'string'
      ? given
      : given instanceof Bytes
        ? decodeText(given.text)
        : given instanceof Instance
          ? given.fields.get('source')
          : undefined;
  if (typeof source !== 'string')
    return fail(
      engine,
      'TypeError',
      `${single ? 'eval' : 'exec'}() arg 1 must be a string, bytes or code object`,
    );
  let { scope } = engine.frame;
  if (globals instanceof Dictionary) {
    scope = new Scope(null, false, new Set());
    for (const { key, value } of globals.entries.values())
      if (typeof key === 'string') scope.names.set(key, value);
  }
  const asEval = given instanceof Instance ? given.fields.get('mode') === 'eval' : single;
  const result = yield* engine.execute(source, '<string>', scope, asEval);
  if (globals instanceof Dictionary)
    for (const [key, value] of scope.names) globals.entries.set(keyOf(key) ?? '', { key, value });
  return result;
}

function* importByName(engine: Engine, name: Value | undefined): Reading<Value> {
  if (typeof name !== 'string')
    return fail(engine, 'TypeError', `__import__() argument 1 must be str, not ${typeName(name ?? null)}`);
  const module = yield* engine.importModule(name);
  const [top = name] = name.split('.');
  return top === name ? module : yield* engine.importModule(top);
}

function* readLine(engine: Engine, prompt: Value | undefined): Reading<Value> {
  if (prompt !== undefined) engine.world.write(encodeText(yield* engine.text(prompt)));
  engine.world.flush();
  const line = yield* engine.world.process.input.line();
  return line === null
    ? fail(engine, 'EOFError', 'EOF when reading a line')
    : decodeText(line.replace(/\r?\n$/, ''));
}

function* zip(engine: Engine, values: readonly Value[]): Reading<Value> {
  const iterators: Lazy[] = [];
  for (const value of values) iterators.push(yield* engine.iterate(value));
  return new Lazy('zip', function* advance(): Reading<Value | undefined> {
    const items: Value[] = [];
    for (const iterator of iterators) {
      const item = yield* iterator.advance();
      if (item === undefined) return undefined;
      items.push(item);
    }
    return items.length === 0 ? undefined : new Tuple(items);
  });
}

function* mapped(engine: Engine, values: readonly Value[]): Reading<Value> {
  const [callee = null, ...sources] = values;
  const source =
    sources.length === 1 ? yield* engine.iterate(sources[0] ?? null) : yield* zip(engine, sources);
  return new Lazy('map', function* advance(): Reading<Value | undefined> {
    const item = source instanceof Lazy ? yield* source.advance() : undefined;
    if (item === undefined) return undefined;
    return yield* engine.call(callee, sources.length > 1 && item instanceof Tuple ? item.items : [item]);
  });
}

function* filtered(engine: Engine, callee: Value, given: Value): Reading<Value> {
  const source = yield* engine.iterate(given);
  return new Lazy('filter', function* advance(): Reading<Value | undefined> {
    for (;;) {
      const item = yield* source.advance();
      if (item === undefined) return undefined;
      if (yield* engine.truth(callee === null ? item : yield* engine.call(callee, [item]))) return item;
    }
  });
}

function* nextOf(engine: Engine, value: Value, otherwise: Value | undefined): Reading<Value> {
  if (value instanceof Lazy) {
    const item = yield* value.advance();
    if (item !== undefined) return item;
    if (otherwise !== undefined) return otherwise;
    throw makeError(engine, 'StopIteration');
  }
  const method = value instanceof Instance ? value.type.find('__next__') : undefined;
  if (method === undefined)
    return fail(engine, 'TypeError', `'${typeName(value)}' object is not an iterator`);
  try {
    return yield* engine.call(method, [value]);
  } catch (error) {
    if (isStop(error) && otherwise !== undefined) return otherwise;
    throw error;
  }
}

const withPrefix = (value: bigint, base: number, prefix: string): string =>
  `${value < 0n ? '-' : ''}${prefix}${(value < 0n ? -value : value).toString(base)}`;

const wrapper =
  (engine: Engine, kind: string): Native =>
  ([inner]) => {
    const value = new Instance(engine.types.get(kind));
    value.fields.set('function', inner ?? null);
    return value;
  };

function* attributeOr(
  engine: Engine,
  value: Value,
  name: Value | undefined,
  otherwise: Value | undefined,
): Reading<Value> {
  if (typeof name !== 'string')
    return fail(engine, 'TypeError', `attribute name must be string, not '${typeName(name ?? null)}'`);
  try {
    return yield* engine.attribute(value, name);
  } catch (error) {
    if (otherwise !== undefined && error instanceof PythonError && error.value.type.name === 'AttributeError')
      return otherwise;
    throw error;
  }
}

function* power(engine: Engine, [base = null, exponent = null, modulus]: readonly Value[]): Reading<Value> {
  const [one, other, mod] = [integerOf(base), integerOf(exponent), integerOf(modulus ?? null)];
  if (modulus === undefined || modulus === null) return yield* engine.binary('**', base, exponent);
  if (one === null || other === null || mod === null || mod <= 0n || other < 0n || mod > 1n << 4096n)
    throw new Unsupported('pow');
  let result = 1n;
  let factor = ((one % mod) + mod) % mod;
  for (let left = other; left > 0n; left >>= 1n) {
    engine.world.spend(512);
    if ((left & 1n) === 1n) result = (result * factor) % mod;
    factor = (factor * factor) % mod;
  }
  return result % mod;
}

/** What is there without an import. */
export function builtins(engine: Engine): ReadonlyMap<string, Value> {
  const natives: Readonly<Record<string, Native>> = {
    print: (values, keywords) => print(engine, values, keywords),
    len: ([value]) => length(engine, value ?? null),
    repr: ([value]) => engine.represent(value ?? null),
    ascii: ([value]) =>
      represent(value ?? null).replaceAll(
        /[\x80-\uffff]/g,
        (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`,
      ),
    abs: ([value]) => {
      const whole = integerOf(value ?? null);
      if (whole !== null) return whole < 0n ? -whole : whole;
      if (typeof value === 'number') return Math.abs(value);
      return fail(engine, 'TypeError', `bad operand type for abs(): '${typeName(value ?? null)}'`);
    },
    chr: ([value]) => {
      const code = count(engine, value);
      return code < 0 || code > 0x10ffff
        ? fail(engine, 'ValueError', 'chr() arg not in range(0x110000)')
        : String.fromCodePoint(code);
    },
    ord: ([value]) => {
      const text = value instanceof Bytes ? value.text : value;
      if (typeof text !== 'string')
        return fail(
          engine,
          'TypeError',
          `ord() expected string of length 1, but ${typeName(value ?? null)} found`,
        );
      const characters = Array.from(text);
      return characters.length === 1
        ? BigInt(text.codePointAt(0) ?? 0)
        : fail(
            engine,
            'TypeError',
            `ord() expected a character, but string of length ${characters.length} found`,
          );
    },
    hex: ([value]) => withPrefix(integer(engine, value), 16, '0x'),
    oct: ([value]) => withPrefix(integer(engine, value), 8, '0o'),
    bin: ([value]) => withPrefix(integer(engine, value), 2, '0b'),
    *sum([given, start]) {
      let total: Value = start ?? 0n;
      for (const item of yield* engine.items(given ?? null)) total = yield* engine.binary('+', total, item);
      return total;
    },
    max: (values, keywords) => extreme(engine, 'max', values, keywords),
    min: (values, keywords) => extreme(engine, 'min', values, keywords),
    *sorted([given], keywords) {
      return new List(yield* sorted(engine, yield* engine.items(given ?? null), keywords));
    },
    *reversed([given]) {
      const items = (yield* engine.items(given ?? null)).reverse();
      return indexed('list_reverseiterator', (index) => items[index]);
    },
    *enumerate([given, start], keywords) {
      const source = yield* engine.iterate(given ?? null);
      let index = integer(engine, start ?? keywords.get('start') ?? 0n) - 1n;
      return new Lazy('enumerate', function* advance(): Reading<Value | undefined> {
        const item = yield* source.advance();
        index += 1n;
        return item === undefined ? undefined : new Tuple([index, item]);
      });
    },
    zip: (values) => zip(engine, values),
    map: (values) => mapped(engine, values),
    filter: ([callee, given]) => filtered(engine, callee ?? null, given ?? null),
    iter: ([value]) => engine.iterate(value ?? null),
    next: ([value, otherwise]) => nextOf(engine, value ?? null, otherwise),
    *any([given]) {
      for (const item of yield* engine.items(given ?? null)) if (yield* engine.truth(item)) return true;
      return false;
    },
    *all([given]) {
      for (const item of yield* engine.items(given ?? null)) if (!(yield* engine.truth(item))) return false;
      return true;
    },
    *divmod([left, right]) {
      return new Tuple([
        yield* engine.binary('//', left ?? null, right ?? null),
        yield* engine.binary('%', left ?? null, right ?? null),
      ]);
    },
    pow: (values) => power(engine, values),
    round: ([value, digits]) => roundTo(engine, value ?? null, digits),
    format: ([value, specification]) =>
      formatValue(engine, value ?? null, typeof specification === 'string' ? specification : ''),
    isinstance: ([value, type]) => isInstance(engine, value ?? null, type),
    issubclass: ([value, type]) =>
      value instanceof ClassValue && type instanceof ClassValue ? value.is(type) : unsupported('issubclass'),
    callable: ([value]) => isCallable(value ?? null),
    id: ([value]) =>
      BigInt(
        140_000_000_000_000 +
          identityOf(typeof value === 'object' && value !== null ? value : engine.types.of(value ?? null)) *
            16,
      ),
    hash: ([value]) =>
      integerOf(requireKey(engine, value ?? null) === '' ? null : (value ?? null)) ?? unsupported('hash'),
    getattr: ([value, name, otherwise]) => attributeOr(engine, value ?? null, name, otherwise),
    *hasattr([value, name]) {
      return !(
        (yield* attributeOr(engine, value ?? null, name, new Slice(null, null, null))) instanceof Slice
      );
    },
    *setattr([value, name, item]) {
      if (typeof name !== 'string') throw new Unsupported('setattr');
      yield* engine.setAttribute(value ?? null, name, item ?? null);
      return null;
    },
    exec: (values) => runSource(engine, values, false),
    eval: (values) => runSource(engine, values, true),
    compile: ([source, , mode]) => {
      const code = new Instance(engine.types.get('code'));
      code.fields.set('source', source instanceof Bytes ? decodeText(source.text) : (source ?? null));
      code.fields.set('mode', mode ?? 'exec');
      return code;
    },
    __import__: ([name]) => importByName(engine, name),
    input: ([prompt]) => readLine(engine, prompt),
    open: (values, keywords) => openFile(engine, values, keywords),
    globals: () => scopeDictionary(engine.globals),
    locals: () => scopeDictionary(engine.frame.scope),
    exit: ([code]) => {
      throw makeError(engine, 'SystemExit', ...(code === undefined ? [] : [code]));
    },
    quit: ([code]) => {
      throw makeError(engine, 'SystemExit', ...(code === undefined ? [] : [code]));
    },
    super: () => {
      const value = new Instance(engine.types.get('super'));
      value.fields.set('owner', engine.frame.owner);
      value.fields.set('self', engine.frame.first);
      return value;
    },
    staticmethod: wrapper(engine, 'staticmethod'),
    classmethod: wrapper(engine, 'classmethod'),
    property: wrapper(engine, 'property'),
  };
  const found = new Map<string, Value>();
  for (const [name, native] of Object.entries(natives)) found.set(name, new Builtin(name, native));
  found.set('IOError', engine.types.get('OSError'));
  found.set('EnvironmentError', engine.types.get('OSError'));
  return found;
}

function scopeDictionary(scope: Scope): Dictionary {
  const found = new Dictionary();
  for (const [key, value] of scope.names) found.entries.set(keyOf(key) ?? '', { key, value });
  return found;
}
