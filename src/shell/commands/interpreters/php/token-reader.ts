import { Unsupported } from '../script/unsupported.ts';
import { ParseFault } from './fault.ts';
import type { Token } from './token.ts';

const keywords: ReadonlySet<string> = new Set(
  'abstract and array as break callable case catch class clone const continue declare default do echo else elseif empty enddeclare endfor endforeach endif endswitch endwhile eval exit die extends final finally fn for foreach function global goto if implements include include_once instanceof insteadof interface isset list match namespace new or print private protected public readonly require require_once return static switch throw trait try unset use var while xor yield'.split(
    ' ',
  ),
);

export const isKeyword = (text: string): boolean => keywords.has(text.toLowerCase());

const deepest = 250;

/** Takes words one after the other, and says in PHP's words which one is wrong. */
export class TokenReader {
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  get token(): Token {
    return this.#tokens[this.#at] ?? { kind: 'end', text: '', line: 1 };
  }

  get line(): number {
    return this.token.line;
  }

  peek(distance: number): Token {
    return this.#tokens[this.#at + distance] ?? { kind: 'end', text: '', line: this.line };
  }

  next(): Token {
    const { token } = this;
    this.#at += 1;
    return token;
  }

  /** Looks ahead without taking. */
  is(...marks: readonly string[]): boolean {
    const { kind, text } = this.token;
    return kind === 'operator' && marks.includes(text);
  }

  /** A word of the language, not a name after an arrow. */
  isWord(...words: readonly string[]): boolean {
    const { kind, text, quote } = this.token;
    return kind === 'name' && quote !== '->' && words.includes(text.toLowerCase());
  }

  takes(mark: string): boolean {
    if (!this.is(mark)) return false;
    this.#at += 1;
    return true;
  }

  takesWord(word: string): boolean {
    if (!this.isWord(word)) return false;
    this.#at += 1;
    return true;
  }

  expect(mark: string, expecting = ''): void {
    if (!this.takes(mark)) this.unexpected(expecting);
  }

  /** A name that is no word of the language. */
  identifier(expecting = 'identifier'): string {
    const { kind, text } = this.token;
    if (kind !== 'name' || isKeyword(text)) this.unexpected(expecting);
    this.#at += 1;
    return text;
  }

  /** A class's or function's name as the script calls it. */
  qualified(): string {
    return this.identifier().replace(/^\\/, '');
  }

  deeper<Made>(read: () => Made): Made {
    this.#depth += 1;
    if (this.#depth > deepest) throw new Unsupported('deep');
    const made = read();
    this.#depth -= 1;
    return made;
  }

  /** Throws `ParseFault` for the word that stands here. */
  unexpected(expecting = ''): never {
    throw new ParseFault(
      `syntax error, unexpected ${described(this.token)}${expecting === '' ? '' : `, expecting ${expecting}`}`,
      this.line,
    );
  }
}

function described(token: Token): string {
  const { kind, text } = token;
  if (kind === 'end') return 'end of file';
  if (kind === 'variable') return `variable "$${text}"`;
  if (kind === 'int') return `integer "${text}"`;
  if (kind === 'float') return `floating-point number "${text}"`;
  if (kind === 'string')
    return token.quote === '<<<'
      ? 'heredoc start'
      : `${token.quote === "'" ? 'single-quoted' : 'double-quoted'} string "${text.replaceAll('\n', '\\n').slice(0, 30)}${text.length > 30 ? '...' : ''}"`;
  if (kind === 'template') return 'token """';
  if (kind === 'command') return 'token "`"';
  if (kind === 'inline') return 'inline html';
  if (kind === 'cast') return `token "(${text})"`;
  if (kind === 'name' && !isKeyword(text))
    return text.startsWith('\\')
      ? `fully qualified name "${text}"`
      : `${text.includes('\\') ? 'qualified name' : 'identifier'} "${text}"`;
  return `token "${token.quote === '?>' ? '?>' : text}"`;
}
