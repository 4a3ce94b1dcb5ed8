import type { Reading } from '../../../stream.ts';
import { Unsupported } from '../script/unsupported.ts';
import { requireKey } from './collection-methods.ts';
import { compare } from './comparison.ts';
import type { Engine } from './engine.ts';
import { formatValue } from './format-specification.ts';
import { assignedNames } from './assigned-names.ts';
import { fail } from './machinery.ts';
import { integerOf } from './truth.ts';
import { subscript } from './subscript.ts';
import type { Comprehension, Expression, FunctionDefinition, Parameter, TextPiece } from './syntax.ts';
import { typeName } from './types.ts';
import {
  Bytes,
  Dictionary,
  Ellipsis,
  FunctionValue,
  Instance,
  Lazy,
  List,
  PythonError,
  Scope,
  SetValue,
  Slice,
  Tuple,
  type Value,
} from './value.ts';

const ellipsis = new Ellipsis();

function* itemsOf(engine: Engine, expressions: readonly Expression[]): Reading<Value[]> {
  const found: Value[] = [];
  for (const expression of expressions)
    if (expression.kind === 'starred')
      found.push(...(yield* engine.items(yield* engine.evaluate(expression.value))));
    else found.push(yield* engine.evaluate(expression));
  return found;
}

function* unary(engine: Engine, operator: string, value: Value): Reading<Value> {
  if (operator === 'not') return !(yield* engine.truth(value));
  const whole = integerOf(value);
  if (whole !== null) return operator === '-' ? -whole : operator === '+' ? whole : ~whole;
  if (typeof value === 'number' && operator !== '~') return operator === '-' ? -value : value;
  if (value instanceof Instance) throw new Unsupported('unary');
  return fail(engine, 'TypeError', `bad operand type for unary ${operator}: '${typeName(value)}'`);
}

export function* pieceText(engine: Engine, pieces: readonly TextPiece[]): Reading<string> {
  let out = '';
  for (const piece of pieces) {
    if (typeof piece === 'string') {
      out += piece;
      continue;
    }
    let value = yield* engine.evaluate(piece.value);
    const specification = yield* pieceText(engine, piece.format);
    if (
      piece.conversion === 'r' ||
      piece.conversion === 'a' ||
      (piece.shown !== '' && piece.conversion === '' && specification === '')
    )
      value = yield* engine.represent(value);
    else if (piece.conversion === 's' || (value instanceof Instance && specification === ''))
      value = yield* engine.text(value);
    out += piece.shown + formatValue(engine, value, specification);
    engine.world.spend(out.length);
  }
  return out;
}

/** Runs the loops of a comprehension; `emit` takes each element. */
function* loop(
  engine: Engine,
  loops: readonly Comprehension[],
  at: number,
  first: Lazy | null,
  emit: () => Reading<void>,
): Reading<void> {
  const own = loops[at];
  if (own === undefined) {
    yield* emit();
    return;
  }
  const iterator = first ?? (yield* engine.iterate(yield* engine.evaluate(own.iterable)));
  for (;;) {
    const item = yield* iterator.advance();
    if (item === undefined) return;
    yield* bind(engine, own.target, item);
    let passes = true;
    for (const condition of own.conditions) {
      passes = yield* engine.truth(yield* engine.evaluate(condition));
      if (!passes) break;
    }
    if (passes) yield* loop(engine, loops, at + 1, null, emit);
  }
}

/** Binds a target that is a name or a tuple of names. */
function* bind(engine: Engine, target: Expression, value: Value): Reading<void> {
  if (target.kind === 'name') {
    engine.store(target.name, value);
    return;
  }
  if (target.kind !== 'tuple' && target.kind !== 'list') throw new Unsupported('target');
  const items = yield* engine.items(value);
  if (items.length !== target.items.length) throw new Unsupported('unpack');
  for (const [index, one] of target.items.entries()) yield* bind(engine, one, items[index] ?? null);
}

function* comprehension(engine: Engine, expression: Expression & { kind: 'comprehension' }): Reading<Value> {
  const { frame } = engine;
  const [first] = expression.loops;
  const iterator = first === undefined ? null : yield* engine.iterate(yield* engine.evaluate(first.iterable));
  const scope = new Scope(frame.scope, false, new Set());
  if (expression.of === 'generator') {
    const handover = { ready: false, value: null as Value };
    const inner = { ...frame, name: '<genexpr>', scope, handover, handling: null };
    const body = loop(engine, expression.loops, 0, iterator, function* emit(): Reading<void> {
      handover.value = yield* engine.evaluate(expression.value);
      handover.ready = true;
      yield;
    });
    return new Lazy('generator', () => engine.resume(inner, body));
  }
  const items: Value[] = [];
  const dictionary = new Dictionary();
  const set = new SetValue();
  const before = frame.scope;
  frame.scope = scope;
  try {
    yield* loop(engine, expression.loops, 0, iterator, function* emit(): Reading<void> {
      engine.world.spend(80);
      if (expression.key !== null) {
        const key = yield* engine.evaluate(expression.key);
        dictionary.entries.set(requireKey(engine, key), {
          key,
          value: yield* engine.evaluate(expression.value),
        });
        return;
      }
      const value = yield* engine.evaluate(expression.value);
      if (expression.of === 'set') set.items.set(requireKey(engine, value), value);
      else items.push(value);
    });
  } catch (error) {
    // Until 3.12 a comprehension is a call of its own.
    if (error instanceof PythonError && engine.minor < 12)
      error.trace.push({
        file: frame.file,
        line: frame.line,
        name: expression.of === 'list' ? '<listcomp>' : expression.of === 'set' ? '<setcomp>' : '<dictcomp>',
      });
    throw error;
  } finally {
    frame.scope = before;
  }
  return expression.of === 'dictionary' ? dictionary : expression.of === 'set' ? set : new List(items);
}

export function* makeFunction(
  engine: Engine,
  definition: FunctionDefinition,
  generates: boolean,
): Reading<FunctionValue> {
  const defaults = new Map<string, Value>();
  for (const parameter of definition.parameters)
    if (parameter.otherwise !== null)
      defaults.set(parameter.name, yield* engine.evaluate(parameter.otherwise));
  const { scope } = engine.frame;
  return new FunctionValue(
    definition,
    scope,
    defaults,
    assignedNames(definition),
    generates,
    engine.frame.file,
  );
}

function* call(engine: Engine, expression: Expression & { kind: 'call' }): Reading<Value> {
  const callee = yield* engine.evaluate(expression.callee);
  const values: Value[] = [];
  const keywords = new Map<string, Value>();
  for (const { kind, name, value } of expression.arguments) {
    const given = yield* engine.evaluate(value);
    if (kind === 'star') values.push(...(yield* engine.items(given)));
    else if (kind === 'doubleStar') {
      if (!(given instanceof Dictionary)) throw new Unsupported('mapping');
      for (const { key, value: item } of given.entries.values())
        if (typeof key === 'string') keywords.set(key, item);
    } else if (name === null) values.push(given);
    else keywords.set(name, given);
  }
  engine.frame.line = expression.line;
  return yield* engine.call(callee, values, keywords);
}

function* yieldValue(engine: Engine, expression: Expression & { kind: 'yield' }): Reading<Value> {
  const { handover } = engine.frame;
  if (handover === null) throw new Unsupported('yield');
  const value = expression.value === null ? null : yield* engine.evaluate(expression.value);
  if (!expression.from) {
    handover.value = value;
    handover.ready = true;
    yield;
    return null;
  }
  const iterator = yield* engine.iterate(value);
  for (;;) {
    const item = yield* iterator.advance();
    if (item === undefined) return null;
    handover.value = item;
    handover.ready = true;
    yield;
  }
}

/** The value of an expression in the engine's frame. */
export function* evaluate(engine: Engine, expression: Expression): Reading<Value> {
  if (engine.world.tick()) yield;
  switch (expression.kind) {
    case 'constant':
      return expression.value;
    case 'bytes':
      return new Bytes(expression.text);
    case 'ellipsis':
      return ellipsis;
    case 'formatted':
      return yield* pieceText(engine, expression.pieces);
    case 'name':
      engine.frame.line = expression.line;
      return engine.lookUp(expression.name);
    case 'tuple':
      return new Tuple(yield* itemsOf(engine, expression.items));
    case 'list':
      return new List(yield* itemsOf(engine, expression.items));
    case 'set': {
      const set = new SetValue();
      for (const item of yield* itemsOf(engine, expression.items))
        set.items.set(requireKey(engine, item), item);
      return set;
    }
    case 'dictionary': {
      const dictionary = new Dictionary();
      for (const { key, value } of expression.entries) {
        const name = key === null ? null : yield* engine.evaluate(key);
        const item = yield* engine.evaluate(value);
        if (key !== null) dictionary.entries.set(requireKey(engine, name), { key: name, value: item });
        else if (item instanceof Dictionary)
          for (const [hash, entry] of item.entries) dictionary.entries.set(hash, { ...entry });
        else throw new Unsupported('mapping');
      }
      return dictionary;
    }
    case 'unary':
      return yield* unary(engine, expression.operator, yield* engine.evaluate(expression.value));
    case 'binary': {
      const left = yield* engine.evaluate(expression.left);
      const right = yield* engine.evaluate(expression.right);
      engine.frame.line = expression.line;
      return yield* engine.binary(expression.operator, left, right);
    }
    case 'logical': {
      const left = yield* engine.evaluate(expression.left);
      return (yield* engine.truth(left)) === (expression.operator === 'or')
        ? left
        : yield* engine.evaluate(expression.right);
    }
    case 'compare': {
      let left = yield* engine.evaluate(expression.first);
      let result: Value = true;
      for (const { operator, value } of expression.rest) {
        const right = yield* engine.evaluate(value);
        result = yield* compare(engine, operator, left, right);
        if (!(yield* engine.truth(result))) return result;
        left = right;
      }
      return result;
    }
    case 'conditional':
      return yield* engine.evaluate(
        (yield* engine.truth(yield* engine.evaluate(expression.test))) ? expression.yes : expression.no,
      );
    case 'lambda': {
      const parameters: readonly Parameter[] = expression.parameters;
      const body = [{ kind: 'return', value: expression.body, line: expression.line }] as const;
      return yield* makeFunction(engine, { name: '<lambda>', parameters, body }, false);
    }
    case 'attribute': {
      const value = yield* engine.evaluate(expression.value);
      engine.frame.line = expression.line;
      return yield* engine.attribute(value, expression.name);
    }
    case 'index': {
      const value = yield* engine.evaluate(expression.value);
      const index = yield* engine.evaluate(expression.index);
      engine.frame.line = expression.line;
      return yield* subscript(engine, value, index);
    }
    case 'slice':
      return new Slice(
        expression.start === null ? null : yield* engine.evaluate(expression.start),
        expression.stop === null ? null : yield* engine.evaluate(expression.stop),
        expression.step === null ? null : yield* engine.evaluate(expression.step),
      );
    case 'call':
      return yield* call(engine, expression);
    case 'comprehension':
      return yield* comprehension(engine, expression);
    case 'yield':
      return yield* yieldValue(engine, expression);
    case 'walrus': {
      const value = yield* engine.evaluate(expression.value);
      engine.store(expression.name, value);
      return value;
    }
    default:
      throw new Unsupported(expression.kind);
  }
}
