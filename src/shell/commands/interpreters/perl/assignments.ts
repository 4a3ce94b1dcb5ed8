import type { Reading } from '../../../stream.ts';
import { Unsupported } from '../script/unsupported.ts';
import { binary } from './binary.ts';
import type { Machine } from './machine.ts';
import { succeed } from './successor.ts';
import type { Expression } from './syntax.ts';
import { ArrayValue, Box, type Code, HashValue, isTrue, numberOf, textOf, type Value } from './value.ts';
import { Variables } from './variables.ts';

/** How values get into variables. */
export abstract class Assignments extends Variables implements Machine {
  abstract readonly inside: boolean;
  abstract scalar(expression: Expression): Reading<Value>;
  abstract list(expression: Expression): Reading<Value[]>;
  abstract call(code: Code, values: readonly Value[], wantsList: boolean): Reading<Value[]>;
  abstract run(code: Expression, wantsList: boolean): Reading<Value[]>;
  abstract evaluateText(source: string, line: number, wantsList: boolean): Reading<Value[]>;

  *arrayOf(expression: Expression): Reading<ArrayValue> {
    if (expression.kind === 'array') return this.array(expression.name);
    if (expression.kind === 'my' && expression.targets[0]?.kind === 'array')
      return this.#declareArray(expression.targets[0].name);
    if (expression.kind === 'dereference') {
      const value = yield* this.scalar(expression.value);
      if (value instanceof ArrayValue) return value;
      if (value !== undefined) throw new Unsupported('not an array');
      const made = new ArrayValue();
      yield* this.assign(expression.value, made);
      return made;
    }
    const made = new ArrayValue();
    made.items.push(...(yield* this.list(expression)));
    return made;
  }

  #declareArray(name: string): ArrayValue {
    const made = new ArrayValue();
    this.visible.names.set(`@${name}`, made);
    return made;
  }

  *hashOf(expression: Expression): Reading<HashValue> {
    if (expression.kind === 'hash') return this.hash(expression.name);
    if (expression.kind === 'dereference') {
      const value = yield* this.scalar(expression.value);
      if (value instanceof HashValue) return value;
      if (value !== undefined) throw new Unsupported('not a hash');
      const made = new HashValue();
      yield* this.assign(expression.value, made);
      return made;
    }
    throw new Unsupported('hash');
  }

  protected bindMy(target: Expression): void {
    if (target.kind === 'scalar') this.visible.names.set(`$${target.name}`, new Box());
    else if (target.kind === 'array') this.#declareArray(target.name);
    else if (target.kind === 'hash') this.visible.names.set(`%${target.name}`, new HashValue());
  }

  *assign(target: Expression, value: Value): Reading<void> {
    switch (target.kind) {
      case 'scalar':
        this.global(target.name).value = value;
        return;
      case 'my':
        for (const one of target.targets) this.bindMy(one);
        if (target.targets[0] !== undefined) yield* this.assign(target.targets[0], value);
        return;
      case 'element': {
        const { items } = yield* this.arrayOf(target.array);
        const given = Math.trunc(numberOf(yield* this.scalar(target.index)));
        const index = given < 0 ? given + items.length : given;
        if (index < 0 || index > 1_000_000) throw new Unsupported('index');
        while (items.length < index) items.push(undefined);
        items[index] = value;
        return;
      }
      case 'entry': {
        const { entries } = yield* this.hashOf(target.hash);
        this.world.spend(96);
        entries.set(textOf(yield* this.scalar(target.key)), value);
        return;
      }
      case 'dereference': {
        const box = target.sigil === '$' ? yield* this.scalar(target.value) : undefined;
        if (!(box instanceof Box)) throw new Unsupported('dereference');
        box.value = value;
        return;
      }
      case 'conditional':
        yield* this.assign(isTrue(yield* this.scalar(target.test)) ? target.yes : target.no, value);
        return;
      case 'call':
        if (target.name === 'defined') return;
        throw new Unsupported('target');
      case 'assign':
        yield* this.scalar(target);
        yield* this.assign(target.target, value);
        return;
      default:
        throw new Unsupported('target');
    }
  }

  /** Assigns a list; gives how many values there were. */
  *#assignList(target: Expression, values: Value[]): Reading<number> {
    const targets = target.kind === 'list' ? target.items : target.kind === 'my' ? target.targets : [target];
    this.world.spend(values.length * 16);
    let used = 0;
    for (const given of targets) {
      const one = given.kind === 'my' ? (given.targets[0] ?? given) : given;
      if (target.kind === 'my' || given.kind === 'my') this.bindMy(one);
      if (one.kind === 'array' || (one.kind === 'dereference' && one.sigil === '@')) {
        const array = yield* this.arrayOf(one);
        array.items.length = 0;
        for (const value of values.slice(used)) array.items.push(value);
        used = values.length;
      } else if (one.kind === 'hash' || (one.kind === 'dereference' && one.sigil === '%')) {
        const hash = yield* this.hashOf(one);
        hash.entries.clear();
        for (let at = used; at < values.length; at += 2) hash.entries.set(textOf(values[at]), values[at + 1]);
        used = values.length;
      } else if (one.kind === 'call' && one.name === 'undef') used += 1;
      else {
        yield* this.assign(one, values[used]);
        used += 1;
      }
    }
    return values.length;
  }

  protected isList(target: Expression): boolean {
    return (
      target.kind === 'list' ||
      target.kind === 'array' ||
      target.kind === 'hash' ||
      (target.kind === 'dereference' && target.sigil !== '$') ||
      (target.kind === 'my' && (target.list || target.targets[0]?.kind !== 'scalar'))
    );
  }

  protected *assignment(expression: Expression & { kind: 'assign' }): Reading<Value> {
    const { target, operator } = expression;
    if (operator === '' && this.isList(target))
      return yield* this.#assignList(target, yield* this.list(expression.value));
    if (operator === '') {
      const value = yield* this.scalar(expression.value);
      yield* this.assign(target, value);
      return value;
    }
    if (target.kind === 'array' && operator === 'x') throw new Unsupported('x=');
    if (this.isList(target)) {
      const array = yield* this.arrayOf(target);
      array.items.push(...(yield* this.list(expression.value)));
      throw new Unsupported('list assignment');
    }
    const before = yield* this.scalar(target);
    if (operator === '||' || operator === '&&' || operator === '//') {
      if (operator === '//' ? before !== undefined : isTrue(before) === (operator === '||')) return before;
      const value = yield* this.scalar(expression.value);
      yield* this.assign(target, value);
      return value;
    }
    const value = binary(this, operator, before, yield* this.scalar(expression.value));
    yield* this.assign(target, value);
    return value;
  }

  protected *step(expression: Expression & { kind: 'step' }): Reading<Value> {
    const before = yield* this.scalar(expression.value);
    if (typeof before === 'string') this.world.spend(before.length * 16);
    const counted =
      expression.operator === '++' && typeof before === 'string' && /^[a-zA-Z]+[0-9]*$/.test(before)
        ? succeed(before)
        : numberOf(before) + (expression.operator === '++' ? 1 : -1);
    yield* this.assign(expression.value, counted);
    return expression.before ? counted : (before ?? 0);
  }
}
