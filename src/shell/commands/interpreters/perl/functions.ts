import type { Reading } from '../../../stream.ts';
import { ownMember } from '../../../own-member.ts';
import { Unsupported } from '../script/unsupported.ts';
import { fileFunctions } from './file-functions.ts';
import {
  realFunctions,
  blockFunctions,
  listFunctions,
  namedUnary,
  plainFunctions,
} from './function-names.ts';
import { type Machine, Died, Exited } from './machine.ts';
import { ZeroDivision } from './binary.ts';
import { scalarFunctions } from './scalar-functions.ts';
import { systemFunctions } from './system-functions.ts';
import type { Expression } from './syntax.ts';
import { ArrayValue, Box, HashValue, isTrue, numberOf, textOf, type Value } from './value.ts';

type Call = Expression & { kind: 'call' };

const topic: Expression = { kind: 'scalar', name: '_' };

/** `map`, `grep` and `sort`. */
function* blockCall(machine: Machine, call: Call): Reading<Value[]> {
  const values: Value[] = [];
  for (const item of call.items) values.push(...(yield* machine.list(item)));
  machine.world.spend(values.length * 16);
  const { block } = call;
  if (call.name === 'sort') {
    if (block === null)
      return values.sort((one, other) =>
        textOf(one) < textOf(other) ? -1 : Number(textOf(one) > textOf(other)),
      );
    return yield* sorted(machine, values, block);
  }
  if (block === null) throw new Unsupported(call.name);
  const box = machine.global('_');
  const before = box.value;
  const found: Value[] = [];
  for (const value of values) {
    if (machine.world.tick()) yield;
    box.value = value;
    if (call.name === 'map') found.push(...(yield* machine.run(block, true)));
    else if (isTrue((yield* machine.run(block, false)).at(-1))) found.push(value);
  }
  box.value = before;
  return found;
}

/** A merge sort, since the order is the script's to say. */
function* sorted(machine: Machine, values: Value[], block: Expression): Reading<Value[]> {
  if (values.length < 2) return values;
  const middle = values.length >> 1;
  const left = yield* sorted(machine, values.slice(0, middle), block);
  const right = yield* sorted(machine, values.slice(middle), block);
  const merged: Value[] = [];
  let [one, other] = [0, 0];
  while (one < left.length && other < right.length) {
    if (machine.world.tick()) yield;
    machine.global('a').value = left[one];
    machine.global('b').value = right[other];
    if (numberOf((yield* machine.run(block, false)).at(-1)) <= 0) merged.push(left[one++]);
    else merged.push(right[other++]);
  }
  return [...merged, ...left.slice(one), ...right.slice(other)];
}

function* evaluate(machine: Machine, call: Call, wantsList: boolean): Reading<Value[]> {
  if (call.block === null) throw new Unsupported('eval');
  if (call.name === 'do') return yield* machine.run(call.block, wantsList);
  try {
    const values = yield* machine.run(call.block, wantsList);
    machine.global('@').value = '';
    return values;
  } catch (error) {
    if (error instanceof ZeroDivision)
      machine.global('@').value = `${error.message} at ${machine.place} line ${call.line}.\n`;
    else if (error instanceof Died) machine.global('@').value = error.value;
    else throw error;
    return wantsList ? [] : [undefined];
  }
}

/** Functions that are given an array or a hash itself, not its values. */
function* containerCall(machine: Machine, call: Call, wantsList: boolean): Reading<Value[] | null> {
  const [first, ...rest] = call.items;
  switch (call.name) {
    case 'push':
    case 'unshift': {
      if (first === undefined) return null;
      const { items } = yield* machine.arrayOf(first);
      const values: Value[] = [];
      for (const item of rest) values.push(...(yield* machine.list(item)));
      if (items.length + values.length > 1_000_000) throw new Unsupported('large');
      machine.world.spend(values.length * 16 + (call.name === 'push' ? 0 : items.length));
      if (call.name === 'push') for (const value of values) items.push(value);
      else items.unshift(...values);
      return [items.length];
    }
    case 'pop':
    case 'shift': {
      const { items } = yield* machine.arrayOf(
        first ?? { kind: 'array', name: machine.inside ? '_' : 'ARGV' },
      );
      machine.world.spend(call.name === 'shift' ? items.length : 0);
      return [call.name === 'pop' ? items.pop() : items.shift()];
    }
    case 'splice': {
      if (first === undefined) return null;
      const { items } = yield* machine.arrayOf(first);
      const values: Value[] = [];
      for (const item of rest) values.push(...(yield* machine.list(item)));
      const [offset = 0, length = items.length, ...fresh] = values;
      machine.world.spend(items.length * 4);
      return items.splice(numberOf(offset), numberOf(length), ...fresh);
    }
    case 'keys':
    case 'values':
    case 'each': {
      if (first === undefined || call.name === 'each') throw new Unsupported(call.name);
      if (first.kind === 'array') throw new Unsupported('array keys');
      const { entries } = yield* machine.hashOf(first);
      if (!wantsList) return [entries.size];
      machine.world.spend(entries.size * 16);
      return call.name === 'keys' ? [...entries.keys()] : [...entries.values()];
    }
    case 'exists':
    case 'delete': {
      if (first?.kind === 'element' && call.name === 'exists') {
        const { items } = yield* machine.arrayOf(first.array);
        return [items.at(numberOf(yield* machine.scalar(first.index))) === undefined ? '' : 1];
      }
      if (first?.kind !== 'entry') throw new Unsupported(call.name);
      const { entries } = yield* machine.hashOf(first.hash);
      const key = textOf(yield* machine.scalar(first.key));
      if (call.name === 'exists') return [entries.has(key) ? 1 : ''];
      const value = entries.get(key);
      entries.delete(key);
      return [value];
    }
    case 'defined': {
      if (first?.kind === 'array') return [(yield* machine.arrayOf(first)).items.length > 0 ? 1 : ''];
      if (first?.kind === 'call' && first.name.startsWith('&')) throw new Unsupported('defined');
      return [(yield* machine.scalar(first ?? topic)) === undefined ? '' : 1];
    }
    case 'undef': {
      if (first === undefined) return [undefined];
      if (first.kind === 'array') (yield* machine.arrayOf(first)).items.length = 0;
      else if (first.kind === 'hash') (yield* machine.hashOf(first)).entries.clear();
      else yield* machine.assign(first, undefined);
      return [undefined];
    }
    case 'scalar':
      return [yield* machine.scalar(first ?? topic)];
    case 'chomp':
    case 'chop': {
      const given = first ?? topic;
      const target = given.kind === 'list' && given.items.length === 1 ? (given.items[0] ?? topic) : given;
      if (target.kind === 'array') {
        const { items } = yield* machine.arrayOf(target);
        for (const [at, item] of items.entries()) items[at] = textOf(item).replace(/\n$/, '');
        return [items.length];
      }
      const value = yield* machine.scalar(target);
      if (value === undefined) return [0];
      const text = textOf(value);
      const cut = call.name === 'chop' ? text.slice(0, -1) : text.replace(/\n$/, '');
      const variable = target.kind === 'assign' ? target.target : target;
      yield* machine.assign(variable.kind === 'my' ? (variable.targets[0] ?? topic) : variable, cut);
      return [call.name === 'chop' ? text.slice(-1) : text.length - cut.length];
    }
    default:
      return null;
  }
}

/** The pattern of `split`, which is not matched by itself. */
function* patternText(machine: Machine, item: Expression & { kind: 'match' }): Reading<string> {
  let text = '';
  for (const piece of item.pattern) text += textOf(yield* machine.scalar(piece));
  const flags = item.flags.replaceAll(/[^imsx]/g, '');
  // A blank in slashes is no `' '`.
  return text === ' ' ? '[ ]' : flags === '' ? text : `(?${flags}:${text})`;
}

/** A function of Perl. */
export function* callFunction(
  machine: Machine,
  call: Call,
  wantsList: boolean,
  syncEnvironment: () => void,
  errno: () => number,
): Reading<Value[]> {
  const { name } = call;
  if (blockFunctions.has(name)) {
    const found = yield* blockCall(machine, call);
    return wantsList ? found : [found.length];
  }
  if (name === 'eval' && call.block === null) {
    const source = textOf(yield* machine.scalar(call.items[0] ?? topic));
    return yield* machine.evaluateText(source, call.line, wantsList);
  }
  if (name === 'eval' || name === 'do') return yield* evaluate(machine, call, wantsList);
  const contained = yield* containerCall(machine, call, wantsList);
  if (contained !== null) return contained;
  const handle = call.handle === null ? null : machine.handleOf(yield* machine.scalar(call.handle));
  if (call.handle !== null && handle === null) return [''];
  const files = ownMember(fileFunctions, name);
  if (files !== undefined) return yield* files(machine, call, handle, wantsList);
  const values: Value[] = [];
  for (const [at, item] of call.items.entries())
    if (name === 'split' && at === 0 && item.kind === 'match') values.push(yield* patternText(machine, item));
    else values.push(...(yield* machine.list(item)));
  if (name === 'split' && values.length === 1) values.push(machine.global('_').value);
  const system = ownMember(systemFunctions, name);
  if (system !== undefined) {
    syncEnvironment();
    return yield* system(machine, values, wantsList, call.line);
  }
  if (name === 'die') {
    const [only] = values;
    if (
      values.length === 1 &&
      (only instanceof HashValue || only instanceof ArrayValue || only instanceof Box)
    )
      throw new Died(only);
    const text = values.map((value) => textOf(value)).join('');
    return machine.die(text === '' ? 'Died' : text, call.line);
  }
  if (name === 'warn') {
    const text = values.map((value) => textOf(value)).join('') || "Warning: something's wrong";
    machine.world.complain(text.endsWith('\n') ? text : `${text} at ${machine.place} line ${call.line}.\n`);
    return [1];
  }
  if (name === 'exit') throw new Exited(numberOf(values[0]) & 255);
  if (name === '$!') return [errno()];
  const scalar = ownMember(scalarFunctions, name);
  if (scalar !== undefined) {
    if (values.length === 0 && call.items.length === 0 && namedUnary.has(name))
      values.push(yield* machine.scalar(topic));
    const found = scalar(machine, values, wantsList);
    return Array.isArray(found) ? found : [found];
  }
  if (
    [namedUnary, listFunctions, plainFunctions, realFunctions].some((names) => names.has(name)) ||
    /^[A-Z]/.test(name)
  )
    throw new Unsupported(name);
  const plain = name.replace(/^&/, '');
  if (call.items.length === 0 && !name.startsWith('&')) {
    // A bareword, or a call of what is not there: only the text itself tells.
    throw new Unsupported('bareword');
  }
  return machine.die(`Undefined subroutine &main::${plain} called`, call.line);
}
