/** Words of a script: strings with variables in them are read into pieces at once. */

import { Unsupported } from '../script/unsupported.ts';
import { ParseFault } from './fault.ts';
import { type Escapes, escapedText } from './string-escapes.ts';
import { whole } from './value.ts';

export type TokenKind =
  | 'inline'
  | 'variable'
  | 'name'
  | 'int'
  | 'float'
  | 'string'
  | 'template'
  | 'command'
  | 'cast'
  | 'operator'
  | 'end';

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  readonly line: number;
  readonly number?: bigint | number;
  /** Of a template: texts, and the tokens of an expression. */
  readonly pieces?: readonly (string | readonly Token[])[];
  /** The quote of a string. */
  readonly quote?: string;
}

const operators = [
  '<<=',
  '>>=',
  '**=',
  '...',
  '<=>',
  '===',
  '!==',
  '??=',
  '?->',
  '++',
  '--',
  '->',
  '=>',
  '::',
  '==',
  '!=',
  '<>',
  '<=',
  '>=',
  '&&',
  '||',
  '??',
  '<<',
  '>>',
  '**',
  '+=',
  '-=',
  '*=',
  '/=',
  '.=',
  '%=',
  '&=',
  '|=',
  '^=',
];
const singles = '+-*/%=<>!.,;:?()[]{}&|^~@$\\#';
const cast =
  /\([ \t]*(int|integer|bool|boolean|float|double|real|string|binary|array|object|unset)[ \t]*\)/iy;
const identifier = /\\?[A-Za-z_\x80-\xff][\w\x80-\xff]*(?:\\[A-Za-z_\x80-\xff][\w\x80-\xff]*)*/y;
const variable = /\$[A-Za-z_\x80-\xff][\w\x80-\xff]*/y;
const number =
  /0[xX][\da-fA-F]+(?:_[\da-fA-F]+)*|0[bB][01]+(?:_[01]+)*|(?:\d+(?:_\d+)*)?\.\d+(?:_\d+)*(?:[eE][-+]?\d+)?|\d+(?:_\d+)*\.?(?:[eE][-+]?\d+)?/y;
const mostTokens = 200_000;

const at = (pattern: RegExp, source: string, place: number): string | null => {
  pattern.lastIndex = place;
  return pattern.exec(source)?.[0] ?? null;
};

class Lexer {
  readonly source: string;
  readonly tokens: Token[] = [];
  readonly #open: { mark: string; line: number }[] = [];
  place = 0;
  line: number;

  constructor(source: string, line: number) {
    this.source = source;
    this.line = line;
  }

  add(kind: TokenKind, text: string, more: Partial<Token> = {}): void {
    if (this.tokens.length > mostTokens) throw new Unsupported('long');
    this.tokens.push({ kind, text, line: this.line, ...more });
  }

  #advance(count: number): void {
    const end = this.place + count;
    for (let from = this.source.indexOf('\n', this.place); from >= 0 && from < end;) {
      this.line += 1;
      from = this.source.indexOf('\n', from + 1);
    }
    this.place = end;
  }

  /** Text up to `<?php` or `<?=`. */
  inline(): void {
    const rest = /<\?(?:php(?=[ \t\r\n]|$)|=)/i.exec(this.source.slice(this.place));
    const length = rest === null ? this.source.length - this.place : rest.index;
    if (length > 0) {
      this.add('inline', this.source.slice(this.place, this.place + length));
      this.#advance(length);
    }
    if (rest === null) return;
    this.#advance(rest[0].length);
    if (rest[0] === '<?=') this.add('name', 'echo');
    else if (/[ \t\n]/.test(this.source.charAt(this.place))) this.#advance(1);
    else if (this.source.startsWith('\r\n', this.place)) this.#advance(2);
  }

  /** Reads code; with `nested`, up to the brace that closes it. */
  code(nested: boolean): void {
    const { source } = this;
    let depth = 0;
    while (this.place < source.length) {
      const character = source.charAt(this.place);
      const next = source.charAt(this.place + 1);
      if (/[ \t\r\n\v\f]/.test(character)) this.#advance(1);
      else if ((character === '#' && next !== '[') || (character === '/' && next === '/')) this.#comment();
      else if (character === '#') throw new Unsupported('attribute');
      else if (character === '/' && next === '*') {
        const end = source.indexOf('*/', this.place + 2);
        if (end < 0) throw new ParseFault(`Unterminated comment starting line ${this.line}`, this.line);
        this.#advance(end + 2 - this.place);
      } else if (character === '?' && next === '>') {
        if (nested) throw new Unsupported('template');
        this.add('operator', ';', { quote: '?>' });
        this.#advance(
          source.charAt(this.place + 2) === '\n' ? 3 : source.startsWith('\r\n', this.place + 2) ? 4 : 2,
        );
        this.inline();
      } else if (character === '$' && at(variable, source, this.place) !== null) {
        const name = at(variable, source, this.place) ?? '';
        this.add('variable', name.slice(1));
        this.#advance(name.length);
      } else if (character === "'") this.#single();
      else if (character === '"' || character === '`') this.#double(character);
      else if (
        source.startsWith('<<<', this.place) &&
        /^<<<[ \t]*["']?[A-Za-z_]/.test(source.slice(this.place, this.place + 80))
      )
        this.#heredoc();
      else if (/\d/.test(character) || (character === '.' && /\d/.test(next))) this.#number();
      else if (character === '(' && at(cast, source, this.place) !== null) {
        const text = at(cast, source, this.place) ?? '';
        this.add('cast', text.slice(1, -1).trim().toLowerCase());
        this.#advance(text.length);
      } else if (at(identifier, source, this.place) !== null) {
        const name = at(identifier, source, this.place) ?? '';
        this.add('name', name);
        this.#advance(name.length);
      } else {
        const operator =
          operators.find((one) => source.startsWith(one, this.place)) ??
          (singles.includes(character) ? character : '');
        if (operator === '') throw new Unsupported('character');
        if (nested && operator === '}' && depth === 0) {
          this.place += 1;
          return;
        }
        if (operator === '{') depth += 1;
        if (operator === '}') depth -= 1;
        this.#bracket(operator);
        this.add('operator', operator);
        this.#advance(operator.length);
        if (operator === '->' || operator === '?->') this.#member();
      }
    }
  }

  /** After an arrow a word is a name whatever else it means. */
  #member(): void {
    const name = at(identifier, this.source, this.place);
    if (name === null) return;
    this.add('name', name, { quote: '->' });
    this.#advance(name.length);
  }

  #bracket(mark: string): void {
    if ('([{'.includes(mark) && mark.length === 1) this.#open.push({ mark, line: this.line });
    else if (mark === ')' || mark === ']' || mark === '}') {
      const last = this.#open.pop();
      if (last === undefined) throw new ParseFault(`Unmatched '${mark}'`, this.line);
      const wanted = last.mark === '(' ? ')' : last.mark === '[' ? ']' : '}';
      if (wanted !== mark)
        throw new ParseFault(
          `Unclosed '${last.mark}'${last.line === this.line ? '' : ` on line ${last.line}`} does not match '${mark}'`,
          this.line,
        );
    }
  }

  end(): void {
    this.add('end', '');
  }

  /** What is open where the text ends. */
  get unclosed(): { mark: string; line: number } | null {
    return this.#open.at(-1) ?? null;
  }

  #comment(): void {
    const { source } = this;
    for (let end = this.place; ; end += 1) {
      const character = source.charAt(end);
      if (character === '' || character === '\n' || (character === '?' && source.charAt(end + 1) === '>')) {
        this.#advance(end - this.place);
        return;
      }
    }
  }

  #number(): void {
    const text = at(number, this.source, this.place) ?? '0';
    const plain = text.replaceAll('_', '');
    if (/^0\d*[89]/.test(plain) && /^\d+$/.test(plain))
      throw new ParseFault('Invalid numeric literal', this.line);
    if (/^0[xXbB]/.test(plain) || /^\d+$/.test(plain)) {
      const octal = /^0\d+$/.test(plain);
      const value = whole(BigInt(octal ? `0o${plain.slice(1)}` : plain));
      this.add(typeof value === 'bigint' ? 'int' : 'float', text, { number: value });
    } else this.add('float', text, { number: Number(plain) });
    this.#advance(text.length);
  }

  #single(): void {
    const { source } = this;
    let text = '';
    let end = this.place + 1;
    for (;;) {
      const stop = /['\\]/g;
      stop.lastIndex = end;
      const found = stop.exec(source)?.index ?? -1;
      if (found < 0)
        throw new ParseFault(
          `syntax error, unexpected string content "${source.slice(this.place + 1).split('\n')[0] ?? ''}"`,
          this.line,
        );
      text += source.slice(end, found);
      if (source.charAt(found) === "'") {
        end = found + 1;
        break;
      }
      const escaped = source.charAt(found + 1);
      text += escaped === "'" || escaped === '\\' ? escaped : `\\${escaped}`;
      end = found + 2;
    }
    this.add('string', text, { quote: "'" });
    this.#advance(end - this.place);
  }

  #double(quote: '"' | '`'): void {
    const start = this.line;
    this.place += 1;
    const pieces = this.pieces((place) => this.source.charAt(place) === quote, quote);
    if (this.place >= this.source.length)
      throw new ParseFault(
        'syntax error, unexpected end of file, expecting variable or "${" or "{$"',
        this.line,
      );
    this.place += 1;
    this.#addPieces(quote === '`' ? 'command' : 'template', pieces, quote, start);
  }

  #addPieces(
    kind: 'template' | 'command',
    pieces: readonly (string | readonly Token[])[],
    quote: string,
    line: number,
  ): void {
    const plain = pieces.every((piece) => typeof piece === 'string');
    if (kind === 'template' && plain) this.add('string', pieces.join(''), { quote, line });
    else this.add(kind, '', { pieces, line });
  }

  #heredoc(): void {
    const match = /^<<<[ \t]*(["']?)([A-Za-z_]\w*)\1\r?\n/.exec(
      this.source.slice(this.place, this.place + 400),
    );
    if (match === null) throw new Unsupported('heredoc');
    const [all, quote, name = ''] = match;
    const start = this.line;
    this.#advance(all.length);
    const close = new RegExp(`(?:^|\\n)([ \\t]*)${name}\\b`, 'g');
    close.lastIndex = Math.max(0, this.place - 1);
    const found = close.exec(this.source);
    if (found === null)
      throw new ParseFault(
        'syntax error, unexpected end of file, expecting variable or heredoc end or "${" or "{$"',
        this.line + this.source.slice(this.place).split('\n').length - 1,
      );
    const end = Math.max(found.index, this.place);
    const indent = (found[1] ?? '').length;
    const after = found.index + found[0].length;
    if (quote === "'" || indent > 0) {
      const body = this.source
        .slice(this.place, end)
        .split('\n')
        .map((line) => line.slice(indent))
        .join('\n');
      if (quote === "'") this.add('string', body, { quote: '<<<', line: start });
      else {
        const inner = new Lexer(body, this.line);
        this.#addPieces(
          'template',
          inner.pieces(() => false, ''),
          '<<<',
          start,
        );
      }
      this.#advance(after - this.place);
      return;
    }
    const pieces = this.pieces((place) => place >= end, '');
    this.#addPieces('template', pieces, '<<<', start);
    this.#advance(after - this.place);
  }

  /** Texts and variables up to where `isEnd` says so. */
  pieces(isEnd: (place: number) => boolean, quote: Escapes): (string | Token[])[] {
    const { source } = this;
    const pieces: (string | Token[])[] = [];
    let text = '';
    let raw = this.place;
    const flush = (): void => {
      text += escapedText(source.slice(raw, this.place), quote);
    };
    while (this.place < source.length && !isEnd(this.place)) {
      const character = source.charAt(this.place);
      const next = source.charAt(this.place + 1);
      if (character === '\\') {
        this.#advance(2);
        continue;
      }
      const simple = character === '$' && /[A-Za-z_\x80-\xff]/.test(next);
      const braced = (character === '{' && next === '$') || (character === '$' && next === '{');
      if (!simple && !braced) {
        this.#advance(1);
        continue;
      }
      flush();
      if (text !== '') pieces.push(text);
      text = '';
      pieces.push(simple ? this.#simple() : this.#braced(character === '$'));
      raw = this.place;
    }
    this.place = Math.min(this.place, source.length);
    flush();
    if (text !== '') pieces.push(text);
    return pieces;
  }

  #braced(dollar: boolean): Token[] {
    const inner = new Lexer(this.source, this.line);
    inner.place = this.place + (dollar ? 2 : 1);
    if (dollar) {
      const name = /^(\w+)([}[])/.exec(this.source.slice(inner.place, inner.place + 200));
      if (name === null) throw new Unsupported('template');
      inner.add('variable', name[1] ?? '');
      inner.place += (name[1] ?? '').length;
    }
    inner.code(true);
    inner.end();
    this.#advance(inner.place - this.place);
    return inner.tokens;
  }

  /** `$a`, `$a[key]`, `$a->name`. */
  #simple(): Token[] {
    const made = new Lexer('', this.line);
    const name = at(variable, this.source, this.place) ?? '';
    made.add('variable', name.slice(1));
    this.place += name.length;
    const rest = this.source.slice(this.place, this.place + 400);
    const index = /^\[(?:(-?\d+)|([A-Za-z_\x80-\xff][\w\x80-\xff]*)|\$([A-Za-z_][\w]*))\]/.exec(rest);
    const property = /^->([A-Za-z_\x80-\xff][\w\x80-\xff]*)/.exec(rest);
    if (index !== null) {
      const [all, digits, word, other] = index;
      made.add('operator', '[');
      if (digits !== undefined && /^(?:0|-?[1-9]\d{0,17})$/.test(digits)) {
        if (digits.startsWith('-')) made.add('operator', '-');
        made.add('int', digits, { number: BigInt(digits.replace('-', '')) });
      } else if (other === undefined) made.add('string', digits ?? word ?? '', { quote: "'" });
      else made.add('variable', other);
      made.add('operator', ']');
      this.place += all.length;
    } else if (property !== null) {
      made.add('operator', '->');
      made.add('name', property[1] ?? '', { quote: '->' });
      this.place += property[0].length;
    } else if (rest.startsWith('['))
      throw new ParseFault(
        'syntax error, unexpected string content "", expecting "-" or identifier or variable or number',
        this.line,
      );
    made.end();
    return made.tokens;
  }
}

/** All words; `inCode` where the text needs no opening tag. Throws `ParseFault`, `Unsupported`. */
export function tokensOf(
  source: string,
  inCode: boolean,
): { tokens: Token[]; unclosed: { mark: string; line: number } | null } {
  const lexer = new Lexer(source, 1);
  if (!inCode) {
    if (source.startsWith('#!')) {
      const end = source.indexOf('\n');
      lexer.place = end < 0 ? source.length : end + 1;
      lexer.line = 2;
    }
    lexer.inline();
  }
  lexer.code(false);
  lexer.end();
  return { tokens: lexer.tokens, unclosed: lexer.unclosed };
}
