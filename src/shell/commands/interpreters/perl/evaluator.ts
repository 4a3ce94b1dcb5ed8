import { FileFault } from '../../../files/fault.ts';
import type { Reading } from '../../../stream.ts';
import { Unsupported } from '../script/unsupported.ts';
import type { ScriptWorld } from '../script/world.ts';
import { binary } from './binary.ts';
import { callFunction } from './functions.ts';
import { type Machine, Died } from './machine.ts';
import { match, translate } from './matching.ts';
import { callMethod } from './method.ts';
import { StatementParser } from './statement-parser.ts';
import type { Expression, Statement } from './syntax.ts';
import {
  ArrayValue,
  Box,
  Code,
  Handle,
  HashValue,
  isTrue,
  numberOf,
  Scope,
  textOf,
  type Value,
} from './value.ts';

/** How a block ended. */
type Flow = null | 'next' | 'last' | { readonly values: Value[] };

const errnos: Readonly<Record<string, readonly [number, string]>> = {
  ENOENT: [2, 'No such file or directory'],
  EACCES: [13, 'Permission denied'],
  EISDIR: [21, 'Is a directory'],
  ENOTDIR: [20, 'Not a directory'],
  EEXIST: [17, 'File exists'],
  ENOTEMPTY: [39, 'Directory not empty'],
  ECONNREFUSED: [111, 'Connection refused'],
  ETIMEDOUT: [110, 'Connection timed out'],
  EBADF: [9, 'Bad file descriptor'],
  ENOSPC: [28, 'No space left on device'],
};

/** One run of Perl. */
export class Evaluator implements Machine {
  readonly world: ScriptWorld;
  place: string;
  #evaluated = 0;
  readonly handles: Map<string, Handle> = new Map();
  readonly subs: Map<string, Code> = new Map();
  /** Where the last statement stands. */
  line = 1;
  readonly #globals = new Scope(null);
  #scope: Scope = this.#globals;
  #depth = 0;

  constructor(world: ScriptWorld, place: string, words: readonly string[]) {
    this.world = world;
    this.place = place;
    for (const [name, standard] of [
      ['STDIN', 'input'],
      ['STDOUT', 'output'],
      ['STDERR', 'error'],
    ] as const) {
      const handle = new Handle(name);
      handle.standard = standard;
      handle.writes = standard !== 'input';
      this.handles.set(name, handle);
    }
    this.#array('ARGV').items.push(...words);
    this.global('0').value = place;
    this.global(',').value = '';
    this.global('\\').value = '';
    this.global('"').value = ' ';
    this.global('$').value = world.process.pid;
    this.global('@').value = '';
    const environment = this.#hash('ENV');
    for (const [name, value] of world.environment) environment.entries.set(name, value);
  }

  #named(name: string, sigil: string): Box | ArrayValue | HashValue {
    const key = sigil + name;
    let found = this.#scope.find(key);
    if (found === undefined) {
      found = sigil === '$' ? new Box() : sigil === '@' ? new ArrayValue() : new HashValue();
      this.#globals.names.set(key, found);
    }
    return found;
  }

  global(name: string): Box {
    const found = this.#named(name, '$');
    return found instanceof Box ? found : new Box();
  }

  #array(name: string): ArrayValue {
    const found = this.#named(name, '@');
    return found instanceof ArrayValue ? found : new ArrayValue();
  }

  #hash(name: string): HashValue {
    const found = this.#named(name, '%');
    return found instanceof HashValue ? found : new HashValue();
  }

  /** The environment as the script has left it, for what it runs. */
  syncEnvironment(): void {
    this.world.environment.clear();
    for (const [name, value] of this.#hash('ENV').entries) this.world.environment.set(name, textOf(value));
  }

  fault(code: string): void {
    const [, text] = errnos[code] ?? [22, 'Invalid argument'];
    this.global('!').value = text;
  }

  errno(): number {
    const text = this.global('!').value;
    return Object.values(errnos).find(([, known]) => known === text)?.[0] ?? 0;
  }

  die(message: string, line: number): never {
    throw new Died(message.endsWith('\n') ? message : `${message} at ${this.place} line ${line}.\n`);
  }

  handleOf(value: Value): Handle | null {
    return value instanceof Handle
      ? value
      : typeof value === 'string'
        ? (this.handles.get(value) ?? null)
        : null;
  }

  *readLine(handle: Handle): Reading<string | undefined> {
    if (handle.standard === 'input') return (yield* this.world.process.input.line()) ?? undefined;
    if (handle.content === null || handle.position >= handle.content.length) return undefined;
    const whole = this.global('/').value === undefined && this.#scope.find('$/') !== undefined;
    const end = whole ? -1 : handle.content.indexOf('\n', handle.position);
    const line = handle.content.slice(handle.position, end < 0 ? handle.content.length : end + 1);
    handle.position += line.length;
    return line;
  }

  *arrayOf(expression: Expression): Reading<ArrayValue> {
    if (expression.kind === 'array') return this.#array(expression.name);
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
    this.#scope.names.set(`@${name}`, made);
    return made;
  }

  *hashOf(expression: Expression): Reading<HashValue> {
    if (expression.kind === 'hash') return this.#hash(expression.name);
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

  #declare(target: Expression): void {
    if (target.kind === 'scalar') this.#scope.names.set(`$${target.name}`, new Box());
    else if (target.kind === 'array') this.#declareArray(target.name);
    else if (target.kind === 'hash') this.#scope.names.set(`%${target.name}`, new HashValue());
  }

  *assign(target: Expression, value: Value): Reading<void> {
    switch (target.kind) {
      case 'scalar':
        this.global(target.name).value = value;
        return;
      case 'my':
        for (const one of target.targets) this.#declare(one);
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
      if (target.kind === 'my' || given.kind === 'my') this.#declare(one);
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

  #isList(target: Expression): boolean {
    return (
      target.kind === 'list' ||
      target.kind === 'array' ||
      target.kind === 'hash' ||
      (target.kind === 'dereference' && target.sigil !== '$') ||
      (target.kind === 'my' && (target.list || target.targets[0]?.kind !== 'scalar'))
    );
  }

  *#assignment(expression: Expression & { kind: 'assign' }): Reading<Value> {
    const { target, operator } = expression;
    if (operator === '' && this.#isList(target))
      return yield* this.#assignList(target, yield* this.list(expression.value));
    if (operator === '') {
      const value = yield* this.scalar(expression.value);
      yield* this.assign(target, value);
      return value;
    }
    if (target.kind === 'array' && operator === 'x') throw new Unsupported('x=');
    if (this.#isList(target)) {
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

  *#step(expression: Expression & { kind: 'step' }): Reading<Value> {
    const before = yield* this.scalar(expression.value);
    const counted =
      expression.operator === '++' && typeof before === 'string' && /^[a-zA-Z]+[0-9]*$/.test(before)
        ? succeed(before)
        : numberOf(before) + (expression.operator === '++' ? 1 : -1);
    yield* this.assign(expression.value, counted);
    return expression.before ? counted : (before ?? 0);
  }

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
        return this.#array(expression.name).items.length;
      case 'hash':
        return this.#hash(expression.name).entries.size;
      case 'my':
        for (const target of expression.targets) this.#declare(target);
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
        for (const item of expression.items) made.items.push(...(yield* this.list(item)));
        return made;
      }
      case 'newHash': {
        const values: Value[] = [];
        for (const item of expression.items) values.push(...(yield* this.list(item)));
        const made = new HashValue();
        for (let at = 0; at < values.length; at += 2) made.entries.set(textOf(values[at]), values[at + 1]);
        return made;
      }
      case 'sub':
        return new Code(expression.body, this.#scope);
      case 'unary':
        return yield* this.#unary(expression.operator, expression.value);
      case 'step':
        return yield* this.#step(expression);
      case 'binary': {
        if (['||', '&&', '//'].includes(expression.operator))
          return (yield* this.#logical(expression, false))[0];
        if (expression.operator === '..') throw new Unsupported('flip-flop');
        const left = yield* this.scalar(expression.left);
        return binary(this, expression.operator, left, yield* this.scalar(expression.right));
      }
      case 'assign':
        return yield* this.#assignment(expression);
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
      if (operand.kind === 'hash') return this.#hash(operand.name);
      if (operand.kind === 'scalar') return this.global(operand.name);
      if (operand.kind === 'call' && operand.name.startsWith('&'))
        return this.subs.get(operand.name.slice(1));
      const box = new Box();
      box.value = yield* this.scalar(operand);
      return box;
    }
    const value = yield* this.scalar(operand);
    if (operator === '!') return isTrue(value) ? '' : 1;
    if (operator === '~')
      return ~numberOf(value) >>> 0 === 0 ? 0 : 18_446_744_073_709_551_615 - numberOf(value);
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
    for (const item of items) found.push(...(yield* this.list(item)));
    this.world.spend(found.length * 16);
    return found;
  }

  *list(expression: Expression): Reading<Value[]> {
    switch (expression.kind) {
      case 'list':
        return yield* this.#all(expression.items);
      case 'array':
        return [...this.#array(expression.name).items];
      case 'hash':
        return [...this.#hash(expression.name).entries].flat();
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
        if (expression.operator === '' && this.#isList(expression.target)) {
          yield* this.#assignment(expression);
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
        for (
          let line = handle === null ? undefined : yield* this.readLine(handle);
          line !== undefined && handle !== null;
          line = yield* this.readLine(handle)
        )
          lines.push(line);
        return lines;
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
    const before = this.#scope;
    this.#depth += 1;
    if (this.#depth > 300) throw new Unsupported('deep');
    this.world.spend(256);
    const scope = new Scope(code.scope);
    const given = new ArrayValue();
    given.items.push(...values);
    scope.names.set('@_', given);
    this.#scope = scope;
    try {
      return yield* this.#value(code.body, wantsList);
    } finally {
      this.#scope = before;
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
    const before = this.#scope;
    this.#scope = new Scope(before);
    try {
      return yield* this.#value(code.body, wantsList);
    } finally {
      this.#scope = before;
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
      if (statement.kind === 'sub') this.subs.set(statement.name, new Code(statement.body, this.#globals));
    yield* this.#statements(body);
  }

  *#inner(body: readonly Statement[]): Reading<Flow> {
    const before = this.#scope;
    this.#scope = new Scope(before);
    try {
      return yield* this.#statements(body);
    } finally {
      this.#scope = before;
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
        this.subs.set(statement.name, new Code(statement.body, this.#scope));
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
    const before = this.#scope;
    this.#scope = new Scope(before);
    const box = new Box();
    this.#scope.names.set(`$${statement.variable}`, box);
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
      this.#scope = before;
    }
  }
}

/** The text that follows: `az` is followed by `ba`, `Zz` by `AAa`. */
function succeed(text: string): string {
  const characters = Array.from(text);
  for (let at = characters.length - 1; at >= 0; at -= 1) {
    const character = characters[at] ?? '';
    const wraps = { z: 'a', Z: 'A', 9: '0' }[character];
    if (wraps === undefined) {
      characters[at] = String.fromCharCode(character.charCodeAt(0) + 1);
      return characters.join('');
    }
    characters[at] = wraps;
  }
  const [first = '0'] = characters;
  return (first === '0' ? '1' : first) + characters.join('');
}
