import type { Reading } from '../../../stream.ts';
import { Unsupported } from '../script/unsupported.ts';
import { isTrue } from './conversion.ts';
import { Thrown } from './fault.ts';
import { Expressions } from './expressions.ts';
import type { Machine } from './machine.ts';
import { binary } from './operators.ts';
import type { ClassCode, Statement } from './syntax.ts';
import { ArrayValue, type Key, ObjectValue, Ref, stored, typeName, type Value } from './value.ts';

/** How statements ended: null, a way out of loops, or a result. */
type Flow =
  | null
  | { readonly how: 'break' | 'continue'; readonly levels: number }
  | { readonly value: Value };

/** Statements of a script. */
export class Evaluator extends Expressions implements Machine {
  override readonly machine: Machine = this;

  /** Declares what stands at the top, then runs all. Null where nothing is returned. */
  override *program(statements: readonly Statement[]): Reading<Value> {
    for (const statement of statements) if (statement.kind === 'function') this.#function(statement);
    const waiting = statements.flatMap((statement) => (statement.kind === 'class' ? [statement.code] : []));
    // Classes are known ahead of their place where their parents are.
    for (let left = waiting; left.length > 0;) {
      const ready: ClassCode[] = left.filter((code) =>
        [code.parent ?? '', ...code.interfaces, ...code.traits].every(
          (name) => name === '' || this.classes.has(name.toLowerCase()),
        ),
      );
      if (ready.length === 0) break;
      for (const code of ready) yield* this.#class(code);
      left = left.filter((code) => !ready.includes(code));
    }
    const flow = yield* this.#statements(statements);
    return flow !== null && 'value' in flow ? flow.value : null;
  }

  readonly #declared = new Set<ClassCode>();

  *#class(code: ClassCode): Reading<void> {
    if (this.#declared.has(code)) return;
    this.#declared.add(code);
    yield* this.declareClass(code);
  }

  #function(statement: Statement & { kind: 'function' }): void {
    const { code } = statement;
    const lower = code.name.toLowerCase();
    const before = this.functions.get(lower);
    this.line = code.line;
    if (before !== undefined && before !== code)
      this.fatal(`Cannot redeclare ${code.name}() (previously declared in ${before.place}:${before.line})`);
    if (before === undefined && this.functionExists(lower)) this.fatal(`Cannot redeclare ${lower}()`);
    this.functions.set(lower, code);
  }

  override *body(statements: readonly Statement[]): Reading<Value> {
    const flow = yield* this.#statements(statements);
    return flow !== null && 'value' in flow ? flow.value : null;
  }

  *#statements(statements: readonly Statement[]): Reading<Flow> {
    for (const statement of statements) {
      const flow = yield* this.#statement(statement);
      if (flow !== null) return flow;
    }
    return null;
  }

  *#statement(statement: Statement): Reading<Flow> {
    this.line = statement.line;
    switch (statement.kind) {
      case 'expression':
        yield* this.value(statement.value);
        return null;
      case 'echo':
        for (const value of statement.values) this.write(yield* this.text(yield* this.value(value)));
        return null;
      case 'inline':
        this.write(statement.text);
        return null;
      case 'block':
        return yield* this.#statements(statement.body);
      case 'if':
        return yield* this.#statements(
          isTrue(yield* this.value(statement.test)) ? statement.yes : statement.no,
        );
      case 'while':
        return yield* this.#while(statement);
      case 'for':
        return yield* this.#for(statement);
      case 'foreach':
        return yield* this.#forEach(statement);
      case 'switch':
        return yield* this.#switch(statement);
      case 'leave':
        return { how: statement.how, levels: statement.levels };
      case 'return': {
        const value = statement.value === null ? null : yield* this.value(statement.value);
        return { value: stored(value) };
      }
      case 'function':
        this.#function(statement);
        return null;
      case 'class':
        yield* this.#class(statement.code);
        return null;
      case 'try':
        return yield* this.#try(statement);
      default:
        yield* this.#declaration(statement);
        return null;
    }
  }

  *#declaration(statement: Statement): Reading<void> {
    switch (statement.kind) {
      case 'global':
        for (const name of statement.names) {
          let ref = this.globals.get(name);
          if (ref === undefined) this.globals.set(name, (ref = new Ref()));
          this.frame.variables.set(name, ref);
        }
        return;
      case 'static': {
        const { frame } = this;
        const key = `${frame.late?.name ?? ''}::${frame.label}::${statement.name}`;
        let ref = this.#statics.get(key);
        if (ref === undefined) {
          this.world.spend(256);
          ref = new Ref(statement.value === null ? null : yield* this.value(statement.value));
          this.#statics.set(key, ref);
        }
        frame.variables.set(statement.name, ref);
        return;
      }
      case 'unset':
        for (const item of statement.items) yield* this.unset(item);
        return;
      case 'const':
        if (this.constants.has(statement.name)) this.warn(`Constant ${statement.name} already defined`);
        else this.constants.set(statement.name, yield* this.value(statement.value));
        return;
      default:
        throw new Unsupported(statement.kind);
    }
  }

  readonly #statics = new Map<string, Ref>();

  /** What a loop makes of how its body ended: `stop` with the flow that goes on outside. */
  #left(flow: Flow): { readonly stop: boolean; readonly flow: Flow } {
    if (flow === null) return { stop: false, flow: null };
    if ('value' in flow) return { stop: true, flow };
    if (flow.levels > 1) return { stop: true, flow: { how: flow.how, levels: flow.levels - 1 } };
    return { stop: flow.how === 'break', flow: null };
  }

  *#while(statement: Statement & { kind: 'while' }): Reading<Flow> {
    for (let first = statement.after; ; first = false) {
      if (this.world.tick()) yield;
      if (!first && !isTrue(yield* this.value(statement.test))) return null;
      const { stop, flow } = this.#left(yield* this.#statements(statement.body));
      if (stop) return flow;
    }
  }

  *#for(statement: Statement & { kind: 'for' }): Reading<Flow> {
    for (const start of statement.start) yield* this.value(start);
    for (;;) {
      if (this.world.tick()) yield;
      let goesOn = true;
      for (const test of statement.tests) goesOn = isTrue(yield* this.value(test));
      if (!goesOn) return null;
      const { stop, flow } = this.#left(yield* this.#statements(statement.body));
      if (stop) return flow;
      for (const step of statement.steps) yield* this.value(step);
    }
  }

  *#forEach(statement: Statement & { kind: 'foreach' }): Reading<Flow> {
    let ref: Ref | null = null;
    let source: Value;
    if (statement.byReference) {
      ref = yield* this.reference(statement.source);
      source = ref.value;
    } else source = yield* this.value(statement.source);
    if (source instanceof ObjectValue) return yield* this.#forObject(statement, source);
    if (!(source instanceof ArrayValue)) {
      this.line = statement.line;
      this.warn(`foreach() argument must be of type array|object, ${typeName(source)} given`);
      return null;
    }
    if (ref !== null) {
      for (const key of this.own(ref).keys()) {
        const array = this.own(ref);
        if (!array.has(key)) continue;
        const raw = array.raw(key);
        const element = raw instanceof Ref ? raw : new Ref(raw ?? null);
        array.bind(key, element);
        yield* this.bind(statement.value, element);
        const { stop, flow } = yield* this.#turn(statement, key);
        if (stop) return flow;
      }
      return null;
    }
    this.world.spend(source.size * 16);
    // What the body does to the array does not change what is gone through.
    for (const [key, value] of source.copy().entries()) {
      yield* this.assign(statement.value, stored(value));
      const { stop, flow } = yield* this.#turn(statement, key);
      if (stop) return flow;
    }
    return null;
  }

  *#turn(
    statement: Statement & { kind: 'foreach' },
    key: Key | Value,
  ): Reading<{ stop: boolean; flow: Flow }> {
    if (this.world.tick()) yield;
    if (statement.key !== null) yield* this.assign(statement.key, key);
    return this.#left(yield* this.#statements(statement.body));
  }

  *#forObject(statement: Statement & { kind: 'foreach' }, given: ObjectValue): Reading<Flow> {
    let source = given;
    for (let depth = 0; source.info.is('IteratorAggregate') && depth < 10; depth += 1) {
      const inner = yield* this.method(source, 'getIterator', []);
      if (!(inner instanceof ObjectValue)) throw new Unsupported('iterator');
      source = inner;
    }
    if (source.info.is('Iterator')) {
      yield* this.method(source, 'rewind', []);
      while (isTrue(yield* this.method(source, 'valid', []))) {
        yield* this.assign(statement.value, stored(yield* this.method(source, 'current', [])));
        const key = statement.key === null ? null : yield* this.method(source, 'key', []);
        const { stop, flow } = yield* this.#turn(statement, key);
        if (stop) return flow;
        yield* this.method(source, 'next', []);
      }
      return null;
    }
    for (const name of Array.from(source.properties.keys())) {
      if (!this.maySee(source, name) || name.startsWith('\0')) continue;
      if (statement.byReference) throw new Unsupported('reference');
      yield* this.assign(statement.value, stored(source.get(name) ?? null));
      const { stop, flow } = yield* this.#turn(statement, name);
      if (stop) return flow;
    }
    return null;
  }

  *#switch(statement: Statement & { kind: 'switch' }): Reading<Flow> {
    const value = yield* this.value(statement.value);
    let at = -1;
    for (const [index, { test }] of statement.cases.entries()) {
      if (test === null || binary(this, '==', value, yield* this.value(test)) !== true) continue;
      at = index;
      break;
    }
    if (at < 0) at = statement.cases.findIndex(({ test }) => test === null);
    if (at < 0) return null;
    for (const { body } of statement.cases.slice(at)) {
      const flow = yield* this.#statements(body);
      if (flow === null) continue;
      if ('value' in flow || flow.levels > 1) return this.#left(flow).flow;
      return null;
    }
    return null;
  }

  *#try(statement: Statement & { kind: 'try' }): Reading<Flow> {
    const [depth, place, silent] = [this.frames.length, this.place, this.silent];
    let flow: Flow = null;
    let thrown: Thrown | null = null;
    try {
      flow = yield* this.#statements(statement.body);
    } catch (error) {
      if (!(error instanceof Thrown)) throw error;
      thrown = error;
      this.frames.length = depth;
      this.place = place;
      this.silent = silent;
      const { info } = error.value;
      const taken = statement.catches.find(({ names }) => names.some((name) => info.is(name)));
      if (taken !== undefined) {
        thrown = null;
        try {
          if (taken.variable !== null) this.madeVariable(taken.variable).value = error.value;
          flow = yield* this.#statements(taken.body);
        } catch (again) {
          if (!(again instanceof Thrown)) throw again;
          thrown = again;
        }
      }
    }
    if (statement.last !== null) {
      const after = yield* this.#statements(statement.last);
      if (after !== null) return after;
    }
    if (thrown !== null) throw thrown;
    return flow;
  }
}
