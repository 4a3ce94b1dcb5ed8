import type { Reading } from '../../../stream.ts';
import { Unsupported } from '../script/unsupported.ts';
import { collectionMethod } from './collection-methods.ts';
import type { Engine } from './engine.ts';
import { fail } from './machinery.ts';
import { textMethod } from './text-methods.ts';
import { typeName } from './types.ts';
import {
  Builtin,
  Bytes,
  ClassValue,
  Dictionary,
  FunctionValue,
  Instance,
  Lazy,
  List,
  ModuleValue,
  SetValue,
  Tuple,
  type Value,
} from './value.ts';

function bound(engine: Engine, member: Value, self: Value): Value {
  return member instanceof FunctionValue
    ? new Builtin(member.definition.name, (values, keywords) =>
        engine.call(member, [self, ...values], keywords),
      )
    : member;
}

function* ofInstance(engine: Engine, value: Instance, name: string): Reading<Value | undefined> {
  const own = value.fields.get(name);
  if (own !== undefined) return own;
  if (name === '__class__') return value.type;
  if (name === '__dict__') throw new Unsupported(name);
  if (value.type.name === 'super') return superMember(engine, value, name);
  const member = value.type.find(name);
  if (member instanceof Instance) {
    const { name: kind } = member.type;
    const inner = member.fields.get('function') ?? null;
    if (kind === 'property') return yield* engine.call(inner, [value]);
    if (kind === 'staticmethod') return inner;
    if (kind === 'classmethod') return bound(engine, inner, value.type);
  }
  return member === undefined ? undefined : bound(engine, member, value);
}

function superMember(engine: Engine, value: Instance, name: string): Value | undefined {
  const owner = value.fields.get('owner');
  const self = value.fields.get('self') ?? null;
  if (!(owner instanceof ClassValue)) return undefined;
  for (const base of owner.bases) {
    const member = base.find(name);
    if (member !== undefined) return bound(engine, member, self);
  }
  if (name !== '__init__') return undefined;
  return new Builtin('__init__', (values) => {
    if (self instanceof Instance && self.fields.has('args')) self.fields.set('args', new Tuple(values));
    return null;
  });
}

function classMember(engine: Engine, value: ClassValue, name: string): Value | undefined {
  const member = value.find(name);
  if (member instanceof Instance) {
    const inner = member.fields.get('function') ?? null;
    if (member.type.name === 'staticmethod') return inner;
    if (member.type.name === 'classmethod') return bound(engine, inner, value);
  }
  if (member !== undefined) return member;
  if (name === '__name__' || name === '__qualname__') return value.name;
  if (name === '__module__') return value.module;
  if (name === '__init__' && value.is(engine.types.get('BaseException')))
    return new Builtin('__init__', ([self, ...values]) => {
      if (self instanceof Instance) self.fields.set('args', new Tuple(values));
      return null;
    });
  if (name === '__init__' && value.name === 'object') return new Builtin('__init__', () => null);
  // A method of the system's classes, called with the value ahead of its arguments.
  if (
    value.module === 'builtins' &&
    !name.startsWith('_') &&
    /^(?:str|bytes|list|dict|set|tuple)$/.test(value.name)
  )
    return new Builtin(name, function* unbound([self, ...values], keywords): Reading<Value> {
      return yield* engine.call(yield* engine.attribute(self ?? null, name), values, keywords);
    });
  if (value.module === 'builtins') throw new Unsupported(name);
  return undefined;
}

export function* attributeOf(engine: Engine, value: Value, name: string): Reading<Value> {
  if (value instanceof ModuleValue) {
    const found = value.members.get(name);
    if (found !== undefined) return found;
    if (name === '__name__') return value.name;
    // What the module really has is not all known here.
    throw new Unsupported(`${value.name}.${name}`);
  }
  if (value instanceof Instance) {
    const found = yield* ofInstance(engine, value, name);
    if (found !== undefined) return found;
    if (value.type.module !== '__main__' || /^__\w+__$/.test(name))
      throw new Unsupported(`${value.type.name}.${name}`);
    return fail(engine, 'AttributeError', `'${value.type.name}' object has no attribute '${name}'`);
  }
  if (value instanceof ClassValue) {
    const found = classMember(engine, value, name);
    if (found !== undefined) return found;
    if (/^__\w+__$/.test(name)) throw new Unsupported(name);
    return fail(engine, 'AttributeError', `type object '${value.name}' has no attribute '${name}'`);
  }
  if (name === '__class__') return engine.types.of(value);
  if (typeof value === 'string' || value instanceof Bytes) {
    const method =
      (value instanceof Bytes ? collectionMethod(engine, value, name) : null) ??
      textMethod(engine, value, name);
    if (method !== null) return new Builtin(name, method);
  } else if (
    value instanceof List ||
    value instanceof Tuple ||
    value instanceof Dictionary ||
    value instanceof SetValue
  ) {
    const method = collectionMethod(engine, value, name);
    if (method !== null) return new Builtin(name, method);
  } else if (value instanceof FunctionValue || value instanceof Builtin) {
    if (name === '__name__') return value instanceof Builtin ? value.name : value.definition.name;
    throw new Unsupported(name);
  } else if (value instanceof Lazy) throw new Unsupported(name);
  else if (value !== null) {
    if (typeof value === 'bigint' && name === 'bit_length')
      return new Builtin(name, () =>
        value === 0n ? 0n : BigInt((value < 0n ? -value : value).toString(2).length),
      );
    if (typeof value === 'bigint' && name === 'to_bytes')
      return new Builtin(name, ([length, order]) => bytesOfInteger(engine, value, length, order));
    if (
      /^(?:to_bytes|from_bytes|bit_length|bit_count|conjugate|real|imag|numerator|denominator|as_integer_ratio|is_integer|hex|fromhex|start|stop|step|index|count|indices|text)$/.test(
        name,
      ) ||
      name.startsWith('__')
    )
      throw new Unsupported(name);
  } else if (name.startsWith('__')) throw new Unsupported(name);
  return fail(engine, 'AttributeError', `'${typeName(value)}' object has no attribute '${name}'`);
}

function bytesOfInteger(
  engine: Engine,
  value: bigint,
  length: Value | undefined,
  order: Value | undefined,
): Value {
  if (typeof length !== 'bigint' || length > 65_536n || value < 0n) throw new Unsupported('to_bytes');
  const digits = value.toString(16).padStart(Number(length) * 2, '0');
  if (digits.length > Number(length) * 2) return fail(engine, 'OverflowError', 'int too big to convert');
  const text = (digits.match(/../g) ?? []).map((pair) => String.fromCharCode(Number.parseInt(pair, 16)));
  return new Bytes((order === 'little' ? text.reverse() : text).join(''));
}
