import { Unsupported } from '../script/unsupported.ts';
import { ExpressionParser } from './expression-parser.ts';
import type { Expression, Handler, Statement } from './syntax.ts';
import { SyntaxFault } from './syntax-fault.ts';
import { Tokenizer } from './token.ts';

const augmented = /^(?:\+|-|\*|\/|\/\/|%|@|&|\||\^|>>|<<|\*\*)=$/;

/** What the compiler says of an expression that cannot be assigned to. */
const kinds: Readonly<Record<string, string>> = {
  call: 'function call',
  binary: 'operator',
  unary: 'operator',
  logical: 'operator',
  compare: 'comparison',
  lambda: 'lambda',
  conditional: 'conditional expression',
  formatted: 'f-string expression',
  dictionary: 'dict display',
  set: 'set display',
  bytes: 'literal',
  ellipsis: 'Ellipsis',
};

/** A program of Python 3. Throws `SyntaxFault`, or `Unsupported` for what is right but not known here. */
export class StatementParser {
  readonly #at: ExpressionParser;
  readonly #lines: readonly string[];
  #depth = 0;

  constructor(text: string, version: number) {
    this.#lines = text.split('\n');
    this.#at = new ExpressionParser(new Tokenizer(text, version).read(), version);
  }

  program(): Statement[] {
    const found: Statement[] = [];
    while (!this.#at.isA('end')) {
      if (this.#at.isA('newline')) this.#at.position += 1;
      else this.#statement(found);
    }
    return found;
  }

  #statement(found: Statement[]): void {
    const at = this.#at;
    const { token } = at;
    if (token.kind === 'indent') this.#indentation('unexpected indent');
    if (token.kind === 'operator' && token.text === '@') {
      found.push(this.#decorated());
      return;
    }
    if (token.kind === 'name') {
      const compound = this.#compound(token.text);
      if (compound !== null) {
        found.push(compound);
        return;
      }
    }
    for (;;) {
      found.push(this.#simple());
      if (!at.take(';')) break;
      if (at.isA('newline')) break;
    }
    if (!at.isA('newline')) this.#complain();
    at.position += 1;
  }

  #indentation(message: string): never {
    const { token } = this.#at;
    const line = this.#lines[token.line - 1] ?? '';
    throw new SyntaxFault(
      message,
      token.line,
      token.column,
      this.#at.version < 9 ? token.column : line.length,
      'IndentationError',
    );
  }

  /** A statement that goes on where it should end; `print x` has a message of its own. */
  #complain(): never {
    const at = this.#at;
    const { token } = at;
    const before = at.tokens[at.position - 1];
    if (
      before !== undefined &&
      before.kind === 'name' &&
      (before.text === 'print' || before.text === 'exec')
    ) {
      const line = this.#lines[token.line - 1] ?? '';
      const rest = line.slice(token.column).trim().replace(/;$/, '');
      const advice =
        at.version >= 10
          ? `${before.text}(...)`
          : before.text === 'exec'
            ? null
            : `print(${rest.endsWith(',') ? `${rest.slice(0, -1)}, end=" "` : rest})`;
      at.fail(
        `Missing parentheses in call to '${before.text}'${advice === null ? '' : `. Did you mean ${advice}?`}`,
      );
    }
    return at.fail();
  }

  #block(): Statement[] {
    const at = this.#at;
    at.expect(':');
    const found: Statement[] = [];
    this.#depth += 1;
    if (this.#depth > 40) throw new Unsupported('deep');
    if (!at.isA('newline')) {
      for (;;) {
        found.push(this.#simple());
        if (!at.take(';') || at.isA('newline')) break;
      }
      if (!at.isA('newline')) this.#complain();
      at.position += 1;
    } else {
      at.position += 1;
      if (!at.isA('indent')) {
        if (at.isA('end') && at.version < 10) at.fail();
        this.#indentation('expected an indented block');
      }
      at.position += 1;
      while (!at.isA('dedent')) {
        if (at.isA('newline')) at.position += 1;
        else this.#statement(found);
      }
      at.position += 1;
    }
    this.#depth -= 1;
    return found;
  }

  #compound(word: string): Statement | null {
    const at = this.#at;
    const { line } = at.token;
    switch (word) {
      case 'if':
        at.position += 1;
        return this.#if(line);
      case 'while': {
        at.position += 1;
        const test = at.expression();
        const body = this.#block();
        return { kind: 'while', test, body, no: this.#else(), line };
      }
      case 'for': {
        at.position += 1;
        const target = this.#target(at.targets());
        at.expect('in');
        const iterable = at.list();
        const body = this.#block();
        return { kind: 'for', target, iterable, body, no: this.#else(), line };
      }
      case 'try':
        at.position += 1;
        return this.#try(line);
      case 'with':
        at.position += 1;
        return this.#with(line);
      case 'def':
        at.position += 1;
        return this.#function(line, []);
      case 'class':
        at.position += 1;
        return this.#class(line, []);
      case 'async':
        throw new Unsupported('async');
      case 'match':
        if (at.version >= 10 && ['name', 'number', 'string'].includes(at.tokens[at.position + 1]?.kind ?? ''))
          throw new Unsupported('match');
        return null;
      default:
        return null;
    }
  }

  #else(): Statement[] {
    return this.#at.take('else') ? this.#block() : [];
  }

  #if(line: number): Statement {
    const at = this.#at;
    const test = at.expression();
    if (at.is('='))
      at.fail(
        at.version >= 10 ? "invalid syntax. Maybe you meant '==' or ':=' instead of '='?" : 'invalid syntax',
      );
    const yes = this.#block();
    const next = at.token.line;
    if (!at.take('elif')) return { kind: 'if', test, yes, no: this.#else(), line };
    this.#depth += 1;
    if (this.#depth > 40) throw new Unsupported('deep');
    const no = [this.#if(next)];
    this.#depth -= 1;
    return { kind: 'if', test, yes, no, line };
  }

  #try(line: number): Statement {
    const at = this.#at;
    const body = this.#block();
    const handlers: Handler[] = [];
    while (at.take('except')) {
      const type = at.is(':') ? null : at.expression();
      if (at.is(','))
        at.fail(at.version >= 10 ? 'multiple exception types must be parenthesized' : 'invalid syntax');
      const name = type !== null && at.take('as') ? at.name() : null;
      handlers.push({ type, name, body: this.#block() });
    }
    const no = handlers.length > 0 ? this.#else() : [];
    const last = at.take('finally') ? this.#block() : [];
    if (handlers.length === 0 && last.length === 0)
      at.fail(at.version >= 10 ? "expected 'except' or 'finally' block" : 'invalid syntax');
    return { kind: 'try', body, handlers, no, last, line };
  }

  #with(line: number): Statement {
    const at = this.#at;
    const items: { value: Expression; target: Expression | null }[] = [];
    do {
      const value = at.expression();
      items.push({ value, target: at.take('as') ? this.#target(at.targets()) : null });
    } while (at.take(','));
    return { kind: 'with', items, body: this.#block(), line };
  }

  #decorated(): Statement {
    const at = this.#at;
    const decorators: Expression[] = [];
    while (at.take('@')) {
      decorators.push(at.expression());
      if (!at.isA('newline')) at.fail();
      at.position += 1;
    }
    const { line } = at.token;
    if (at.take('def')) return this.#function(line, decorators);
    if (at.take('class')) return this.#class(line, decorators);
    if (at.is('async')) throw new Unsupported('async');
    return at.fail();
  }

  #function(line: number, decorators: readonly Expression[]): Statement {
    const at = this.#at;
    const name = at.name();
    at.expect('(');
    const parameters = at.parameters(')', true);
    at.expect(')');
    if (at.take('->')) at.expression();
    return { kind: 'function', definition: { name, parameters, body: this.#block() }, decorators, line };
  }

  #class(line: number, decorators: readonly Expression[]): Statement {
    const at = this.#at;
    const name = at.name();
    const bases: Expression[] = [];
    if (at.take('('))
      for (const { name: keyword, kind, value } of at.arguments()) {
        if (keyword !== null || kind !== 'plain') throw new Unsupported('metaclass');
        bases.push(value);
      }
    return { kind: 'class', name, bases, body: this.#block(), decorators, line };
  }

  /** Checks what stands ahead of `=`. */
  #target(expression: Expression): Expression {
    const at = this.#at;
    switch (expression.kind) {
      case 'name':
      case 'attribute':
      case 'index':
        return expression;
      case 'starred':
        this.#target(expression.value);
        return expression;
      case 'tuple':
      case 'list':
        for (const item of expression.items) this.#target(item);
        return expression;
      case 'constant': {
        const { value } = expression;
        const what =
          value === null ? 'None' : typeof value === 'boolean' ? (value ? 'True' : 'False') : 'literal';
        return at.fail(
          `cannot assign to ${what}${at.version >= 10 ? " here. Maybe you meant '==' instead of '='?" : ''}`,
        );
      }
      default:
        return at.fail(
          `cannot assign to ${kinds[expression.kind] ?? 'expression'}${at.version >= 10 ? " here. Maybe you meant '==' instead of '='?" : ''}`,
        );
    }
  }

  #simple(): Statement {
    const at = this.#at;
    const { token } = at;
    const { line } = token;
    if (token.kind === 'name') {
      switch (token.text) {
        case 'pass':
        case 'break':
        case 'continue':
          at.position += 1;
          return { kind: token.text, line };
        case 'return':
          at.position += 1;
          return { kind: 'return', value: this.#ends() ? null : at.list(), line };
        case 'raise': {
          at.position += 1;
          const value = this.#ends() ? null : at.expression();
          return { kind: 'raise', value, cause: at.take('from') ? at.expression() : null, line };
        }
        case 'global':
        case 'nonlocal': {
          at.position += 1;
          const names = [at.name()];
          while (at.take(',')) names.push(at.name());
          return { kind: token.text, names, line };
        }
        case 'del': {
          at.position += 1;
          const list = at.targets();
          return { kind: 'delete', targets: list.kind === 'tuple' ? list.items : [list], line };
        }
        case 'assert': {
          at.position += 1;
          const test = at.expression();
          return { kind: 'assert', test, message: at.take(',') ? at.expression() : null, line };
        }
        case 'import':
          at.position += 1;
          return { kind: 'import', names: this.#imports(true), line };
        case 'from':
          at.position += 1;
          return this.#from(line);
        default:
      }
    }
    const value = at.list();
    return this.#assignment(value, line);
  }

  #ends(): boolean {
    const { token } = this.#at;
    return token.kind === 'newline' || (token.kind === 'operator' && token.text === ';');
  }

  #assignment(first: Expression, line: number): Statement {
    const at = this.#at;
    if (at.isA('operator') && augmented.test(at.token.text)) {
      const operator = at.token.text.slice(0, -1);
      this.#target(first);
      at.position += 1;
      return { kind: 'augmented', target: first, operator, value: at.list(), line };
    }
    if (at.is(':') && (first.kind === 'name' || first.kind === 'attribute')) {
      at.position += 1;
      at.expression();
      if (!at.take('=')) return { kind: 'pass', line };
      return { kind: 'assign', targets: [first], value: at.list(), line };
    }
    if (!at.is('=')) return { kind: 'expression', value: first, line };
    const targets: Expression[] = [];
    let value = first;
    while (at.is('=')) {
      targets.push(this.#target(value));
      at.position += 1;
      value = at.list();
    }
    return { kind: 'assign', targets, value, line };
  }

  #path(): string {
    const at = this.#at;
    let path = at.name();
    while (at.take('.')) path += `.${at.name()}`;
    return path;
  }

  #imports(dotted: boolean): { path: string; as: string | null }[] {
    const at = this.#at;
    const names: { path: string; as: string | null }[] = [];
    do {
      if (!dotted && at.is(')')) break;
      const path = dotted ? this.#path() : at.name();
      names.push({ path, as: at.take('as') ? at.name() : null });
    } while (at.take(','));
    return names;
  }

  #from(line: number): Statement {
    const at = this.#at;
    if (at.is('.')) throw new Unsupported('relative import');
    const path = this.#path();
    at.expect('import');
    if (at.take('*')) return { kind: 'from', path, names: [{ path: '*', as: null }], line };
    const open = at.take('(');
    const names = this.#imports(false);
    if (open) at.expect(')');
    return { kind: 'from', path, names, line };
  }
}
