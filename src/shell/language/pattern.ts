/** Patterns of the shell (POSIX.1-2017 §2.13): `*`, `?`, `[…]`; a backslash takes the next character as it is. */

import type { Budget } from '../limits.ts';

type Unit =
  | { readonly kind: 'character'; readonly character: string }
  | { readonly kind: 'any' }
  | { readonly kind: 'star' }
  | { readonly kind: 'set'; readonly negated: boolean; readonly members: string };

const classes: Readonly<Record<string, RegExp>> = {
  alpha: /[A-Za-z]/,
  digit: /[0-9]/,
  alnum: /[A-Za-z0-9]/,
  upper: /[A-Z]/,
  lower: /[a-z]/,
  space: /[ \t\n\r\f\v]/,
  blank: /[ \t]/,
  punct: /[!-/:-@[-`{-~]/,
  xdigit: /[0-9A-Fa-f]/,
  cntrl: /[\x00-\x1f\x7f]/,
  print: /[ -~]/,
  graph: /[!-~]/,
};

/** All characters of a named class, such as `digit`; null where there is none of that name. */
export function classMembers(name: string): string | null {
  const test = classes[name];
  if (test === undefined) return null;
  let members = '';
  for (let code = 0; code < 256; code += 1) {
    const character = String.fromCharCode(code);
    if (test.test(character)) members += character;
  }
  return members;
}

/** Reads `[…]` at an index; null where the bracket is plain text. */
function readSet(pattern: string, start: number): { unit: Unit; end: number } | null {
  let index = start + 1;
  const negated = pattern[index] === '!' || pattern[index] === '^';
  if (negated) index += 1;
  let members = '';
  for (let first = true; ; first = false) {
    let character = pattern[index];
    if (character === undefined) return null;
    if (character === ']' && !first) return { unit: { kind: 'set', negated, members }, end: index + 1 };
    if (character === '[' && pattern[index + 1] === ':') {
      const end = pattern.indexOf(':]', index + 2);
      const found = end < 0 ? null : classMembers(pattern.slice(index + 2, end));
      if (found !== null) {
        members += found;
        index = end + 2;
        continue;
      }
    }
    if (character === '\\' && index + 1 < pattern.length) {
      index += 1;
      character = pattern[index] ?? '';
    }
    index += 1;
    if (pattern[index] === '-' && pattern[index + 1] !== undefined && pattern[index + 1] !== ']') {
      let end = pattern[index + 1] ?? '';
      index += 2;
      if (end === '\\') {
        end = pattern[index] ?? '';
        index += 1;
      }
      for (let code = character.charCodeAt(0); code <= end.charCodeAt(0); code += 1)
        members += String.fromCharCode(code);
    } else members += character;
  }
}

function compile(pattern: string): Unit[] {
  const units: Unit[] = [];
  let index = 0;
  /** Where one set has no end, none behind it has: it is not looked for again. */
  let setsEnd = true;
  while (index < pattern.length) {
    const character = pattern[index] ?? '';
    if (character === '*') {
      if (units.at(-1)?.kind !== 'star') units.push({ kind: 'star' });
    } else if (character === '?') units.push({ kind: 'any' });
    else if (character === '[') {
      const set: ReturnType<typeof readSet> = setsEnd ? readSet(pattern, index) : null;
      setsEnd = set !== null;
      if (set !== null) {
        units.push(set.unit);
        index = set.end;
        continue;
      }
      units.push({ kind: 'character', character });
    } else if (character === '\\' && index + 1 < pattern.length) {
      index += 1;
      units.push({ kind: 'character', character: pattern[index] ?? '' });
    } else units.push({ kind: 'character', character });
    index += 1;
  }
  return units;
}

/** What a unit is as a number: the code of its character, or one of these, or below them a set. */
const anyCode = -1;
const starCode = -2;
const firstSet = -3;

interface MatchState {
  position: number;
  unit: number;
  /** The last star, -1 before the first, and where its text ends so far. */
  starUnit: number;
  starPosition: number;
}

/** Comparisons of characters that are one unit of work. */
const comparisonsPerUnit = 256;

/**
 * A compiled pattern. A match costs at most (length of the pattern) × (length of the text): one star is remembered, not
 * all. The budget is told of it on the way, and stops it by throwing `Exhausted`.
 */
export class Pattern {
  /** Numbers in a row, since a long pattern is compared with itself again and again. */
  readonly #codes: Int32Array;
  readonly #sets: readonly { readonly negated: boolean; readonly members: string }[];
  readonly #budget: Budget;
  /** Where no star is in it: the number of characters that it covers. */
  readonly #fixedLength: number | null;
  #comparisons = 0;

  constructor(pattern: string, budget: Budget) {
    budget.spend(pattern.length >> 4);
    const units = compile(pattern);
    const sets: { negated: boolean; members: string }[] = [];
    this.#codes = Int32Array.from(units, (unit) => {
      if (unit.kind === 'character') return unit.character.charCodeAt(0);
      if (unit.kind === 'any') return anyCode;
      if (unit.kind === 'star') return starCode;
      sets.push(unit);
      return firstSet - (sets.length - 1);
    });
    this.#sets = sets;
    this.#budget = budget;
    this.#fixedLength = this.#codes.includes(starCode) ? null : units.length;
  }

  #covers(code: number, text: string, position: number): boolean {
    if (code >= 0) return code === text.charCodeAt(position);
    if (code === anyCode) return true;
    const set = this.#sets[firstSet - code];
    return set !== undefined && set.members.includes(text.charAt(position)) !== set.negated;
  }

  /** True where the pattern covers the whole text. */
  matches(text: string): boolean {
    const state = { position: 0, unit: 0, starUnit: -1, starPosition: 0 };
    for (;;) {
      const outcome = this.#compare(text, state);
      if (outcome !== null) return outcome;
      this.#budget.spend(1);
    }
  }

  /** Goes on for a unit of work at most; null where there is more to compare. */
  #compare(text: string, state: MatchState): boolean | null {
    const codes = this.#codes;
    let { position, unit, starUnit, starPosition } = state;
    while (position < text.length) {
      const code = codes[unit];
      if (code === starCode) {
        starUnit = unit;
        starPosition = position;
        unit += 1;
      } else if (code !== undefined && this.#covers(code, text, position)) {
        unit += 1;
        position += 1;
      } else if (starUnit >= 0) {
        starPosition += 1;
        position = starPosition;
        unit = starUnit + 1;
      } else return false;
      this.#comparisons += 1;
      if (this.#comparisons < comparisonsPerUnit) continue;
      this.#comparisons = 0;
      state.position = position;
      state.unit = unit;
      state.starUnit = starUnit;
      state.starPosition = starPosition;
      return null;
    }
    while (codes[unit] === starCode) unit += 1;
    return unit === codes.length;
  }

  /** Lengths of the prefixes that match: the shortest or the longest, or -1. */
  prefix(text: string, longest: boolean): number {
    const length = this.#fixedLength;
    if (length !== null) return length <= text.length && this.matches(text.slice(0, length)) ? length : -1;
    for (let step = 0; step <= text.length; step += 1) {
      const length = longest ? text.length - step : step;
      if (this.matches(text.slice(0, length))) return length;
    }
    return -1;
  }

  /** Where the shortest or longest matching suffix begins, or -1. */
  suffix(text: string, longest: boolean): number {
    const length = this.#fixedLength;
    if (length !== null) {
      const start = text.length - length;
      return start >= 0 && this.matches(text.slice(start)) ? start : -1;
    }
    for (let step = 0; step <= text.length; step += 1) {
      const start = longest ? step : text.length - step;
      if (this.matches(text.slice(start))) return start;
    }
    return -1;
  }
}

/** True where the text holds a character that makes it a pattern. */
export function isPattern(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index];
    if (character === '\\') index += 1;
    else if (character === '*' || character === '?' || character === '[') return true;
  }
  return false;
}

/** Takes the special meaning from text that stands in a pattern. */
export function escapePattern(text: string): string {
  return text.replaceAll(/[*?[\]\\!^-]/g, '\\$&');
}

export function unescapePattern(text: string): string {
  return text.replaceAll(/\\([\s\S])/g, '$1');
}
