import { Unsupported } from '../script/unsupported.ts';
import { Fatal, ParseFault } from './fault.ts';
import type { Argument, ClassCode, Expression, Item } from './syntax.ts';
import type { Token } from './token.ts';
import { FunctionParser } from './function-parser.ts';
import { isKeyword } from './token-reader.ts';

/** How tightly operators bind; the language's own table, from the loosest on. */
const binding: Readonly<Record<string, number>> = {
  or: 1,
  xor: 2,
  and: 3,
  '?': 6,
  '??': 7,
  '||': 8,
  '&&': 9,
  '|': 10,
  '^': 11,
  '&': 12,
  '==': 13,
  '!=': 13,
  '<>': 13,
  '===': 13,
  '!==': 13,
  '<=>': 13,
  '<': 14,
  '<=': 14,
  '>': 14,
  '>=': 14,
  '.': 15,
  '<<': 16,
  '>>': 16,
  '+': 17,
  '-': 17,
  '*': 18,
  '/': 18,
  '%': 18,
  instanceof: 20,
  '**': 22,
};
const assignments = new Set([
  '=',
  '+=',
  '-=',
  '*=',
  '/=',
  '.=',
  '%=',
  '**=',
  '??=',
  '&=',
  '|=',
  '^=',
  '<<=',
  '>>=',
]);
const targets = new Set(['variable', 'element', 'property', 'staticProperty', 'array']);
const unaryBinding = 21;
const castNames: Readonly<Record<string, string>> = {
  int: 'int',
  integer: 'int',
  bool: 'bool',
  boolean: 'bool',
  float: 'float',
  double: 'float',
  real: 'float',
  string: 'string',
  binary: 'string',
  array: 'array',
  object: 'object',
  unset: 'null',
};

/** Expressions; statements, which closures hold, are the heir's. */
export abstract class ExpressionParser extends FunctionParser {
  abstract classBody(name: string, kind: ClassCode['kind'], isAbstract: boolean, line: number): ClassCode;
  abstract sub(tokens: readonly Token[]): ExpressionParser;

  override expression(least = 0): Expression {
    return this.deeper(() => this.#binary(this.#unary(), least));
  }

  #binary(first: Expression, least: number): Expression {
    let left = first;
    for (;;) {
      const { token } = this;
      const operator =
        token.kind === 'name' && token.quote !== '->'
          ? token.text.toLowerCase()
          : token.kind === 'operator'
            ? token.text
            : '';
      const { line } = token;
      if (assignments.has(operator) && targets.has(left.kind)) {
        left = this.#assignment(left, operator);
        continue;
      }
      if (operator === '=' && /^(?:call|method|staticCall)$/.test(left.kind))
        throw new Fatal(
          `Can't use ${left.kind === 'call' ? 'function' : 'method'} return value in write context`,
          line,
        );
      const tight = Object.hasOwn(binding, operator) ? binding[operator] : undefined;
      if (tight === undefined || tight < least) return left;
      this.next();
      if (operator === '?') {
        const yes = this.is(':') ? null : this.expression(4);
        this.expect(':');
        left = { kind: 'conditional', line, test: left, yes, no: this.expression(7) };
      } else if (operator === 'instanceof') {
        const owner = this.#className();
        left = { kind: 'instanceof', line, value: left, owner };
      } else if (operator === '??')
        left = { kind: 'logical', line, operator, left, right: this.expression(7) };
      else if (operator === '**') left = { kind: 'binary', line, operator, left, right: this.expression(22) };
      else {
        const right = this.expression(tight + 1);
        if (operator === '&&' || operator === 'and')
          left = { kind: 'logical', line, operator: '&&', left, right };
        else if (operator === '||' || operator === 'or')
          left = { kind: 'logical', line, operator: '||', left, right };
        else left = { kind: 'binary', line, operator: operator === '<>' ? '!=' : operator, left, right };
        if (tight === 13 && this.token.kind === 'operator' && binding[this.token.text] === 13)
          this.unexpected();
      }
    }
  }

  #assignment(target: Expression, operator: string): Expression {
    const { line } = this;
    this.next();
    if (target.kind === 'variable' && target.name === 'this') throw new Fatal('Cannot re-assign $this', line);
    if (operator === '=' && this.takes('&')) {
      const value = this.expression(4);
      return targets.has(value.kind)
        ? { kind: 'bind', line, target, value }
        : { kind: 'assign', line, operator: '', target, value };
    }
    return { kind: 'assign', line, operator: operator.slice(0, -1), target, value: this.expression(4) };
  }

  #unary(): Expression {
    const { token } = this;
    const { line, text, kind } = token;
    if (kind === 'cast') {
      this.next();
      return { kind: 'cast', line, to: castNames[text] ?? text, value: this.expression(unaryBinding) };
    }
    if (kind === 'operator') {
      switch (text) {
        case '!':
          this.next();
          return { kind: 'unary', line, operator: '!', value: this.expression(19) };
        case '-':
        case '+':
        case '~':
          this.next();
          return { kind: 'unary', line, operator: text, value: this.expression(unaryBinding) };
        case '@':
          this.next();
          return { kind: 'silence', line, value: this.expression(unaryBinding) };
        case '++':
        case '--':
          this.next();
          return {
            kind: 'step',
            line,
            by: text === '++' ? 1 : -1,
            prefix: true,
            target: this.expression(unaryBinding),
          };
        default:
      }
    }
    if (kind === 'name' && token.quote !== '->') {
      switch (text.toLowerCase()) {
        case 'print':
          this.next();
          return { kind: 'print', line, value: this.expression(4) };
        case 'include':
        case 'include_once':
        case 'require':
        case 'require_once':
          this.next();
          return { kind: 'include', line, word: text.toLowerCase(), value: this.expression(4) };
        case 'throw':
          this.next();
          return { kind: 'throw', line, value: this.expression(0) };
        case 'clone':
          this.next();
          return { kind: 'clone', line, value: this.expression(unaryBinding) };
        case 'yield':
          throw new Unsupported('yield');
        default:
      }
    }
    return this.#postfix(this.#primary());
  }

  #postfix(first: Expression): Expression {
    let value = first;
    for (;;) {
      const { line } = this;
      if (this.takes('[')) {
        const key = this.is(']') ? null : this.expression();
        this.expect(']');
        value = { kind: 'element', line, target: value, key };
      } else if (
        this.is('{') &&
        first.kind === 'variable' &&
        this.peek(1).kind === 'int' &&
        this.peek(2).text === '}'
      ) {
        this.unexpected();
      } else if (this.is('->', '?->')) {
        const safe = this.next().text === '?->';
        const name = this.#memberName();
        value = this.is('(')
          ? { kind: 'method', line, target: value, name, items: this.arguments(), safe }
          : { kind: 'property', line, target: value, name, safe };
      } else if (this.is('::')) value = this.#static(value);
      else if (this.is('(')) {
        value = {
          kind: 'call',
          line,
          callee: value.kind === 'name' ? value.name : value,
          items: this.arguments(),
        };
      } else if (this.is('++', '--') && targets.has(value.kind)) {
        value = { kind: 'step', line, by: this.next().text === '++' ? 1 : -1, prefix: false, target: value };
      } else return value;
    }
  }

  #memberName(): string | Expression {
    const { token } = this;
    if (token.kind === 'name') return this.next().text;
    if (token.kind === 'variable') {
      this.next();
      return { kind: 'variable', line: token.line, name: token.text };
    }
    if (this.takes('{')) {
      const name = this.expression();
      this.expect('}');
      return name;
    }
    return this.unexpected('identifier or variable or "{" or "$"');
  }

  #static(owner: Expression): Expression {
    const { line } = this;
    this.expect('::');
    const klass = owner.kind === 'name' ? owner.name : owner;
    const { token } = this;
    if (token.kind === 'variable') {
      this.next();
      if (!this.is('(')) return { kind: 'staticProperty', line, owner: klass, name: token.text };
      const name: Expression = { kind: 'variable', line, name: token.text };
      return { kind: 'staticCall', line, owner: klass, name, items: this.arguments() };
    }
    if (token.kind !== 'name') {
      if (!this.takes('{')) return this.unexpected();
      const name = this.expression();
      this.expect('}');
      return { kind: 'staticCall', line, owner: klass, name, items: this.arguments() };
    }
    this.next();
    return this.is('(')
      ? { kind: 'staticCall', line, owner: klass, name: token.text, items: this.arguments() }
      : { kind: 'classConstant', line, owner: klass, name: token.text };
  }

  arguments(): Argument[] {
    this.expect('(');
    const items: Argument[] = [];
    while (!this.is(')')) {
      const spread = this.takes('...');
      if (spread && this.is(')')) throw new Unsupported('first-class callable');
      let name = '';
      if (this.token.kind === 'name' && this.peek(1).kind === 'operator' && this.peek(1).text === ':') {
        name = this.next().text;
        this.next();
      }
      items.push({ value: this.expression(), spread, name });
      if (!this.takes(',')) break;
    }
    this.expect(')');
    return items;
  }

  #className(): string | Expression {
    const { token } = this;
    if (token.kind === 'variable' || this.is('(')) {
      let value = this.#primary();
      while (this.is('[', '->', '::')) {
        const { line } = this;
        if (this.takes('[')) {
          value = { kind: 'element', line, target: value, key: this.expression() };
          this.expect(']');
        } else if (this.takes('->'))
          value = { kind: 'property', line, target: value, name: this.#memberName(), safe: false };
        else {
          this.next();
          value = { kind: 'staticProperty', line, owner: value, name: this.next().text };
        }
      }
      return value;
    }
    if (this.isWord('static')) return this.next().text;
    return this.qualified();
  }

  #new(line: number): Expression {
    if (this.isWord('class')) {
      this.next();
      const items = this.is('(') ? this.arguments() : [];
      return { kind: 'new', line, owner: this.classBody('class@anonymous', 'class', false, line), items };
    }
    const owner = this.#className();
    return { kind: 'new', line, owner, items: this.is('(') ? this.arguments() : [] };
  }

  /** `[…]` or `array(…)`, which is also the left side of an assignment. */
  #items(close: string): Item[] {
    const items: Item[] = [];
    while (!this.is(close)) {
      if (this.is(',')) {
        this.next();
        items.push({ key: null, value: null, spread: false, byReference: false });
        continue;
      }
      const spread = this.takes('...');
      let byReference = this.takes('&');
      let value = this.expression();
      let key: Expression | null = null;
      if (this.takes('=>')) {
        key = value;
        byReference = this.takes('&');
        value = this.expression();
      }
      items.push({ key, value, spread, byReference });
      if (!this.takes(',')) break;
    }
    this.expect(close);
    return items;
  }

  #pieces(token: Token): (string | Expression)[] {
    return (token.pieces ?? []).map((piece) =>
      typeof piece === 'string' ? piece : this.sub(piece).expression(),
    );
  }

  #primary(): Expression {
    const token = this.token;
    const { line, text } = token;
    switch (token.kind) {
      case 'variable':
        this.next();
        return { kind: 'variable', line, name: text };
      case 'int':
      case 'float':
        this.next();
        return { kind: 'constant', line, value: token.number ?? 0n };
      case 'string':
        this.next();
        return { kind: 'constant', line, value: text };
      case 'template':
      case 'command':
        this.next();
        return { kind: token.kind === 'template' ? 'text' : 'command', line, pieces: this.#pieces(token) };
      case 'name':
        return this.#word(token);
      case 'operator':
        break;
      default:
        return this.unexpected();
    }
    if (this.takes('(')) {
      const value = this.expression();
      this.expect(')');
      // What stands in parentheses is no target.
      return value;
    }
    if (this.takes('[')) return { kind: 'array', line, items: this.#items(']') };
    if (this.takes('&')) return this.unexpected();
    if (this.takes('$')) {
      if (this.takes('{')) {
        const name = this.expression();
        this.expect('}');
        return { kind: 'variable', line, name };
      }
      if (this.token.kind !== 'variable' && !this.is('$')) this.unexpected('variable or "{" or "$"');
      return { kind: 'variable', line, name: this.#primary() };
    }
    return this.unexpected();
  }

  #word(token: Token): Expression {
    const { line, text } = token;
    const word = text.toLowerCase();
    switch (word) {
      case 'array':
        if (this.peek(1).text !== '(') break;
        this.next();
        this.next();
        return { kind: 'array', line, items: this.#items(')') };
      case 'list':
        this.next();
        this.expect('(', '"("');
        return { kind: 'array', line, items: this.#items(')') };
      case 'isset': {
        this.next();
        const items = this.arguments().map(({ value }) => value);
        return { kind: 'isset', line, items };
      }
      case 'empty':
      case 'eval': {
        this.next();
        this.expect('(', '"("');
        const value = this.expression();
        this.expect(')');
        return { kind: word, line, value };
      }
      case 'exit':
      case 'die': {
        this.next();
        const items = this.is('(') ? this.arguments() : [];
        return { kind: 'exit', line, value: items[0]?.value ?? null };
      }
      case 'new':
        this.next();
        return this.#new(line);
      case 'function':
      case 'fn':
        return this.closure(false);
      case 'static':
        if (/^(?:function|fn)$/i.test(this.peek(1).text)) {
          this.next();
          return this.closure(true);
        }
        if (this.peek(1).text !== '::') return this.unexpected();
        this.next();
        return { kind: 'name', line, name: text };
      case 'match':
        if (this.peek(1).text !== '(') break;
        return this.match(line);
      default:
    }
    if (isKeyword(text) && token.quote !== '->') return this.unexpected();
    this.next();
    return { kind: 'name', line, name: text.replace(/^\\/, '') };
  }

  /** Throws the fault of brackets that nothing closes, where the parser itself found nothing before. */
  protected static unclosed(open: { mark: string; line: number } | null, last: number): never | void {
    if (open === null) return;
    throw new ParseFault(`Unclosed '${open.mark}'${open.line === last ? '' : ` on line ${open.line}`}`, last);
  }
}
