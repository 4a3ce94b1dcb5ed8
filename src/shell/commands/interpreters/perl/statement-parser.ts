import { Unsupported } from '../script/unsupported.ts';
import { ExpressionParser } from './expression-parser.ts';
import type { Expression, Statement } from './syntax.ts';

/** Modules whose use changes nothing that is evaluated here, or whose functions are here. */
const knownModules =
  /^(?:strict|warnings|utf8|vars|feature|Socket|IO::Socket|IO::Socket::INET|IO::Handle|IO::File|POSIX|MIME::Base64|Digest::MD5|Digest::SHA|Time::HiRes|File::Basename|Cwd|Data::Dumper|List::Util|Getopt::Std|LWP::Simple|LWP::UserAgent|HTTP::Request|Sys::Hostname|integer|v?5[\d._]*)$/;

/** A Perl program. Throws `Unsupported`. */
export class StatementParser extends ExpressionParser {
  #nesting = 0;

  override over(text: string): ExpressionParser {
    return new StatementParser(text);
  }

  program(): Statement[] {
    const found: Statement[] = [];
    while (this.reader.peek(/^[\s\S]/) !== null) {
      if (this.reader.peek(/^__(?:END|DATA)__/) !== null) break;
      this.#statement(found);
    }
    return found;
  }

  override block(): Statement[] {
    this.reader.expect('{');
    this.#nesting += 1;
    if (this.#nesting > 40) throw new Unsupported('deep');
    const found: Statement[] = [];
    while (!this.reader.take('}')) {
      if (this.reader.peek(/^[\s\S]/) === null) this.reader.fail('block');
      this.#statement(found);
    }
    this.#nesting -= 1;
    return found;
  }

  #statement(found: Statement[]): void {
    const { reader } = this;
    if (reader.take(';')) return;
    if (reader.peek(/^\{/) !== null) {
      found.push({ kind: 'block', body: this.block() });
      return;
    }
    const word = reader.peek(/^[A-Za-z_]\w*(?![\w:]|\s*=>)/)?.[0] ?? '';
    if (reader.peek(/^[A-Za-z_]\w*\s*:(?![:])/) !== null && !/^(?:s|y|tr|m|q|qq|qw)$/.test(word))
      throw new Unsupported('label');
    switch (word) {
      case 'use':
      case 'no':
        this.#use(word);
        return;
      case 'package':
      case 'BEGIN':
      case 'END':
      case 'format':
        throw new Unsupported(word);
      case 'sub': {
        const name = reader.peek(/^sub\s+(\w+)\s*(?=\{)/);
        if (name === null) break;
        reader.at += name[0].length;
        found.push({ kind: 'sub', name: name[1] ?? '', body: this.block() });
        return;
      }
      case 'if':
      case 'unless':
        reader.at += word.length;
        found.push(this.#if(word === 'unless'));
        return;
      case 'while':
      case 'until': {
        reader.at += word.length;
        const test = this.#test(word === 'until');
        found.push({ kind: 'while', test, body: this.block(), step: null, first: false });
        return;
      }
      case 'for':
      case 'foreach':
        reader.at += word.length;
        found.push(...this.#for());
        return;
      default:
    }
    found.push(this.#simple());
    if (!reader.take(';') && reader.peek(/^(?:\}|$)/) === null) reader.fail('statement');
  }

  #use(word: string): void {
    const { reader } = this;
    const match = reader.peek(/^(?:use|no)\s+([\w:.]+)\s*([^;]*)/) ?? reader.fail('use');
    if (!knownModules.test(match[1] ?? '')) throw new Unsupported(match[1] ?? word);
    reader.at += match[0].length;
    reader.take(';');
  }

  #test(negated: boolean): Expression {
    this.reader.expect('(');
    if (this.reader.take(')')) return { kind: 'constant', value: negated ? 0 : 1 };
    const test = this.#lineTest(this.expression());
    this.reader.expect(')');
    return negated ? { kind: 'unary', operator: '!', value: test } : test;
  }

  /** `while (<STDIN>)` puts the line into `$_`, and ends where there is none. */
  #lineTest(test: Expression): Expression {
    const reads =
      test.kind === 'readLine'
        ? {
            kind: 'assign' as const,
            operator: '',
            target: { kind: 'scalar' as const, name: '_' },
            value: test,
          }
        : test;
    if (reads.kind === 'assign' && reads.value.kind === 'readLine')
      return { kind: 'call', name: 'defined', items: [reads], block: null, handle: null, line: 0 };
    return test;
  }

  #if(negated: boolean): Statement {
    const branches = [{ test: this.#test(negated), body: this.block() }];
    while (this.reader.take('elsif')) branches.push({ test: this.#test(false), body: this.block() });
    return { kind: 'if', branches, no: this.reader.take('else') ? this.block() : [] };
  }

  #for(): Statement[] {
    const { reader } = this;
    const variable = reader.peek(/^(my\s+|our\s+)?\$(\w+)\s*(?=\()/);
    if (variable !== null) reader.at += variable[0].length;
    reader.expect('(');
    const first =
      reader.peek(/^;/) !== null
        ? null
        : reader.peek(/^\)/) !== null
          ? ({ kind: 'list', items: [] } as const)
          : this.expression();
    if (variable === null && reader.take(';')) {
      const test = reader.peek(/^;/) !== null ? null : this.expression();
      reader.expect(';');
      const step = reader.peek(/^\)/) !== null ? null : this.expression();
      reader.expect(')');
      const loop: Statement = { kind: 'while', test, body: this.block(), step, first: false };
      return first === null
        ? [loop]
        : [{ kind: 'block', body: [{ kind: 'expression', value: first, line: reader.line }, loop] }];
    }
    reader.expect(')');
    const list = first ?? { kind: 'list', items: [] };
    return [
      {
        kind: 'for',
        variable: variable?.[2] ?? '_',
        own: variable?.[1] !== undefined,
        list,
        body: this.block(),
      },
    ];
  }

  #plain(): Statement {
    const { reader } = this;
    reader.skip();
    const { line } = reader;
    if (reader.take('next')) return { kind: 'leave', how: 'next' };
    if (reader.take('last')) return { kind: 'leave', how: 'last' };
    if (reader.take('return'))
      return {
        kind: 'return',
        value: reader.peek(/^(?:$|[;}]|(?:if|unless)\b)/) === null ? this.expression() : null,
      };
    return { kind: 'expression', value: this.expression(), line };
  }

  #simple(): Statement {
    const { reader } = this;
    let statement = this.#plain();
    for (;;) {
      const word = reader.peek(/^(?:if|unless|while|until|foreach|for)\b/)?.[0];
      if (word === undefined) return statement;
      reader.at += word.length;
      const test = this.expression();
      const opposite: Expression = { kind: 'unary', operator: '!', value: test };
      const body = [statement];
      if (word === 'if' || word === 'unless')
        statement = { kind: 'if', branches: [{ test: word === 'if' ? test : opposite, body }], no: [] };
      else if (word === 'while' || word === 'until') {
        const block =
          statement.kind === 'expression' && statement.value.kind === 'call' && statement.value.name === 'do';
        statement = {
          kind: 'while',
          test: word === 'while' ? this.#lineTest(test) : opposite,
          body,
          step: null,
          first: block,
        };
      } else statement = { kind: 'for', variable: '_', own: false, list: test, body };
    }
  }
}
