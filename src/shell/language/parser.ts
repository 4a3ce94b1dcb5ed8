import { Incomplete, SyntaxFault } from './fault.ts';
import type { Scanner } from './scanner.ts';
import type {
  Assignment,
  CaseCommand,
  Command,
  ForCommand,
  IfCommand,
  List,
  ListItem,
  Part,
  Pipeline,
  Redirection,
  SimpleCommand,
  Word,
} from './syntax.ts';
import { innerQuoted, readHereBody, closingBracket, readSubscript, readWord } from './word-reader.ts';

const reserved = new Set([
  'if',
  'then',
  'else',
  'elif',
  'fi',
  'for',
  'while',
  'until',
  'do',
  'done',
  'case',
  'esac',
  'in',
  '{',
  '}',
  '!',
]);
/** Words that end a list: they belong to the compound command around it. */
const closing = new Set(['then', 'else', 'elif', 'fi', 'do', 'done', 'esac', '}']);
const operatorTexts = [
  '&&',
  '||',
  ';;',
  ';&',
  '<<<',
  '<<-',
  '<<',
  '<&',
  '<>',
  '>>',
  '>&',
  '>|',
  '&',
  '|',
  ';',
  '(',
  ')',
  '<',
  '>',
];

/** The first token at the cursor, for messages. */
function tokenAt(scanner: Scanner): string {
  if (scanner.peek() === '\n') return 'newline';
  if (scanner.ended) return scanner.bash ? 'newline' : 'end of file';
  const operator = operatorTexts.find((text) => scanner.starts(text));
  if (operator !== undefined) return operator;
  return /^[^\s;&|<>()]{1,60}/.exec(scanner.text.slice(scanner.position, scanner.position + 60))?.[0] ?? '';
}

/** What the parser expected is missing: more may come, or the text is wrong. */
function missing(scanner: Scanner, expected: string): Error {
  return scanner.ended ? new Incomplete(expected) : scanner.fault(tokenAt(scanner), expected);
}

/** The reserved word at the cursor, or ''. It must stand as a whole word. */
function peekReserved(scanner: Scanner): string {
  const match = /^(?:[a-z]{2,5}|[{}!])(?=[\s;&|<>()]|$)/.exec(
    scanner.text.slice(scanner.position, scanner.position + 7),
  );
  return match !== null && reserved.has(match[0]) ? match[0] : '';
}

function expectReserved(scanner: Scanner, word: string): void {
  scanner.skipLines();
  if (peekReserved(scanner) !== word) throw missing(scanner, word);
  scanner.position += word.length;
}

/**
 * Reads the next complete command line of a script: shells run each before they look at the next.
 * Null at the end of the text. Throws `Incomplete` or `SyntaxFault`.
 */
export function parseLine(scanner: Scanner): List | null {
  scanner.substitution = substitution;
  scanner.hereBody = readHereBody;
  scanner.lines = allLines;
  scanner.skipLines();
  if (scanner.ended) return null;
  const list = parseList(scanner, false);
  scanner.skipBlanks();
  if (!scanner.ended && !scanner.takeNewline()) throw scanner.fault(tokenAt(scanner));
  if (scanner.ended) scanner.finishHereDocuments();
  return list;
}

function allLines(scanner: Scanner): List {
  const items: ListItem[] = [];
  for (let list = parseLine(scanner); list !== null; list = parseLine(scanner)) items.push(...list.items);
  return { items };
}

function markFaults(scanner: Scanner): List {
  try {
    return parseList(scanner, true);
  } catch (error) {
    if (error instanceof SyntaxFault) error.substituted = true;
    throw error;
  }
}

/** `bracket` is what bash looks for at the end of the text: it tells a substitution from a subshell. */
function substitution(scanner: Scanner, bracket = '$()'): List {
  scanner.enter();
  if (bracket === '$()') scanner.substitutions += 1;
  const list = bracket === '$()' && scanner.bash ? markFaults(scanner) : parseList(scanner, true);
  scanner.skipLines();
  if (bracket === '$()') scanner.substitutions -= 1;
  if (scanner.peek() !== ')') throw missing(scanner, scanner.bash && scanner.ended ? bracket : ')');
  scanner.position += 1;
  scanner.leave();
  return list;
}

/** `lines`: true inside a compound command, where a line end separates; false where it ends the list. */
function parseList(scanner: Scanner, lines: boolean): List {
  const items: ListItem[] = [];
  for (;;) {
    if (lines) scanner.skipLines();
    else scanner.skipBlanks();
    if (scanner.ended || scanner.peek() === ')' || scanner.peek() === '\n') break;
    if (scanner.starts(';;') || scanner.starts(';&')) break;
    if (closing.has(peekReserved(scanner))) break;
    const start = scanner.position;
    const { first, rest } = parseAndOr(scanner);
    const source = scanner.text.slice(start, Math.min(scanner.position, start + 400)).trimEnd();
    scanner.skipBlanks();
    let background = false;
    let more = true;
    if (scanner.peek() === '&' && !scanner.starts('&&')) {
      background = true;
      scanner.position += 1;
    } else if (scanner.peek() === ';' && !scanner.starts(';;') && !scanner.starts(';&'))
      scanner.position += 1;
    else if (lines && scanner.peek() === '\n') more = true;
    else more = false;
    items.push({ first, rest, background, source });
    if (!more) break;
  }
  return { items };
}

function parseAndOr(scanner: Scanner): Pick<ListItem, 'first' | 'rest'> {
  const first = parsePipeline(scanner);
  const rest: { operator: '&&' | '||'; pipeline: Pipeline }[] = [];
  for (;;) {
    scanner.skipBlanks();
    const operator = scanner.starts('&&') ? '&&' : scanner.starts('||') ? '||' : null;
    if (operator === null) return { first, rest };
    scanner.position += 2;
    scanner.skipLines();
    if (scanner.ended) throw new Incomplete(operator);
    rest.push({ operator, pipeline: parsePipeline(scanner) });
  }
}

function parsePipeline(scanner: Scanner): Pipeline {
  let negated = false;
  scanner.skipBlanks();
  while (peekReserved(scanner) === '!') {
    negated = !negated;
    scanner.position += 1;
    scanner.skipBlanks();
  }
  const commands: Command[] = [];
  // bash takes a lone `!` for the failure of nothing.
  if (negated && scanner.bash && (scanner.ended || '\n;'.includes(scanner.peek())))
    return { negated, commands };
  for (;;) {
    const command = parseCommand(scanner);
    scanner.skipBlanks();
    if (scanner.peek() !== '|' || scanner.starts('||')) {
      commands.push(command);
      return { negated, commands };
    }
    scanner.position += 1;
    if (scanner.bash && scanner.peek() === '&') {
      // `|&` carries standard error through the pipe too.
      scanner.position += 1;
      commands.push(withRedirection(command, { descriptor: 2, operator: '>&', target: textWord('1') }));
    } else commands.push(command);
    scanner.skipLines();
    if (scanner.ended) throw new Incomplete('|');
  }
}

const textWord = (text: string): Word => ({ parts: [{ kind: 'text', text, quoted: false }] });

function withRedirection(command: Command, redirection: Redirection): Command {
  if (command.kind === 'function') return command;
  return { ...command, redirections: [...command.redirections, redirection] };
}

function parseCommand(scanner: Scanner): Command {
  scanner.skipBlanks();
  const line = scanner.line();
  const command = parseAny(scanner);
  if (command.kind === 'simple' || command.kind === 'function') return command;
  // bash names the line of most compound commands only when it has read them.
  const late = scanner.bash && !/^(?:for|case|count|condition)$/.test(command.kind);
  return { ...command, line: late ? scanner.line() : line };
}

function parseAny(scanner: Scanner): Command {
  const character = scanner.peek();
  if (character === '(') {
    if (scanner.bash && scanner.peek(1) === '(') {
      const counted = parseCount(scanner);
      if (counted !== null) return counted;
    }
    scanner.position += 1;
    const body = substitution(scanner, ')');
    if (body.items.length === 0) throw scanner.fault(')');
    return { kind: 'subshell', body, redirections: redirectionsAfter(scanner) };
  }
  const word = peekReserved(scanner);
  if (word === '') {
    if (scanner.bash && /^\[\[\s/.test(scanner.text.slice(scanner.position, scanner.position + 3)))
      return parseCondition(scanner);
    return parseSimple(scanner);
  }
  if (
    word === 'if' ||
    word === 'for' ||
    word === 'while' ||
    word === 'until' ||
    word === 'case' ||
    word === '{'
  ) {
    scanner.enter();
    scanner.position += word.length;
    const command = compound(scanner, word);
    scanner.leave();
    return command;
  }
  if (word === 'in' && scanner.bash) return parseSimple(scanner);
  throw scanner.fault(word);
}

function compound(scanner: Scanner, word: string): Command {
  switch (word) {
    case '{': {
      const body = block(scanner, '}');
      return { kind: 'group', body, redirections: redirectionsAfter(scanner) };
    }
    case 'if':
      return parseIf(scanner);
    case 'for':
      return parseFor(scanner);
    case 'case':
      return parseCase(scanner);
    default: {
      const condition = block(scanner, 'do');
      const body = block(scanner, 'done');
      return {
        kind: 'loop',
        until: word === 'until',
        condition,
        body,
        redirections: redirectionsAfter(scanner),
      };
    }
  }
}

/** A list that must hold something, and the word that ends it. */
function block(scanner: Scanner, end: string): List {
  const list = parseList(scanner, true);
  if (list.items.length === 0) {
    scanner.skipLines();
    throw scanner.ended ? new Incomplete(end) : scanner.fault(tokenAt(scanner));
  }
  expectReserved(scanner, end);
  return list;
}

function parseIf(scanner: Scanner): IfCommand {
  const branches: { condition: List; body: List }[] = [];
  let otherwise: List | null = null;
  for (;;) {
    const condition = block(scanner, 'then');
    const body = parseList(scanner, true);
    scanner.skipLines();
    const next = peekReserved(scanner);
    if (body.items.length === 0 && !scanner.ended) throw scanner.fault(tokenAt(scanner));
    if (next !== 'elif' && next !== 'else' && next !== 'fi') throw missing(scanner, 'fi');
    branches.push({ condition, body });
    scanner.position += next.length;
    if (next === 'elif') continue;
    if (next === 'else') otherwise = block(scanner, 'fi');
    return { kind: 'if', branches, otherwise, redirections: redirectionsAfter(scanner) };
  }
}

function parseFor(scanner: Scanner): ForCommand {
  scanner.skipBlanks();
  if (scanner.bash && scanner.starts('((')) return parseCountingFor(scanner);
  const nameWord = readWord(scanner);
  const part = nameWord?.parts[0];
  const named = nameWord?.parts.length === 1 && part?.kind === 'text' && !part.quoted;
  if (!scanner.bash && !(named && /^[A-Za-z_]\w*$/.test(part.text)))
    throw new SyntaxFault('', scanner.line() + Number(scanner.peek() === '\n'), '', 'Bad for loop variable');
  if (!named) throw missing(scanner, 'name');
  scanner.skipLines();
  let words: Word[] | null = null;
  const sources: string[] = [];
  if (peekReserved(scanner) === 'in') {
    scanner.position += 2;
    words = [];
    for (;;) {
      scanner.skipBlanks();
      const { position } = scanner;
      const word = readWord(scanner);
      if (word === null) break;
      words.push(word);
      sources.push(scanner.text.slice(position, scanner.position));
    }
    if (scanner.ended) throw new Incomplete('do');
    if (scanner.peek() === ';') scanner.position += 1;
    else if (scanner.peek() !== '\n') throw scanner.fault(tokenAt(scanner));
  } else if (scanner.peek() === ';') scanner.position += 1;
  expectReserved(scanner, 'do');
  const body = block(scanner, 'done');
  return {
    kind: 'for',
    name: part.text,
    words,
    source: words === null ? '"$@"' : sources.join(' '),
    counting: null,
    body,
    redirections: redirectionsAfter(scanner),
  };
}

function parseCountingFor(scanner: Scanner): ForCommand {
  const end = scanner.text.indexOf('))', scanner.position);
  if (end < 0) throw new Incomplete('))');
  const [start = '', condition = '', next = ''] = scanner.text.slice(scanner.position + 2, end).split(';');
  scanner.position = end + 2;
  const counting: [Word, Word, Word] = [
    innerQuoted(scanner, start),
    innerQuoted(scanner, condition),
    innerQuoted(scanner, next),
  ];
  scanner.skipBlanks();
  if (scanner.peek() === ';') scanner.position += 1;
  expectReserved(scanner, 'do');
  const body = block(scanner, 'done');
  return {
    kind: 'for',
    name: '',
    words: null,
    source: '',
    counting,
    body,
    redirections: redirectionsAfter(scanner),
  };
}

function parseCase(scanner: Scanner): CaseCommand {
  scanner.skipBlanks();
  const start = scanner.position;
  const subject = readWord(scanner);
  if (subject === null) throw missing(scanner, 'word');
  const source = scanner.text.slice(start, scanner.position);
  expectReserved(scanner, 'in');
  const branches: { patterns: Word[]; body: List; falls: boolean; tests: boolean }[] = [];
  for (;;) {
    scanner.skipLines();
    if (peekReserved(scanner) === 'esac') {
      scanner.position += 4;
      return { kind: 'case', subject, source, branches, redirections: redirectionsAfter(scanner) };
    }
    if (scanner.peek() === '(') scanner.position += 1;
    const patterns: Word[] = [];
    for (;;) {
      scanner.skipBlanks();
      const pattern = readWord(scanner);
      if (pattern === null) {
        if (scanner.bash || scanner.ended) throw missing(scanner, ')');
        // dash and ash take any token for a pattern and miss the parenthesis.
        scanner.position += tokenAt(scanner).length;
        scanner.skipBlanks();
        throw missing(scanner, ')');
      }
      patterns.push(pattern);
      scanner.skipBlanks();
      if (scanner.peek() !== '|' || scanner.starts('||')) break;
      scanner.position += 1;
    }
    if (scanner.peek() !== ')') throw missing(scanner, ')');
    scanner.position += 1;
    const body = parseList(scanner, true);
    scanner.skipLines();
    const tests = scanner.bash && scanner.starts(';;&');
    const falls = scanner.starts(';&');
    branches.push({ patterns, body, falls, tests });
    if (tests) scanner.position += 3;
    else if (falls || scanner.starts(';;')) scanner.position += 2;
    else if (peekReserved(scanner) !== 'esac') throw missing(scanner, ';;');
  }
}

/** `((…))`; null where it is a subshell in a subshell. */
function parseCount(scanner: Scanner): Command | null {
  let depth = 0;
  for (let index = scanner.position + 2; index < scanner.text.length; index += 1) {
    const character = scanner.text[index];
    if (character === '(') depth += 1;
    else if (character === ')') {
      if (depth > 0) depth -= 1;
      else if (scanner.text[index + 1] !== ')') return null;
      else {
        const expression = innerQuoted(scanner, scanner.text.slice(scanner.position + 2, index));
        scanner.position = index + 2;
        return { kind: 'count', expression, redirections: redirectionsAfter(scanner) };
      }
    }
  }
  if (scanner.final) return null;
  throw new Incomplete('))');
}

/** `[[ … ]]`: its words, in which operators are plain. */
function parseCondition(scanner: Scanner): Command {
  scanner.position += 2;
  const words: Word[] = [];
  let expression = false;
  for (;;) {
    scanner.skipLines();
    if (scanner.ended) throw new Incomplete(']]');
    if (expression) {
      // What follows `=~` is one word, parentheses and bars with it.
      words.push(readExpressionWord(scanner));
      expression = false;
      continue;
    }
    const operator = ['&&', '||', '(', ')', '<', '>'].find((text) => scanner.starts(text));
    if (operator !== undefined) {
      scanner.position += operator.length;
      words.push(textWord(operator));
      continue;
    }
    const before = scanner.position;
    const word = readWord(scanner);
    if (word === null) throw scanner.fault(tokenAt(scanner));
    if (scanner.text.slice(before, scanner.position) === ']]')
      return { kind: 'condition', words, redirections: redirectionsAfter(scanner) };
    expression = scanner.text.slice(before, scanner.position) === '=~';
    words.push(word);
  }
}

function readExpressionWord(scanner: Scanner): Word {
  const parts: Part[] = [];
  while (!scanner.ended && !' \t\n'.includes(scanner.peek())) {
    const word = readWord(scanner);
    if (word !== null) parts.push(...word.parts);
    else {
      parts.push({ kind: 'text', text: scanner.peek(), quoted: false });
      scanner.position += 1;
    }
  }
  return { parts };
}

function redirectionsAfter(scanner: Scanner): Redirection[] {
  const redirections: Redirection[] = [];
  for (;;) {
    scanner.skipBlanks();
    const redirection = parseRedirection(scanner);
    if (redirection === null) return redirections;
    redirections.push(redirection);
  }
}

const redirectionOperators: readonly Redirection['operator'][] = [
  '<<<',
  '<&',
  '<>',
  '<',
  '>>',
  '>&',
  '>|',
  '>',
];
const redirectionPattern = /^(\d{0,4})(<<<|<<-|<<|<&|<>|<|>>|>&|>\||>)/;
const bothPattern = /^&>>?/;

/** One redirection at the cursor (POSIX §2.7), or null. */
function parseRedirection(scanner: Scanner): Redirection | null {
  const ahead = scanner.text.slice(scanner.position, scanner.position + 8);
  if (scanner.dialect !== 'dash' && bothPattern.test(ahead)) {
    const operator = ahead.startsWith('&>>') ? '&>>' : '&>';
    scanner.position += operator.length;
    return { descriptor: -1, operator, target: redirectionTarget(scanner) };
  }
  const match = redirectionPattern.exec(ahead);
  if (match === null) return null;
  let operator = match[2] ?? '<';
  let length = match[0].length;
  if (operator === '<<<' && !scanner.bash) {
    operator = '<<';
    length -= 1;
  }
  if (scanner.bash && match[1] === '' && operator.length === 1 && ahead[1] === '(') return null;
  scanner.position += length;
  const descriptor = match[1] === '' ? -1 : Number(match[1]);
  const plain = redirectionOperators.find((candidate) => candidate === operator);
  if (plain !== undefined) return { descriptor, operator: plain, target: redirectionTarget(scanner) };
  const delimiter = redirectionTarget(scanner);
  const target: { parts: Word['parts'] } = { parts: [] };
  scanner.announce({
    delimiter: delimiter.parts.map((part) => (part.kind === 'text' ? part.text : '')).join(''),
    quoted: delimiter.parts.some((part) => part.quoted),
    stripTabs: operator === '<<-',
    line: scanner.line(),
    target,
  });
  return { descriptor, operator: '<<', target };
}

function redirectionTarget(scanner: Scanner): Word {
  scanner.skipBlanks();
  const target = readWord(scanner);
  if (target === null) throw scanner.fault(tokenAt(scanner));
  return target;
}

const assignmentPattern = /^([A-Za-z_][A-Za-z0-9_]{0,200}(?:\[[A-Za-z0-9_@*]{0,40}\])?)(\+?=)/;
const plainAssignment = /^([A-Za-z_][A-Za-z0-9_]{0,200})(=)/;
const functionPattern = /^([A-Za-z_.:][A-Za-z0-9_.:-]{0,100})[ \t]*\([ \t]*\)/;

function parseSimple(scanner: Scanner): Command {
  const start = scanner.position;
  const ahead = scanner.text.slice(start, start + 260);
  const defined =
    functionPattern.exec(ahead) ??
    (scanner.dialect !== 'dash'
      ? /^function[ \t]+([A-Za-z_][\w.:-]{0,100})(?:[ \t]*\(\))?/.exec(ahead)
      : null);
  if (defined !== null) return parseFunction(scanner, defined[1] ?? '', defined[0].length);
  const assignments: Assignment[] = [];
  const words: Word[] = [];
  const redirections: Redirection[] = [];
  const arrays: Assignment[] = [];
  let line = scanner.line(start);
  for (;;) {
    scanner.skipBlanks();
    // bash counts a command from where its first word ends.
    if (scanner.bash && assignments.length + words.length + redirections.length === 1) line = scanner.line();
    const redirection = parseRedirection(scanner);
    if (redirection !== null) {
      redirections.push(redirection);
      continue;
    }
    const assigned =
      words.length === 0
        ? (scanner.bash ? assignmentPattern : plainAssignment).exec(
            scanner.text.slice(scanner.position, scanner.position + 250),
          )
        : null;
    if (assigned !== null) {
      scanner.position += assigned[0].length;
      assignments.push(parseAssignment(scanner, assigned[1] ?? '', null, assigned[2] === '+='));
      continue;
    }
    const element = words.length === 0 && scanner.bash ? parseElementAssignment(scanner) : null;
    if (element !== null) {
      assignments.push(element);
      continue;
    }
    const array = arrayOperand(scanner, words[0]);
    if (array !== null) {
      arrays.push(array);
      words.push(textWord(array.name));
      continue;
    }
    const word = readWord(scanner);
    if (word === null) break;
    words.push(word);
  }
  if (assignments.length + words.length + redirections.length === 0) throw missing(scanner, 'command');
  if (scanner.peek() === '(') {
    // One word before a parenthesis begins a function.
    if (words.length === 1 && assignments.length + redirections.length === 0) {
      scanner.position += 1;
      scanner.skipBlanks();
      if (scanner.peek() !== ')')
        throw scanner.bash ? scanner.fault(tokenAt(scanner)) : missing(scanner, ')');
      throw new SyntaxFault('', scanner.line(), '', 'Bad function name');
    }
    throw scanner.fault('(');
  }
  const simple: SimpleCommand = {
    kind: 'simple',
    assignments,
    words,
    redirections,
    arrays,
    line,
  };
  return simple;
}

/** `name=(…)` after `declare` and its like; null for anything else. */
function arrayOperand(scanner: Scanner, first: Word | undefined): Assignment | null {
  const part = first?.parts[0];
  if (
    !scanner.bash ||
    part?.kind !== 'text' ||
    !/^(?:declare|typeset|local|export|readonly)$/.test(part.text)
  )
    return null;
  const match = assignmentPattern.exec(scanner.text.slice(scanner.position, scanner.position + 250));
  if (match === null || scanner.peek(match[0].length) !== '(') return null;
  scanner.position += match[0].length;
  return parseAssignment(scanner, match[1] ?? '', null, match[2] === '+=');
}

/** `a[$i + 1]=…`, at the cursor; null for anything else. What stands in the brackets is parsed once at most. */
function parseElementAssignment(scanner: Scanner): Assignment | null {
  const start = scanner.position;
  const head = /^[A-Za-z_][A-Za-z0-9_]{0,200}\[/.exec(scanner.text.slice(start, start + 210));
  if (head === null) return null;
  const end = closingBracket(scanner.text, start + head[0].length);
  const operator = end < 0 ? null : /^\+?=/.exec(scanner.text.slice(end + 1, end + 3));
  if (operator === null) return null;
  scanner.position = start + head[0].length;
  const subscript = readSubscript(scanner, end);
  scanner.position = end + 1 + operator[0].length;
  return parseAssignment(scanner, scanner.text.slice(start, end + 1), subscript, operator[0] === '+=');
}

/** What follows the sign of an assignment. */
function parseAssignment(
  scanner: Scanner,
  name: string,
  subscript: Word | null,
  append: boolean,
): Assignment {
  if (scanner.bash && scanner.peek() === '(') {
    scanner.position += 1;
    const elements: Word[] = [];
    for (;;) {
      scanner.skipLines();
      const word = readWord(scanner);
      if (word === null) break;
      elements.push(word);
    }
    if (scanner.peek() !== ')') throw missing(scanner, ')');
    scanner.position += 1;
    return { name, subscript, append, value: { parts: [] }, elements };
  }
  return { name, subscript, append, value: readWord(scanner) ?? { parts: [] }, elements: null };
}

function parseFunction(scanner: Scanner, name: string, length: number): Command {
  scanner.enter();
  scanner.position += length;
  scanner.skipLines();
  if (scanner.ended) throw new Incomplete('{');
  const token = tokenAt(scanner);
  const body = parseCommand(scanner);
  if (scanner.bash && body.kind === 'simple') throw scanner.fault(token);
  scanner.leave();
  return { kind: 'function', name, body, redirections: [] };
}
