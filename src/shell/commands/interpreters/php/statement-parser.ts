import { Unsupported } from '../script/unsupported.ts';
import { Fatal, ParseFault } from './fault.ts';
import { ExpressionParser } from './expression-parser.ts';
import type { Case, ClassCode, Expression, FunctionCode, Member, Statement } from './syntax.ts';
import { type Token, tokensOf } from './token.ts';

const endings: Readonly<Record<string, readonly string[]>> = {
  if: ['elseif', 'else', 'endif'],
  else: ['endif'],
  while: ['endwhile'],
  for: ['endfor'],
  foreach: ['endforeach'],
};

/** Statements, up to the end of the script. */
export class StatementParser extends ExpressionParser {
  override readonly place: string;
  #loops = 0;

  constructor(tokens: readonly Token[], place: string) {
    super(tokens);
    this.place = place;
  }

  /** `inCode` where the text needs no opening tag. Throws `ParseFault`, `Fatal`, `Unsupported`. */
  static parse(source: string, inCode: boolean, place: string): Statement[] {
    const { tokens, unclosed } = tokensOf(source, inCode);
    const last = tokens.at(-1)?.line ?? 1;
    try {
      const parser = new StatementParser(tokens, place);
      const body: Statement[] = [];
      while (parser.token.kind !== 'end') {
        if (parser.is('}')) throw new ParseFault("Unmatched '}'", parser.line);
        body.push(parser.statement());
      }
      return body;
    } catch (error) {
      // That a bracket stays open is found by the words' reader, at the end.
      if (error instanceof ParseFault && error.message.includes('unexpected end of file'))
        StatementParser.unclosed(unclosed, last);
      throw error;
    }
  }

  override sub(tokens: readonly Token[]): ExpressionParser {
    return new StatementParser(tokens, this.place);
  }

  override block(): Statement[] {
    this.expect('{', '"{"');
    const body: Statement[] = [];
    while (!this.is('}')) {
      if (this.token.kind === 'end') this.unexpected();
      body.push(this.statement());
    }
    this.next();
    return body;
  }

  #end(expecting = ''): void {
    if (this.token.kind === 'inline') return;
    if (!this.takes(';')) this.unexpected(expecting);
  }

  statement(): Statement {
    return this.deeper(() => this.#statement());
  }

  #statement(): Statement {
    const { token } = this;
    const { line } = token;
    if (token.kind === 'inline') return { kind: 'inline', line, text: this.next().text };
    if (this.is('{')) return { kind: 'block', line, body: this.block() };
    if (this.takes(';')) return { kind: 'block', line, body: [] };
    if (token.kind === 'name' && token.quote !== '->') {
      const word = token.text.toLowerCase();
      const made = this.#word(word, line);
      if (made !== null) return made;
      if (this.peek(1).kind === 'operator' && this.peek(1).text === ':' && this.peek(2).text !== ':')
        throw new Unsupported('label');
    }
    const value = this.expression();
    this.#end();
    return { kind: 'expression', line, value };
  }

  #word(word: string, line: number): Statement | null {
    switch (word) {
      case 'echo': {
        this.next();
        const values = [this.expression()];
        while (this.takes(',')) values.push(this.expression());
        this.#end('"," or ";"');
        return { kind: 'echo', line, values };
      }
      case 'if':
        this.next();
        return this.#if(line);
      case 'while': {
        this.next();
        const test = this.#parenthesised();
        return { kind: 'while', line, test, body: this.#loop('while'), after: false };
      }
      case 'do': {
        this.next();
        this.#loops += 1;
        const body = [this.statement()];
        this.#loops -= 1;
        if (!this.takesWord('while')) this.unexpected('"while"');
        const test = this.#parenthesised();
        this.#end();
        return { kind: 'while', line, test, body, after: true };
      }
      case 'for':
        this.next();
        return this.#for(line);
      case 'foreach':
        this.next();
        return this.#forEach(line);
      case 'switch':
        this.next();
        return this.#switch(line);
      case 'break':
      case 'continue': {
        this.next();
        const levels = this.token.kind === 'int' ? Number(this.next().number ?? 1n) : 1;
        if (this.#loops === 0) throw new Fatal(`'${word}' not in the 'loop' or 'switch' context`, line);
        if (levels > this.#loops) throw new Fatal(`Cannot '${word}' ${levels} levels`, line);
        this.#end();
        return { kind: 'leave', line, how: word, levels };
      }
      case 'return': {
        this.next();
        const value = this.is(';') || this.token.kind === 'inline' ? null : this.expression();
        this.#end();
        return { kind: 'return', line, value };
      }
      case 'function': {
        const name = this.peek(1).text === '&' ? this.peek(2) : this.peek(1);
        if (name.text === '(') return null;
        this.next();
        this.takes('&');
        return { kind: 'function', line, code: this.functionCode(this.identifier('"("'), line) };
      }
      case 'abstract':
      case 'final':
      case 'readonly':
      case 'class':
      case 'interface':
      case 'trait': {
        let isAbstract = false;
        while (this.isWord('abstract', 'final', 'readonly'))
          isAbstract = this.next().text.toLowerCase() === 'abstract' || isAbstract;
        const kind = this.next().text.toLowerCase();
        if (kind !== 'class' && kind !== 'interface' && kind !== 'trait') return this.unexpected('"class"');
        return { kind: 'class', line, code: this.classBody(this.identifier(), kind, isAbstract, line) };
      }
      case 'try':
        this.next();
        return this.#try(line);
      case 'global': {
        this.next();
        const names: string[] = [];
        do {
          if (this.token.kind !== 'variable') this.unexpected('variable or "$"');
          names.push(this.next().text);
        } while (this.takes(','));
        this.#end('"," or ";"');
        return { kind: 'global', line, names };
      }
      case 'static': {
        if (this.peek(1).kind !== 'variable') return null;
        this.next();
        const statics: Statement[] = [];
        do {
          const name = this.next().text;
          statics.push({ kind: 'static', line, name, value: this.takes('=') ? this.expression() : null });
        } while (this.takes(',') && this.token.kind === 'variable');
        this.#end();
        return statics.length === 1 ? (statics[0] ?? null) : { kind: 'block', line, body: statics };
      }
      case 'unset': {
        this.next();
        const items = this.arguments().map(({ value }) => value);
        this.#end();
        return { kind: 'unset', line, items };
      }
      case 'const': {
        this.next();
        const body: Statement[] = [];
        do {
          const name = this.identifier();
          this.expect('=', '"="');
          body.push({ kind: 'const', line, name, value: this.expression() });
        } while (this.takes(','));
        this.#end('"," or ";"');
        return { kind: 'block', line, body };
      }
      case 'declare':
        this.next();
        this.arguments0();
        this.#end();
        return { kind: 'block', line, body: [] };
      case 'use':
        this.next();
        while (!this.is(';') && this.token.kind !== 'end') this.next();
        this.#end();
        return { kind: 'block', line, body: [] };
      case 'namespace':
      case 'goto':
      case 'enum':
        if (word === 'enum' && this.peek(1).kind !== 'name') return null;
        throw new Unsupported(word);
      default:
        return null;
    }
  }

  /** `declare(strict_types=1)`: types are then checked without juggling. */
  arguments0(): void {
    this.expect('(');
    const name = this.identifier();
    this.expect('=');
    const value = this.expression();
    if (name.toLowerCase() === 'strict_types' && value.kind === 'constant' && value.value === 1n)
      throw new Unsupported('strict types');
    this.expect(')');
  }

  #parenthesised(): Expression {
    this.expect('(', '"("');
    const value = this.expression();
    this.expect(')');
    return value;
  }

  /** A statement, or those after a colon up to the word that ends them. */
  #body(kind: string): Statement[] {
    if (!this.takes(':')) return [this.statement()];
    const ends = endings[kind] ?? [];
    const body: Statement[] = [];
    while (!this.isWord(...ends)) {
      if (this.token.kind === 'end')
        this.unexpected(kind === 'if' ? '"elseif" or "else" or "endif"' : `"${ends[0] ?? ''}"`);
      body.push(this.statement());
    }
    if (kind !== 'if') {
      this.next();
      this.#end();
    }
    return body;
  }

  #loop(kind: string): Statement[] {
    this.#loops += 1;
    const body = this.#body(kind);
    this.#loops -= 1;
    return body;
  }

  #if(line: number): Statement {
    const test = this.#parenthesised();
    const colon = this.is(':');
    const yes = this.#body('if');
    let no: Statement[] = [];
    const elseLine = this.line;
    if (
      this.isWord('elseif') ||
      (!colon && this.isWord('else') && this.peek(1).text.toLowerCase() === 'if')
    ) {
      if (this.next().text.toLowerCase() === 'else') this.next();
      no = [this.deeper(() => this.#if(elseLine))];
      return { kind: 'if', line, test, yes, no };
    }
    if (this.takesWord('else')) no = this.#body('else');
    else if (colon) {
      if (!this.takesWord('endif')) this.unexpected();
      this.#end();
    }
    return { kind: 'if', line, test, yes, no };
  }

  #expressions(close: string): Expression[] {
    const found: Expression[] = [];
    while (!this.is(close)) {
      found.push(this.expression());
      if (!this.takes(',')) break;
    }
    this.expect(close);
    return found;
  }

  #for(line: number): Statement {
    this.expect('(', '"("');
    const start = this.#expressions(';');
    const tests = this.#expressions(';');
    const steps = this.#expressions(')');
    return { kind: 'for', line, start, tests, steps, body: this.#loop('for') };
  }

  #forEach(line: number): Statement {
    this.expect('(', '"("');
    const source = this.expression();
    if (!this.takesWord('as')) this.unexpected();
    let byReference = this.takes('&');
    let value = this.expression();
    let key: Expression | null = null;
    if (this.takes('=>')) {
      key = value;
      byReference = this.takes('&');
      value = this.expression();
    }
    this.expect(')');
    return { kind: 'foreach', line, source, key, value, byReference, body: this.#loop('foreach') };
  }

  #switch(line: number): Statement {
    const value = this.#parenthesised();
    const colon = this.takes(':');
    if (!colon) this.expect('{', '"{"');
    this.takes(';');
    const isEnd = (): boolean => (colon ? this.isWord('endswitch') : this.is('}'));
    const cases: Case[] = [];
    this.#loops += 1;
    while (!isEnd()) {
      const isDefault = this.takesWord('default');
      if (!isDefault && !this.takesWord('case')) this.unexpected('"case"');
      const test = isDefault ? null : this.expression();
      if (!this.takes(':') && !this.takes(';')) this.unexpected('":" or ";"');
      const body: Statement[] = [];
      while (!this.isWord('case', 'default') && !isEnd()) {
        if (this.token.kind === 'end') this.unexpected();
        body.push(this.statement());
      }
      cases.push({ test, body });
    }
    this.#loops -= 1;
    this.next();
    if (colon) this.#end();
    return { kind: 'switch', line, value, cases };
  }

  #try(line: number): Statement {
    const body = this.block();
    const catches: { names: string[]; variable: string | null; body: Statement[] }[] = [];
    while (this.takesWord('catch')) {
      this.expect('(', '"("');
      const names: string[] = [];
      do names.push(this.qualified());
      while (this.takes('|'));
      const variable = this.token.kind === 'variable' ? this.next().text : null;
      this.expect(')');
      catches.push({ names, variable, body: this.block() });
    }
    const last = this.takesWord('finally') ? this.block() : null;
    if (catches.length === 0 && last === null)
      throw new Fatal('Cannot use try without catch or finally', line);
    return { kind: 'try', line, body, catches, last };
  }

  functionCode(name: string, line: number, isStatic = false, isAbstract = false): FunctionCode {
    const parameters = this.parameters();
    const returns = this.returnType();
    const loops = this.#loops;
    this.#loops = 0;
    let body: Statement[] = [];
    if (isAbstract) this.#end();
    else body = this.block();
    this.#loops = loops;
    return { name, parameters, body, returns, line, isStatic, place: this.place };
  }

  override classBody(name: string, kind: ClassCode['kind'], isAbstract: boolean, line: number): ClassCode {
    let parent: string | null = null;
    const interfaces: string[] = [];
    const traits: string[] = [];
    if (kind !== 'interface' && this.takesWord('extends')) parent = this.qualified();
    if (this.takesWord(kind === 'interface' ? 'extends' : 'implements'))
      do interfaces.push(this.qualified());
      while (this.takes(','));
    const constants: { name: string; value: Expression }[] = [];
    const properties: (Member & { name: string; value: Expression | null; typed: boolean })[] = [];
    const methods: (Member & { code: FunctionCode })[] = [];
    this.expect('{', '"{"');
    while (!this.takes('}')) {
      if (this.takesWord('use')) {
        do traits.push(this.qualified());
        while (this.takes(','));
        if (this.is('{')) throw new Unsupported('trait rules');
        this.#end();
        continue;
      }
      if (this.isWord('case')) throw new Unsupported('enum');
      const member: { -readonly [Key in keyof Member]: Member[Key] } = {
        visibility: 'public',
        isStatic: false,
        isAbstract: kind === 'interface',
      };
      let marked = false;
      for (
        ;
        this.isWord('public', 'private', 'protected', 'static', 'abstract', 'final', 'var', 'readonly');
        marked = true
      ) {
        const word = this.next().text.toLowerCase();
        if (word === 'public' || word === 'private' || word === 'protected') member.visibility = word;
        else if (word === 'static') member.isStatic = true;
        else if (word === 'abstract') member.isAbstract = true;
        else if (word === 'readonly') throw new Unsupported('readonly');
      }
      const at = this.line;
      if (this.takesWord('const')) {
        do {
          const constant = this.next().text;
          this.expect('=', '"="');
          constants.push({ name: constant, value: this.expression() });
        } while (this.takes(','));
        this.#end('"," or ";"');
      } else if (this.takesWord('function')) {
        this.takes('&');
        if (this.token.kind !== 'name') this.unexpected();
        const { text } = this.next();
        methods.push({ ...member, code: this.functionCode(text, at, member.isStatic, member.isAbstract) });
      } else {
        if (!marked) this.unexpected('"function" or "const"');
        const typed = this.token.kind !== 'variable';
        if (typed) this.type();
        do {
          if (this.token.kind !== 'variable') this.unexpected('variable');
          const { text } = this.next();
          properties.push({
            ...member,
            name: text,
            value: this.takes('=') ? this.expression() : null,
            typed,
          });
        } while (this.takes(','));
        this.#end('"," or ";"');
      }
    }
    return { kind, name, parent, interfaces, traits, isAbstract, constants, properties, methods, line };
  }
}
