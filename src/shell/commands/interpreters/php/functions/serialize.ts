/** PHP's own form of stored values: `a:1:{i:0;s:1:"x";}`. */

import type { Reading } from '../../../../stream.ts';
import { Unsupported } from '../../script/unsupported.ts';
import { exactFloat, keyOf, textOf } from '../conversion.ts';
import type { Machine } from '../machine.ts';
import type { NativeTable } from '../native.ts';
import { ArrayValue, ClosureValue, type ObjectValue, Resource, type Value, whole } from '../value.ts';

function serialized(machine: Machine, value: Value, depth: number): string {
  if (depth > 60) throw new Unsupported('deep');
  machine.step();
  if (value === null) return 'N;';
  if (typeof value === 'boolean') return `b:${Number(value)};`;
  if (typeof value === 'bigint') return `i:${value};`;
  if (typeof value === 'number') return `d:${exactFloat(value)};`;
  if (typeof value === 'string') {
    machine.spend(value.length);
    return `s:${value.length}:"${value}";`;
  }
  if (value instanceof Resource) return 'i:0;';
  if (value instanceof ClosureValue)
    return machine.throwError('Exception', "Serialization of 'Closure' is not allowed");
  const parts: string[] = [];
  if (value instanceof ArrayValue) {
    for (const [key, one] of value.entries())
      parts.push(serialized(machine, key, depth + 1) + serialized(machine, one, depth + 1));
    return `a:${value.size}:{${parts.join('')}}`;
  }
  if (
    value.info.methods.has('__sleep') ||
    value.info.methods.has('__serialize') ||
    value.info.is('Throwable')
  )
    throw new Unsupported('sleep');
  for (const name of value.properties.keys()) {
    const property = value.info.properties.get(name);
    const shown =
      property === undefined || property.visibility === 'public'
        ? name
        : property.visibility === 'protected'
          ? `\0*\0${name}`
          : `\0${property.owner.name}\0${name}`;
    parts.push(
      serialized(machine, shown, depth + 1) + serialized(machine, value.get(name) ?? null, depth + 1),
    );
  }
  return `O:${value.info.name.length}:"${value.info.name}":${value.properties.size}:{${parts.join('')}}`;
}

class Damaged extends Error {}

function* unserialized(machine: Machine, text: string, at: { place: number }, depth: number): Reading<Value> {
  if (depth > 60) throw new Unsupported('deep');
  machine.step();
  const head =
    /N;|b:([01]);|i:([-+]?\d{1,20});|d:([-+.\deE]{1,40}|INF|-INF|NAN);|s:(\d{1,8}):"|a:(\d{1,8}):\{|O:\d{1,4}:"([\w\\]{1,200})":(\d{1,6}):\{/y;
  head.lastIndex = at.place;
  const match = head.exec(text);
  if (match === null) {
    if (/^[rRCES]:/.test(text.slice(at.place, at.place + 2))) throw new Unsupported('unserialize');
    throw new Damaged();
  }
  const start = at.place;
  const [all, flag, integer, float, length, size, name, properties] = match;
  at.place += all.length;
  if (flag !== undefined) return flag === '1';
  if (integer !== undefined) return whole(BigInt(integer.replace('+', '')));
  if (float !== undefined)
    return float.endsWith('INF') ? (float.startsWith('-') ? -Infinity : Infinity) : Number(float);
  if (length !== undefined) {
    const value = text.slice(at.place, at.place + Number(length));
    machine.spend(value.length);
    at.place += Number(length);
    if (text.slice(at.place, at.place + 2) !== '";') {
      at.place = start + 2;
      throw new Damaged();
    }
    at.place += 2;
    return value;
  }
  const count = Number(size ?? properties ?? -1);
  if (count < 0) return null;
  const made: ArrayValue | ObjectValue =
    name === undefined ? new ArrayValue() : yield* machine.make('stdClass', []);
  let holder = made;
  if (name !== undefined && name !== 'stdClass') {
    const info = machine.findClass(name);
    if (info === null || info.methods.has('__wakeup') || info.methods.has('__unserialize'))
      throw new Unsupported('unserialize');
    holder = machine.newObject(info);
  }
  for (let left = count; left > 0; left -= 1) {
    if (machine.world.tick()) yield;
    machine.spend(96);
    const key = yield* unserialized(machine, text, at, depth + 1);
    const value = yield* unserialized(machine, text, at, depth + 1);
    if (holder instanceof ArrayValue) holder.set(keyOf(key) ?? '', value);
    else holder.set(textOf(key).replace(/^\0[^\0]*\0/, ''), value);
  }
  if (text.charAt(at.place) !== '}') throw new Damaged();
  at.place += 1;
  return holder;
}

export const serializeFunctions: NativeTable = {
  'serialize(mixed $value)': (machine, given) => serialized(machine, given.value(0), 0),
  *'unserialize(string $data, array $options = [])'(machine, given): Reading<Value> {
    const text = given.text(0);
    const at = { place: 0 };
    if (text === '') return false;
    try {
      return yield* unserialized(machine, text, at, 0);
    } catch (error) {
      if (!(error instanceof Damaged)) throw error;
      machine.notice(`unserialize(): Error at offset ${at.place} of ${text.length} bytes`);
      return false;
    }
  },
};
