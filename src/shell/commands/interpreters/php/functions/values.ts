/** Functions that ask for a value's type or make another of it. */

import type { Reading } from '../../../../stream.ts';
import { Unsupported } from '../../script/unsupported.ts';
import { cast } from '../cast.ts';
import { constantNamed } from '../constants.ts';
import { floatOf, integerOf, isTrue, textOf } from '../conversion.ts';
import type { Machine } from '../machine.ts';
import type { Given, NativeTable } from '../native.ts';
import { ArrayValue, ObjectValue, Resource, typeName, type Value } from '../value.ts';

const isOf =
  (...names: readonly string[]) =>
  (_machine: Machine, given: Given): Value =>
    names.includes(typeName(given.value(0)));

const typeWords: Readonly<Record<string, string>> = {
  null: 'NULL',
  bool: 'boolean',
  int: 'integer',
  float: 'double',
};

const typeWord = (value: Value): string => {
  if (value instanceof ObjectValue) return 'object';
  if (value instanceof Resource) return value.open ? 'resource' : 'resource (closed)';
  const name = typeName(value);
  return Object.hasOwn(typeWords, name) ? (typeWords[name] ?? name) : name;
};

const casts: Readonly<Record<string, string>> = {
  integer: 'int',
  int: 'int',
  boolean: 'bool',
  bool: 'bool',
  double: 'float',
  float: 'float',
  string: 'string',
  array: 'array',
  object: 'object',
  null: 'null',
};

export const valueFunctions: NativeTable = {
  'gettype(mixed $value)': (_machine, given) => typeWord(given.value(0)),
  'get_debug_type(mixed $value)': (_machine, given) =>
    given.value(0) instanceof Resource ? 'resource (stream)' : typeName(given.value(0)),
  'is_string(mixed $value)': isOf('string'),
  'is_int(mixed $value)': isOf('int'),
  'is_integer(mixed $value)': isOf('int'),
  'is_long(mixed $value)': isOf('int'),
  'is_float(mixed $value)': isOf('float'),
  'is_double(mixed $value)': isOf('float'),
  'is_bool(mixed $value)': isOf('bool'),
  'is_null(mixed $value)': isOf('null'),
  'is_array(mixed $value)': isOf('array'),
  'is_scalar(mixed $value)': isOf('string', 'int', 'float', 'bool'),
  'is_object(mixed $value)': (_machine, given) => given.value(0) instanceof ObjectValue,
  'is_resource(mixed $value)': (_machine, given) => {
    const value = given.value(0);
    return value instanceof Resource && value.open;
  },
  'is_iterable(mixed $value)': (_machine, given) => {
    const value = given.value(0);
    return value instanceof ArrayValue || (value instanceof ObjectValue && value.info.is('Traversable'));
  },
  'is_countable(mixed $value)': (_machine, given) => {
    const value = given.value(0);
    return value instanceof ArrayValue || (value instanceof ObjectValue && value.info.is('Countable'));
  },
  'intval(mixed $value, int $base = 10)': (machine, given) => {
    const [value, base] = [given.value(0), given.number(1)];
    if (typeof value !== 'string' || base === 10) return integerOf(value);
    machine.spend(value.length);
    const text = value.trim().toLowerCase();
    const bare =
      base === 0
        ? text
        : text.replace(base === 16 ? /^([-+]?)0x/ : base === 8 ? /^([-+]?)0o/ : /^([-+]?)0b/, '$1');
    const radix =
      base === 0
        ? /^[-+]?0x/.test(text)
          ? 16
          : /^[-+]?0b/.test(text)
            ? 2
            : /^[-+]?0/.test(text)
              ? 8
              : 10
        : base;
    if (radix < 2 || radix > 36) throw new Unsupported('base');
    const number = Number.parseInt(
      bare.replace(/^([-+]?)0[xb]/, base === 0 ? '$1' : '$&').slice(0, 100),
      radix,
    );
    return Number.isNaN(number) ? 0n : BigInt(Math.trunc(Math.max(-9.2e18, Math.min(9.2e18, number))));
  },
  'floatval(mixed $value)': (_machine, given) => floatOf(given.value(0)),
  'doubleval(mixed $value)': (_machine, given) => floatOf(given.value(0)),
  'boolval(mixed $value)': (_machine, given) => isTrue(given.value(0)),
  *'strval(mixed $value)'(machine, given): Reading<Value> {
    return yield* machine.text(given.value(0));
  },
  *'settype(mixed &$var, string $type)'(machine, given): Reading<Value> {
    const to = Object.hasOwn(casts, given.text(1).toLowerCase())
      ? casts[given.text(1).toLowerCase()]
      : undefined;
    if (to === undefined)
      return machine.throwError('ValueError', 'settype(): Argument #2 ($type) must be a valid type');
    given.ref(0).value = yield* cast(machine, to, given.ref(0).value);
    return true;
  },
  'define(string $constant_name, mixed $value, bool $case_insensitive = false)': (machine, given) => {
    if (machine.constants.has(given.text(0))) {
      machine.warn(`Constant ${given.text(0)} already defined`);
      return false;
    }
    machine.spend(96);
    machine.constants.set(given.text(0), given.value(1));
    return true;
  },
  'defined(string $constant_name)': (machine, given) =>
    machine.constants.has(given.text(0)) || constantNamed(given.text(0), machine.version) !== undefined,
  'constant(string $name)': (machine, given) => {
    if (given.text(0).includes('::')) throw new Unsupported('constant');
    return (
      machine.constants.get(given.text(0)) ??
      constantNamed(given.text(0), machine.version) ??
      machine.throwError('Error', `Undefined constant "${textOf(given.value(0))}"`)
    );
  },
  'get_defined_vars()': (machine) => {
    machine.spend(machine.variables.size * 32);
    return ArrayValue.from(
      Array.from(machine.variables, ([name, ref]) => [
        name,
        ref.value instanceof ArrayValue ? ref.value.copy() : ref.value,
      ]),
    );
  },
};
