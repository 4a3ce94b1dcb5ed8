import type { Command, Process } from '../process.ts';
import { compileExpression } from '../regular-expression.ts';
import { inputTexts, linesOf, readOptions } from './input-text.ts';

interface Rule {
  /** Empty for every line; `BEGIN`, `END`. */
  readonly pattern: string;
  readonly action: string;
}

interface Record {
  readonly fields: readonly string[];
  readonly number: number;
}

/** `pattern { action }` pairs; null where the braces do not close. */
function readRules(program: string): Rule[] | null {
  const rules: Rule[] = [];
  let index = 0;
  while (index < program.length && rules.length < 50) {
    const open = program.indexOf('{', index);
    if (open < 0) {
      const pattern = program.slice(index).trim();
      if (pattern !== '') rules.push({ pattern, action: 'print' });
      return rules;
    }
    const close = program.indexOf('}', open);
    if (close < 0) return null;
    rules.push({ pattern: program.slice(index, open).trim(), action: program.slice(open + 1, close) });
    index = close + 1;
    while (' ;\n'.includes(program.charAt(index)) && index < program.length) index += 1;
  }
  return rules;
}

/** Characters of one value. */
const longestValue = 65_536;
/** Conditions within each other. */
const deepest = 100;
/** Characters of a program that are one unit of work to read; they are read anew for each line. */
const readPerUnit = 16;

/** The part of awk that bots use: patterns, print and printf of fields, sums. What is beyond it prints nothing. */
class Awk {
  readonly #variables = new Map<string, string>();
  readonly #process: Process;

  constructor(process: Process, separator: string, assigned: ReadonlyMap<string, string>) {
    this.#process = process;
    this.#variables.set('FS', separator).set('OFS', ' ').set('ORS', '\n');
    for (const [name, value] of assigned) this.#variables.set(name, value);
  }

  set(name: string, value: string): void {
    if (this.#variables.size < 500) this.#variables.set(name, value.slice(0, longestValue));
  }

  split(line: string): string[] {
    const separator = this.#variables.get('FS') ?? ' ';
    if (separator === ' ') return line.match(/[^ \t\n]+/g) ?? [];
    if (line === '') return [];
    if (separator.length === 1) return line.split(separator);
    const { budget } = this.#process.state;
    const expression = compileExpression(separator, { extended: true, ignoreCase: false }, budget);
    const fields: string[] = [];
    let position = 0;
    for (
      let match = expression?.find(line, 0, budget) ?? null;
      match !== null && match.end > match.start;
      match = expression?.find(line, position, budget) ?? null
    ) {
      fields.push(line.slice(position, match.start));
      position = match.end;
    }
    return [...fields, line.slice(position)];
  }

  matches(pattern: string, record: Record, depth = 0): boolean {
    if (pattern === '') return true;
    if (depth > deepest) return false;
    this.#read(pattern);
    const value = this.#condition(pattern, record, depth);
    return value !== '' && value !== '0';
  }

  run(action: string, record: Record): void {
    for (const statement of splitOutside(action, ';\n').slice(0, 100))
      this.#statement(statement.trim(), record);
  }

  #read(source: string): void {
    this.#process.state.budget.spend(1 + Math.floor(source.length / readPerUnit));
  }

  #statement(statement: string, record: Record): void {
    this.#read(statement);
    const printed = /^print(f?)(?![A-Za-z0-9_])\s*\(?([\s\S]*?)\)?$/.exec(statement);
    if (printed !== null) {
      const given = printed[2] ?? '';
      const sources = splitOutside(given, ',').map((item) => item.trim());
      if (printed[1] === 'f') this.#format(sources, record);
      else if (given.trim() === '') this.#print([record.fields[0] ?? '']);
      else this.#print(this.#values(sources, record));
      return;
    }
    const assigned = /^([A-Za-z_]\w*)\s*([-+*/]?)=([^=][\s\S]*)$/.exec(statement);
    if (assigned !== null) {
      const [, name = '', operator = '', source = ''] = assigned;
      const value = this.#value(source.trim(), record);
      this.set(name, operator === '' ? value : arithmetic(this.#variables.get(name) ?? '', operator, value));
      return;
    }
    const stepped = /^([A-Za-z_]\w*)(\+\+|--)$/.exec(statement);
    if (stepped !== null)
      this.set(
        stepped[1] ?? '',
        arithmetic(this.#variables.get(stepped[1] ?? '') ?? '', stepped[2] === '++' ? '+' : '-', '1'),
      );
  }

  *#values(sources: readonly string[], record: Record): Generator<string> {
    for (const source of sources) yield this.#value(source, record);
  }

  /** Each value goes out as soon as it is there: together they may be far larger than an output takes. */
  #print(values: Iterable<string>): void {
    const { output } = this.#process;
    let isFirst = true;
    for (const value of values) {
      output.write((isFirst ? '' : (this.#variables.get('OFS') ?? ' ')) + value);
      isFirst = false;
    }
    output.write(this.#variables.get('ORS') ?? '\n');
  }

  #format([pattern = '', ...sources]: readonly string[], record: Record): void {
    const values = this.#values(sources, record);
    for (const piece of formatted(this.#value(pattern, record), values)) {
      this.#process.state.budget.spend(piece.length >> 8);
      this.#process.output.write(piece);
    }
  }

  #condition(source: string, record: Record, depth: number): string {
    for (const joint of ['||', '&&']) {
      const at = indexOutside(source, joint);
      if (at < 0) continue;
      const left = this.matches(source.slice(0, at).trim(), record, depth + 1);
      const right = this.matches(source.slice(at + 2).trim(), record, depth + 1);
      return (joint === '||' ? left || right : left && right) ? '1' : '0';
    }
    if (source.startsWith('!') && !source.startsWith('!~'))
      return this.matches(source.slice(1).trim(), record, depth + 1) ? '0' : '1';
    for (const operator of ['!~', '~', '==', '!=', '>=', '<=', '>', '<']) {
      const at = indexOutside(source, operator);
      if (at <= 0) continue;
      const left = this.#value(source.slice(0, at).trim(), record);
      const rightSource = source.slice(at + operator.length).trim();
      if (operator.endsWith('~')) {
        const pattern = rightSource.startsWith('/')
          ? rightSource.slice(1, -1)
          : this.#value(rightSource, record);
        return this.#find(pattern, left) === (operator === '~') ? '1' : '0';
      }
      return compare(left, this.#value(rightSource, record), operator) ? '1' : '0';
    }
    if (source.startsWith('/') && source.endsWith('/') && source.length > 1)
      return this.#find(source.slice(1, -1), record.fields[0] ?? '') ? '1' : '0';
    return this.#value(source, record);
  }

  #find(pattern: string, text: string): boolean {
    const { budget } = this.#process.state;
    const expression = compileExpression(pattern, { extended: true, ignoreCase: false }, budget);
    return (expression?.find(text, 0, budget) ?? null) !== null;
  }

  /** Concatenation of terms, each a product or sum of simple values. */
  #value(source: string, record: Record): string {
    const tokens =
      source.match(
        // A string that has no end goes to the end: else each quote in it would be looked at to the end.
        /"(?:[^"\\]|\\[\s\S])*\\?"?|\$?[A-Za-z_]\w*(?:\([^()]*\))?|\$\(?\w+(?:-\d+)?\)?|\d+(?:\.\d+)?|[-+*/%]/g,
      ) ?? [];
    const terms: string[] = [];
    let length = 0;
    for (let index = 0; index < tokens.length; index += 1) {
      const token = tokens[index] ?? '';
      if (/^[-+*/%]$/.test(token)) {
        const left = terms.pop() ?? '0';
        index += 1;
        terms.push(arithmetic(left, token, this.#simple(tokens[index] ?? '0', record)));
      } else {
        const term = this.#simple(token, record);
        length += term.length;
        terms.push(term);
        if (length > longestValue) break;
      }
    }
    this.#process.state.budget.spend((tokens.length >> 3) + (length >> 8));
    return terms.join('').slice(0, longestValue);
  }

  #simple(token: string, record: Record): string {
    if (token.startsWith('"'))
      return token
        .slice(1, token.length > 1 && token.endsWith('"') ? -1 : undefined)
        .replaceAll(/\\(.)/g, (_, escape: string) => ({ n: '\n', t: '\t' })[escape] ?? escape);
    if (token.startsWith('$')) {
      const inner = token.slice(1).replaceAll(/[()]/g, '');
      const offset = /^NF-(\d+)$/.exec(inner);
      const index =
        inner === 'NF'
          ? record.fields.length - 1
          : offset !== null
            ? record.fields.length - 1 - Number(offset[1])
            : /^\d+$/.test(inner)
              ? Number(inner)
              : Number(this.#variables.get(inner) ?? 0);
      return record.fields[index] ?? '';
    }
    if (/^\d/.test(token)) return token;
    const call = /^(length|tolower|toupper|int)\(([^()]*)\)$/.exec(token);
    if (call !== null) {
      const argument = call[2] === '' ? (record.fields[0] ?? '') : this.#value(call[2] ?? '', record);
      return call[1] === 'length'
        ? String(argument.length)
        : call[1] === 'tolower'
          ? argument.toLowerCase()
          : call[1] === 'toupper'
            ? argument.toUpperCase()
            : String(Math.trunc(Number.parseFloat(argument) || 0));
    }
    if (token === 'NR') return String(record.number);
    if (token === 'NF') return String(Math.max(0, record.fields.length - 1));
    return this.#variables.get(token) ?? '';
  }
}

function arithmetic(left: string, operator: string, right: string): string {
  const [a, b] = [Number.parseFloat(left) || 0, Number.parseFloat(right) || 0];
  const value =
    operator === '+'
      ? a + b
      : operator === '-'
        ? a - b
        : operator === '*'
          ? a * b
          : operator === '/'
            ? a / b
            : a % b;
  return String(Number.isInteger(value) ? value : Number(value.toPrecision(6)));
}

function compare(left: string, right: string, operator: string): boolean {
  const numeric =
    left !== '' && right !== '' && Number.isFinite(Number(left)) && Number.isFinite(Number(right));
  const [a, b] = numeric ? [Number(left), Number(right)] : [left, right];
  switch (operator) {
    case '==':
      return a === b;
    case '!=':
      return a !== b;
    case '>=':
      return a >= b;
    case '<=':
      return a <= b;
    case '>':
      return a > b;
    default:
      return a < b;
  }
}

/** Where one of these comes first outside strings and expressions in slashes; -1 for nowhere. */
function indexOutside(source: string, wanted: string): number {
  for (const index of placesOutside(source)) if (source.startsWith(wanted, index)) return index;
  return -1;
}

/** The places outside strings and expressions in slashes, in one pass. */
function* placesOutside(source: string): Generator<number> {
  let quote = '';
  for (let index = 0; index < source.length; index += 1) {
    const character = source.charAt(index);
    if (quote !== '') {
      if (character === '\\') index += 1;
      else if (character === quote) quote = '';
    } else if (
      character === '"' ||
      (character === '/' && /(?:^|[~(,&|!]\s*)$/.test(source.slice(Math.max(0, index - 8), index)))
    )
      quote = character;
    else yield index;
  }
}

function splitOutside(source: string, separators: string): string[] {
  const parts: string[] = [];
  let start = 0;
  for (const index of placesOutside(source)) {
    if (!separators.includes(source.charAt(index))) continue;
    parts.push(source.slice(start, index));
    start = index + 1;
  }
  return [...parts, source.slice(start)];
}

/** What printf writes, piece by piece. */
function* formatted(pattern: string, items: Iterator<string>): Generator<string> {
  for (const [piece, left, width, precision, type] of pattern.matchAll(
    /%(-?)(\d{0,4})(?:\.(\d{1,3}))?([sdif%])|[^%]+|%/g,
  )) {
    if (type === undefined) yield piece;
    else if (type === '%') yield '%';
    else {
      const next = items.next();
      const item = next.done === true ? '' : next.value;
      const text =
        type === 's'
          ? item
          : type === 'f'
            ? (Number.parseFloat(item) || 0).toFixed(Math.min(100, Number(precision ?? 6)))
            : String(Math.trunc(Number.parseFloat(item) || 0));
      yield left === '-' ? text.padEnd(Number(width)) : text.padStart(Number(width));
    }
  }
}

export const awk: Command = {
  names: ['awk', 'gawk', 'mawk'],
  folder: '/usr/bin',
  systems: 'both',
  *run(process) {
    const { values, operands } = readOptions(process.words, 'Fvf');
    const [program = '', ...paths] = operands;
    const rules = readRules(program);
    if (rules === null) {
      process.error.write(`awk: cmd. line:1: ${program.slice(0, 80)}\nawk: cmd. line:1: syntax error\n`);
      return 2;
    }
    const assigned = new Map<string, string>();
    const given = values.get('v');
    if (given !== undefined) assigned.set(given.split('=', 1)[0] ?? '', given.slice(given.indexOf('=') + 1));
    const awk = new Awk(process, values.get('F') ?? ' ', assigned);
    const empty = { fields: [''], number: 0 };
    for (const rule of rules) if (rule.pattern === 'BEGIN') awk.run(rule.action, empty);
    if (rules.every((rule) => rule.pattern === 'BEGIN')) return 0;
    const { texts, status } = yield* inputTexts(process, paths);
    let number = 0;
    let last: Record = empty;
    for (const { text } of texts)
      for (const line of linesOf(text)) {
        number += 1;
        process.state.budget.spend(2 + (line.length >> 6));
        if (process.state.budget.takeTurn()) yield;
        last = { fields: [line, ...awk.split(line)], number };
        for (const rule of rules)
          if (rule.pattern !== 'BEGIN' && rule.pattern !== 'END' && awk.matches(rule.pattern, last))
            awk.run(rule.action, last);
      }
    for (const rule of rules) if (rule.pattern === 'END') awk.run(rule.action, last);
    return status;
  },
};
