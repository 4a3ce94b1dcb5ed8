import { Unsupported } from '../script/unsupported.ts';
import { readFormatted } from './formatted-literal.ts';
import { unescapeLiteral } from './string-literal.ts';
import type { Argument, Comprehension, Expression, Parameter, TextPiece } from './syntax.ts';
import { SyntaxFault } from './syntax-fault.ts';
import type { Token } from './token.ts';

export const keywords: ReadonlySet<string> = new Set(
  'False None True and as assert async await break class continue def del elif else except finally for from global if import in is lambda nonlocal not or pass raise return try while with yield'.split(
    ' ',
  ),
);

const binaryLevels: readonly (readonly string[])[] = [
  ['|'],
  ['^'],
  ['&'],
  ['<<', '>>'],
  ['+', '-'],
  ['*', '/', '//', '%', '@'],
];
const comparisons: ReadonlySet<string> = new Set(['<', '>', '==', '>=', '<=', '!=', 'in', 'is', 'not']);
const deepest = 60;

/** Expressions of Python 3. Throws `SyntaxFault` at the token that no program could have there. */
export class ExpressionParser {
  readonly tokens: readonly Token[];
  readonly version: number;
  position = 0;
  #depth = 0;

  constructor(tokens: readonly Token[], version: number) {
    this.tokens = tokens;
    this.version = version;
  }

  get token(): Token {
    const token = this.tokens[Math.min(this.position, this.tokens.length - 1)];
    if (token === undefined) throw new Unsupported('no token');
    return token;
  }

  /** Whether the next token is of this kind. */
  isA(kind: Token['kind']): boolean {
    return this.token.kind === kind;
  }

  is(text: string): boolean {
    const { token } = this;
    return token.text === text && (token.kind === 'operator' || token.kind === 'name');
  }

  take(text: string): boolean {
    if (!this.is(text)) return false;
    this.position += 1;
    return true;
  }

  fail(message = 'invalid syntax', token: Token = this.token): never {
    if (message === 'invalid syntax' && token.kind === 'end' && this.version < 10)
      throw new SyntaxFault('unexpected EOF while parsing', token.line, token.column, token.end);
    throw new SyntaxFault(message, token.line, token.column, token.end);
  }

  expect(text: string): void {
    if (!this.take(text)) this.fail();
  }

  name(): string {
    const { token } = this;
    if (token.kind !== 'name' || keywords.has(token.text)) this.fail();
    this.position += 1;
    return token.text;
  }

  #nested<Value>(read: () => Value): Value {
    this.#depth += 1;
    if (this.#depth > deepest) throw new Unsupported('deep');
    const value = read();
    this.#depth -= 1;
    return value;
  }

  /** `a, *b` or a single expression. */
  list(): Expression {
    const { line } = this.token;
    const first = this.#starOr(() => this.expression());
    if (!this.is(',')) return first;
    const items = [first];
    while (this.take(',')) {
      if (!this.#begins()) break;
      items.push(this.#starOr(() => this.expression()));
    }
    return { kind: 'tuple', items, line };
  }

  /** Targets of `for` and `del`: no comparison, so that `in` ends them. */
  targets(): Expression {
    const { line } = this.token;
    const first = this.#starOr(() => this.#binary(0));
    if (!this.is(',')) return first;
    const items = [first];
    while (this.take(',')) {
      if (!this.#begins() || this.is('in')) break;
      items.push(this.#starOr(() => this.#binary(0)));
    }
    return { kind: 'tuple', items, line };
  }

  #starOr(read: () => Expression): Expression {
    const { line } = this.token;
    return this.take('*') ? { kind: 'starred', value: this.#binary(0), line } : read();
  }

  #begins(): boolean {
    const { kind, text } = this.token;
    if (kind === 'number' || kind === 'string') return true;
    if (kind === 'name')
      return !keywords.has(text) || /^(?:None|True|False|not|lambda|await|yield)$/.test(text);
    return kind === 'operator' && ['(', '[', '{', '-', '+', '~', '*', '...'].includes(text);
  }

  expression(): Expression {
    return this.#nested(() => this.#expression());
  }

  #expression(): Expression {
    const { line } = this.token;
    if (this.is('lambda')) return this.#lambda();
    if (this.is('yield')) return this.#yield();
    const value = this.#or();
    if (this.take('if')) {
      const test = this.#or();
      if (!this.take('else')) this.fail();
      return { kind: 'conditional', test, yes: value, no: this.expression(), line };
    }
    if (this.is(':=') && value.kind === 'name') {
      if (this.version < 8) this.fail();
      this.position += 1;
      return { kind: 'walrus', name: value.name, value: this.expression(), line };
    }
    return value;
  }

  #yield(): Expression {
    const { line } = this.token;
    this.expect('yield');
    if (this.take('from')) return { kind: 'yield', value: this.expression(), from: true, line };
    return { kind: 'yield', value: this.#begins() ? this.list() : null, from: false, line };
  }

  #lambda(): Expression {
    const { line } = this.token;
    this.expect('lambda');
    const parameters = this.parameters(':', false);
    this.expect(':');
    return { kind: 'lambda', parameters, body: this.expression(), line };
  }

  parameters(end: string, annotated: boolean): Parameter[] {
    const found: Parameter[] = [];
    let kind: Parameter['kind'] = 'plain';
    while (!this.is(end)) {
      if (this.take('/')) {
        if (!this.is(end)) this.expect(',');
        continue;
      }
      let own: Parameter['kind'] = kind;
      if (this.take('**')) own = 'doubleStar';
      else if (this.take('*')) {
        kind = 'keyword';
        if (this.take(',')) continue;
        own = 'star';
      }
      const name = this.name();
      if (annotated && this.take(':')) this.expression();
      const otherwise = this.take('=') ? this.expression() : null;
      found.push({ name, kind: own, otherwise });
      if (!this.is(end)) this.expect(',');
    }
    return found;
  }

  #or(): Expression {
    const { line } = this.token;
    let left = this.#and();
    while (this.take('or')) left = { kind: 'logical', operator: 'or', left, right: this.#and(), line };
    return left;
  }

  #and(): Expression {
    const { line } = this.token;
    let left = this.#not();
    while (this.take('and')) left = { kind: 'logical', operator: 'and', left, right: this.#not(), line };
    return left;
  }

  #not(): Expression {
    const { line } = this.token;
    if (this.take('not'))
      return { kind: 'unary', operator: 'not', value: this.#nested(() => this.#not()), line };
    const first = this.#binary(0);
    const rest: { operator: string; value: Expression }[] = [];
    while (comparisons.has(this.token.text) && this.token.kind !== 'string') {
      let operator = this.token.text;
      if (operator === 'not' && this.tokens[this.position + 1]?.text !== 'in') break;
      this.position += 1;
      if (operator === 'not') {
        this.position += 1;
        operator = 'not in';
      } else if (operator === 'is' && this.take('not')) operator = 'is not';
      rest.push({ operator, value: this.#binary(0) });
    }
    return rest.length === 0 ? first : { kind: 'compare', first, rest, line };
  }

  #binary(level: number): Expression {
    const operators = binaryLevels[level];
    if (operators === undefined) return this.#unary();
    const { line } = this.token;
    let left = this.#binary(level + 1);
    let links = 0;
    while (this.token.kind === 'operator' && operators.includes(this.token.text)) {
      // A chain leans to the left, as deep as it is long.
      links += 1;
      if (links > 400) throw new Unsupported('deep');
      const operator = this.token.text;
      this.position += 1;
      left = { kind: 'binary', operator, left, right: this.#binary(level + 1), line };
    }
    return left;
  }

  #unary(): Expression {
    const { token } = this;
    if (token.kind === 'operator' && ['-', '+', '~'].includes(token.text)) {
      this.position += 1;
      return {
        kind: 'unary',
        operator: token.text,
        value: this.#nested(() => this.#unary()),
        line: token.line,
      };
    }
    if (this.is('await')) throw new Unsupported('await');
    const left = this.#trailers(this.#atom());
    if (!this.take('**')) return left;
    return {
      kind: 'binary',
      operator: '**',
      left,
      right: this.#nested(() => this.#unary()),
      line: token.line,
    };
  }

  #trailers(start: Expression): Expression {
    let value = start;
    let links = 0;
    for (;;) {
      links += 1;
      if (links > 200) throw new Unsupported('deep');
      const { line } = this.token;
      if (this.take('.')) value = { kind: 'attribute', value, name: this.name(), line };
      else if (this.take('('))
        value = { kind: 'call', callee: value, arguments: this.#nested(() => this.arguments()), line };
      else if (this.take('['))
        value = { kind: 'index', value, index: this.#nested(() => this.#subscript()), line };
      else return value;
    }
  }

  #subscript(): Expression {
    const { line } = this.token;
    const items = [this.#slice()];
    let many = false;
    while (this.take(',')) {
      many = true;
      if (this.is(']')) break;
      items.push(this.#slice());
    }
    this.expect(']');
    const [first] = items;
    return many || first === undefined ? { kind: 'tuple', items, line } : first;
  }

  #slice(): Expression {
    const { line } = this.token;
    const ends = (): boolean => this.is(':') || this.is(']') || this.is(',');
    const start = ends() ? null : this.expression();
    if (!this.take(':')) return start ?? this.fail();
    const stop = ends() ? null : this.expression();
    const step = this.take(':') && !ends() ? this.expression() : null;
    return { kind: 'slice', start, stop, step, line };
  }

  arguments(): Argument[] {
    const found: Argument[] = [];
    while (!this.take(')')) {
      if (this.take('**')) found.push({ kind: 'doubleStar', name: null, value: this.expression() });
      else if (this.take('*')) found.push({ kind: 'star', name: null, value: this.expression() });
      else if (
        this.token.kind === 'name' &&
        this.tokens[this.position + 1]?.text === '=' &&
        this.tokens[this.position + 1]?.kind === 'operator'
      ) {
        const name = this.name();
        this.position += 1;
        found.push({ kind: 'plain', name, value: this.expression() });
      } else {
        const value = this.expression();
        const { line } = this.token;
        found.push({
          kind: 'plain',
          name: null,
          value: this.is('for')
            ? { kind: 'comprehension', of: 'generator', key: null, value, loops: this.loops(), line }
            : value,
        });
      }
      if (!this.is(')')) this.expect(',');
    }
    return found;
  }

  loops(): Comprehension[] {
    const found: Comprehension[] = [];
    while (this.take('for')) {
      const target = this.targets();
      this.expect('in');
      const iterable = this.#or();
      const conditions: Expression[] = [];
      while (this.take('if')) conditions.push(this.#or());
      found.push({ target, iterable, conditions });
    }
    if (this.is('async')) throw new Unsupported('async');
    return found;
  }

  #atom(): Expression {
    const { token } = this;
    const { line } = token;
    if (token.kind === 'number') {
      this.position += 1;
      return { kind: 'constant', value: numberOf(token.text), line };
    }
    if (token.kind === 'string') return this.#strings();
    if (token.kind === 'name') {
      if (token.text === 'None' || token.text === 'True' || token.text === 'False') {
        this.position += 1;
        return { kind: 'constant', value: token.text === 'None' ? null : token.text === 'True', line };
      }
      return { kind: 'name', name: this.name(), line };
    }
    if (this.take('...')) return { kind: 'ellipsis', line };
    if (this.take('(')) return this.#nested(() => this.#parenthesis(line));
    if (this.take('[')) return this.#nested(() => this.#bracket(line));
    if (this.take('{')) return this.#nested(() => this.#brace(line));
    return this.fail();
  }

  #parenthesis(line: number): Expression {
    if (this.take(')')) return { kind: 'tuple', items: [], line };
    const value = this.list();
    if (this.is('for')) {
      const loops = this.loops();
      this.expect(')');
      return { kind: 'comprehension', of: 'generator', key: null, value, loops, line };
    }
    this.expect(')');
    return value;
  }

  #bracket(line: number): Expression {
    const items: Expression[] = [];
    while (!this.take(']')) {
      const value = this.#starOr(() => this.expression());
      if (items.length === 0 && this.is('for')) {
        const loops = this.loops();
        this.expect(']');
        return { kind: 'comprehension', of: 'list', key: null, value, loops, line };
      }
      items.push(value);
      if (!this.is(']')) this.expect(',');
    }
    return { kind: 'list', items, line };
  }

  #brace(line: number): Expression {
    const entries: { key: Expression | null; value: Expression }[] = [];
    const items: Expression[] = [];
    while (!this.take('}')) {
      if (this.take('**')) entries.push({ key: null, value: this.#binary(0) });
      else {
        const key = this.#starOr(() => this.expression());
        const value = this.take(':') ? this.expression() : null;
        if (entries.length + items.length === 0 && this.is('for')) {
          const loops = this.loops();
          this.expect('}');
          return value === null
            ? { kind: 'comprehension', of: 'set', key: null, value: key, loops, line }
            : { kind: 'comprehension', of: 'dictionary', key, value, loops, line };
        }
        if (value === null) items.push(key);
        else entries.push({ key, value });
      }
      if (!this.is('}')) this.expect(',');
    }
    return items.length > 0 ? { kind: 'set', items, line } : { kind: 'dictionary', entries, line };
  }

  /** Strings that stand side by side are one. */
  #strings(): Expression {
    const { line } = this.token;
    const pieces: TextPiece[] = [];
    let bytes: boolean | null = null;
    while (this.token.kind === 'string') {
      const { token } = this;
      const isBytes = token.prefix.includes('b');
      if (bytes !== null && bytes !== isBytes) this.fail('cannot mix bytes and nonbytes literals');
      bytes = isBytes;
      this.position += 1;
      const raw = token.prefix.includes('r');
      if (token.prefix.includes('f'))
        pieces.push(
          ...readFormatted(token, raw, this.version, (tokens) => new ExpressionParser(tokens, this.version)),
        );
      else {
        const text = raw ? token.text : unescapeLiteral(token.text, isBytes);
        if (text === null) throw new Unsupported('escape');
        pieces.push(text);
      }
    }
    if (pieces.every((piece) => typeof piece === 'string')) {
      const text = pieces.join('');
      return bytes === true ? { kind: 'bytes', text, line } : { kind: 'constant', value: text, line };
    }
    return { kind: 'formatted', pieces, line };
  }
}

function numberOf(text: string): bigint | number {
  if (/^0[xob]/i.test(text)) return BigInt(text.toLowerCase());
  if (/[jJ]$/.test(text)) throw new Unsupported('complex');
  if (text.length > 5_000) throw new Unsupported('long');
  return /^\d+$/.test(text) ? BigInt(text) : Number(text);
}
