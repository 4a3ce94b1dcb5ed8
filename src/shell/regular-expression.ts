import { MatcherInput, RE2JS } from 're2js';
import { largestProgram, programSize } from './expression-size.ts';
import type { Budget } from './limits.ts';

export interface ExpressionMatch {
  readonly start: number;
  readonly end: number;
  /** Group 0 is the whole match. */
  readonly groups: readonly (string | undefined)[];
}

export interface Expression {
  /**
   * The leftmost, longest match at or after a position, or null. Linear in the text, which it may read to the end however
   * short the match: what is read is spent. Throws `Exhausted`.
   */
  find(text: string, from: number, budget: Budget): ExpressionMatch | null;
}

export interface ExpressionOptions {
  readonly extended: boolean;
  readonly ignoreCase: boolean;
  /** `^` and `$` also stand at the lines within the text, and `.` is no line end. */
  readonly multiline?: boolean;
}

const cache = new Map<string, Expression | null>();

/** Characters times instructions that are one unit of work: a matcher rarely looks at all instructions. */
const stepsPerUnit = 256;
/** Up to here what a search may cost is spent as it is. Beyond, characters are counted as they are read. */
const countedFrom = 2_048;
/** Letters of an expression that are one unit of work to compile. */
const compiledPerUnit = 4;

/**
 * Compiles a POSIX expression (basic or extended, with what GNU adds) for a linear-time matcher. Null where it does
 * not compile; back-references do not, since no linear matcher has them. Throws `Exhausted`.
 */
export function compileExpression(
  source: string,
  options: ExpressionOptions,
  budget: Budget,
): Expression | null {
  const key = `${options.extended ? 'E' : 'B'}${options.ignoreCase ? 'i' : ''}${options.multiline === true ? 'm' : ''}:${source}`;
  const cached = cache.get(key);
  if (cached !== undefined) return cached;
  if (source.length > 2_000) return null;
  budget.spend(1 + Math.floor(source.length / compiledPerUnit));
  if (cache.size > 256) cache.clear();
  const compiled = compile(source, options);
  cache.set(key, compiled);
  return compiled;
}

/** A text that tells how much of it a matcher reads: each character, by way of the code unit. */
class ReadText extends String {
  readonly #budget: Budget;
  readonly #size: number;
  #steps = 0;

  constructor(text: string, budget: Budget, size: number) {
    super(text);
    this.#budget = budget;
    this.#size = size;
  }

  override charCodeAt(index: number): number {
    this.#steps += this.#size;
    if (this.#steps >= countedFrom) {
      this.#budget.spend(Math.floor(this.#steps / stepsPerUnit));
      this.#steps = 0;
    }
    return super.charCodeAt(index);
  }
}

function compile(source: string, options: ExpressionOptions): Expression | null {
  const translated = translate(source, options.extended);
  if (translated === null || programSize(translated) > largestProgram) return null;
  try {
    const flags =
      RE2JS.LONGEST_MATCH |
      (options.ignoreCase ? RE2JS.CASE_INSENSITIVE : 0) |
      (options.multiline === true ? RE2JS.MULTILINE : RE2JS.DOTALL);
    const pattern = RE2JS.compile(translated, flags);
    const size = pattern.programSize();
    return {
      find(text, from, budget) {
        const most = (text.length - from) * size;
        if (most <= countedFrom) budget.spend(Math.floor(most / stepsPerUnit));
        // The matcher asks for code units alone, which a String of our own can count.
        const matcher =
          most <= countedFrom
            ? pattern.matcher(text)
            : pattern.matcher(MatcherInput.utf16(new ReadText(text, budget, size)));
        if (!matcher.find(from)) return null;
        const groups: (string | undefined)[] = [];
        for (let group = 0; group <= matcher.groupCount(); group += 1)
          groups.push(matcher.group(group) ?? undefined);
        return { start: matcher.start(), end: matcher.end(), groups };
      },
    };
  } catch {
    // The text came from a visitor; that it is no expression is an answer, not an error.
    return null;
  }
}

const escapes: Readonly<Record<string, string>> = {
  w: '[A-Za-z0-9_]',
  W: '[^A-Za-z0-9_]',
  s: '[ \\t\\n\\r\\f\\v]',
  S: '[^ \\t\\n\\r\\f\\v]',
  b: '\\b',
  '<': '\\b',
  '>': '\\b',
  B: '\\B',
  '`': '\\A',
  "'": '\\z',
  n: '\\n',
  t: '\\t',
};

/** POSIX.1-2017 §9.3 and §9.4 to RE2's syntax; null for a back-reference. */
function translate(source: string, extended: boolean): string | null {
  let out = '';
  let index = 0;
  let atStart = true;
  while (index < source.length) {
    const character = source.charAt(index);
    const next = source.charAt(index + 1);
    const startsHere = atStart;
    atStart = false;
    if (character === '\\') {
      index += 2;
      if (next === '') return null;
      if (next >= '1' && next <= '9') return null;
      if (!extended && '(){}|+?'.includes(next)) {
        out += next === '{' && source.charAt(index) === ',' ? '{0' : next;
        atStart = next === '(' || next === '|';
      } else out += escapes[next] ?? quote(next);
      continue;
    }
    index += 1;
    if (character === '[') {
      const end = bracketEnd(source, index);
      if (end < 0) return null;
      out += bracket(source.slice(index, end));
      index = end + 1;
    } else if (character === '.') out += '.';
    else if (character === '*') out += startsHere ? '\\*' : '*';
    else if (character === '^') {
      out += extended || startsHere ? '^' : '\\^';
      atStart = startsHere || extended;
    } else if (character === '$') {
      const ends =
        index === source.length || source.startsWith('\\)', index) || source.startsWith('\\|', index);
      out += extended || ends ? '$' : '\\$';
    } else if (extended && '(){}|+?'.includes(character)) {
      if (character === '{' && !/^\{\d{0,3}(?:,\d{0,3})?\}/.test(source.slice(index - 1, index + 9)))
        out += '\\{';
      else out += character === '{' && source.charAt(index) === ',' ? '{0' : character;
      atStart = character === '(' || character === '|';
    } else out += quote(character);
  }
  return out;
}

function quote(character: string): string {
  return /[A-Za-z0-9_ ]/.test(character) || character.charCodeAt(0) > 127
    ? character
    : character.charCodeAt(0) < 32
      ? `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`
      : `\\${character}`;
}

function bracketEnd(source: string, start: number): number {
  let index = start;
  if (source.charAt(index) === '^') index += 1;
  if (source.charAt(index) === ']') index += 1;
  while (index < source.length) {
    if (source.charAt(index) === '[' && ':.='.includes(source.charAt(index + 1))) {
      const close = source.indexOf(`${source.charAt(index + 1)}]`, index + 2);
      if (close > 0) {
        index = close + 2;
        continue;
      }
    }
    if (source.charAt(index) === ']') return index;
    index += 1;
  }
  return -1;
}

function bracket(inside: string): string {
  const negated = inside.startsWith('^');
  let out = '';
  let body = negated ? inside.slice(1) : inside;
  while (body !== '') {
    const named = /^\[:[a-z]{1,8}:\]/.exec(body);
    if (named !== null) {
      out += named[0];
      body = body.slice(named[0].length);
      continue;
    }
    const character = body.charAt(0);
    out +=
      character === '-'
        ? out === '' || body.length === 1
          ? '\\-'
          : '-'
        : character === '-'
          ? '-'
          : quote(character);
    body = body.slice(1);
  }
  return `[${negated ? '^' : ''}${out}]`;
}
