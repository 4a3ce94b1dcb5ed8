import { FileFault } from '../../../files/fault.ts';
import type { Reading } from '../../../stream.ts';
import { Unsupported } from '../script/unsupported.ts';
import { textOf } from './conversion.ts';
import { Fatal, ParseFault } from './fault.ts';
import { Objects } from './objects.ts';
import { binary } from './operators.ts';
import { StatementParser } from './statement-parser.ts';
import type { Expression, Statement } from './syntax.ts';
import { ClosureValue, ObjectValue, Ref, stored, typeName, type Value } from './value.ts';

export type Of<Kind extends Expression['kind']> = Expression & { kind: Kind };

/** Expressions that run other code: calls, closures, `match`, and texts that become part of the script. */
export abstract class CallExpressions extends Objects {
  readonly #included = new Set<string>();

  abstract program(statements: readonly Statement[]): Reading<Value>;

  protected *callOf(expression: Of<'call'>): Reading<Value> {
    const { callee, items, line } = expression;
    if (typeof callee === 'string') {
      const target = this.functionNamed(callee);
      if (target === null) return this.throwError('Error', `Call to undefined function ${callee}()`);
      const handed = yield* this.handed(target, items);
      this.line = line;
      return yield* this.invoke(target, handed);
    }
    const value = yield* this.value(callee);
    this.line = line;
    const target = this.callableTarget(value);
    if (target === null) return yield* this.call(value, []);
    const handed = yield* this.handed(target, items);
    this.line = line;
    return yield* this.invoke(target, handed);
  }

  protected *methodOf(expression: Of<'method'>): Reading<Value> {
    const object = yield* this.value(expression.target);
    if (expression.safe && object === null) return null;
    let name: Value =
      typeof expression.name === 'string' ? expression.name : yield* this.value(expression.name);
    this.line = expression.line;
    if (name instanceof ClosureValue)
      return yield* this.call(
        name,
        (yield* this.handed(null, expression.items)).values.map((one) =>
          one instanceof Ref ? one.value : one,
        ),
      );
    name = textOf(name);
    if (!(object instanceof ObjectValue))
      return this.throwError('Error', `Call to a member function ${name}() on ${typeName(object)}`);
    if (object instanceof ClosureValue && /^(?:call|bindto)$/i.test(name))
      throw new Unsupported('closure method');
    const target = this.methodTarget(object, name);
    if (target === null) return yield* this.method(object, name, []);
    const handed = yield* this.handed(target, expression.items);
    this.line = expression.line;
    return yield* this.invoke(target, handed);
  }

  protected *staticCallOf(expression: Of<'staticCall'>): Reading<Value> {
    const info = yield* this.classOf(expression.owner);
    const name = yield* this.nameOf(expression.name);
    this.line = expression.line;
    if (info.name === 'Closure') throw new Unsupported('closure method');
    const { self } = this.frame;
    if (
      name.toLowerCase() === '__construct' &&
      self !== null &&
      info.is('Throwable') &&
      !info.methods.has('__construct')
    ) {
      const { values } = yield* this.handed(null, expression.items);
      const [message, code, previous] = values.map((one) => (one instanceof Ref ? one.value : one));
      if (message !== undefined) self.set('message', yield* this.text(message));
      if (code !== undefined) self.set('code', code);
      if (previous !== undefined) self.set('previous', previous);
      return null;
    }
    const target = this.staticTarget(info, name);
    if (target === null)
      return this.throwError(
        'Error',
        name.toLowerCase() === '__construct'
          ? 'Cannot call constructor'
          : `Call to undefined method ${info.name}::${name}()`,
      );
    const handed = yield* this.handed(target, expression.items);
    this.line = expression.line;
    return yield* this.invoke(target, handed);
  }

  protected closureOf(expression: Of<'closure'>): Value {
    const captured = new Map<string, Ref>();
    const { frame } = this;
    if (expression.arrow) {
      this.world.spend(frame.variables.size * 32);
      for (const [name, ref] of frame.variables) captured.set(name, new Ref(stored(ref.value)));
      for (const { name } of expression.code.parameters) captured.delete(name);
    }
    for (const { name, byReference } of expression.uses) {
      if (byReference) captured.set(name, this.madeVariable(name));
      else {
        const found = frame.variables.get(name);
        if (found === undefined) this.warn(`Undefined variable $${name}`);
        captured.set(name, new Ref(stored(found?.value ?? null)));
      }
    }
    const info = this.findClass('Closure');
    if (info === null) throw new Unsupported('closure');
    return new ClosureValue(
      info,
      this.nextObject(),
      expression.code,
      captured,
      expression.code.isStatic ? null : frame.self,
      frame.scope,
    );
  }

  protected *matchOf(expression: Of<'match'>): Reading<Value> {
    const value = yield* this.value(expression.value);
    for (const { tests, value: result } of expression.arms) {
      if (tests === null) continue;
      for (const test of tests)
        if (binary(this, '===', value, yield* this.value(test)) === true) return yield* this.value(result);
    }
    const otherwise = expression.arms.find(({ tests }) => tests === null);
    if (otherwise !== undefined) return yield* this.value(otherwise.value);
    this.line = expression.line;
    const shown =
      typeof value === 'string'
        ? "'...'"
        : typeof value === 'object' && value !== null
          ? 'of type ' + (value instanceof ObjectValue ? value.info.name : typeName(value))
          : value === null
            ? 'NULL'
            : String(value);
    return this.throwError('UnhandledMatchError', `Unhandled match case ${shown}`);
  }

  protected *evalOf(source: string, line: number): Reading<Value> {
    this.world.spend(source.length * 16);
    return yield* this.#run(source, true, `${this.place}(${line}) : eval()'d code`);
  }

  /** Runs a text as part of the script. */
  *#run(source: string, inCode: boolean, place: string): Reading<Value> {
    const before = { place: this.place, line: this.line };
    let statements: Statement[];
    this.place = place;
    try {
      statements = StatementParser.parse(source, inCode, place);
    } catch (error) {
      if (error instanceof ParseFault) {
        this.line = error.line;
        this.throwError('ParseError', error.message);
      }
      if (error instanceof Fatal) this.line = error.line;
      throw error;
    }
    const result = yield* this.program(statements);
    this.place = before.place;
    this.line = before.line;
    return result;
  }

  protected *includeOf(expression: Of<'include'>): Reading<Value> {
    const { word, line } = expression;
    const path = yield* this.text(yield* this.value(expression.value));
    const full = this.world.absolute(path);
    if (word.endsWith('_once') && this.#included.has(full)) return true;
    this.line = line;
    let source: string;
    try {
      if (/^[a-z][a-z.]{1,10}:\/\//i.test(path)) throw new Unsupported('wrapper');
      source = this.world.readFile(full);
    } catch (error) {
      if (!(error instanceof FileFault)) throw error;
      this.warn(`${word}(${path}): Failed to open stream: ${error.message}`);
      if (word.startsWith('require'))
        return this.throwError(
          'Error',
          `Failed opening required '${path}' (include_path='.:/usr/share/php')`,
        );
      this.warn(`${word}(): Failed opening '${path}' for inclusion (include_path='.:/usr/share/php')`);
      return false;
    }
    this.#included.add(full);
    this.world.spend(source.length * 16);
    const result = yield* this.#run(source, false, full);
    return result === null ? 1n : result;
  }
}
