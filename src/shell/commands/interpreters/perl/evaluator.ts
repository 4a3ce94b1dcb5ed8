import { FileFault } from '../../../files/fault.ts';
import type { Reading } from '../../../stream.ts';
import { Unsupported } from '../script/unsupported.ts';
import { Assignments } from './assignments.ts';
import { binary } from './binary.ts';
import { callFunction } from './functions.ts';
import { match, translate } from './matching.ts';
import { callMethod } from './method.ts';
import { StatementParser } from './statement-parser.ts';
import { succeed } from './successor.ts';
import type { Expression, Statement } from './syntax.ts';
import { ArrayValue, Box, Code, HashValue, isTrue, numberOf, Scope, textOf, type Value } from './value.ts';

/** How a block ended. */
type Flow = null | 'next' | 'last' | { readonly values: Value[] };

/** One run of Perl. */
export class Evaluator extends Assignments {
  #evaluated = 0;
  #depth = 0;

  *#logical(expression: Expression & { kind: 'binary' }, wantsList: boolean): Reading<Value[]> {
    const left = yield* this.scalar(expression.left);
    const stays =
      expression.operator === '//' ? left !== undefined : isTrue(left) === (expression.operator === '||');
    if (stays) return [left];
    if (expression.right.kind === 'call' && /^(?:next|last)$/.test(expression.right.name))
      throw new Unsupported('loop control');
    return wantsList ? yield* this.list(expression.right) : [yield* this.scalar(expression.right)];
  }

  *scalar(expression: Expression): Reading<Value> {
    if (this.world.tick()) yield;
    switch (expression.kind) {
      case 'constant':
        return expression.value;
      case 'text': {
        let text = '';
        for (const piece of expression.pieces) text += textOf(yield* this.scalar(piece));
        this.world.spend(text.length);
        return text;
      }
      case 'scalar':
        return this.global(expression.name).value;
      case 'array':
        return this.array(expression.name).items.length;
      case 'hash':
        return this.hash(expression.name).entries.size;
      case 'my':
        for (const target of expression.targets) this.bindMy(target);
        return undefined;
      case 'dereference': {
        if (expression.sigil === '@') return (yield* this.arrayOf(expression)).items.length;
        if (expression.sigil === '%') return (yield* this.hashOf(expression)).entries.size;
        const value = yield* this.scalar(expression.value);
        if (value instanceof Box) return value.value;
        throw new Unsupported('dereference');
      }
      case 'element': {
        const { items } = yield* this.arrayOf(expression.array);
        return items.at(Math.trunc(numberOf(yield* this.scalar(expression.index))));
      }
      case 'entry':
        return (yield* this.hashOf(expression.hash)).entries.get(textOf(yield* this.scalar(expression.key)));
      case 'last':
        return (yield* this.arrayOf(expression.array)).items.length - 1;
      case 'list': {
        let last: Value;
        for (const item of expression.items) last = yield* this.scalar(item);
        return last;
      }
      case 'newArray': {
        const made = new ArrayValue();
        for (const value of yield* this.#all(expression.items)) made.items.push(value);
        return made;
      }
      case 'newHash': {
        const values = yield* this.#all(expression.items);
        // A place by name costs several times what one by number does.
        this.world.spend(values.length * 32);
        const made = new HashValue();
        for (let at = 0; at < values.length; at += 2) made.entries.set(textOf(values[at]), values[at + 1]);
        return made;
      }
      case 'sub':
        return new Code(expression.body, this.visible);
      case 'unary':
        return yield* this.#unary(expression.operator, expression.value);
      case 'step':
        return yield* this.step(expression);
      case 'binary': {
        if (['||', '&&', '//'].includes(expression.operator))
          return (yield* this.#logical(expression, false))[0];
        if (expression.operator === '..') throw new Unsupported('flip-flop');
        const left = yield* this.scalar(expression.left);
        return binary(this, expression.operator, left, yield* this.scalar(expression.right));
      }
      case 'assign':
        return yield* this.assignment(expression);
      case 'conditional':
        return yield* this.scalar(
          isTrue(yield* this.scalar(expression.test)) ? expression.yes : expression.no,
        );
      case 'match':
        return (yield* match(this, expression, false))[0];
      case 'translate':
        return yield* translate(this, expression);
      case 'readLine': {
        const handle = this.handleOf((yield* this.scalar(expression.handle)) || 'STDIN');
        return handle === null ? undefined : yield* this.readLine(handle);
      }
      case 'fileTest':
        return this.#fileTest(expression.letter, textOf(yield* this.scalar(expression.value)));
      default:
        return (yield* this.#calls(expression, false)).at(-1);
    }
  }

  #fileTest(letter: string, path: string): Value {
    const { files } = this.world.process.state;
    const node = files.find(path, this.world.folder, letter !== 'l');
    if (node === null) return '';
    if (letter === 'd') return node.kind === 'directory' ? 1 : '';
    if (letter === 'f') return node.kind === 'file' ? 1 : '';
    if (letter === 'l') return node.kind === 'link' ? 1 : '';
    if (letter === 'x') return files.may(node, 1) ? 1 : '';
    if (letter === 's' || letter === 'z') {
      const size = node.kind === 'file' ? this.world.readFile(path).length : 4096;
      return letter === 'z' ? (size === 0 ? 1 : '') : size || '';
    }
    return files.may(node, letter === 'w' ? 2 : 4) ? 1 : '';
  }

  *#unary(operator: string, operand: Expression): Reading<Value> {
    if (operator === '\\') {
      if (operand.kind === 'array' || (operand.kind === 'dereference' && operand.sigil === '@'))
        return yield* this.arrayOf(operand);
      if (operand.kind === 'hash') return this.hash(operand.name);
      if (operand.kind === 'scalar') return this.global(operand.name);
      if (operand.kind === 'call' && operand.name.startsWith('&'))
        return this.subs.get(operand.name.slice(1));
      const box = new Box();
      box.value = yield* this.scalar(operand);
      return box;
    }
    const value = yield* this.scalar(operand);
    if (operator === '!') return isTrue(value) ? '' : 1;
    if (operator === '~') return Number(BigInt.asUintN(64, ~BigInt(Math.trunc(numberOf(value)) || 0)));
    return typeof value === 'string' && /^[A-Za-z_]/.test(value) ? `-${value}` : -numberOf(value);
  }

  *#calls(expression: Expression, wantsList: boolean): Reading<Value[]> {
    switch (expression.kind) {
      case 'command': {
        this.syncEnvironment();
        this.world.flush();
        const line = textOf(yield* this.scalar(expression.value));
        const { output, status } = yield* this.world.shell(line, {
          input: null,
          output: 'collect',
          error: 'inherit',
        });
        this.global('?').value = status << 8;
        return wantsList ? (output.match(/[^\n]*\n|[^\n]+/g) ?? []) : [output];
      }
      case 'callValue': {
        const code = yield* this.scalar(expression.value);
        if (!(code instanceof Code)) return this.die('Not a CODE reference', expression.line);
        return yield* this.call(code, yield* this.#all(expression.items), wantsList);
      }
      case 'method':
        return yield* callMethod(this, expression);
      case 'call': {
        const own = this.subs.get(expression.name.replace(/^&/, ''));
        if (own !== undefined) return yield* this.call(own, yield* this.#all(expression.items), wantsList);
        return yield* callFunction(
          this,
          expression,
          wantsList,
          () => this.syncEnvironment(),
          () => this.errno(),
        );
      }
      default:
        throw new Unsupported(expression.kind);
    }
  }

  *#all(items: readonly Expression[]): Reading<Value[]> {
    const found: Value[] = [];
    for (const item of items) {
      const values = yield* this.list(item);
      this.world.spend(values.length * 16);
      for (const value of values) found.push(value);
    }
    return found;
  }

  *list(expression: Expression): Reading<Value[]> {
    switch (expression.kind) {
      case 'list':
        return yield* this.#all(expression.items);
      case 'array':
        return [...this.array(expression.name).items];
      case 'hash':
        return [...this.hash(expression.name).entries].flat();
      case 'my':
        yield* this.scalar(expression);
        return [];
      case 'dereference':
        if (expression.sigil === '@') return [...(yield* this.arrayOf(expression)).items];
        if (expression.sigil === '%') return [...(yield* this.hashOf(expression)).entries].flat();
        break;
      case 'slice': {
        const { items } = yield* this.arrayOf(expression.array);
        return (yield* this.list(expression.index)).map((index) => items.at(Math.trunc(numberOf(index))));
      }
      case 'entries': {
        const { entries } = yield* this.hashOf(expression.hash);
        return (yield* this.list(expression.keys)).map((key) => entries.get(textOf(key)));
      }
      case 'binary':
        if (expression.operator === '..')
          return this.#range(yield* this.scalar(expression.left), yield* this.scalar(expression.right));
        if (['||', '&&', '//'].includes(expression.operator)) return yield* this.#logical(expression, true);
        if (expression.operator === 'x' && expression.left.kind === 'list') {
          const items = yield* this.list(expression.left);
          const times = Math.max(0, Math.trunc(numberOf(yield* this.scalar(expression.right))));
          if (items.length * times > 1_000_000) throw new Unsupported('large');
          this.world.spend(items.length * times * 16);
          return Array.from({ length: times }, () => items).flat();
        }
        break;
      case 'conditional':
        return yield* this.list(isTrue(yield* this.scalar(expression.test)) ? expression.yes : expression.no);
      case 'assign':
        if (expression.operator === '' && this.isList(expression.target)) {
          yield* this.assignment(expression);
          return expression.target.kind === 'my' && expression.target.list
            ? []
            : yield* this.list(expression.target);
        }
        break;
      case 'match':
        return yield* match(this, expression, true);
      case 'readLine': {
        const handle = this.handleOf((yield* this.scalar(expression.handle)) || 'STDIN');
        const lines: Value[] = [];
        if (handle === null) return lines;
        for (;;) {
          const line = yield* this.readLine(handle);
          if (line === undefined) return lines;
          lines.push(line);
        }
      }
      case 'command':
      case 'call':
      case 'callValue':
      case 'method':
        if (this.world.tick()) yield;
        return yield* this.#calls(expression, true);
      default:
    }
    return [yield* this.scalar(expression)];
  }

  #range(from: Value, to: Value): Value[] {
    if (typeof from === 'string' && !/^-?\d/.test(from) && from !== '') {
      const found: Value[] = [];
      const end = textOf(to);
      for (let text = from; text.length <= end.length && found.length < 100_000; text = succeed(text)) {
        this.world.spend(text.length * 16);
        found.push(text);
        if (text === end) break;
      }
      this.world.spend(found.length * 16);
      return found;
    }
    const [start, stop] = [Math.trunc(numberOf(from)), Math.trunc(numberOf(to))];
    if (stop - start > 1_000_000) throw new Unsupported('large');
    this.world.spend(Math.max(0, stop - start) * 16);
    return Array.from({ length: Math.max(0, stop - start + 1) }, (_, index) => start + index);
  }

  *call(code: Code, values: readonly Value[], wantsList: boolean): Reading<Value[]> {
    const before = this.visible;
    this.#depth += 1;
    if (this.#depth > 300) throw new Unsupported('deep');
    this.world.spend(256);
    const scope = new Scope(code.scope);
    const given = new ArrayValue();
    given.items.push(...values);
    scope.names.set('@_', given);
    this.visible = scope;
    try {
      return yield* this.#value(code.body, wantsList);
    } finally {
      this.visible = before;
      this.#depth -= 1;
    }
  }

  /** The value of a block is that of its last statement. */
  *#value(body: readonly Statement[], wantsList: boolean): Reading<Value[]> {
    const last = body.at(-1);
    const flow = yield* this.#statements(
      last?.kind === 'expression' || last?.kind === 'if' ? body.slice(0, -1) : body,
    );
    if (flow !== null) {
      if (typeof flow === 'string') throw new Unsupported('loop control');
      return wantsList ? flow.values : [flow.values.at(-1)];
    }
    if (last?.kind === 'expression') this.line = last.line;
    if (last?.kind === 'expression')
      return wantsList ? yield* this.list(last.value) : [yield* this.scalar(last.value)];
    if (last?.kind !== 'if') return [];
    for (const { test, body: branch } of last.branches)
      if (isTrue(yield* this.scalar(test))) return yield* this.#value(branch, wantsList);
    return yield* this.#value(last.no, wantsList);
  }

  /** A block that stands in an expression: of `map`, `do`, `eval`. */
  *run(code: Expression, wantsList: boolean): Reading<Value[]> {
    if (code.kind !== 'sub') throw new Unsupported('block');
    const before = this.visible;
    this.visible = new Scope(before);
    try {
      return yield* this.#value(code.body, wantsList);
    } finally {
      this.visible = before;
    }
  }

  get inside(): boolean {
    return this.#depth > 0;
  }

  /** `eval` of a text. */
  *evaluateText(source: string, line: number, wantsList: boolean): Reading<Value[]> {
    this.world.spend(source.length * 16);
    const body = new StatementParser(source).program();
    const before = this.place;
    this.#evaluated += 1;
    this.place = `(eval ${this.#evaluated})`;
    const block: Expression = { kind: 'sub', body };
    try {
      return yield* callFunction(
        this,
        { kind: 'call', name: 'eval', items: [], block, handle: null, line },
        wantsList,
        () => this.syncEnvironment(),
        () => this.errno(),
      );
    } finally {
      this.place = before;
    }
  }

  *program(body: readonly Statement[]): Reading<void> {
    for (const statement of body)
      if (statement.kind === 'sub') this.subs.set(statement.name, new Code(statement.body, this.globals));
    yield* this.#statements(body);
  }

  *#inner(body: readonly Statement[]): Reading<Flow> {
    const before = this.visible;
    this.visible = new Scope(before);
    try {
      return yield* this.#statements(body);
    } finally {
      this.visible = before;
    }
  }

  *#statements(body: readonly Statement[]): Reading<Flow> {
    for (const statement of body) {
      const flow = yield* this.#statement(statement);
      if (flow !== null) return flow;
    }
    return null;
  }

  *#statement(statement: Statement): Reading<Flow> {
    switch (statement.kind) {
      case 'expression':
        this.line = statement.line;
        try {
          yield* this.scalar(statement.value);
        } catch (error) {
          if (!(error instanceof FileFault)) throw error;
          this.fault(error.code);
        }
        return null;
      case 'if':
        for (const { test, body } of statement.branches)
          if (isTrue(yield* this.scalar(test))) return yield* this.#inner(body);
        return yield* this.#inner(statement.no);
      case 'while':
        return yield* this.#while(statement);
      case 'for':
        return yield* this.#for(statement);
      case 'block': {
        const flow = yield* this.#inner(statement.body);
        return typeof flow === 'string' ? null : flow;
      }
      case 'sub':
        this.subs.set(statement.name, new Code(statement.body, this.visible));
        return null;
      case 'leave':
        return statement.how;
      default:
        return { values: statement.value === null ? [] : yield* this.list(statement.value) };
    }
  }

  *#while(statement: Statement & { kind: 'while' }): Reading<Flow> {
    for (let first = statement.first; ; first = false) {
      if (this.world.tick()) yield;
      if (!first && statement.test !== null && !isTrue(yield* this.scalar(statement.test))) return null;
      const flow = yield* this.#inner(statement.body);
      if (flow === 'last') return null;
      if (flow !== null && flow !== 'next') return flow;
      if (statement.step !== null) yield* this.scalar(statement.step);
    }
  }

  *#for(statement: Statement & { kind: 'for' }): Reading<Flow> {
    const source = statement.list.kind === 'array' ? yield* this.arrayOf(statement.list) : null;
    const values = source?.items ?? (yield* this.list(statement.list));
    const before = this.visible;
    this.visible = new Scope(before);
    const box = new Box();
    this.visible.names.set(`$${statement.variable}`, box);
    try {
      for (let at = 0; at < values.length; at += 1) {
        if (this.world.tick()) yield;
        box.value = values[at];
        const flow = yield* this.#inner(statement.body);
        // The variable stands for the element itself.
        if (source !== null) source.items[at] = box.value;
        if (flow === 'last') return null;
        if (flow !== null && flow !== 'next') return flow;
      }
      return null;
    } finally {
      this.visible = before;
    }
  }
}
