import { Unsupported } from '../script/unsupported.ts';
import { unescapeLiteral } from './string-literal.ts';
import type { Expression, TextPiece } from './syntax.ts';
import { SyntaxFault } from './syntax-fault.ts';
import { type Token, Tokenizer } from './token.ts';

interface Parser {
  readonly token: Token;
  list(): Expression;
}

type ParserOf = (tokens: readonly Token[]) => Parser;

/** Where the expression of a replacement field ends: at `!r`, `:`, `=`, or `}` outside of brackets and strings. */
function fieldEnd(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (character === "'" || character === '"') {
      const close = text.indexOf(character, at + 1);
      if (close < 0) return -1;
      at = close;
    } else if ('([{'.includes(character)) depth += 1;
    else if (depth > 0) {
      if (')]}'.includes(character)) depth -= 1;
    } else if (character === '}' || character === ':') return at;
    else if (character === '!' && text.charAt(at + 1) !== '=') return at;
    else if (
      character === '=' &&
      /^=\s{0,20}[!:}]/.test(text.slice(at, at + 22)) &&
      !/[=!<>]/.test(text.charAt(at - 1))
    )
      return at;
  }
  return -1;
}

/** The pieces of an f-string (PEP 498). */
export function readFormatted(token: Token, raw: boolean, version: number, parserOf: ParserOf): TextPiece[] {
  const fail = (message: string): never => {
    throw new SyntaxFault(`f-string: ${message}`, token.line, token.column, token.end);
  };
  const literal = (text: string): string => {
    const plain = raw ? text : unescapeLiteral(text, false);
    if (plain === null) throw new Unsupported('escape');
    return plain;
  };
  const read = (text: string, depth: number): TextPiece[] => {
    const pieces: TextPiece[] = [];
    let pending = '';
    let at = 0;
    const flush = (): void => {
      if (pending !== '') pieces.push(literal(pending));
      pending = '';
    };
    while (at < text.length) {
      const character = text.charAt(at);
      if (character === '\\') {
        pending += text.slice(at, at + 2);
        at += 2;
      } else if (
        (character === '{' || character === '}') &&
        text.charAt(at + 1) === character &&
        depth === 0
      ) {
        pending += character;
        at += 2;
      } else if (character === '}') return fail("single '}' is not allowed");
      else if (character !== '{') {
        pending += character;
        at += 1;
      } else {
        flush();
        at = field(text, at + 1, depth, pieces);
      }
    }
    flush();
    return pieces;
  };
  const field = (text: string, start: number, depth: number, pieces: TextPiece[]): number => {
    if (depth > 2) throw new Unsupported('deep');
    let end = fieldEnd(text, start);
    if (end < 0) return fail("expecting '}'");
    const source = text.slice(start, end);
    if (source.trim() === '') return fail('empty expression not allowed');
    if (source.includes('\\')) throw new Unsupported('backslash');
    const parser = parserOf(new Tokenizer(`(${source})`, version, token.line).read());
    const value = parser.list();
    if (parser.token.kind !== 'newline') return fail('invalid syntax');
    let shown = '';
    if (text.charAt(end) === '=') {
      const blank = /^=\s*/.exec(text.slice(end, end + 22))?.[0] ?? '=';
      shown = source + blank;
      end += blank.length;
    }
    let conversion = '';
    if (text.charAt(end) === '!') {
      conversion = text.charAt(end + 1);
      if (!'rsa'.includes(conversion)) return fail("invalid conversion character: expected 's', 'r', or 'a'");
      end += 2;
    }
    let format: TextPiece[] = [];
    if (text.charAt(end) === ':') {
      let open = 0;
      let close = end + 1;
      while (close < text.length && (open > 0 || text.charAt(close) !== '}')) {
        if (text.charAt(close) === '{') open += 1;
        else if (text.charAt(close) === '}') open -= 1;
        close += 1;
      }
      format = read(text.slice(end + 1, close), depth + 1);
      end = close;
    }
    if (text.charAt(end) !== '}') return fail("expecting '}'");
    pieces.push({ value, conversion, format, shown });
    return end + 1;
  };
  return read(token.text, 0);
}
