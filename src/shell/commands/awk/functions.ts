import { Exhausted } from '../../limits.ts';
import type { Machine } from './machine.ts';
import { formatText } from './format.ts';
import { partText } from './record.ts';
import { fromOutside, numberOf, type Scalar } from './value.ts';
import type { AwkArray } from './variables.ts';

type Plain = (machine: Machine, words: readonly Scalar[]) => Scalar;

const ofNumber =
  (compute: (number: number) => number): Plain =>
  (_machine, [word]) =>
    compute(numberOf(word));

function cut(machine: Machine, [text, from, length]: readonly Scalar[], rest: boolean): string {
  const whole = machine.text(text);
  const begin = Math.trunc(numberOf(from));
  const count = rest ? whole.length + Math.abs(begin) + 1 : Math.trunc(numberOf(length));
  if (Number.isNaN(begin) || Number.isNaN(count)) return '';
  // What lies before the first character is added to the length, as this version of mawk does.
  const most = begin < 0 ? count - begin : count;
  const start = Math.max(0, begin - 1);
  return most <= 0 ? '' : whole.slice(start, start + most);
}

/** Functions of values. */
export const plainFunctions: Readonly<Record<string, Plain>> = {
  sin: ofNumber(Math.sin),
  cos: ofNumber(Math.cos),
  exp: ofNumber(Math.exp),
  log: ofNumber(Math.log),
  sqrt: ofNumber(Math.sqrt),
  int: ofNumber(Math.trunc),
  atan2: (_machine, [y, x]) => Math.atan2(numberOf(y), numberOf(x)),
  index: (machine, [text, part]) => {
    const wanted = machine.text(part);
    const whole = machine.text(text);
    machine.budget.spend(whole.length >> 8);
    return whole.indexOf(wanted) + 1;
  },
  substr: (machine, words) => cut(machine, words, words.length < 3),
  tolower: (machine, [text]) => machine.text(text).replaceAll(/[A-Z]+/g, (part) => part.toLowerCase()),
  toupper: (machine, [text]) => machine.text(text).replaceAll(/[a-z]+/g, (part) => part.toUpperCase()),
  sprintf: (machine, [format, ...values]) =>
    formatText(machine.text(format), values, (value) => machine.text(value), 'sprintf'),
  rand: (machine) => {
    // mulberry32: what matters is that it goes on from the seed.
    const state = (machine.random.state + 0x6d2b79f5) >>> 0;
    machine.random.state = state;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  },
  srand: (machine, words) => {
    const before = machine.random.seed;
    const seed = words.length === 0 ? Math.floor(machine.process.state.now() / 1000) : numberOf(words[0]);
    machine.random = { state: Math.trunc(seed) >>> 0, seed };
    return before;
  },
  systime: (machine) => Math.floor(machine.process.state.now() / 1000),
};

/** `match`: sets RSTART and RLENGTH. */
export function matchText(machine: Machine, text: string, pattern: string): number {
  const found = machine.pattern(pattern).find(text, 0, machine.budget);
  machine.variables.set('RSTART', found === null ? 0 : found.start + 1);
  machine.variables.set('RLENGTH', found === null ? -1 : found.end - found.start);
  return found === null ? 0 : found.start + 1;
}

export function splitInto(machine: Machine, text: string, array: AwkArray, separator: string): number {
  const pieces = partText(text, machine.parting(separator), machine.budget);
  machine.budget.spend(pieces.length >> 2);
  machine.variables.clear(array);
  for (const [index, piece] of pieces.entries())
    machine.variables.store(array, String(index + 1), fromOutside(piece));
  return pieces.length;
}

/** A replacement's pieces; null stands for what was found. */
function replacementPieces(source: string): (string | null)[] {
  const pieces: (string | null)[] = [];
  let text = '';
  for (let at = 0; at < source.length; at += 1) {
    const character = source.charAt(at);
    const next = source.charAt(at + 1);
    if (character === '\\' && (next === '&' || next === '\\')) {
      text += next;
      at += 1;
    } else if (character === '&') {
      pieces.push(text, null);
      text = '';
    } else text += character;
  }
  return [...pieces, text];
}

/** The text with the first place, or all, that the pattern finds replaced. */
export function substitute(
  machine: Machine,
  text: string,
  pattern: string,
  replacement: string,
  all: boolean,
): { text: string; count: number } {
  const expression = machine.pattern(pattern);
  const pieces = replacementPieces(replacement);
  machine.budget.spend(replacement.length >> 6);
  const anchored = pattern.startsWith('^');
  let out = '';
  let count = 0;
  let at = 0;
  let lastEnd = -1;
  while (at <= text.length) {
    const found = expression.find(text, at, machine.budget);
    if (found === null) break;
    out += text.slice(at, found.start);
    const empty = found.end === found.start;
    if (!empty || found.start !== lastEnd) {
      count += 1;
      const matched = text.slice(found.start, found.end);
      for (const piece of pieces) out += piece ?? matched;
      machine.budget.spend(1 + (pieces.length >> 3) + ((replacement.length + matched.length) >> 8));
      if (out.length > 1 << 20) throw new Exhausted();
    }
    lastEnd = found.end;
    at = found.end;
    if (empty) {
      out += text.charAt(at);
      at += 1;
    }
    if (!all || anchored) break;
  }
  return { text: out + text.slice(at), count };
}
