import type { Reading } from '../../../stream.ts';
import { Unsupported } from '../script/unsupported.ts';
import { cast } from './cast.ts';
import { constantNamed } from './constants.ts';
import { integerOf, isTrue, keyOf, textOf } from './conversion.ts';
import { Exited, Thrown } from './fault.ts';
import { CallExpressions, type Of } from './call-expressions.ts';
import { binary, stepped, unary } from './operators.ts';
import type { Expression } from './syntax.ts';
import { ArrayValue, ClosureValue, ObjectValue, stored, typeName, type Value } from './value.ts';

/** Whether a value would still have another holder. */
const isHeld = (expression: Expression): boolean => expression.kind !== 'array' && expression.kind !== 'call';

/** Values of expressions. */
export abstract class Expressions extends CallExpressions {
  *value(expression: Expression): Reading<Value> {
    if (this.world.tick()) yield;
    this.line = expression.line;
    switch (expression.kind) {
      case 'constant':
        return expression.value;
      case 'text':
        return yield* this.#pieces(expression.pieces);
      case 'command': {
        const line = yield* this.#pieces(expression.pieces);
        const { output } = yield* this.world.shell(line, {
          input: null,
          output: 'collect',
          error: 'inherit',
        });
        return output === '' ? null : output;
      }
      case 'variable':
        return yield* this.#variable(expression);
      case 'element':
        return yield* this.#element(expression);
      case 'property':
        return yield* this.#property(expression);
      case 'staticProperty':
        return (yield* this.staticRef(expression)).value;
      case 'classConstant':
        return yield* this.classConstant(yield* this.classOf(expression.owner), expression.name);
      case 'name':
        return this.#constant(expression.name);
      case 'array':
        return yield* this.#array(expression);
      case 'unary': {
        const value = yield* this.value(expression.value);
        return expression.operator === '!' ? !isTrue(value) : unary(this, expression.operator, value);
      }
      case 'binary': {
        const left = yield* this.value(expression.left);
        const right = yield* this.value(expression.right);
        if (expression.operator !== '.') return yield* this.#operate(expression.operator, left, right);
        const text = (yield* this.text(left)) + (yield* this.text(right));
        this.world.spend(text.length);
        return text;
      }
      case 'logical': {
        if (expression.operator === '??') {
          const value = yield* this.quiet(expression.left);
          return value === undefined || value === null ? yield* this.value(expression.right) : value;
        }
        const left = isTrue(yield* this.value(expression.left));
        return left === (expression.operator === '||') ? left : isTrue(yield* this.value(expression.right));
      }
      case 'assign':
        return yield* this.#assignment(expression);
      case 'bind': {
        const ref = yield* this.reference(expression.value);
        yield* this.bind(expression.target, ref);
        return ref.value;
      }
      case 'step': {
        const place = yield* this.placeOf(expression.target, yield* this.keysOf(expression.target));
        const before = place.get();
        if (
          before === undefined ||
          (before === null &&
            expression.target.kind === 'variable' &&
            typeof expression.target.name === 'string' &&
            !this.variable(expression.target.name))
        )
          this.warn('Undefined variable');
        const after = stepped(this, before ?? null, expression.by);
        place.set(after);
        return expression.prefix ? after : (before ?? null);
      }
      case 'conditional': {
        const test = yield* this.value(expression.test);
        if (isTrue(test)) return expression.yes === null ? test : yield* this.value(expression.yes);
        return yield* this.value(expression.no);
      }
      case 'isset':
        for (const item of expression.items) if (((yield* this.quiet(item)) ?? null) === null) return false;
        return true;
      case 'empty':
        return !isTrue((yield* this.quiet(expression.value)) ?? null);
      case 'cast':
        return yield* cast(this.machine, expression.to, yield* this.value(expression.value));
      case 'silence': {
        this.silent += 1;
        try {
          return yield* this.value(expression.value);
        } finally {
          this.silent -= 1;
        }
      }
      default:
        return yield* this.#rarer(expression);
    }
  }

  *#rarer(expression: Expression): Reading<Value> {
    switch (expression.kind) {
      case 'call':
        return yield* this.callOf(expression);
      case 'method':
        return yield* this.methodOf(expression);
      case 'staticCall':
        return yield* this.staticCallOf(expression);
      case 'new': {
        const { owner } = expression;
        const info =
          typeof owner === 'object' && 'methods' in owner
            ? yield* this.declareClass(owner)
            : yield* this.classOf(owner);
        this.line = expression.line;
        return yield* this.create(info, expression.items);
      }
      case 'closure':
        return this.closureOf(expression);
      case 'instanceof': {
        const value = yield* this.value(expression.value);
        if (!(value instanceof ObjectValue)) return false;
        if (typeof expression.owner === 'string' && !/^(?:self|static|parent)$/i.test(expression.owner))
          return value.info.is(expression.owner);
        return value.info.is((yield* this.classOf(expression.owner)).name);
      }
      case 'include':
        return yield* this.includeOf(expression);
      case 'eval':
        return yield* this.evalOf(yield* this.text(yield* this.value(expression.value)), expression.line);
      case 'exit': {
        const value = expression.value === null ? null : yield* this.value(expression.value);
        if (value !== null && typeof value !== 'bigint') this.write(yield* this.text(value));
        throw new Exited(typeof value === 'bigint' ? Number(value & 255n) : 0);
      }
      case 'print':
        this.write(yield* this.text(yield* this.value(expression.value)));
        return 1n;
      case 'throw': {
        const value = yield* this.value(expression.value);
        if (value instanceof ObjectValue && value.info.is('Throwable')) throw new Thrown(value);
        return this.throwError(
          'Error',
          value instanceof ObjectValue
            ? 'Cannot throw objects that do not implement Throwable'
            : 'Can only throw objects',
        );
      }
      case 'clone': {
        const value = yield* this.value(expression.value);
        if (!(value instanceof ObjectValue) || value instanceof ClosureValue)
          return this.throwError('Error', '__clone method called on non-object');
        const made = this.newObject(value.info);
        for (const name of value.properties.keys()) made.set(name, stored(value.get(name) ?? null));
        if (value.info.methods.has('__clone')) yield* this.method(made, '__clone', []);
        return made;
      }
      case 'match':
        return yield* this.matchOf(expression);
      default:
        throw new Unsupported(expression.kind);
    }
  }

  *#operate(operator: string, left: Value, right: Value): Reading<Value> {
    // An object with a text compares as that text.
    if (
      left instanceof ObjectValue &&
      typeof right === 'string' &&
      /^(?:==|!=|<|>|<=|>=|<=>)$/.test(operator) &&
      left.info.is('Stringable')
    )
      return binary(this, operator, yield* this.text(left), right);
    if (
      right instanceof ObjectValue &&
      typeof left === 'string' &&
      /^(?:==|!=|<|>|<=|>=|<=>)$/.test(operator) &&
      right.info.is('Stringable')
    )
      return binary(this, operator, left, yield* this.text(right));
    return binary(this, operator, left, right);
  }

  *#pieces(pieces: readonly (string | Expression)[]): Reading<string> {
    let text = '';
    for (const piece of pieces)
      text += typeof piece === 'string' ? piece : yield* this.text(yield* this.value(piece));
    this.world.spend(text.length);
    return text;
  }

  *#variable(expression: Of<'variable'>): Reading<Value> {
    const name = yield* this.nameOf(expression.name);
    if (name === 'this')
      return this.frame.self ?? this.throwError('Error', 'Using $this when not in object context');
    if (name === 'GLOBALS') return (yield* this.quiet(expression)) ?? null;
    const ref = this.variable(name);
    if (ref !== undefined) return ref.value;
    this.line = expression.line;
    this.warn(`Undefined variable $${name}`);
    return null;
  }

  *#element(expression: Of<'element'>): Reading<Value> {
    if (expression.key === null) this.fatal('Cannot use [] for reading');
    const base = yield* this.value(expression.target);
    const key = yield* this.value(expression.key);
    this.line = expression.line;
    if (base instanceof ArrayValue) {
      const found = this.key(key);
      const value = base.get(found);
      if (value === undefined) this.undefinedKey(found);
      return value ?? null;
    }
    if (typeof base === 'string') return this.#character(base, key);
    if (base instanceof ObjectValue) {
      if (!base.info.is('ArrayAccess'))
        return this.throwError('Error', `Cannot use object of type ${base.info.name} as array`);
      return yield* this.method(base, 'offsetGet', [key]);
    }
    this.warn(`Trying to access array offset on value of type ${typeName(base)}`);
    return null;
  }

  #character(base: string, key: Value): Value {
    if (typeof key === 'string' && !/^\s*-?\d+$/.test(key)) {
      if (!/^\s*-?\d/.test(key))
        return this.throwError('TypeError', 'Cannot access offset of type string on string');
      this.warn(`Illegal string offset "${key}"`);
    } else if (key instanceof ArrayValue || key instanceof ObjectValue)
      return this.throwError('TypeError', `Cannot access offset of type ${typeName(key)} on string`);
    else if (typeof key !== 'bigint' && typeof key !== 'string') this.warn('String offset cast occurred');
    const at = integerOf(key);
    const character = base.at(Number(at));
    if (character === undefined) this.warn(`Uninitialized string offset ${at}`);
    return character ?? '';
  }

  *#property(expression: Of<'property'>): Reading<Value> {
    const base = yield* this.value(expression.target);
    if (expression.safe && base === null) return null;
    const name = yield* this.nameOf(expression.name);
    this.line = expression.line;
    if (!(base instanceof ObjectValue)) {
      this.warn(`Attempt to read property "${name}" on ${typeName(base)}`);
      return null;
    }
    if (base.info.methods.has('__get') && (!base.properties.has(name) || !this.maySee(base, name)))
      return yield* this.method(base, '__get', [name]);
    this.checkVisible(base, name);
    const value = base.get(name);
    if (value !== undefined) return value;
    if (base.info.properties.get(name)?.typed === true)
      return this.throwError(
        'Error',
        `Typed property ${base.info.properties.get(name)?.owner.name ?? ''}::$${name} must not be accessed before initialization`,
      );
    this.warn(`Undefined property: ${base.info.name}::$${name}`);
    return null;
  }

  #constant(name: string): Value {
    const { scope, self } = this.frame;
    const label = this.frame.label.replace('->', '::');
    const found = this.constants.get(name) ?? constantNamed(name, this.version);
    if (found !== undefined) return found;
    switch (name.toUpperCase()) {
      case 'TRUE':
        return true;
      case 'FALSE':
        return false;
      case 'NULL':
        return null;
      case '__LINE__':
        return BigInt(this.line);
      case '__FILE__':
        return this.place;
      case '__DIR__':
        return this.place.startsWith('/') ? this.place.replace(/\/[^/]*$/, '') || '/' : this.world.folder;
      case '__FUNCTION__':
        return label.replace(/^.*::/, '');
      case '__METHOD__':
        return label;
      case '__CLASS__':
        return scope?.name ?? self?.info.name ?? '';
      case '__NAMESPACE__':
        return '';
      default:
        return this.throwError('Error', `Undefined constant "${name}"`);
    }
  }

  *#array(expression: Of<'array'>): Reading<Value> {
    const made = new ArrayValue();
    for (const item of expression.items) {
      if (item.value === null) return this.fatal('Cannot use empty list');
      this.world.spend(96);
      if (item.spread) {
        const inner = yield* this.value(item.value);
        if (!(inner instanceof ArrayValue)) throw new Unsupported('spread');
        this.world.spend(inner.size * 16);
        for (const [key, value] of inner.entries())
          if (typeof key === 'bigint') made.push(stored(value));
          else made.set(key, stored(value));
        continue;
      }
      const key = item.key === null ? null : this.key(yield* this.value(item.key));
      if (item.byReference) made.bind(key ?? made.next, yield* this.reference(item.value));
      else {
        const value = yield* this.value(item.value);
        made.bind(key ?? made.next, isHeld(item.value) ? stored(value) : value);
      }
    }
    return made;
  }

  *#assignment(expression: Of<'assign'>): Reading<Value> {
    const { operator, target } = expression;
    if (operator === '??') {
      const before = yield* this.quiet(target);
      if (before !== undefined && before !== null) return before;
    }
    const keys = target.kind === 'array' ? [] : yield* this.keysOf(target);
    if (operator === '' || operator === '??') {
      let value = yield* this.value(expression.value);
      if (isHeld(expression.value)) value = stored(value);
      yield* this.assign(target, value, keys);
      return value;
    }
    const value = yield* this.value(expression.value);
    if (
      target.kind === 'variable' &&
      typeof target.name === 'string' &&
      this.variable(target.name) === undefined
    )
      this.warn(`Undefined variable $${target.name}`);
    const last = keys.at(-1) ?? null;
    const place = yield* this.placeOf(target, keys);
    const before = place.get();
    if (before === undefined && target.kind === 'element' && target.key !== null)
      this.undefinedKey(keyOf(last) ?? '');
    if (before === undefined && target.kind === 'property') throw new Unsupported('property');
    const result =
      operator === '.'
        ? (yield* this.text(before ?? null)) + (yield* this.text(value))
        : binary(this, operator, before ?? null, value);
    if (typeof result === 'string') {
      // A rope grows at its end for little.
      this.world.spend(operator === '.' ? textOf(value).length + 8 : result.length);
      if (result.length > 16_777_216) this.world.spend(result.length * 16);
    }
    place.set(result);
    return result;
  }
}
