import type { Names } from './names.ts';
import type { TokenReader } from './token-reader.ts';
import { type Arithmetic, type Comparison, type Expression, type Place, SyntaxFault } from './syntax.ts';

/** Where an expression stands. */
interface Setting {
  /** `>` is a comparison: not after print. */
  readonly greater: boolean;
  readonly in: boolean;
}

const inside: Setting = { greater: true, in: true };

const isPlace = (expression: Expression): expression is Place =>
  expression.kind === 'variable' || expression.kind === 'element' || expression.kind === 'field';

const assignments: Readonly<Record<string, Arithmetic | null>> = {
  '=': null,
  '+=': '+',
  '-=': '-',
  '*=': '*',
  '/=': '/',
  '%=': '%',
  '^=': '^',
};

const comparisons: readonly Comparison[] = ['<', '<=', '==', '!=', '>', '>='];

/** Fewest and most arguments. */
const counts: Readonly<Record<string, readonly [number, number]>> = {
  length: [0, 1],
  index: [2, 2],
  substr: [2, 3],
  split: [2, 3],
  sub: [2, 3],
  gsub: [2, 3],
  match: [2, 2],
  sprintf: [1, 255],
  sin: [1, 1],
  cos: [1, 1],
  atan2: [2, 2],
  exp: [1, 1],
  log: [1, 1],
  sqrt: [1, 1],
  int: [1, 1],
  rand: [0, 0],
  srand: [0, 1],
  tolower: [1, 1],
  toupper: [1, 1],
  system: [1, 1],
  close: [1, 1],
  fflush: [0, 1],
  systime: [0, 0],
  mktime: [1, 1],
  strftime: [0, 3],
};

/** Reads expressions, from assignments down to terms (POSIX awk, Grammar). */
export class ExpressionParser {
  readonly #tokens: TokenReader;
  readonly #names: Names;
  /** A list in brackets may stand for itself: after print. */
  #listAllowed = false;
  /** Calls of the functions of the program, with the line of each. */
  readonly called: { name: string; line: number }[] = [];

  constructor(tokens: TokenReader, names: Names) {
    this.#tokens = tokens;
    this.#names = names;
  }

  expression(setting: Setting = inside): Expression {
    return this.#tokens.nested(() => this.#assignment(setting));
  }

  list(setting: Setting = inside): Expression[] {
    const items = [this.expression(setting)];
    while (this.#tokens.accept(',')) {
      this.#tokens.newlines();
      items.push(this.expression(setting));
    }
    return items;
  }

  /** What follows `>`, `>>` or `|` of print. */
  target(): Expression {
    return this.#concatenation({ greater: false, in: false });
  }

  /** What print is given where it begins with a bracket: `(1, 2)` alone is a list. */
  printed(): Expression[] {
    const setting = { greater: false, in: true };
    this.#listAllowed = true;
    const first = this.expression(setting);
    this.#listAllowed = false;
    if (first.kind === 'list' || !this.#tokens.accept(',')) return [first];
    this.#tokens.newlines();
    return [first, ...this.list(setting)];
  }

  begins(): boolean {
    const { kind, text } = this.#tokens.token;
    if (kind === 'sign') return /^(?:[!$(/+-]|\+\+|--|\/=)$/.test(text);
    return kind === 'word' ? text === 'getline' : kind !== 'newline' && kind !== 'end';
  }

  #assignment(setting: Setting): Expression {
    const left = this.#choice(setting);
    const { kind, text } = this.#tokens.token;
    if (kind !== 'sign' || !Object.hasOwn(assignments, text)) return left;
    // `1 + x = 2`, `!x = y` and `$1 ~ x = y`: what is assigned to is the last term.
    const given = this.#placeOf(left);
    if (given === null) this.#tokens.refuse();
    this.#tokens.take();
    this.#tokens.newlines();
    const value = this.expression(setting);
    const assigned: Expression = {
      kind: 'assign',
      operator: assignments[text] ?? null,
      place: given.place,
      value,
    };
    return given.within(assigned);
  }

  #placeOf(left: Expression): { place: Place; within: (assigned: Expression) => Expression } | null {
    if (isPlace(left)) return { place: left, within: (assigned) => assigned };
    if (left.kind === 'not') {
      const inner = this.#placeOf(left.operand);
      return inner === null
        ? null
        : { place: inner.place, within: (assigned) => ({ kind: 'not', operand: inner.within(assigned) }) };
    }
    if (left.kind !== 'and' && left.kind !== 'or' && left.kind !== 'comparison' && left.kind !== 'matches')
      return null;
    const inner = this.#placeOf(left.right);
    return inner === null
      ? null
      : { place: inner.place, within: (assigned) => ({ ...left, right: inner.within(assigned) }) };
  }

  #choice(setting: Setting): Expression {
    const test = this.#or(setting);
    if (!this.#tokens.accept('?')) return test;
    this.#tokens.newlines();
    const yes = this.expression(setting);
    this.#tokens.newlines();
    this.#tokens.expect(':');
    this.#tokens.newlines();
    return { kind: 'choice', test, yes, no: this.expression(setting) };
  }

  #or(setting: Setting): Expression {
    let left = this.#and(setting);
    while (this.#tokens.accept('||')) {
      this.#tokens.newlines();
      left = { kind: 'or', left, right: this.#and(setting) };
    }
    return left;
  }

  #and(setting: Setting): Expression {
    let left = this.#in(setting);
    while (this.#tokens.accept('&&')) {
      this.#tokens.newlines();
      left = { kind: 'and', left, right: this.#in(setting) };
    }
    return left;
  }

  #in(setting: Setting): Expression {
    let left = this.#match(setting);
    while (setting.in && this.#tokens.accept('in')) {
      const { kind, text, line } = this.#tokens.token;
      if (kind !== 'name') this.#tokens.refuse();
      this.#tokens.take();
      this.#names.use(text, 'array', line);
      left = { kind: 'in', keys: left.kind === 'list' ? left.items : [left], name: text };
    }
    if (left.kind === 'list' && !this.#listAllowed) this.#tokens.refuse();
    return left;
  }

  #match(setting: Setting): Expression {
    let left = this.#comparison(setting);
    while (this.#tokens.is('~') || this.#tokens.is('!~')) {
      const negated = this.#tokens.take().text === '!~';
      left = { kind: 'matches', negated, left, right: this.#comparison(setting) };
    }
    return left;
  }

  #comparison(setting: Setting): Expression {
    const left = this.#concatenation(setting);
    const { kind, text } = this.#tokens.token;
    const operator = comparisons.find((one) => one === text);
    if (kind !== 'sign' || operator === undefined) return left;
    if (operator === '>' && !setting.greater) return left;
    this.#tokens.take();
    return {
      kind: 'comparison',
      operator,
      left,
      right: this.#concatenation(setting),
    };
  }

  #concatenation(setting: Setting): Expression {
    let left = this.#sum();
    for (;;) {
      const { kind, text } = this.#tokens.token;
      if (kind === 'word' && (text === 'in' || text === 'getline')) return left;
      if (kind === 'sign' && !/^(?:[!$(+-]|\+\+|--)$/.test(text)) return left;
      if (!this.begins() || left.kind === 'list') return left;
      left = { kind: 'concatenation', left, right: this.#sum() };
      if (!setting.in && this.#tokens.is('in')) return left;
    }
  }

  #sum(): Expression {
    let left = this.#product();
    while (this.#tokens.is('+') || this.#tokens.is('-')) {
      const operator = this.#tokens.take().text === '+' ? '+' : '-';
      left = { kind: 'arithmetic', operator, left, right: this.#product() };
    }
    return left;
  }

  #product(): Expression {
    let left = this.#unary();
    while (this.#tokens.is('*') || this.#tokens.is('/') || this.#tokens.is('%')) {
      const { text } = this.#tokens.take();
      const operator = text === '*' ? '*' : text === '/' ? '/' : '%';
      left = { kind: 'arithmetic', operator, left, right: this.#unary() };
    }
    return left;
  }

  #unary(): Expression {
    for (const [text, kind] of [
      ['!', 'not'],
      ['-', 'minus'],
      ['+', 'plus'],
    ] as const)
      if (this.#tokens.accept(text)) return { kind, operand: this.#tokens.nested(() => this.#unary()) };
    return this.#power();
  }

  #power(): Expression {
    const left = this.#stepped();
    if (!this.#tokens.accept('^')) return left;
    const right = this.#tokens.nested(() => this.#unary());
    return { kind: 'arithmetic', operator: '^', left, right };
  }

  #stepped(): Expression {
    for (const [text, by] of [
      ['++', 1],
      ['--', -1],
    ] as const)
      if (this.#tokens.accept(text)) {
        const place = this.#primary();
        if (!isPlace(place)) this.#tokens.refuse();
        return { kind: 'step', place, by, after: false };
      }
    let term = this.#primary();
    if (isPlace(term) && (this.#tokens.is('++') || this.#tokens.is('--')))
      term = { kind: 'step', place: term, by: this.#tokens.take().text === '++' ? 1 : -1, after: true };
    return this.#piped(term);
  }

  /** `command | getline`. */
  #piped(term: Expression): Expression {
    let source = term;
    while (this.#tokens.is('|') && this.#tokens.lexer.meets('getline')) {
      this.#tokens.take();
      this.#tokens.take();
      source = { kind: 'getline', from: 'command', source, place: this.#optionalPlace() };
    }
    return source;
  }

  #optionalPlace(): Place | null {
    const { kind, text } = this.#tokens.token;
    if (kind !== 'name' && !(kind === 'sign' && text === '$')) return null;
    const place = this.#primary();
    return isPlace(place) ? place : this.#tokens.refuse();
  }

  #primary(): Expression {
    const { kind, text, start, line } = this.#tokens.token;
    switch (kind) {
      case 'number':
        this.#tokens.take();
        return { kind, value: Number(text) };
      case 'string':
        this.#tokens.take();
        return { kind, value: text };
      case 'name':
        this.#tokens.take();
        return this.#named(text, line);
      case 'call':
        this.#tokens.take();
        this.called.push({ name: text, line });
        return { kind: 'call', name: text, words: this.#words() };
      case 'built-in':
        this.#tokens.take();
        return this.#builtIn(text, line);
      case 'word':
        if (text !== 'getline') break;
        this.#tokens.take();
        return this.#getline();
      case 'sign':
        if (text === '$') {
          this.#tokens.take();
          return { kind: 'field', index: this.#tokens.nested(() => this.#fieldIndex()) };
        }
        if (text === '/' || text === '/=') {
          const source = this.#tokens.lexer.pattern(start);
          this.#tokens.take();
          return { kind: 'pattern', source };
        }
        if (text === '(') return this.#grouped();
        break;
      default:
    }
    return this.#tokens.refuse();
  }

  /** `$NF-1` is the last field less one, `$++i` the next field. */
  #fieldIndex(): Expression {
    for (const [text, by] of [
      ['++', 1],
      ['--', -1],
    ] as const)
      if (this.#tokens.accept(text)) {
        const place = this.#primary();
        return isPlace(place) ? { kind: 'step', place, by, after: false } : this.#tokens.refuse();
      }
    if (this.#tokens.accept('-')) return { kind: 'minus', operand: this.#primary() };
    if (this.#tokens.accept('+')) return { kind: 'plus', operand: this.#primary() };
    return this.#primary();
  }

  #named(name: string, line: number): Expression {
    if (!this.#tokens.accept('[')) {
      const { text } = this.#tokens.token;
      // An argument of a function may be an array; only there a name stands alone for one.
      if (!(text === ',' || text === ')')) this.#names.use(name, 'variable', line);
      return { kind: 'variable', name };
    }
    this.#names.use(name, 'array', line);
    const keys = this.list();
    this.#tokens.expect(']');
    return { kind: 'element', name, keys };
  }

  #grouped(): Expression {
    this.#tokens.take();
    const allowed = this.#listAllowed;
    this.#listAllowed = false;
    const items = this.list();
    this.#listAllowed = allowed;
    this.#tokens.expect(')');
    const [only] = items;
    if (items.length > 1 || only === undefined) return { kind: 'list', items };
    return only;
  }

  #words(): Expression[] {
    this.#tokens.expect('(');
    this.#tokens.newlines();
    const words = this.#tokens.is(')') ? [] : this.list();
    this.#tokens.newlines();
    this.#tokens.expect(')');
    return words;
  }

  #builtIn(name: string, line: number): Expression {
    const words = this.#tokens.is('(') ? this.#words() : name === 'length' ? [] : this.#tokens.refuse();
    const [fewest, most] = counts[name] ?? [0, 0];
    if (words.length < fewest || words.length > most)
      throw new SyntaxFault(`line ${line}: wrong number of arguments in call to ${name}`);
    const [first, second, third] = words;
    if (name === 'split') {
      if (second?.kind !== 'variable') this.#tokens.refuse();
      this.#names.use(second.name, 'array', line);
    }
    if ((name === 'sub' || name === 'gsub') && third !== undefined && !isPlace(third)) this.#tokens.refuse();
    if (name === 'length' && first?.kind === 'variable' && this.#names.of(first.name) === null)
      this.#names.use(first.name, 'variable', line);
    return { kind: 'built-in', name, words };
  }

  #getline(): Expression {
    const place = this.#optionalPlace();
    if (!this.#tokens.accept('<')) return { kind: 'getline', from: 'main', source: null, place };
    return { kind: 'getline', from: 'file', source: this.#primary(), place };
  }
}
