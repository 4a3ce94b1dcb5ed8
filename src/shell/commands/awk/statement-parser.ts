import { ExpressionParser } from './expression-parser.ts';
import { Names } from './names.ts';
import { TokenReader } from './token-reader.ts';
import {
  type Expression,
  type Program,
  type Rule,
  type Statement,
  SyntaxFault,
  type Target,
  type UserFunction,
} from './syntax.ts';

/** Where a statement stands. */
interface Setting {
  readonly loop: boolean;
  readonly within: 'BEGIN' | 'END' | 'record' | 'function';
}

/** Reads a whole program. */
class StatementParser {
  readonly #tokens: TokenReader;
  readonly #names = new Names();
  readonly #expressions: ExpressionParser;

  constructor(source: string) {
    this.#tokens = new TokenReader(source);
    this.#expressions = new ExpressionParser(this.#tokens, this.#names);
  }

  program(): Program {
    const rules: Rule[] = [];
    const functions = new Map<string, UserFunction>();
    for (;;) {
      while (this.#tokens.token.kind === 'newline' || this.#tokens.is(';')) this.#tokens.take();
      if (this.#tokens.token.kind === 'end') break;
      if (this.#tokens.is('function') || this.#tokens.is('func')) this.#function(functions);
      else rules.push(this.#rule());
    }
    for (const { name } of this.#expressions.called)
      if (!functions.has(name))
        throw new SyntaxFault(`line ${this.#tokens.token.line}: function ${name} never defined`);
    return { rules, functions };
  }

  #function(functions: Map<string, UserFunction>): void {
    this.#tokens.take();
    const { kind, text } = this.#tokens.token;
    if ((kind !== 'name' && kind !== 'call') || functions.has(text)) this.#tokens.refuse();
    this.#tokens.take();
    this.#tokens.expect('(');
    const parameters: string[] = [];
    while (this.#tokens.token.kind === 'name') {
      if (this.#tokens.token.text === text) this.#tokens.refuse();
      parameters.push(this.#tokens.take().text);
      if (!this.#tokens.accept(',')) break;
      this.#tokens.newlines();
    }
    this.#tokens.expect(')');
    this.#tokens.newlines();
    this.#names.enter(parameters);
    // It may call itself.
    functions.set(text, { parameters, body: { kind: 'block', body: [] } });
    functions.set(text, { parameters, body: this.#block({ loop: false, within: 'function' }) });
    this.#names.leave();
  }

  #rule(): Rule {
    if (this.#tokens.is('BEGIN') || this.#tokens.is('END')) {
      const when = this.#tokens.take().text === 'BEGIN' ? 'BEGIN' : 'END';
      if (!this.#tokens.is('{')) this.#tokens.refuse();
      return { when, patterns: [], action: this.#block({ loop: false, within: when }) };
    }
    const patterns: Expression[] = [];
    if (!this.#tokens.is('{')) {
      patterns.push(this.#expressions.expression());
      if (this.#tokens.accept(',')) {
        this.#tokens.newlines();
        patterns.push(this.#expressions.expression());
      }
    }
    if (this.#tokens.is('{'))
      return { when: 'record', patterns, action: this.#block({ loop: false, within: 'record' }) };
    if (this.#tokens.token.kind !== 'end' && this.#tokens.token.kind !== 'newline' && !this.#tokens.is(';'))
      this.#tokens.refuse();
    return { when: 'record', patterns, action: null };
  }

  #block(setting: Setting): Statement {
    this.#tokens.expect('{');
    const body: Statement[] = [];
    for (;;) {
      while (this.#tokens.token.kind === 'newline' || this.#tokens.is(';')) this.#tokens.take();
      if (this.#tokens.accept('}')) return { kind: 'block', body };
      if (this.#tokens.token.kind === 'end') this.#tokens.refuse('}');
      body.push(this.#statement(setting));
    }
  }

  #statement(setting: Setting): Statement {
    return this.#tokens.nested(() => this.#anyStatement(setting));
  }

  #anyStatement(setting: Setting): Statement {
    if (this.#tokens.is('{')) return this.#block(setting);
    if (this.#tokens.accept(';')) return { kind: 'block', body: [] };
    if (this.#tokens.token.kind === 'word')
      switch (this.#tokens.token.text) {
        case 'if':
          return this.#if(setting);
        case 'while': {
          const test = this.#test();
          return { kind: 'for', first: null, test, next: null, body: this.#body(setting) };
        }
        case 'do':
          return this.#do(setting);
        case 'for':
          return this.#for(setting);
        default:
      }
    const statement = this.#simple(setting);
    this.#ends();
    return statement;
  }

  #ends(): void {
    if (this.#tokens.token.kind === 'newline' || this.#tokens.is(';')) this.#tokens.take();
    else if (!this.#tokens.is('}')) this.#tokens.refuse(this.#tokens.token.kind === 'end' ? '}' : '');
  }

  #test(): Expression {
    this.#tokens.take();
    this.#tokens.expect('(');
    const test = this.#expressions.expression();
    this.#tokens.expect(')');
    return test;
  }

  #body(setting: Setting): Statement {
    this.#tokens.newlines();
    return this.#statement({ ...setting, loop: true });
  }

  #if(setting: Setting): Statement {
    const test = this.#test();
    this.#tokens.newlines();
    const yes = this.#statement(setting);
    const { token } = this.#tokens;
    if (token.kind === 'newline' || this.#tokens.is(';')) {
      // `else` may stand after empty lines; without one nothing is lost by having passed them.
      while (this.#tokens.token.kind === 'newline' || this.#tokens.is(';')) this.#tokens.take();
    }
    if (!this.#tokens.accept('else')) return { kind: 'if', test, yes, no: null };
    this.#tokens.newlines();
    return { kind: 'if', test, yes, no: this.#statement(setting) };
  }

  #do(setting: Setting): Statement {
    this.#tokens.take();
    const body = this.#body(setting);
    while (this.#tokens.token.kind === 'newline' || this.#tokens.is(';')) this.#tokens.take();
    if (!this.#tokens.is('while')) this.#tokens.refuse();
    const test = this.#test();
    this.#ends();
    return { kind: 'do', body, test };
  }

  #for(setting: Setting): Statement {
    this.#tokens.take();
    this.#tokens.expect('(');
    if (this.#tokens.token.kind === 'name' && this.#tokens.lexer.meets('in')) {
      const { text: name, line } = this.#tokens.take();
      this.#tokens.take();
      const array = this.#tokens.token;
      if (array.kind !== 'name') this.#tokens.refuse();
      this.#tokens.take();
      if (this.#tokens.accept(')')) {
        this.#names.use(name, 'variable', line);
        this.#names.use(array.text, 'array', array.line);
        const place = { kind: 'variable', name } as const;
        return { kind: 'each', place, name: array.text, body: this.#body(setting) };
      }
      this.#tokens.refuse();
    }
    const first = this.#tokens.is(';') ? null : this.#simple(setting);
    this.#tokens.expect(';');
    this.#tokens.newlines();
    const test = this.#tokens.is(';') ? null : this.#expressions.expression();
    this.#tokens.expect(';');
    this.#tokens.newlines();
    const next = this.#tokens.is(')') ? null : this.#simple(setting);
    this.#tokens.expect(')');
    return { kind: 'for', first, test, next, body: this.#body(setting) };
  }

  #simple(setting: Setting): Statement {
    const { kind, text, line } = this.#tokens.token;
    if (kind !== 'word' || text === 'getline')
      return { kind: 'expression', value: this.#expressions.expression() };
    this.#tokens.take();
    switch (text) {
      case 'print':
      case 'printf':
        return this.#print(text === 'printf');
      case 'next':
      case 'nextfile':
        if (setting.within === 'BEGIN' || setting.within === 'END')
          throw new SyntaxFault(`line ${line}: improper use of ${text}`);
        return { kind: text };
      case 'break':
      case 'continue':
        if (!setting.loop) throw new SyntaxFault(`line ${line}: ${text} statement outside of loop`);
        return { kind: text };
      case 'return':
        if (setting.within !== 'function')
          throw new SyntaxFault(`line ${line}: return outside function body`);
        return { kind: text, value: this.#optional() };
      case 'exit':
        return { kind: text, value: this.#optional() };
      case 'delete':
        return this.#delete();
      default:
        throw new SyntaxFault(`line ${line}: syntax error at or near ${text}`);
    }
  }

  #optional(): Expression | null {
    return this.#expressions.begins() ? this.#expressions.expression() : null;
  }

  #delete(): Statement {
    const { kind, text, line } = this.#tokens.token;
    if (kind !== 'name') this.#tokens.refuse();
    this.#tokens.take();
    this.#names.use(text, 'array', line);
    if (!this.#tokens.accept('[')) return { kind: 'delete', name: text, keys: null };
    const keys = this.#expressions.list();
    this.#tokens.expect(']');
    return { kind: 'delete', name: text, keys };
  }

  #print(formatted: boolean): Statement {
    const words = this.#tokens.is('(') ? this.#inBrackets() : this.#printed();
    if (formatted && words.length === 0) this.#tokens.refuse();
    return { kind: 'print', formatted, words, target: this.#target() };
  }

  #printed(): Expression[] {
    return this.#expressions.begins() ? this.#expressions.list({ greater: false, in: true }) : [];
  }

  /** `print (1, 2)` prints two values, `print (1) (2)` one. */
  #inBrackets(): Expression[] {
    const items = this.#expressions.printed();
    const [only] = items;
    return items.length === 1 && only?.kind === 'list' ? [...only.items] : items;
  }

  #target(): Target | null {
    for (const how of ['>', '>>', '|'] as const)
      if (this.#tokens.accept(how)) return { how, name: this.#expressions.target() };
    return null;
  }
}

/** Throws `SyntaxFault`. */
export function parseProgram(source: string): Program {
  return new StatementParser(`${source}\n`).program();
}
