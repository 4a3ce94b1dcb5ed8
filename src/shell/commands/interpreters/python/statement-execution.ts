import type { Reading } from '../../../stream.ts';
import { Unsupported } from '../script/unsupported.ts';
import { type Engine, type Flow, Returned } from './engine.ts';
import { makeFunction } from './expression-evaluation.ts';
import { hasYield } from './has-yield.ts';
import { fail, makeError } from './machinery.ts';
import { deleteSubscript, setSubscript, subscript } from './subscript.ts';
import type { Expression, Handler, Statement } from './syntax.ts';
import { typeName } from './types.ts';
import {
  Builtin,
  ClassValue,
  FunctionValue,
  Instance,
  List,
  PythonError,
  Scope,
  Tuple,
  type Value,
} from './value.ts';

export function* assign(engine: Engine, target: Expression, value: Value): Reading<void> {
  switch (target.kind) {
    case 'name':
      engine.store(target.name, value);
      return;
    case 'attribute':
      yield* engine.setAttribute(yield* engine.evaluate(target.value), target.name, value);
      return;
    case 'index':
      yield* setSubscript(
        engine,
        yield* engine.evaluate(target.value),
        yield* engine.evaluate(target.index),
        value,
      );
      return;
    case 'tuple':
    case 'list':
      yield* unpack(engine, target.items, value);
      return;
    default:
      throw new Unsupported('target');
  }
}

function* unpack(engine: Engine, targets: readonly Expression[], value: Value): Reading<void> {
  if (value === null || typeof value === 'bigint' || typeof value === 'number' || typeof value === 'boolean')
    fail(engine, 'TypeError', `cannot unpack non-iterable ${typeName(value)} object`);
  const items = yield* engine.items(value);
  const star = targets.findIndex((target) => target.kind === 'starred');
  const needed = star < 0 ? targets.length : targets.length - 1;
  if (items.length < needed)
    fail(
      engine,
      'ValueError',
      `not enough values to unpack (expected ${star < 0 ? '' : 'at least '}${needed}, got ${items.length})`,
    );
  if (star < 0 && items.length > needed)
    fail(engine, 'ValueError', `too many values to unpack (expected ${needed})`);
  const extra = items.length - needed;
  for (const [index, target] of targets.entries())
    if (target.kind === 'starred')
      yield* assign(engine, target.value, new List(items.slice(index, index + extra)));
    else yield* assign(engine, target, items[star >= 0 && index > star ? index + extra - 1 : index] ?? null);
}

function* augment(engine: Engine, statement: Statement & { kind: 'augmented' }): Reading<void> {
  const { target, operator } = statement;
  const combine = function* combine(before: Value): Reading<Value> {
    const value = yield* engine.evaluate(statement.value);
    engine.frame.line = statement.line;
    if (before instanceof List && operator === '+') {
      const more = yield* engine.items(value);
      if (before.items.length + more.length > 1_000_000) throw new Unsupported('large');
      for (const item of more) before.items.push(item);
      return before;
    }
    return yield* engine.binary(`${operator}=`, before, value);
  };
  if (target.kind === 'name') engine.store(target.name, yield* combine(engine.lookUp(target.name)));
  else if (target.kind === 'attribute') {
    const holder = yield* engine.evaluate(target.value);
    yield* engine.setAttribute(
      holder,
      target.name,
      yield* combine(yield* engine.attribute(holder, target.name)),
    );
  } else if (target.kind === 'index') {
    const holder = yield* engine.evaluate(target.value);
    const index = yield* engine.evaluate(target.index);
    yield* setSubscript(engine, holder, index, yield* combine(yield* subscript(engine, holder, index)));
  } else throw new Unsupported('target');
}

function* remove(engine: Engine, targets: readonly Expression[]): Reading<void> {
  for (const target of targets)
    if (target.kind === 'name') engine.unbind(target.name);
    else if (target.kind === 'index')
      yield* deleteSubscript(
        engine,
        yield* engine.evaluate(target.value),
        yield* engine.evaluate(target.index),
      );
    else throw new Unsupported('delete');
}

function* throwValue(engine: Engine, given: Value): Reading<PythonError> {
  const value = given instanceof ClassValue ? yield* engine.call(given, []) : given;
  if (value instanceof Instance && value.type.is(engine.types.get('BaseException')))
    return new PythonError(value);
  return makeError(engine, 'TypeError', 'exceptions must derive from BaseException');
}

function* raise(engine: Engine, statement: Statement & { kind: 'raise' }): Reading<never> {
  if (statement.value === null) {
    const { handling } = engine.frame;
    if (handling === null) return fail(engine, 'RuntimeError', 'No active exception to reraise');
    throw handling;
  }
  const error = yield* throwValue(engine, yield* engine.evaluate(statement.value));
  if (statement.cause !== null) {
    const cause = yield* engine.evaluate(statement.cause);
    error.caused = true;
    error.context = cause === null ? null : yield* throwValue(engine, cause);
  }
  throw error;
}

function* catches(engine: Engine, handler: Handler, error: PythonError): Reading<boolean> {
  if (handler.type === null) return true;
  const given = yield* engine.evaluate(handler.type);
  for (const type of given instanceof Tuple ? given.items : [given]) {
    if (!(type instanceof ClassValue))
      return fail(
        engine,
        'TypeError',
        'catching classes that do not inherit from BaseException is not allowed',
      );
    if (error.value.type.is(type)) return true;
  }
  return false;
}

function* handle(engine: Engine, statement: Statement & { kind: 'try' }, error: PythonError): Reading<Flow> {
  const { frame } = engine;
  const { line } = frame;
  for (const handler of statement.handlers) {
    if (!(yield* catches(engine, handler, error))) continue;
    const before = frame.handling;
    error.trace.push({ file: frame.file, line, name: frame.name });
    frame.handling = error;
    if (handler.name !== null) engine.store(handler.name, error.value);
    try {
      return yield* engine.block(handler.body);
    } catch (next) {
      if (next === error) error.trace.pop();
      else if (next instanceof PythonError && next.context === null && !next.caused) next.context = error;
      throw next;
    } finally {
      frame.handling = before;
    }
  }
  frame.line = line;
  throw error;
}

function* attempt(engine: Engine, statement: Statement & { kind: 'try' }): Reading<Flow> {
  let flow: Flow = null;
  let failure: unknown;
  let failed = false;
  const { frame } = engine;
  try {
    try {
      flow = yield* engine.block(statement.body);
      if (flow === null) flow = yield* engine.block(statement.no);
    } catch (error) {
      // Frames that were left by the exception.
      engine.frame = frame;
      if (!(error instanceof PythonError)) throw error;
      engine.world.spend(1_024);
      flow = yield* handle(engine, statement, error);
    }
  } catch (error) {
    if (!(error instanceof PythonError)) throw error;
    failed = true;
    failure = error;
  }
  if (statement.last.length > 0) {
    const { line } = frame;
    const last = yield* engine.block(statement.last);
    if (last !== null) return last;
    frame.line = line;
  }
  if (failed) throw failure;
  return flow;
}

function* within(engine: Engine, statement: Statement & { kind: 'with' }, at: number): Reading<Flow> {
  const item = statement.items[at];
  if (item === undefined) return yield* engine.block(statement.body);
  const manager = yield* engine.evaluate(item.value);
  const entered = yield* engine.call(yield* engine.attribute(manager, '__enter__'), []);
  if (item.target !== null) yield* assign(engine, item.target, entered);
  const leave = yield* engine.attribute(manager, '__exit__');
  let flow: Flow;
  const { frame } = engine;
  try {
    flow = yield* within(engine, statement, at + 1);
  } catch (error) {
    if (!(error instanceof PythonError)) throw error;
    engine.frame = frame;
    const stays = yield* engine.call(leave, [error.value.type, error.value, null]);
    if (yield* engine.truth(stays)) return null;
    throw error;
  }
  yield* engine.call(leave, [null, null, null]);
  return flow;
}

function* repeat(engine: Engine, statement: Statement & { kind: 'for' | 'while' }): Reading<Flow> {
  const iterator =
    statement.kind === 'for' ? yield* engine.iterate(yield* engine.evaluate(statement.iterable)) : null;
  for (;;) {
    if (engine.world.tick()) yield;
    if (statement.kind === 'while') {
      if (!(yield* engine.truth(yield* engine.evaluate(statement.test)))) break;
    } else {
      const item = yield* iterator?.advance() ?? none();
      if (item === undefined) break;
      yield* assign(engine, statement.target, item);
    }
    const flow = yield* engine.block(statement.body);
    if (flow === 'break') return null;
    if (flow !== null && flow !== 'continue') return flow;
  }
  return yield* engine.block(statement.no);
}

// oxlint-disable-next-line require-yield -- nothing to wait for
function* none(): Reading<undefined> {
  return undefined;
}

function* decorate(engine: Engine, decorators: readonly Expression[], value: Value): Reading<Value> {
  let result = value;
  const found: Value[] = [];
  for (const decorator of decorators) found.push(yield* engine.evaluate(decorator));
  for (const decorator of found.toReversed()) result = yield* engine.call(decorator, [result]);
  return result;
}

function* defineClass(engine: Engine, statement: Statement & { kind: 'class' }): Reading<void> {
  const bases: ClassValue[] = [];
  for (const base of statement.bases) {
    const value = yield* engine.evaluate(base);
    if (!(value instanceof ClassValue)) throw new Unsupported('base');
    if (value.construct !== null && !value.is(engine.types.get('BaseException')) && value.name !== 'object')
      throw new Unsupported('base');
    bases.push(value);
  }
  const type = new ClassValue(
    statement.name,
    bases.length === 0 ? [engine.types.get('object')] : bases,
    '__main__',
  );
  const { frame } = engine;
  const before = frame.scope;
  const scope = new Scope(before, true, new Set());
  frame.scope = scope;
  try {
    yield* engine.block(statement.body);
  } finally {
    frame.scope = before;
  }
  for (const [name, member] of scope.names) {
    if (/^__(?:getattr|getattribute|setattr|new|slots|metaclass|del)__?$/.test(name))
      throw new Unsupported(name);
    if (member instanceof FunctionValue && member.owner === null) member.owner = type;
    type.members.set(name, member);
  }
  engine.store(statement.name, yield* decorate(engine, statement.decorators, type));
}

function* importFrom(engine: Engine, statement: Statement & { kind: 'from' }): Reading<void> {
  const module = yield* engine.importModule(statement.path);
  for (const { path, as } of statement.names) {
    if (path === '*') {
      for (const [name, member] of module.members) if (!name.startsWith('_')) engine.store(name, member);
      continue;
    }
    const found = module.members.get(path);
    // What the module really has, or has not, is not all known here.
    if (found === undefined) throw new Unsupported(`${statement.path}.${path}`);
    engine.store(as ?? path, found);
  }
}

function* importNames(engine: Engine, statement: Statement & { kind: 'import' }): Reading<void> {
  for (const { path, as } of statement.names) {
    const module = yield* engine.importModule(path);
    if (as !== null) engine.store(as, module);
    else {
      const [top = path] = path.split('.');
      engine.store(top, top === path ? module : yield* engine.importModule(top));
    }
  }
}

function* execute(engine: Engine, statement: Statement): Reading<Flow> {
  switch (statement.kind) {
    case 'expression':
      yield* engine.evaluate(statement.value);
      return null;
    case 'assign': {
      const value = yield* engine.evaluate(statement.value);
      for (const target of statement.targets) yield* assign(engine, target, value);
      return null;
    }
    case 'augmented':
      yield* augment(engine, statement);
      return null;
    case 'delete':
      yield* remove(engine, statement.targets);
      return null;
    case 'pass':
      return null;
    case 'break':
    case 'continue':
      return statement.kind;
    case 'return':
      return new Returned(statement.value === null ? null : yield* engine.evaluate(statement.value));
    case 'raise':
      return yield* raise(engine, statement);
    case 'global':
    case 'nonlocal':
      for (const name of statement.names) engine.frame.scope.outside.set(name, statement.kind);
      return null;
    case 'import':
      yield* importNames(engine, statement);
      return null;
    case 'from':
      yield* importFrom(engine, statement);
      return null;
    case 'assert': {
      if (yield* engine.truth(yield* engine.evaluate(statement.test))) return null;
      throw makeError(
        engine,
        'AssertionError',
        ...(statement.message === null ? [] : [yield* engine.evaluate(statement.message)]),
      );
    }
    case 'if':
      return yield* engine.block(
        (yield* engine.truth(yield* engine.evaluate(statement.test))) ? statement.yes : statement.no,
      );
    case 'while':
    case 'for':
      return yield* repeat(engine, statement);
    case 'try':
      return yield* attempt(engine, statement);
    case 'with':
      return yield* within(engine, statement, 0);
    case 'function': {
      const value = yield* makeFunction(engine, statement.definition, hasYield(statement.definition.body));
      engine.store(statement.definition.name, yield* decorate(engine, statement.decorators, value));
      return null;
    }
    default:
      yield* defineClass(engine, statement);
      return null;
  }
}

/** Statements in order, until one of them leaves the block. */
export function* runBlock(engine: Engine, statements: readonly Statement[]): Reading<Flow> {
  for (const statement of statements) {
    engine.frame.line = statement.line;
    const flow = yield* execute(engine, statement);
    if (flow !== null) return flow;
  }
  return null;
}

export const isCallable = (value: Value): boolean =>
  value instanceof FunctionValue ||
  value instanceof Builtin ||
  value instanceof ClassValue ||
  (value instanceof Instance && value.type.find('__call__') !== undefined);
