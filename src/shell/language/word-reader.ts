import { encodeText } from '../byte-text.ts';
import { Incomplete, openTexts, SyntaxFault } from './fault.ts';
import { Scanner } from './scanner.ts';
import type { List, ParameterOperator, ParameterPart, Part, Word } from './syntax.ts';

const metacharacters = new Set([' ', '\t', '\r', '\n', ';', '&', '|', '<', '>', '(', ')']);
const nameStart = /^[A-Za-z_]$/;
const nameRest = /^[A-Za-z0-9_]$/;
const special = new Set(['@', '*', '#', '?', '-', '$', '!']);

/** A run of parts that joins neighbouring text of the same kind. */
class Parts {
  readonly list: Part[] = [];
  #text = '';
  #quoted = false;
  #open = false;

  text(text: string, quoted: boolean): void {
    if (this.#open && this.#quoted !== quoted) this.#close();
    this.#open = true;
    this.#quoted = quoted;
    this.#text += text;
  }

  part(part: Part): void {
    this.#close();
    this.list.push(part);
  }

  done(): Part[] {
    this.#close();
    return this.list;
  }

  #close(): void {
    if (this.#open) this.list.push({ kind: 'text', text: this.#text, quoted: this.#quoted });
    this.#open = false;
    this.#text = '';
  }
}

/** Reads one word at the cursor, or null where none begins. Unquoted metacharacters end it (POSIX §2.2, §2.3). */
export function readWord(scanner: Scanner): Word | null {
  const parts = new Parts();
  const start = scanner.position;
  if (scanner.bash && (scanner.starts('<(') || scanner.starts('>('))) {
    scanner.position += 2;
    parts.part({ kind: 'process', body: scanner.substitution(scanner), quoted: false });
  }
  for (;;) {
    const character = scanner.peek();
    if (character === '' || metacharacters.has(character)) break;
    readUnit(scanner, parts, '');
  }
  return scanner.position === start ? null : { parts: parts.done() };
}

const longestSubscript = 1_000;

/** Where the bracket is closed that was opened before `from`, on the same line; -1 where it is not. */
export function closingBracket(text: string, from: number): number {
  const last = Math.min(text.length, from + longestSubscript);
  let brackets = 0;
  let parentheses = 0;
  let quote = '';
  for (let index = from; index < last; index += 1) {
    const character = text.charAt(index);
    if (character === '\n') return -1;
    if (quote !== '') {
      if (character === '\\' && quote === '"') index += 1;
      else if (character === quote) quote = '';
    } else if (character === '\\') index += 1;
    else if (character === '"' || character === "'" || character === '`') quote = character;
    else if (character === '(') parentheses += 1;
    else if (character === ')') parentheses -= 1;
    else if (character === '[') brackets += 1;
    else if (character === ']' && parentheses <= 0) {
      if (brackets === 0) return index;
      brackets -= 1;
    }
  }
  return -1;
}

/** The subscript of an element, up to its closing bracket at `end`. Blanks and metacharacters are part of it. */
export function readSubscript(scanner: Scanner, end: number): Word {
  const parts = new Parts();
  while (scanner.position < end) readUnit(scanner, parts, '');
  if (scanner.position !== end) throw scanner.fault(']');
  return { parts: parts.done() };
}

/** One unit outside double quotes. `stop` is kept for `${…}` arguments, which end at `}` or `/`. */
function readUnit(scanner: Scanner, parts: Parts, _stop: string): void {
  const character = scanner.peek();
  if (character === '\\') {
    const next = scanner.peek(1);
    if (next === '' && !scanner.final) throw new Incomplete('newline');
    scanner.position += next === '' ? 1 : 2;
    if (next !== '\n') parts.text(next === '' ? '\\' : next, true);
  } else if (character === "'") readSingle(scanner, parts);
  else if (character === '"') {
    scanner.position += 1;
    readDouble(scanner, parts);
  } else if (character === '$') readDollar(scanner, parts, false);
  else if (character === '`') readBackquote(scanner, parts, false);
  else {
    parts.text(character, false);
    scanner.position += 1;
  }
}

function readSingle(scanner: Scanner, parts: Parts): void {
  const end = scanner.text.indexOf("'", scanner.position + 1);
  if (end < 0) throw new Incomplete("'", '', scanner.line());
  parts.text(scanner.text.slice(scanner.position + 1, end), true);
  scanner.position = end + 1;
}

/** After the opening quote, through the closing one. */
function readDouble(scanner: Scanner, parts: Parts): void {
  const start = scanner.position;
  // `"$@"` alone may come to nothing at all.
  if (!/^\$(?:@|\{(?:@|\w{1,60}\[@\])\})"/.test(scanner.text.slice(start, start + 70))) parts.text('', true);
  for (;;) {
    const character = scanner.peek();
    if (character === '') throw new Incomplete('"', '', scanner.line(start));
    if (character === '"') {
      scanner.position += 1;
      return;
    }
    readQuotedUnit(scanner, parts, '$`"\\');
  }
}

/** One unit where double-quote rules hold; a backslash escapes only the characters of `escapable`, and a line end. */
function readQuotedUnit(scanner: Scanner, parts: Parts, escapable: string): void {
  const character = scanner.peek();
  if (character === '\\') {
    const next = scanner.peek(1);
    if (next === '\n') scanner.position += 2;
    else if (next !== '' && escapable.includes(next)) {
      parts.text(next, true);
      scanner.position += 2;
    } else {
      parts.text('\\', true);
      scanner.position += 1;
    }
  } else if (character === '$') readDollar(scanner, parts, true);
  else if (character === '`') readBackquote(scanner, parts, true);
  else {
    parts.text(character, true);
    scanner.position += 1;
  }
}

/** The parts of a here-document's body: double-quote rules, but `"` is plain. */
export function readHereBody(text: string, outer: Scanner): Part[] {
  const scanner = new Scanner(text, 0, true, outer.dialect);
  scanner.substitution = outer.substitution;
  scanner.hereBody = outer.hereBody;
  scanner.lines = outer.lines;
  scanner.linesBefore = (outer.bodyLine === 0 ? outer.line() : outer.bodyLine) - 1;
  scanner.nesting = outer.nesting + 1;
  const parts = new Parts();
  while (!scanner.ended) readQuotedUnit(scanner, parts, '$`\\');
  return parts.done();
}

function readBackquote(scanner: Scanner, parts: Parts, quoted: boolean): void {
  let text = '';
  let index = scanner.position + 1;
  for (;;) {
    const character = scanner.text.charAt(index);
    if (character === '') throw new Incomplete('`', '', scanner.line());
    if (character === '`') break;
    const next = scanner.text.charAt(index + 1);
    if (character === '\\' && next !== '' && ('$`\\'.includes(next) || (quoted && next === '"'))) {
      text += next;
      index += 2;
    } else {
      text += character;
      index += 1;
    }
  }
  const line = scanner.line();
  scanner.position = index + 1;
  if (scanner.bash) parts.part({ kind: 'backquote', text, quoted });
  else parts.part({ kind: 'command', body: readInner(text, line, scanner), quoted });
}

/** The list between backquotes, which dash and ash parse with the word that it stands in. */
function readInner(text: string, line: number, outer: Scanner): List {
  const scanner = new Scanner(text, 0, true, outer.dialect);
  scanner.linesBefore = line - 1;
  scanner.substitution = outer.substitution;
  scanner.hereBody = outer.hereBody;
  scanner.lines = outer.lines;
  scanner.nesting = outer.nesting;
  scanner.enter();
  try {
    return scanner.lines(scanner);
  } catch (error) {
    if (!(error instanceof Incomplete)) throw error;
    throw new SyntaxFault(
      'end of file',
      scanner.line(text.length),
      error.expected,
      openTexts[error.expected],
    );
  }
}

function readDollar(scanner: Scanner, parts: Parts, quoted: boolean): void {
  const next = scanner.peek(1);
  if (next === '(' && scanner.peek(2) === '(' && readArithmetic(scanner, parts, quoted)) return;
  if (next === '(') {
    scanner.position += 2;
    parts.part({ kind: 'command', body: scanner.substitution(scanner), quoted });
  } else if (next === '[' && scanner.bash) {
    readBracketed(scanner, parts, quoted);
  } else if (next === '{') readBraced(scanner, parts, quoted);
  else if (next === "'" && !quoted && scanner.dialect !== 'dash') readAnsi(scanner, parts);
  else if (next === '"' && !quoted && scanner.bash) scanner.position += 1;
  else if (special.has(next) || (next >= '0' && next <= '9')) {
    scanner.position += 2;
    parts.part(plain(next, quoted));
  } else if (nameStart.test(next)) {
    scanner.position += 1;
    parts.part(plain(takeName(scanner), quoted));
  } else {
    parts.text('$', quoted);
    scanner.position += 1;
  }
}

const plain = (name: string, quoted: boolean): ParameterPart => ({
  kind: 'parameter',
  name,
  subscript: null,
  operator: '',
  argument: null,
  second: null,
  quoted,
});

export function takeName(scanner: Scanner): string {
  const start = scanner.position;
  if (!nameStart.test(scanner.peek())) return '';
  while (nameRest.test(scanner.peek())) scanner.position += 1;
  return scanner.text.slice(start, scanner.position);
}

/** `$((…))`. False where the parentheses turn out to be a substitution that begins with a subshell. */
function readArithmetic(scanner: Scanner, parts: Parts, quoted: boolean): boolean {
  const start = scanner.position + 3;
  let depth = 0;
  let index = start;
  for (;;) {
    const character = scanner.text.charAt(index);
    if (character === '') {
      if (!scanner.bash) throw new Incomplete('$(())');
      if (scanner.final) throw new Incomplete('$(())', '', scanner.line());
      throw new Incomplete(')');
    }
    if (character === '(') depth += 1;
    else if (character === ')') {
      // dash and ash take a lone parenthesis as part of the expression.
      if (depth === 0 && (scanner.bash || scanner.text.charAt(index + 1) === ')')) break;
      if (depth > 0) depth -= 1;
    } else if (character === '\\') index += 1;
    index += 1;
  }
  if (scanner.text.charAt(index + 1) !== ')') return false;
  let expression = innerQuoted(scanner, scanner.text.slice(start, index));
  if (scanner.bash) expression = withoutQuotes(expression);
  scanner.position = index + 2;
  parts.part({ kind: 'arithmetic', expression, quoted });
  return true;
}

/** bash takes quotes out of an expression before it reads it. */
function withoutQuotes(word: Word): Word {
  return {
    parts: word.parts.map((part) =>
      part.kind === 'text' && part.text.includes('"')
        ? { ...part, text: part.text.replaceAll(/\\?"/g, '') }
        : part,
    ),
  };
}

/** `$[…]`, the old form of bash. */
function readBracketed(scanner: Scanner, parts: Parts, quoted: boolean): void {
  const end = scanner.text.indexOf(']', scanner.position);
  if (end < 0) throw new Incomplete(']');
  const expression = innerQuoted(scanner, scanner.text.slice(scanner.position + 2, end));
  scanner.position = end + 1;
  parts.part({ kind: 'arithmetic', expression, quoted });
}

export function innerQuoted(scanner: Scanner, text: string): Word {
  scanner.enter();
  const parts = readHereBody(text, scanner);
  scanner.leave();
  return { parts };
}

const operators: readonly ParameterOperator[] = [
  ':-',
  ':=',
  ':?',
  ':+',
  '-',
  '=',
  '?',
  '+',
  '##',
  '#',
  '%%',
  '%',
];
const bashOperators: readonly ParameterOperator[] = ['//', '/#', '/%', '/', '^^', '^', ',,', ','];

const replacements = new Set(['//', '/#', '/%', '/']);

/** The operators that a shell has beside those of POSIX. */
function ownOperator(scanner: Scanner): ParameterOperator | undefined {
  const found = bashOperators.find((candidate) => scanner.starts(candidate));
  if (scanner.bash || found === undefined) return found;
  return scanner.dialect === 'ash' && replacements.has(found) ? found : undefined;
}

/** `${…}` with its operators (POSIX §2.6.2; substring, replacement, case and indirection are bash's). */
function readBraced(scanner: Scanner, parts: Parts, quoted: boolean): void {
  const start = scanner.position;
  scanner.enter();
  scanner.position += 2;
  let operator: ParameterOperator = '';
  if (scanner.peek() === '#' && scanner.peek(1) !== '}' && !'-?:=+%#'.includes(scanner.peek(1))) {
    operator = 'length';
    scanner.position += 1;
  } else if (scanner.peek() === '!' && nameStart.test(scanner.peek(1)) && scanner.bash) {
    operator = 'indirect';
    scanner.position += 1;
  }
  let { name, subscript } = takeParameterName(scanner);
  let argument: Word | null = null;
  let second: Word | null = null;
  let known = name !== '';
  if (operator === 'indirect' && /\[[@*]\]$/.test(name)) operator = 'keys';
  if (known && scanner.peek() !== '}') {
    const found =
      operator === '' || operator === 'indirect'
        ? (operators.find((candidate) => scanner.starts(candidate)) ?? ownOperator(scanner))
        : undefined;
    if (found !== undefined) {
      operator = found;
      scanner.position += found.length;
      const replacing = found.startsWith('/');
      // A pattern has quotes of its own, though the whole stands in quotes.
      argument = readBracedWord(scanner, quoted && !/^[#%/]/.test(found), replacing ? '/' : '');
      if (replacing && scanner.peek() === '/') {
        scanner.position += 1;
        second = readBracedWord(scanner, quoted, '');
      }
    } else if (operator === '' && scanner.peek() === ':' && scanner.dialect !== 'dash') {
      operator = 'substring';
      scanner.position += 1;
      argument = readBracedWord(scanner, true, ':');
      if (scanner.peek() === ':') {
        scanner.position += 1;
        second = readBracedWord(scanner, true, '');
      }
    } else if (
      operator === '' &&
      scanner.bash &&
      /^@[QUuLEPAa]\}/.test(scanner.text.slice(scanner.position, scanner.position + 3))
    ) {
      operator = 'transform';
      argument = { parts: [{ kind: 'text', text: scanner.peek(1), quoted: true }] };
      scanner.position += 2;
    } else known = false;
  }
  if (!known) readBracedWord(scanner, quoted, '');
  if (scanner.ended) throw new Incomplete('${}', '', scanner.line(start));
  scanner.position += 1;
  scanner.leave();
  if (!known) {
    operator = 'bad';
    name = scanner.text.slice(start, Math.min(scanner.position, start + 200));
    argument = null;
    second = null;
  }
  parts.part({ kind: 'parameter', name, subscript, operator, argument, second, quoted });
}

/** The name as it is written, with the subscript where it must be expanded to know the element. */
function takeParameterName(scanner: Scanner): Pick<ParameterPart, 'name' | 'subscript'> {
  const subscript = null;
  const character = scanner.peek();
  if (special.has(character)) {
    scanner.position += 1;
    return { name: character, subscript };
  }
  if (character >= '0' && character <= '9') {
    const start = scanner.position;
    while (scanner.peek() >= '0' && scanner.peek() <= '9' && scanner.peek() !== '') scanner.position += 1;
    return { name: scanner.text.slice(start, scanner.position), subscript };
  }
  const name = takeName(scanner);
  if (name === '' || !scanner.bash || scanner.peek() !== '[') return { name, subscript };
  const start = scanner.position;
  const end = closingBracket(scanner.text, start + 1);
  if (end < 0) return { name, subscript };
  const text = scanner.text.slice(start, end + 1);
  if (/^\[(?:\w+|-\d+|[@*])\]$/.test(text)) {
    scanner.position = end + 1;
    return { name: name + text, subscript };
  }
  scanner.position += 1;
  const word = readSubscript(scanner, end);
  scanner.position = end + 1;
  return { name: name + text, subscript: word };
}

/** The word inside `${name…}`, up to `}` or `stop`, neither taken. */
function readBracedWord(scanner: Scanner, quoted: boolean, stop: string): Word {
  const start = scanner.position;
  const parts = new Parts();
  for (;;) {
    const character = scanner.peek();
    if (character === '') throw new Incomplete('${}', '', scanner.line(start));
    if (character === '}' || (stop !== '' && character === stop)) break;
    if (quoted && character === '"') {
      scanner.position += 1;
      readDouble(scanner, parts);
    } else if (quoted) readQuotedUnit(scanner, parts, '$`"\\}');
    else readUnit(scanner, parts, stop);
  }
  return { parts: parts.done() };
}

const ansiEscapes: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  a: '\x07',
  b: '\b',
  e: '\x1b',
  E: '\x1b',
  f: '\f',
  v: '\v',
  '\\': '\\',
  "'": "'",
  '"': '"',
  '?': '?',
};

/** `$'…'`. */
function readAnsi(scanner: Scanner, parts: Parts): void {
  let text = '';
  let index = scanner.position + 2;
  for (;;) {
    const character = scanner.text.charAt(index);
    if (character === '') throw new Incomplete("'");
    if (character === "'") break;
    if (character !== '\\') {
      text += character;
      index += 1;
      continue;
    }
    const rest = scanner.text.slice(index + 1, index + 10);
    const point = /^(?:u[0-9a-fA-F]{1,4}|U[0-9a-fA-F]{1,8})/.exec(rest);
    const hex = /^x([0-9a-fA-F]{1,2})/.exec(rest);
    const octal = /^[0-7]{1,3}/.exec(rest);
    if (point !== null) {
      const code = Number.parseInt(point[0].slice(1), 16);
      if (code <= 0x10ffff) text += encodeText(String.fromCodePoint(code));
      index += 1 + point[0].length;
    } else if (hex !== null) {
      text += String.fromCharCode(Number.parseInt(hex[1] ?? '', 16));
      index += 1 + hex[0].length;
    } else if (octal !== null) {
      text += String.fromCharCode(Number.parseInt(octal[0], 8) & 255);
      index += 1 + octal[0].length;
    } else {
      const escape = scanner.text.charAt(index + 1);
      text += ansiEscapes[escape] ?? `\\${escape}`;
      index += 2;
    }
  }
  scanner.position = index + 1;
  parts.text(text, true);
}
