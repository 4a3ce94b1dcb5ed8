/** Functions that call a function of the script. */

import type { Reading } from '../../../../stream.ts';
import { Unsupported } from '../../script/unsupported.ts';
import { isTrue, textOf } from '../conversion.ts';
import type { Machine } from '../machine.ts';
import type { Given, NativeTable } from '../native.ts';
import { ArrayValue, ClosureValue, type Key, ObjectValue, Ref, stored, type Value } from '../value.ts';

function* mapped(machine: Machine, given: Given): Reading<Value> {
  const [callback, first, ...others] = given.values;
  if (!(first instanceof ArrayValue)) throw new Unsupported('array');
  machine.spend(first.size * 16);
  if (others.length === 0) {
    if (callback === null) return first.copy();
    const made = new ArrayValue();
    for (const [key, value] of first.copy().entries()) {
      if (machine.world.tick()) yield;
      made.set(key, yield* machine.call(callback ?? null, [stored(value)]));
    }
    return made;
  }
  const columns = [first, ...others].map((array) =>
    Array.from(array instanceof ArrayValue ? array.values() : []),
  );
  const made = new ArrayValue();
  const rows = Math.max(...columns.map((column) => column.length));
  for (let row = 0; row < rows; row += 1) {
    if (machine.world.tick()) yield;
    const values = columns.map((column) => stored(column[row] ?? null));
    made.push(
      callback === null || callback === undefined
        ? ArrayValue.of(values)
        : yield* machine.call(callback, values),
    );
  }
  return made;
}

function* filtered(machine: Machine, given: Given): Reading<Value> {
  const [array, callback, mode] = [given.array(0), given.value(1), given.number(2)];
  machine.spend(array.size * 16);
  const kept: [Key, Value][] = [];
  for (const [key, value] of array.copy().entries()) {
    if (machine.world.tick()) yield;
    const values = mode === 2 ? [key] : mode === 1 ? [stored(value), key] : [stored(value)];
    if (isTrue(callback === null ? value : yield* machine.call(callback, values)))
      kept.push([key, stored(value)]);
  }
  return ArrayValue.from(kept);
}

function* walked(machine: Machine, given: Given): Reading<Value> {
  const ref = given.ref(0);
  if (!(ref.value instanceof ArrayValue)) throw new Unsupported('array_walk');
  for (const key of machine.own(ref).keys()) {
    if (machine.world.tick()) yield;
    const array = machine.own(ref);
    const element = new Ref(array.get(key) ?? null);
    yield* machine.call(given.value(1), [element.value, key, ...given.rest(2)], [element]);
    if (machine.own(ref).has(key)) machine.own(ref).set(key, element.value);
  }
  return true;
}

export const arrayCallbacks: NativeTable = {
  'array_map(?callable $callback, array $array, array ...$arrays)': mapped,
  'array_filter(array $array, ?callable $callback = null, int $mode = 0)': filtered,
  'array_walk(array|object &$array, callable $callback, mixed $arg = null)': walked,
  *'array_reduce(array $array, callable $callback, mixed $initial = null)'(machine, given) {
    let carry = given.value(2);
    for (const value of given.array(0).copy().values()) {
      if (machine.world.tick()) yield;
      carry = yield* machine.call(given.value(1), [carry, stored(value)]);
    }
    return carry;
  },
  'call_user_func(callable $callback, mixed ...$args)': (machine, given) =>
    machine.call(given.value(0), given.rest(1)),
  'call_user_func_array(callable $callback, array $args)': (machine, given) => {
    const values = [...given.array(1).entries()];
    if (values.some(([key]) => typeof key === 'string')) throw new Unsupported('named');
    return machine.call(
      given.value(0),
      values.map(([, value]) => stored(value)),
    );
  },
  'forward_static_call(callable $callback, mixed ...$args)': (machine, given) =>
    machine.call(given.value(0), given.rest(1)),
  'func_get_args()': (machine) => ArrayValue.of(machine.arguments.map(stored)),
  'func_num_args()': (machine) => BigInt(machine.arguments.length),
  'func_get_arg(int $position)': (machine, given) => stored(machine.arguments[given.number(0)] ?? null),
  'function_exists(string $function)': (machine, given) =>
    machine.functionExists(given.text(0).replace(/^\\/, '')),
  'is_callable(mixed $value, bool $syntax_only = false, mixed &$callable_name = null)': (machine, given) =>
    machine.isCallable(given.value(0)),
  'register_shutdown_function(callable $callback, mixed ...$args)': (machine, given) => {
    if (machine.finishers.length > 100) throw new Unsupported('many');
    machine.finishers.push({ callback: given.value(0), values: given.rest(1) });
    return null;
  },
  'class_exists(string $class, bool $autoload = true)': (machine, given) =>
    machine.findClass(given.text(0))?.kind === 'class',
  'interface_exists(string $interface, bool $autoload = true)': (machine, given) =>
    machine.findClass(given.text(0))?.kind === 'interface',
  'method_exists(mixed $object_or_class, string $method)': (machine, given) => {
    const value = given.value(0);
    const info = value instanceof ObjectValue ? value.info : machine.findClass(textOf(value));
    return (
      info !== null &&
      (info.methods.has(given.text(1).toLowerCase()) ||
        (value instanceof ClosureValue && given.text(1) === '__invoke'))
    );
  },
  'property_exists(mixed $object_or_class, string $property)': (machine, given) => {
    const value = given.value(0);
    const info = value instanceof ObjectValue ? value.info : machine.findClass(textOf(value));
    return (
      info !== null &&
      (info.properties.has(given.text(1)) ||
        info.statics.has(given.text(1)) ||
        (value instanceof ObjectValue && value.properties.has(given.text(1))))
    );
  },
  'get_class(object $object = null)': (machine, given) => {
    const value = given.value(0);
    return value instanceof ObjectValue ? value.info.name : (machine.scope?.name ?? false);
  },
  'get_parent_class(mixed $object_or_class = null)': (machine, given) => {
    const value = given.value(0);
    const info =
      value instanceof ObjectValue
        ? value.info
        : value === null
          ? machine.scope
          : machine.findClass(textOf(value));
    return info?.parent?.name ?? false;
  },
  'get_called_class()': (machine) => machine.self?.info.name ?? machine.scope?.name ?? false,
  'is_a(mixed $object_or_class, string $class, bool $allow_string = false)': (machine, given) => {
    const value = given.value(0);
    if (value instanceof ObjectValue) return value.info.is(given.text(1));
    return (
      given.flag(2) && typeof value === 'string' && (machine.findClass(value)?.is(given.text(1)) ?? false)
    );
  },
  'is_subclass_of(mixed $object_or_class, string $class, bool $allow_string = true)': (machine, given) => {
    const value = given.value(0);
    const info =
      value instanceof ObjectValue ? value.info : typeof value === 'string' ? machine.findClass(value) : null;
    return info !== null && info.name.toLowerCase() !== given.text(1).toLowerCase() && info.is(given.text(1));
  },
  'get_object_vars(object $object)': (machine, given) => {
    const value = given.value(0);
    if (!(value instanceof ObjectValue)) return new ArrayValue();
    machine.spend(value.properties.size * 32);
    const inside = machine.scope !== null && value.info.is(machine.scope.name);
    return ArrayValue.from(
      [...value.properties.keys()]
        .filter((name) => inside || (value.info.properties.get(name)?.visibility ?? 'public') === 'public')
        .map((name) => [name, stored(value.get(name) ?? null)]),
    );
  },
  'get_class_methods(mixed $object_or_class)': (machine, given) => {
    const value = given.value(0);
    const info = value instanceof ObjectValue ? value.info : machine.findClass(textOf(value));
    if (info === null) throw new Unsupported('class');
    return ArrayValue.of(
      Array.from(info.methods.values())
        .filter(({ visibility }) => visibility === 'public')
        .map(({ code }) => code.name),
    );
  },
  'spl_object_id(object $object)': (_machine, given) => {
    const value = given.value(0);
    return value instanceof ObjectValue ? BigInt(value.id) : 0n;
  },
  'spl_autoload_register(?callable $callback = null, bool $throw = true, bool $prepend = false)': () => true,
};
