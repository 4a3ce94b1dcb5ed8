import type { Reading } from '../../../stream.ts';
import { Unsupported } from '../script/unsupported.ts';
import type { Engine } from './engine.ts';
import { requireKey } from './collection-methods.ts';
import { fail } from './machinery.ts';
import { integerOf, isEqual, isNumber, order } from './truth.ts';
import { typeName } from './types.ts';
import {
  Bytes,
  Dictionary,
  identityOf,
  Instance,
  List,
  Range,
  SetValue,
  Tuple,
  type Value,
} from './value.ts';

const methods: Readonly<Record<string, string>> = {
  '==': '__eq__',
  '!=': '__ne__',
  '<': '__lt__',
  '<=': '__le__',
  '>': '__gt__',
  '>=': '__ge__',
};

const isSame = (left: Value, right: Value): boolean =>
  left === right ||
  (typeof left === 'object' &&
    typeof right === 'object' &&
    left !== null &&
    right !== null &&
    identityOf(left) === identityOf(right));

function* contains(engine: Engine, container: Value, item: Value): Reading<boolean> {
  if (typeof container === 'string') {
    if (typeof item !== 'string')
      return fail(
        engine,
        'TypeError',
        `'in <string>' requires string as left operand, not ${typeName(item)}`,
      );
    engine.world.spend(container.length);
    return container.includes(item);
  }
  if (container instanceof Bytes) {
    engine.world.spend(container.text.length);
    const code = integerOf(item);
    if (code !== null) return container.text.includes(String.fromCharCode(Number(code)));
    if (item instanceof Bytes) return container.text.includes(item.text);
    return fail(engine, 'TypeError', `a bytes-like object is required, not '${typeName(item)}'`);
  }
  if (container instanceof Dictionary) return container.entries.has(requireKey(engine, item));
  if (container instanceof SetValue) return container.items.has(requireKey(engine, item));
  if (container instanceof List || container instanceof Tuple) {
    engine.world.spend(container.items.length);
    return container.items.some((one) => isEqual(engine.world, one, item));
  }
  if (container instanceof Range) {
    const found = integerOf(item);
    if (found === null) return false;
    const { start, stop, step } = container;
    return (
      (step > 0n ? found >= start && found < stop : found <= start && found > stop) &&
      (found - start) % step === 0n
    );
  }
  if (container instanceof Instance) {
    const method = container.type.find('__contains__');
    if (method !== undefined) return yield* engine.truth(yield* engine.call(method, [container, item]));
  }
  if (container === null || isNumber(container))
    return fail(engine, 'TypeError', `argument of type '${typeName(container)}' is not iterable`);
  return (yield* engine.items(container)).some((one) => isEqual(engine.world, one, item));
}

export function* compare(engine: Engine, operator: string, left: Value, right: Value): Reading<Value> {
  if (operator === 'is') return isSame(left, right);
  if (operator === 'is not') return !isSame(left, right);
  if (operator === 'in') return yield* contains(engine, right, left);
  if (operator === 'not in') return !(yield* contains(engine, right, left));
  const method = left instanceof Instance ? left.type.find(methods[operator] ?? '') : undefined;
  if (method !== undefined) return yield* engine.call(method, [left, right]);
  if (right instanceof Instance && right.type.find(methods[operator] ?? '') !== undefined)
    throw new Unsupported('reflected');
  if (operator === '!=' && left instanceof Instance && left.type.find('__eq__') !== undefined)
    return !(yield* engine.truth(yield* compare(engine, '==', left, right)));
  if (left instanceof List || left instanceof Tuple) engine.world.spend(left.items.length);
  if (operator === '==') return isEqual(engine.world, left, right);
  if (operator === '!=') return !isEqual(engine.world, left, right);
  if (left instanceof SetValue && right instanceof SetValue) throw new Unsupported('subset');
  if ((typeof left === 'number' && Number.isNaN(left)) || (typeof right === 'number' && Number.isNaN(right)))
    return false;
  const found = order(engine.world, left, right);
  if (found === null)
    return fail(
      engine,
      'TypeError',
      `'${operator}' not supported between instances of '${typeName(left)}' and '${typeName(right)}'`,
    );
  return operator === '<'
    ? found < 0
    : operator === '<='
      ? found <= 0
      : operator === '>'
        ? found > 0
        : found >= 0;
}
