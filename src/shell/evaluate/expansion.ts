import { ArithmeticFault, evaluateArithmetic } from '../language/arithmetic.ts';
import { Incomplete, SyntaxFault } from '../language/fault.ts';
import { parseLine } from '../language/parser.ts';
import { escapePattern, Pattern, unescapePattern } from '../language/pattern.ts';
import { Scanner } from '../language/scanner.ts';
import type { List, ParameterPart, Part, Word } from '../language/syntax.ts';
import { type Budget, Exhausted, limits } from '../limits.ts';
import { CollectedOutput, type Reading } from '../stream.ts';
import { expandBraces } from './braces.ts';
import { ExpansionFault } from './control.ts';
import { FieldBuilder, fieldMayBePattern, fieldPattern, fieldText } from './field-builder.ts';
import { glob } from './glob.ts';
import { placeProcessFile } from './process-file.ts';
import type { Shell } from './shell.ts';

const separatorsOf = (shell: Shell): string => shell.variables.get('IFS') ?? ' \t\n';

const declarations = new Set(['export', 'local', 'readonly']);
const bashDeclarations = new Set([...declarations, 'declare', 'typeset']);

/**
 * The words of a command. What a declaration is given in the form of an assignment is expanded as one: neither split nor matched with
 * files. bash looks at the first word as it is written, dash and ash at what it has become, also behind `command`.
 */
export function* expandCommand(shell: Shell, words: readonly Word[]): Reading<string[]> {
  const [first] = words;
  if (first === undefined) return [];
  if (shell.bash) {
    const [part] = first.parts;
    const isDeclaration =
      first.parts.length === 1 && part?.kind === 'text' && bashDeclarations.has(part.text);
    if (!isDeclaration) return yield* expandWords(shell, words);
    const results = yield* expandWords(shell, [first]);
    yield* expandOperands(shell, words.slice(1), results);
    return results;
  }
  const results: string[] = [];
  for (const [index, word] of words.entries()) {
    results.push(...(yield* expandWords(shell, [word])));
    const name = results.find((text) => text !== 'command');
    if (name === undefined) continue;
    if (declarations.has(name)) yield* expandOperands(shell, words.slice(index + 1), results);
    else results.push(...(yield* expandWords(shell, words.slice(index + 1))));
    break;
  }
  return results;
}

const assignmentHead = /^[A-Za-z_]\w{0,200}(?:\[[^\]]{0,60}\])?\+?=/;

function* expandOperands(shell: Shell, words: readonly Word[], results: string[]): Reading<void> {
  const spend = (units: number): void => shell.state.budget.spend(units);
  for (const word of words) {
    for (const braced of shell.bash ? expandBraces(word, spend) : [word]) {
      const [part] = braced.parts;
      const sign = part?.kind === 'text' && !part.quoted ? assignmentHead.exec(part.text) : null;
      if (sign !== null && part?.kind === 'text') {
        const value = { ...part, text: part.text.slice(sign[0].length) };
        results.push(
          sign[0] + (yield* expandText(shell, { parts: [value, ...braced.parts.slice(1)] }, true)),
        );
      } else results.push(...(yield* expandWords(shell, [braced])));
    }
  }
}

/** Words to arguments: braces, expansions, field splitting, path names, removal of quotes. */
export function* expandWords(shell: Shell, words: readonly Word[]): Reading<string[]> {
  const results: string[] = [];
  const spend = (units: number): void => shell.state.budget.spend(units);
  const { budget } = shell.state;
  for (const word of words) {
    for (const braced of shell.bash ? expandBraces(word, spend) : [word]) {
      const builder = new FieldBuilder(separatorsOf(shell));
      yield* expandInto(shell, braced, builder);
      for (const field of builder.done()) {
        const text = fieldText(field);
        budget.spendBytes(text.length);
        if (budget.takeTurn()) yield;
        const searched = !shell.flags.has('f') && fieldMayBePattern(field);
        const matches = searched ? glob(shell, fieldPattern(field)) : [];
        if (searched && matches.length === 0 && shell.flags.has('nullglob')) continue;
        if (matches.length > 0) results.push(...matches);
        else results.push(text);
      }
    }
  }
  return results;
}

/** One word to one text: assignments, redirections, `case`; neither split nor matched with files. */
export function* expandText(shell: Shell, word: Word, assigned = false): Reading<string> {
  const builder = new FieldBuilder('');
  yield* expandInto(shell, word, builder, assigned);
  const text = builder.done().map(fieldText).join(' ');
  shell.state.budget.spendBytes(text.length);
  return text;
}

/** One word to a pattern, in which what was quoted means itself. */
export function* expandPattern(shell: Shell, word: Word): Reading<string> {
  const builder = new FieldBuilder('');
  yield* expandInto(shell, word, builder);
  return builder.done().map(fieldPattern).join(' ');
}

function* expandInto(shell: Shell, word: Word, builder: FieldBuilder, assigned = false): Reading<void> {
  for (const [index, part] of word.parts.entries()) {
    if (part.kind === 'text') {
      const text = part.quoted
        ? part.text
        : assigned
          ? expandTildes(shell, part.text, index === 0)
          : index === 0
            ? expandTilde(shell, part.text)
            : part.text;
      builder.add(text, part.quoted);
    } else if (part.kind === 'parameter') yield* expandParameter(shell, part, builder);
    else {
      const value = yield* expandComputed(shell, part);
      if (part.quoted) builder.add(value, true);
      else builder.addSplit(value);
    }
  }
}

/** In an assignment a tilde is expanded after each colon too. */
function expandTildes(shell: Shell, text: string, first: boolean): string {
  return text
    .split(':')
    .map((piece, index) => (index > 0 || first ? expandTilde(shell, piece) : piece))
    .join(':');
}

function expandTilde(shell: Shell, text: string): string {
  const match = /^~([A-Za-z_][\w-]{0,31})?(?=\/|:|$)/.exec(text);
  if (match === null) return text;
  const home =
    match[1] === undefined
      ? (shell.variables.get('HOME') ?? '/')
      : shell.state.machine.users.find((user) => user.name === match[1])?.home;
  return home === undefined ? text : home + text.slice(match[0].length);
}

function* expandComputed(
  shell: Shell,
  part: Exclude<Part, ParameterPart | { kind: 'text' }>,
): Reading<string> {
  switch (part.kind) {
    case 'arithmetic':
      return yield* expandArithmetic(shell, part.expression);
    case 'command':
      return yield* substitute(shell, part.body);
    case 'process':
      return placeProcessFile(shell.state, `${yield* substitute(shell, part.body)}\n`);
    default: {
      shell.state.budget.spend(Math.floor(part.text.length / limits.parsedPerUnit));
      const scanner = new Scanner(part.text, 0, true, shell.dialect);
      try {
        const items = [];
        for (let list = parseLine(scanner); list !== null; list = parseLine(scanner))
          items.push(...list.items);
        return yield* substitute(shell, { items });
      } catch (error) {
        if (!(error instanceof SyntaxFault) && !(error instanceof Incomplete)) throw error;
        throw new ExpansionFault(
          error instanceof SyntaxFault
            ? `syntax error near unexpected token \`${error.token}'`
            : 'unexpected EOF',
          2,
        );
      }
    }
  }
}

/** The value of an arithmetic expression as text. Throws `ExpansionFault`. */
export function* expandArithmetic(shell: Shell, expression: Word): Reading<string> {
  const text = yield* expandText(shell, expression);
  return String(arithmetic(shell, text));
}

export function arithmetic(shell: Shell, text: string, speaker = ''): bigint {
  shell.state.budget.spendBytes(text.length * 8);
  try {
    return evaluateArithmetic(
      text,
      {
        get: (name) => {
          const value = shell.variables.get(name);
          // A value is an expression of its own, and may name others that name others.
          shell.state.budget.spend(1 + ((value?.length ?? 0) >> 3));
          if (value === undefined && shell.bash && shell.flags.has('u')) complainOfUnset(shell, name);
          return value ?? '0';
        },
        set: (name, value) => shell.variables.set(name, value),
      },
      shell.dialect,
    );
  } catch (error) {
    if (!(error instanceof ArithmeticFault)) throw error;
    if (shell.bash)
      throw new ExpansionFault(
        `${speaker === '' ? '' : `${speaker}: `}${(error.expression ?? text).trimStart()}: ${error.message} (error token is "${error.token}")`,
      );
    if (shell.dialect === 'dash')
      throw new ExpansionFault(
        error.plain.startsWith('I') ? error.plain : `arithmetic expression: ${error.plain}: "${text}"`,
        2,
      );
    throw new ExpansionFault(
      error.message === 'division by 0'
        ? 'divide by zero'
        : error.token.length > 1 && error.token.startsWith(':')
          ? 'malformed ?: operator'
          : 'arithmetic syntax error',
      2,
    );
  }
}

/** `$(…)`: the output of a subshell without its last line ends. */
function* substitute(shell: Shell, body: List): Reading<string> {
  const output = new CollectedOutput();
  const child = shell.fork();
  child.descriptors.set(1, { input: null, output });
  if (shell.bash) child.traceDepth += 1;
  shell.status = yield* shell.engine.contained(child, () =>
    child.nested(() => child.engine.list(child, body)),
  );
  const text = output.text.replaceAll('\0', '');
  shell.state.budget.spendBytes(text.length);
  let end = text.length;
  while (end > 0 && text.charCodeAt(end - 1) === 10) end -= 1;
  return text.slice(0, end);
}

/** The value of a parameter that is not a list; undefined where it is not set. */
export function parameterValue(shell: Shell, name: string): string | undefined {
  switch (name) {
    case '?':
      return String(shell.status);
    case '$':
      return String(shell.pid);
    case '!':
      return shell.lastBackground === 0 ? '' : String(shell.lastBackground);
    case '#':
      return String(shell.words.length);
    case '@':
    case '*':
      return shell.words.length === 0 ? undefined : shell.words.join(' ');
    case '-':
      return (
        [...shell.flags].filter((flag) => flag.length === 1).join('') +
        (shell.bash ? 'hB' : '') +
        (shell.interactive ? 'i' : '') +
        (shell.fromOption && shell.bash ? 'c' : '')
      );
    case '0':
      return shell.name;
    default:
  }
  if (name >= '0' && name <= ':') return shell.words[Number(name) - 1];
  const value = shell.variables.get(name);
  if (value !== undefined) return value;
  if (name === 'RANDOM' && shell.dialect !== 'dash') return String(shell.state.machine.nextRandom() & 0x7fff);
  if (name === 'LINENO') return String(shell.line);
  if (name === 'BASH_SUBSHELL' && shell.bash) return String(shell.subshells);
  if (name === 'FUNCNAME' && shell.bash) return shell.callers.at(-1);
  if (name === 'SECONDS' && shell.bash)
    return String(Math.floor((shell.state.now() - shell.state.machine.startedAt) / 1000));
  if (name === 'EPOCHSECONDS' && shell.bash) return String(Math.floor(shell.state.now() / 1000));
  return undefined;
}

/** The elements where the parameter is a list, such as `@` or `name[@]`; null where it is not. */
function listOf(shell: Shell, name: string): readonly string[] | null {
  if (name === '@' || name === '*') return shell.words;
  const match = /^(\w+)\[[@*]\]$/.exec(name);
  if (match === null) return null;
  if (match[1] === 'PIPESTATUS' && shell.bash) return shell.pipeline.map(String);
  if (match[1] === 'FUNCNAME' && shell.bash) return shell.callers.toReversed();
  return shell.variables.elements(match[1] ?? '');
}

function addList(
  shell: Shell,
  elements: readonly string[],
  star: boolean,
  quoted: boolean,
  builder: FieldBuilder,
): void {
  if (quoted && star) {
    builder.add(elements.join((shell.variables.get('IFS') ?? ' ').charAt(0)), true);
    return;
  }
  for (const [index, element] of elements.entries()) {
    if (index > 0) builder.separate(quoted);
    if (quoted) builder.add(element, true);
    else builder.addSplit(element);
  }
}

/** The element that a subscript means now: `a[3]`. `written` is the name with the subscript as it is written. */
export function* elementOf(shell: Shell, written: string, subscript: Word): Reading<string> {
  const base = written.slice(0, written.indexOf('['));
  const text = yield* expandText(shell, subscript);
  if (shell.variables.isNamed(base) ? text === '' : text.trim() === '')
    throw new ExpansionFault(`${written}: bad array subscript`);
  return `${base}[${shell.variables.isNamed(base) ? text : arithmetic(shell, text)}]`;
}

function* expandParameter(shell: Shell, part: ParameterPart, builder: FieldBuilder): Reading<void> {
  const { operator, quoted } = part;
  const name = part.subscript === null ? part.name : yield* elementOf(shell, part.name, part.subscript);
  if (operator === 'bad')
    throw new ExpansionFault(
      shell.wording({
        bash: `${name}: bad substitution`,
        dash: 'Bad substitution',
        ash: 'syntax error: bad substitution',
      }),
      shell.bash ? 1 : 2,
    );
  if (operator === 'keys') {
    const keys = shell.variables.keys(name.slice(0, name.indexOf('[')));
    addList(shell, keys, name.endsWith('*]'), quoted, builder);
    return;
  }
  const elements = listOf(shell, name);
  if (elements !== null && operator === '') {
    addList(shell, elements, name.endsWith('*') || name.endsWith('*]'), quoted, builder);
    return;
  }
  if (elements !== null && operator === 'substring' && part.argument !== null) {
    const from = Number(yield* expandArithmetic(shell, part.argument));
    const count =
      part.second === null ? elements.length : Number(yield* expandArithmetic(shell, part.second));
    const all = name === '@' || name === '*' ? [shell.name, ...elements] : elements;
    addList(shell, all.slice(from, from + count), false, quoted, builder);
    return;
  }
  const put = (value: string): void => {
    if (quoted) builder.add(value, true);
    else builder.addSplit(value);
  };
  if (shell.bash && name.endsWith(']') && shell.variables.isBefore(name))
    shell.complain(`${name.slice(0, name.indexOf('['))}: bad array subscript`);
  const value = parameterValue(shell, name);
  if (operator === 'length') {
    if (value === undefined && elements === null) complainOfUnset(shell, name);
    put(String(elements !== null ? elements.length : (value ?? '').length));
    return;
  }
  const colon = operator.length === 2 && operator.startsWith(':');
  const unset = value === undefined || (colon && value === '');
  switch (operator) {
    case ':-':
    case '-':
      if (unset) yield* expandArgument(shell, part, builder);
      else put(value);
      return;
    case ':+':
    case '+':
      if (!unset) yield* expandArgument(shell, part, builder);
      else if (quoted) builder.add('', true);
      return;
    case ':=':
    case '=': {
      if (!unset) {
        put(value);
        return;
      }
      const assigned = yield* expandText(shell, part.argument ?? { parts: [] });
      shell.variables.set(name, assigned);
      put(assigned);
      return;
    }
    case ':?':
    case '?': {
      if (!unset) {
        put(value);
        return;
      }
      const message = yield* expandText(shell, part.argument ?? { parts: [] });
      throw new ExpansionFault(
        `${name}: ${message !== '' ? message : !colon ? 'parameter not set' : shell.bash ? 'parameter null or not set' : 'parameter not set or null'}`,
        shell.bash ? 127 : 2,
      );
    }
    default:
  }
  if (value === undefined) complainOfUnset(shell, name);
  if (elements !== null && operator !== '') {
    const results: string[] = [];
    for (const element of elements) results.push(yield* transform(shell, part, element));
    addList(shell, results, name.endsWith('*') || name.endsWith('*]'), quoted, builder);
    return;
  }
  put(yield* transform(shell, part, value ?? ''));
}

/** `set -u`. */
function complainOfUnset(shell: Shell, name: string): void {
  if (!shell.flags.has('u') || name === '@' || name === '*') return;
  throw new ExpansionFault(
    shell.bash ? `${/^\d/.test(name) ? '$' : ''}${name}: unbound variable` : `${name}: parameter not set`,
    shell.bash ? (shell.flags.has('e') ? 1 : 127) : 2,
    true,
  );
}

/** The word of `${name:-word}`: its own quoting counts. */
function* expandArgument(shell: Shell, part: ParameterPart, builder: FieldBuilder): Reading<void> {
  const word = part.argument ?? { parts: [] };
  if (part.quoted) {
    builder.add(yield* expandText(shell, word), true);
    return;
  }
  const inner: Word = { parts: word.parts };
  for (const [index, piece] of inner.parts.entries()) {
    if (piece.kind === 'text' && !piece.quoted)
      builder.addSplit(index === 0 ? expandTilde(shell, piece.text) : piece.text);
    else yield* expandInto(shell, { parts: [piece] }, builder);
  }
}

function* transform(shell: Shell, part: ParameterPart, value: string): Reading<string> {
  switch (part.operator) {
    case '':
      return value;
    case 'indirect':
      return parameterValue(shell, value) ?? '';
    case 'transform':
      return transformed(part.argument?.parts[0], value);
    case 'substring':
      return yield* substring(shell, part, value);
    case '^':
      return value.charAt(0).toUpperCase() + value.slice(1);
    case '^^':
      return value.toUpperCase();
    case ',':
      return value.charAt(0).toLowerCase() + value.slice(1);
    case ',,':
      return value.toLowerCase();
    default:
  }
  const source = yield* expandPattern(shell, part.argument ?? { parts: [] });
  const { budget } = shell.state;
  // Matching with a star tries every end, each of which is a text of its own.
  budget.spend(value.length >> 4);
  const longest = part.operator === '##' || part.operator === '%%';
  if (part.operator === '#' || part.operator === '##') {
    const literal = unescapePattern(source);
    if (escapePattern(literal) === source || !/[*?[\\]/.test(source))
      return value.startsWith(literal) ? value.slice(literal.length) : value;
    const length = new Pattern(source, budget).prefix(value, longest);
    return length < 0 ? value : value.slice(length);
  }
  if (part.operator === '%' || part.operator === '%%') {
    const start = new Pattern(source, budget).suffix(value, longest);
    return start < 0 ? value : value.slice(0, start);
  }
  const replacement = part.second === null ? '' : yield* expandText(shell, part.second);
  return replace(value, new Pattern(source, budget), replacement, part.operator, budget);
}

/** `${name@Q}` and its like. */
function transformed(argument: Part | undefined, value: string): string {
  switch (argument?.kind === 'text' ? argument.text : '') {
    case 'Q':
      return `'${value.replaceAll("'", String.raw`'\''`)}'`;
    case 'U':
      return value.toUpperCase();
    case 'u':
      return value.charAt(0).toUpperCase() + value.slice(1);
    case 'L':
      return value.toLowerCase();
    default:
      return value;
  }
}

function* substring(shell: Shell, part: ParameterPart, value: string): Reading<string> {
  const offset = Number(yield* expandArithmetic(shell, part.argument ?? { parts: [] }));
  const start = offset < 0 ? Math.max(0, value.length + offset) : Math.min(offset, value.length);
  if (part.second === null) return value.slice(start);
  const length = Number(yield* expandArithmetic(shell, part.second));
  const end = length < 0 ? value.length + length : start + length;
  if (end < start) throw new ExpansionFault(`${length}: substring expression < 0`);
  return value.slice(start, end);
}

/** `${name/pattern/replacement}`: the first, longest match, or all. */
function replace(
  value: string,
  pattern: Pattern,
  replacement: string,
  operator: string,
  budget: Budget,
): string {
  if (operator === '/#') {
    const length = pattern.prefix(value, true);
    return length < 0 ? value : replacement + value.slice(length);
  }
  if (operator === '/%') {
    const start = pattern.suffix(value, true);
    return start < 0 ? value : value.slice(0, start) + replacement;
  }
  let result = '';
  let position = 0;
  const bounded = value.slice(0, limits.inputLineBytes);
  while (position < bounded.length) {
    const length = pattern.prefix(bounded.slice(position, position + 1024), true);
    if (length <= 0) {
      result += bounded.charAt(position);
      position += 1;
      continue;
    }
    result += replacement;
    budget.spend(replacement.length >> 8);
    if (result.length > limits.variableBytes) throw new Exhausted();
    position += length;
    if (operator === '/') return result + value.slice(position);
  }
  return result + value.slice(bounded.length);
}
