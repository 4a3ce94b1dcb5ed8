import type { Reading } from '../../../stream.ts';
import { Unsupported } from '../script/unsupported.ts';
import type { ScriptWorld } from '../script/world.ts';
import { attributeOf } from './attribute.ts';
import type { Engine, Flow, Frame } from './engine.ts';
import { evaluate } from './expression-evaluation.ts';
import { bindArguments } from './function-arguments.ts';
import { iteratorOf } from './iteration.ts';
import { fail, makeError } from './machinery.ts';
import { operate } from './operators.ts';
import { formatPercent } from './percent-format.ts';
import { plainText, represent } from './representation.ts';
import { StatementParser } from './statement-parser.ts';
import { runBlock } from './statement-execution.ts';
import type { Expression, Statement } from './syntax.ts';
import { isTrue } from './truth.ts';
import { Types, typeName } from './types.ts';
import {
  Builtin,
  Bytes,
  ClassValue,
  Dictionary,
  FunctionValue,
  Instance,
  isReading,
  type Keywords,
  keyOf,
  Lazy,
  List,
  type ModuleValue,
  type Native,
  PythonError,
  Scope,
  Tuple,
  type Value,
} from './value.ts';

const none: Keywords = new Map();
const mostDepth = 1000;
const mostItems = 1_000_000;

const operatorMethods: Readonly<Record<string, string>> = {
  '+': 'add',
  '-': 'sub',
  '*': 'mul',
  '/': 'truediv',
  '//': 'floordiv',
  '%': 'mod',
  '**': 'pow',
  '<<': 'lshift',
  '>>': 'rshift',
  '&': 'and',
  '|': 'or',
  '^': 'xor',
  '@': 'matmul',
};

const lengthOf = (value: Value): number =>
  typeof value === 'string' ? value.length : value instanceof Bytes ? value.text.length : 0;

/** What the evaluator is started with. */
export interface Surroundings {
  readonly world: ScriptWorld;
  readonly version: string;
  readonly arguments: readonly string[];
  readonly builtins: (engine: Engine) => ReadonlyMap<string, Value>;
  /** Null where there is no module of this name. */
  readonly modules: (engine: Engine, path: string) => ModuleValue | null;
}

/** One run of Python. */
export class Evaluator implements Engine {
  readonly world: ScriptWorld;
  readonly types: Types = new Types();
  readonly minor: number;
  readonly version: string;
  readonly globals: Scope = new Scope(null, false, new Set());
  readonly environment: Dictionary = new Dictionary();
  readonly arguments: readonly string[];
  frame: Frame;
  readonly #surroundings: Surroundings;
  readonly #builtins: ReadonlyMap<string, Value>;
  readonly #modules = new Map<string, ModuleValue>();
  #depth = 0;

  constructor(surroundings: Surroundings, file: string) {
    this.#surroundings = surroundings;
    this.world = surroundings.world;
    this.version = surroundings.version;
    this.minor = Number(surroundings.version.split('.')[1] ?? '9');
    this.arguments = surroundings.arguments;
    for (const [name, value] of this.world.environment)
      this.environment.entries.set(keyOf(name) ?? '', { key: name, value });
    this.frame = {
      name: '<module>',
      file,
      line: 1,
      scope: this.globals,
      handling: null,
      handover: null,
      owner: null,
      first: null,
    };
    this.#builtins = surroundings.builtins(this);
    this.globals.names.set('__name__', '__main__');
    this.globals.names.set('__doc__', null);
  }

  get scope(): Scope {
    return this.frame.scope;
  }

  evaluate(expression: Expression): Reading<Value> {
    return evaluate(this, expression);
  }

  block(statements: readonly Statement[]): Reading<Flow> {
    return runBlock(this, statements);
  }

  #scopeFor(name: string): Scope | null {
    const { scope } = this.frame;
    const said = scope.outside.get(name);
    if (said === 'global') return scope.globals;
    if (said === undefined) return null;
    for (let outer = scope.outer; outer !== null; outer = outer.outer)
      if (outer.names.has(name) && outer !== scope.globals) return outer;
    throw new Unsupported('nonlocal');
  }

  lookUp(name: string): Value {
    const { scope } = this.frame;
    const said = this.#scopeFor(name);
    let own: Scope | null = said ?? scope;
    while (own !== null) {
      const found = own.names.get(name);
      if (found !== undefined && (own === scope || !own.isClass)) return found;
      if (own.locals.has(name) && found === undefined)
        fail(
          this,
          own === scope ? 'UnboundLocalError' : 'NameError',
          own === scope
            ? this.minor >= 11
              ? `cannot access local variable '${name}' where it is not associated with a value`
              : `local variable '${name}' referenced before assignment`
            : this.minor >= 11
              ? `cannot access free variable '${name}' where it is not associated with a value in enclosing scope`
              : `free variable '${name}' referenced before assignment in enclosing scope`,
        );
      own = own.outer;
    }
    const builtin =
      this.#builtins.get(name) ??
      (this.types.isKnown(name) &&
      !/^(?:function|module|NoneType|ellipsis|generator|builtin_function_or_method)$/.test(name)
        ? this.types.get(name)
        : undefined);
    if (builtin !== undefined) return builtin;
    if (realBuiltins.has(name)) throw new Unsupported(name);
    return fail(this, 'NameError', `name '${name}' is not defined`);
  }

  store(name: string, value: Value): void {
    (this.#scopeFor(name) ?? this.frame.scope).names.set(name, value);
  }

  unbind(name: string): void {
    if (!(this.#scopeFor(name) ?? this.frame.scope).names.delete(name)) this.lookUp(name);
  }

  *call(callee: Value, values: readonly Value[], keywords: Keywords = none): Reading<Value> {
    if (callee instanceof Builtin) {
      return yield* this.#callNative(callee.native, values, keywords);
    }
    if (callee instanceof FunctionValue) return yield* this.#callFunction(callee, values, keywords);
    if (callee instanceof ClassValue) return yield* this.#construct(callee, values, keywords);
    if (callee instanceof Instance) {
      const method = callee.type.find('__call__');
      if (method !== undefined) return yield* this.call(method, [callee, ...values], keywords);
    }
    return fail(this, 'TypeError', `'${typeName(callee)}' object is not callable`);
  }

  /** What the system does with a text takes as long as the text, and what comes of it takes its place: both are work. */
  *#callNative(native: Native, values: readonly Value[], keywords: Keywords): Reading<Value> {
    for (const value of values) this.world.spend(lengthOf(value) / 2);
    const made = native(values, keywords);
    const result = isReading(made) ? yield* made : made;
    this.world.spend(lengthOf(result));
    return result;
  }

  *#construct(type: ClassValue, values: readonly Value[], keywords: Keywords): Reading<Value> {
    if (type.construct !== null) return yield* this.#callNative(type.construct, values, keywords);
    const instance = new Instance(type);
    if (type.is(this.types.get('BaseException'))) {
      instance.fields.set('args', new Tuple(values));
      const system = type.is(this.types.get('OSError')) && values.length >= 2;
      if (system) {
        instance.fields.set('errno', values[0] ?? null);
        instance.fields.set('strerror', values[1] ?? null);
      }
      if (type.name === 'SystemExit') instance.fields.set('code', values[0] ?? null);
    } else if (type.module === 'builtins' && type.name !== 'object') throw new Unsupported(type.name);
    const initialise = type.find('__init__');
    if (initialise !== undefined) yield* this.call(initialise, [instance, ...values], keywords);
    else if (values.length > 0 && !type.is(this.types.get('BaseException')))
      fail(this, 'TypeError', `${type.name}() takes no arguments`);
    return instance;
  }

  *#callFunction(callee: FunctionValue, values: readonly Value[], keywords: Keywords): Reading<Value> {
    const scope = new Scope(callee.scope, false, callee.locals);
    bindArguments(this, callee, scope, values, keywords);
    const handover = callee.generates ? { ready: false, value: null } : null;
    const { definition, file, owner } = callee;
    const frame: Frame = {
      name: definition.name,
      file,
      line: 1,
      scope,
      handling: null,
      handover,
      owner,
      first: values[0] ?? null,
    };
    if (handover !== null) {
      const body = this.block(definition.body);
      return new Lazy('generator', () => this.resume(frame, body));
    }
    const before = this.frame;
    if (this.#depth >= mostDepth - 2) fail(this, 'RecursionError', 'maximum recursion depth exceeded');
    this.#depth += 1;
    this.world.spend(256);
    this.frame = frame;
    try {
      const flow = yield* this.block(definition.body);
      return typeof flow === 'object' && flow !== null ? flow.value : null;
    } catch (error) {
      if (error instanceof RangeError) {
        // The engine's own stack is shorter than Python's: a function that calls itself without end would have gone on.
        const deep = makeError(this, 'RecursionError', 'maximum recursion depth exceeded');
        for (let depth = this.#depth; depth < mostDepth; depth += 1)
          deep.trace.push({ file, line: frame.line, name: frame.name });
        throw deep;
      }
      if (error instanceof PythonError && error.trace.length < 2_000)
        error.trace.push({ file, line: frame.line, name: frame.name });
      throw error;
    } finally {
      this.#depth -= 1;
      this.frame = before;
    }
  }

  /** Lets a generator's body go on to its next value. */
  *resume(frame: Frame, body: Reading<unknown>): Reading<Value | undefined> {
    const before = this.frame;
    const { handover } = frame;
    this.frame = frame;
    try {
      for (;;) {
        const step = body.next();
        if (step.done === true) return undefined;
        if (handover?.ready === true) {
          handover.ready = false;
          return handover.value;
        }
        yield;
      }
    } catch (error) {
      if (error instanceof PythonError)
        error.trace.push({ file: frame.file, line: frame.line, name: frame.name });
      throw error;
    } finally {
      this.frame = before;
    }
  }

  attribute(value: Value, name: string): Reading<Value> {
    return attributeOf(this, value, name);
  }

  // oxlint-disable-next-line require-yield -- the same shape as what may call the script's code
  *setAttribute(value: Value, name: string, item: Value): Reading<void> {
    if (value instanceof Instance) {
      const property = value.type.find(name);
      if (property instanceof Instance && property.type.name === 'property')
        throw new Unsupported('property');
      value.fields.set(name, item);
    } else if (value instanceof ClassValue && value.module !== 'builtins') value.members.set(name, item);
    else if (value instanceof FunctionValue) throw new Unsupported('attribute');
    else if (
      typeof value === 'object' &&
      value !== null &&
      'members' in value &&
      !(value instanceof ClassValue)
    )
      value.members.set(name, item);
    else fail(this, 'AttributeError', `'${typeName(value)}' object has no attribute '${name}'`);
  }

  *text(value: Value): Reading<string> {
    if (value instanceof Instance) {
      const method =
        value.type.find('__str__') ?? (value.fields.has('args') ? undefined : value.type.find('__repr__'));
      if (method !== undefined) {
        const found = yield* this.call(method, [value]);
        return typeof found === 'string'
          ? found
          : fail(this, 'TypeError', `__str__ returned non-string (type ${typeName(found)})`);
      }
    }
    const text = plainText(value);
    this.world.spend(text.length);
    return text;
  }

  *represent(value: Value): Reading<string> {
    const method = value instanceof Instance ? value.type.find('__repr__') : undefined;
    if (method !== undefined) {
      const found = yield* this.call(method, [value]);
      return typeof found === 'string'
        ? found
        : fail(this, 'TypeError', `__repr__ returned non-string (type ${typeName(found)})`);
    }
    const text = represent(value);
    this.world.spend(text.length);
    return text;
  }

  *truth(value: Value): Reading<boolean> {
    if (value instanceof Instance) {
      const method = value.type.find('__bool__') ?? value.type.find('__len__');
      if (method !== undefined) return isTrue(yield* this.call(method, [value]));
    }
    return isTrue(value);
  }

  iterate(value: Value): Reading<Lazy> {
    return iteratorOf(this, value);
  }

  *items(value: Value): Reading<Value[]> {
    if (value instanceof List || value instanceof Tuple) {
      this.world.spend(value.items.length * 16);
      return [...value.items];
    }
    const iterator = yield* this.iterate(value);
    const found: Value[] = [];
    for (;;) {
      const item = yield* iterator.advance();
      if (item === undefined) return found;
      if (found.length >= mostItems) throw new Unsupported('large');
      found.push(item);
      if (found.length % 64 === 0) this.world.spend(1024);
      if (this.world.tick()) yield;
    }
  }

  *binary(given: string, left: Value, right: Value): Reading<Value> {
    const operator = given.replace(/=$/, '');
    const method = operatorMethods[operator] ?? '';
    if (left instanceof Instance) {
      const own =
        left.type.find(`__${method}__`) ??
        (given === operator ? undefined : left.type.find(`__i${method}__`));
      if (own !== undefined) return yield* this.call(own, [left, right]);
    }
    if (right instanceof Instance) {
      const other = right.type.find(`__r${method}__`);
      if (other !== undefined) return yield* this.call(other, [right, left]);
    }
    if (operator === '%' && typeof left === 'string') {
      let values: Value = right;
      if (right instanceof Instance) values = yield* this.text(right);
      else if (right instanceof Tuple && right.items.some((item) => item instanceof Instance)) {
        const texts: Value[] = [];
        for (const item of right.items) texts.push(item instanceof Instance ? yield* this.text(item) : item);
        values = new Tuple(texts);
      }
      return formatPercent(this, left, values, false);
    }
    const result = left instanceof Instance ? undefined : operate(this, operator, left, right);
    if (result !== undefined) return result;
    const shown = given === '**' ? '** or pow()' : given;
    return fail(
      this,
      'TypeError',
      `unsupported operand type(s) for ${shown}: '${typeName(left)}' and '${typeName(right)}'`,
    );
  }

  /** Runs a program, or gives the value of an expression (`single`). */
  *execute(source: string, file: string, scope: Scope, single: boolean): Reading<Value> {
    this.world.spend(source.length * 16);
    const program = new StatementParser(single ? source.trim() : source, this.minor).program();
    const before = this.frame;
    this.frame = { ...before, name: '<module>', file, line: 1, scope, handling: null, handover: null };
    try {
      const [only] = program;
      if (single) {
        if (program.length !== 1 || only?.kind !== 'expression')
          return fail(this, 'SyntaxError', 'invalid syntax');
        return yield* this.evaluate(only.value);
      }
      yield* this.block(program);
      return null;
    } catch (error) {
      if (error instanceof PythonError) error.trace.push({ file, line: this.frame.line, name: '<module>' });
      throw error;
    } finally {
      this.frame = before;
    }
  }

  // oxlint-disable-next-line require-yield -- the same shape as what may run the script's code
  *importModule(path: string): Reading<ModuleValue> {
    const known = this.#modules.get(path);
    if (known !== undefined) return known;
    this.world.spend(4096);
    const made = this.#surroundings.modules(this, path);
    if (made === null) {
      const [top = ''] = path.split('.');
      return fail(
        this,
        'ModuleNotFoundError',
        top === path || this.#surroundings.modules(this, top) === null
          ? `No module named '${top}'`
          : `No module named '${path}'`,
      );
    }
    this.#modules.set(path, made);
    return made;
  }
}

/** Names that are there without an import, whether they are here or not. */
const realBuiltins: ReadonlySet<string> = new Set(
  'abs aiter all anext any ascii bin bool breakpoint bytearray bytes callable chr classmethod compile complex copyright credits delattr dict dir divmod enumerate eval exec exit filter float format frozenset getattr globals hasattr hash help hex id input int isinstance issubclass iter len license list locals map max memoryview min next object oct open ord pow print property quit range repr reversed round set setattr slice sorted staticmethod str sum super tuple type vars zip __import__ __build_class__ __debug__ __builtins__ __loader__ __package__ __spec__ __annotations__ NotImplemented EnvironmentError IOError BytesWarning EncodingWarning ImportWarning PendingDeprecationWarning StopAsyncIteration SyntaxWarning UnicodeTranslateError UnicodeWarning BaseExceptionGroup ExceptionGroup'.split(
    ' ',
  ),
);
