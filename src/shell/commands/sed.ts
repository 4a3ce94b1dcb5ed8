import { contentOf } from '../files/node.ts';
import { Exhausted, limits, type Budget } from '../limits.ts';
import type { Command, Process } from '../process.ts';
import type { Reading } from '../stream.ts';
import { compileExpression, type Expression } from '../regular-expression.ts';
import { inputTexts, linesOf, readOptions } from './input-text.ts';

type Address =
  | { readonly line: number }
  | { readonly last: true }
  | { readonly expression: Expression }
  | null;

interface Step {
  readonly from: Address;
  readonly to: Address;
  readonly negated: boolean;
  readonly letter: string;
  readonly expression: Expression | null;
  readonly text: string;
  readonly flags: string;
  inside: boolean;
}

/** Reads text up to an unescaped delimiter. */
function delimited(script: string, start: number, delimiter: string): { text: string; end: number } | null {
  let text = '';
  for (let index = start; index < script.length; index += 1) {
    const character = script.charAt(index);
    if (character === '\\' && script.charAt(index + 1) === delimiter) {
      text += delimiter;
      index += 1;
    } else if (character === '\\') {
      text += character + script.charAt(index + 1);
      index += 1;
    } else if (character === delimiter) return { text, end: index + 1 };
    else text += character;
  }
  return null;
}

/** Compiles the commands that bots use: s, d, p, q, =, a, i, c, y-less; null where the script is none. */
function compile(script: string, extended: boolean, budget: Budget): Step[] | null {
  const steps: Step[] = [];
  let index = 0;
  const address = (): Address | undefined => {
    const number = /^\d{1,9}/.exec(script.slice(index, index + 9));
    if (number !== null) {
      index += number[0].length;
      return { line: Number(number[0]) };
    }
    if (script.charAt(index) === '$') {
      index += 1;
      return { last: true };
    }
    if (script.charAt(index) !== '/') return undefined;
    const found = delimited(script, index + 1, '/');
    const expression =
      found === null ? null : compileExpression(found.text, { extended, ignoreCase: false }, budget);
    if (found === null || expression === null) return null;
    index = found.end;
    return { expression };
  };
  while (index < script.length && steps.length < 100) {
    const blank = /^[\s;]+/.exec(script.slice(index));
    index += blank?.[0].length ?? 0;
    if (index >= script.length) break;
    const from = address();
    let to: Address | undefined;
    if (script.charAt(index) === ',') {
      index += 1;
      to = address();
    }
    if (from === null || to === null) return null;
    while (script.charAt(index) === ' ') index += 1;
    const negated = script.charAt(index) === '!';
    if (negated) index += 1;
    const letter = script.charAt(index);
    index += 1;
    let expression: Expression | null = null;
    let text = '';
    let flags = '';
    if (letter === 's') {
      const delimiter = script.charAt(index);
      const pattern = delimited(script, index + 1, delimiter);
      const replacement = pattern === null ? null : delimited(script, pattern.end, delimiter);
      if (pattern === null || replacement === null) return null;
      flags = /^[gpiI0-9]*/.exec(script.slice(replacement.end))?.[0] ?? '';
      index = replacement.end + flags.length;
      expression = compileExpression(pattern.text, { extended, ignoreCase: /i/i.test(flags) }, budget);
      if (expression === null) return null;
      ({ text } = replacement);
    } else if ('aic'.includes(letter)) {
      text = script.slice(index).replace(/^\\?\s*/, '');
      index = script.length;
    } else if (!'dpq='.includes(letter)) return null;
    steps.push({
      from: from ?? null,
      to: to ?? null,
      negated,
      letter,
      expression,
      text,
      flags,
      inside: false,
    });
  }
  return steps;
}

/** A line of the input, as the steps before have left it. */
interface Place {
  readonly line: string;
  readonly number: number;
  readonly last: boolean;
}

function matches(address: Address, { line, number, last }: Place, budget: Budget): boolean {
  if (address === null) return true;
  if ('line' in address) return address.line === number;
  return 'last' in address ? last : address.expression.find(line, 0, budget) !== null;
}

function applies(step: Step, place: Place, budget: Budget): boolean {
  const { number } = place;
  if (step.to === null) return matches(step.from, place, budget) !== step.negated;
  if (step.inside) {
    if (matches(step.to, place, budget) || ('line' in step.to && number >= step.to.line)) step.inside = false;
    return !step.negated;
  }
  const begins = matches(step.from, place, budget);
  if (begins) step.inside = !('line' in step.to && step.to.line <= number);
  return begins !== step.negated;
}

/** What a piece of a replacement stands for: `&`, `\1`, `\n`, or itself. */
function replaced(piece: string, groups: readonly (string | undefined)[]): string {
  if (piece === '&') return groups[0] ?? '';
  if (piece.length !== 2 || !piece.startsWith('\\')) return piece;
  const escape = piece.charAt(1);
  if (escape === 'n') return '\n';
  if (escape === 't') return '\t';
  return /\d/.test(escape) ? (groups[Number(escape)] ?? '') : escape;
}

function* substitute(
  process: Process,
  line: string,
  step: Step,
): Reading<{ line: string; changed: boolean }> {
  const { expression } = step;
  if (expression === null) return { line, changed: false };
  const nth = Number(/\d+/.exec(step.flags)?.[0] ?? 1);
  const all = step.flags.includes('g');
  let out = '';
  let position = 0;
  let seen = 0;
  let changed = false;
  for (;;) {
    const match = position > line.length ? null : expression.find(line, position, process.state.budget);
    if (match === null) break;
    seen += 1;
    if (seen % 4 === 0) process.state.budget.spend(1 + (step.text.length >> 2));
    if (process.state.budget.takeTurn()) yield;
    out += line.slice(position, match.start);
    if (seen < nth) out += line.slice(match.start, match.end);
    else {
      changed = true;
      for (const piece of step.text.match(/\\[0-9n&t\\]|&|[^\\&]+|\\/g) ?? []) {
        const text = replaced(piece, match.groups);
        process.state.budget.spend(text.length >> 8);
        out += text;
        if (out.length > limits.oneFileBytes) throw new Exhausted();
      }
    }
    if (match.end === match.start) {
      out += line.charAt(match.end);
      position = match.end + 1;
    } else position = match.end;
    if (seen >= nth && !all) break;
  }
  return { line: out + line.slice(position), changed };
}

function* edit(process: Process, text: string, steps: readonly Step[], quiet: boolean): Reading<string> {
  const lines = linesOf(text);
  const out: string[] = [];
  let size = 0;
  const put = (written: string): void => {
    size += written.length + 1;
    if (size > limits.oneFileBytes) throw new Exhausted();
    out.push(written);
  };
  for (const [index, original] of lines.entries()) {
    process.state.budget.spend(1 + steps.length);
    if (process.state.budget.takeTurn()) yield;
    let line = original;
    let deleted = false;
    let quits = false;
    const after: string[] = [];
    for (const step of steps) {
      const place = { line, number: index + 1, last: index === lines.length - 1 };
      if (!applies(step, place, process.state.budget)) continue;
      if (step.letter === 's') {
        const result = yield* substitute(process, line, step);
        ({ line } = result);
        if (result.changed && step.flags.includes('p')) put(line);
      } else if (step.letter === 'p') put(line);
      else if (step.letter === '=') put(String(index + 1));
      else if (step.letter === 'i') put(step.text);
      else if (step.letter === 'a') after.push(step.text);
      else if (step.letter === 'q') quits = true;
      else {
        if (step.letter === 'c') put(step.text);
        deleted = true;
        break;
      }
    }
    if (!deleted && !quiet) put(line);
    for (const appended of after) put(appended);
    if (quits) break;
  }
  return out.length === 0 ? '' : out.join('\n') + (text.endsWith('\n') ? '\n' : '');
}

export const sed: Command = {
  names: ['sed'],
  folder: '/bin',
  systems: 'both',
  *run(process) {
    const words = process.words.map((word) => (/^-i./.test(word) && !/^-i[nEr]*$/.test(word) ? '-i' : word));
    const scripts = words.flatMap((word, index) => (words[index - 1] === '-e' ? [word] : []));
    const { flags, operands } = readOptions(words, 'e');
    const rest = [...operands];
    const script = scripts.length > 0 ? scripts.join('\n') : (rest.shift() ?? '');
    const steps = compile(script, flags.has('E') || flags.has('r'), process.state.budget);
    if (steps === null) {
      process.error.write(
        `sed: -e expression #1, char ${script.length}: unknown command: \`${script.charAt(0)}'\n`,
      );
      return 1;
    }
    const { texts, status } = yield* inputTexts(process, rest);
    if (!flags.has('i')) {
      process.output.write(
        yield* edit(process, texts.map(({ text }) => text).join(''), steps, flags.has('n')),
      );
      return status;
    }
    for (const { path, text } of texts) {
      const node = process.state.files.open(path, process.folder, 'append');
      if (node.kind === 'file' && contentOf(node) === text)
        process.state.files.setContent(node, yield* edit(process, text, steps, flags.has('n')), node.how);
    }
    return status;
  },
};
