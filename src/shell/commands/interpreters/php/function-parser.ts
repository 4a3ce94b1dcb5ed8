import { Unsupported } from '../script/unsupported.ts';
import type { Expression, FunctionCode, Parameter, Statement, Type } from './syntax.ts';
import { TokenReader } from './token-reader.ts';

/** Functions without a name, with the types and parameters of all functions; and `match`. */
export abstract class FunctionParser extends TokenReader {
  abstract readonly place: string;
  abstract block(): Statement[];
  abstract expression(least?: number): Expression;

  protected match(line: number): Expression {
    this.next();
    this.expect('(');
    const value = this.expression();
    this.expect(')');
    this.expect('{');
    const arms: { tests: Expression[] | null; value: Expression }[] = [];
    while (!this.is('}')) {
      let tests: Expression[] | null = null;
      if (this.takesWord('default')) this.takes(',');
      else {
        tests = [];
        do tests.push(this.expression());
        while (this.takes(',') && !this.is('=>'));
      }
      this.expect('=>');
      arms.push({ tests, value: this.expression() });
      if (!this.takes(',')) break;
    }
    this.expect('}');
    return { kind: 'match', line, value, arms };
  }

  protected closure(isStatic: boolean): Expression {
    const { line } = this;
    const arrow = this.next().text.toLowerCase() === 'fn';
    if (this.takes('&')) throw new Unsupported('reference');
    const parameters = this.parameters();
    const uses: { name: string; byReference: boolean }[] = [];
    if (!arrow && this.takesWord('use')) {
      this.expect('(');
      while (!this.is(')')) {
        const byReference = this.takes('&');
        if (this.token.kind !== 'variable') this.unexpected();
        uses.push({ name: this.next().text, byReference });
        if (!this.takes(',')) break;
      }
      this.expect(')');
    }
    const returns = this.returnType();
    let body: Statement[];
    if (arrow) {
      this.expect('=>');
      body = [{ kind: 'return', line, value: this.expression(4) }];
    } else body = this.block();
    const code: FunctionCode = {
      name: '{closure}',
      parameters,
      body,
      returns,
      line,
      isStatic,
      place: this.place,
    };
    return { kind: 'closure', line, code, uses, arrow };
  }

  returnType(): Type | null {
    return this.takes(':') ? this.type() : null;
  }

  type(): Type {
    const nullable = this.takes('?');
    const names: string[] = [];
    let shown = '';
    for (;;) {
      const { token } = this;
      const name = this.isWord('array', 'callable', 'static') ? this.next().text : this.qualified();
      if (token.text === '') this.unexpected();
      names.push(name.toLowerCase());
      shown += shown === '' ? name : `|${name}`;
      if (this.is('&') && this.peek(1).kind === 'name') throw new Unsupported('intersection');
      if (!this.takes('|')) break;
    }
    if (nullable) names.push('null');
    return { names, shown: nullable ? `?${shown}` : shown };
  }

  parameters(): Parameter[] {
    this.expect('(', '"("');
    const parameters: Parameter[] = [];
    while (!this.is(')')) {
      let promoted: string | null = null;
      while (this.isWord('public', 'private', 'protected', 'readonly')) {
        const word = this.next().text.toLowerCase();
        promoted = word === 'readonly' ? (promoted ?? 'public') : word;
      }
      const type = this.token.kind === 'variable' || this.is('&', '...') ? null : this.type();
      const byReference = this.takes('&');
      const variadic = this.takes('...');
      if (this.token.kind !== 'variable') this.unexpected('variable');
      const { text } = this.next();
      const initial = this.takes('=') ? this.expression() : null;
      parameters.push({ name: text, type, byReference, variadic, initial, promoted });
      if (!this.takes(',')) break;
    }
    this.expect(')');
    return parameters;
  }
}
