/** Patterns of the shell (POSIX.1-2017 §2.13): `*`, `?`, `[…]`; a backslash takes the next character as it is. */

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
  while (index < pattern.length) {
    const character = pattern[index] ?? '';
    if (character === '*') {
      if (units.at(-1)?.kind !== 'star') units.push({ kind: 'star' });
    } else if (character === '?') units.push({ kind: 'any' });
    else if (character === '[') {
      const set = readSet(pattern, index);
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

function unitMatches(unit: Unit, character: string): boolean {
  if (unit.kind === 'any') return true;
  if (unit.kind === 'character') return unit.character === character;
  return unit.kind === 'set' && unit.members.includes(character) !== unit.negated;
}

/** A compiled pattern. A match costs at most (length of the pattern) × (length of the text): one star is remembered, not all. */
export class Pattern {
  readonly #units: readonly Unit[];

  constructor(pattern: string) {
    this.#units = compile(pattern);
  }

  /** True where the pattern covers the whole text. */
  matches(text: string): boolean {
    const units = this.#units;
    let position = 0;
    let unit = 0;
    let starUnit = -1;
    let starPosition = 0;
    while (position < text.length) {
      const current = units[unit];
      if (current !== undefined && current.kind === 'star') {
        starUnit = unit;
        starPosition = position;
        unit += 1;
      } else if (current !== undefined && unitMatches(current, text[position] ?? '')) {
        unit += 1;
        position += 1;
      } else if (starUnit >= 0) {
        starPosition += 1;
        position = starPosition;
        unit = starUnit + 1;
      } else return false;
    }
    while (units[unit]?.kind === 'star') unit += 1;
    return unit === units.length;
  }

  /** Lengths of the prefixes that match: the shortest or the longest, or -1. */
  prefix(text: string, longest: boolean): number {
    for (let step = 0; step <= text.length; step += 1) {
      const length = longest ? text.length - step : step;
      if (this.matches(text.slice(0, length))) return length;
    }
    return -1;
  }

  /** Where the shortest or longest matching suffix begins, or -1. */
  suffix(text: string, longest: boolean): number {
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
