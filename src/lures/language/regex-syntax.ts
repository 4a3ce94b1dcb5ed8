/** The syntax of RE2 (https://github.com/google/re2/wiki/Syntax) as a tree, to make texts from that match. Bounded in depth and size. */

/** A set of characters, as ranges of code points. */
export type Ranges = readonly (readonly [from: number, to: number])[];

export type RegexNode =
  | { readonly kind: 'set'; readonly ranges: Ranges; readonly any: boolean }
  | { readonly kind: 'sequence'; readonly items: readonly RegexNode[] }
  | { readonly kind: 'choice'; readonly items: readonly RegexNode[] }
  | { readonly kind: 'repeat'; readonly item: RegexNode; readonly least: number; readonly most: number }
  /** `index` is 0 for a group that captures nothing. */
  | { readonly kind: 'group'; readonly item: RegexNode; readonly index: number; readonly name: string }
  | {
      readonly kind: 'anchor';
      readonly anchor: 'line-start' | 'line-end' | 'text-start' | 'text-end' | 'word' | 'no-word';
    };

const lengthLimit = 8_192;
const depthLimit = 64;
const last = 0xff;

const named: Readonly<Record<string, Ranges>> = {
  d: [[48, 57]],
  w: [
    [97, 122],
    [65, 90],
    [48, 57],
    [95, 95],
  ],
  s: [
    [32, 32],
    [9, 10],
    [12, 13],
  ],
};

const posix: Readonly<Record<string, Ranges>> = {
  alnum: [
    [97, 122],
    [65, 90],
    [48, 57],
  ],
  alpha: [
    [97, 122],
    [65, 90],
  ],
  digit: [[48, 57]],
  lower: [[97, 122]],
  upper: [[65, 90]],
  space: named['s'] ?? [],
  punct: [
    [33, 47],
    [58, 64],
    [91, 96],
    [123, 126],
  ],
  xdigit: [
    [48, 57],
    [97, 102],
    [65, 70],
  ],
  word: named['w'] ?? [],
  print: [[32, 126]],
  graph: [[33, 126]],
  blank: [
    [32, 32],
    [9, 9],
  ],
  ascii: [[0, 127]],
  cntrl: [[0, 31]],
};

/** All other characters below 256. */
export function inverted(ranges: Ranges): Ranges {
  const sorted = [...ranges].sort((one, other) => one[0] - other[0]);
  const rest: [number, number][] = [];
  let from = 0;
  for (const [low, high] of sorted) {
    if (low > from) rest.push([from, low - 1]);
    from = Math.max(from, high + 1);
  }
  if (from <= last) rest.push([from, last]);
  return rest;
}

const everything: Ranges = [
  [32, 126],
  [9, 9],
  [128, last],
];

const controls: Readonly<Record<string, number>> = { n: 10, r: 13, t: 9, f: 12, v: 11, a: 7 };

class Refused extends Error {}

class RegexParser {
  readonly #text: string;
  #at = 0;
  #depth = 0;
  #groups = 0;

  constructor(text: string) {
    this.#text = text;
  }

  whole(): RegexNode {
    const node = this.#choice();
    if (this.#at < this.#text.length) throw new Refused();
    return node;
  }

  #choice(): RegexNode {
    this.#depth += 1;
    if (this.#depth > depthLimit) throw new Refused();
    const items = [this.#sequence()];
    while (this.#text.charAt(this.#at) === '|') {
      this.#at += 1;
      items.push(this.#sequence());
    }
    this.#depth -= 1;
    const [first] = items;
    return items.length === 1 && first !== undefined ? first : { kind: 'choice', items };
  }

  #sequence(): RegexNode {
    const items: RegexNode[] = [];
    while (this.#at < this.#text.length) {
      const character = this.#text.charAt(this.#at);
      if (character === '|' || character === ')') break;
      const atom = this.#atom();
      if (atom !== null) items.push(this.#repeated(atom));
    }
    return { kind: 'sequence', items };
  }

  #repeated(atom: RegexNode): RegexNode {
    let node = atom;
    for (let count = 0; count < 4; count += 1) {
      const bounds = this.#bounds();
      if (bounds === null) return node;
      if (this.#text.charAt(this.#at) === '?') this.#at += 1;
      node = { kind: 'repeat', item: node, least: bounds[0], most: bounds[1] };
    }
    throw new Refused();
  }

  #bounds(): readonly [number, number] | null {
    const character = this.#text.charAt(this.#at);
    const simple: Readonly<Record<string, readonly [number, number]>> = {
      '*': [0, Number.POSITIVE_INFINITY],
      '+': [1, Number.POSITIVE_INFINITY],
      '?': [0, 1],
    };
    const found = simple[character];
    if (found !== undefined) {
      this.#at += 1;
      return found;
    }
    if (character !== '{') return null;
    const braces = /^\{(\d{1,4})(,(\d{0,4}))?\}/.exec(this.#text.slice(this.#at, this.#at + 12));
    if (braces === null) return null;
    this.#at += braces[0].length;
    const least = Number(braces[1]);
    const most =
      braces[2] === undefined ? least : braces[3] === '' ? Number.POSITIVE_INFINITY : Number(braces[3]);
    if (least > 1_000 || most < least) throw new Refused();
    return [least, most];
  }

  #atom(): RegexNode | null {
    const character = this.#text.charAt(this.#at);
    this.#at += 1;
    switch (character) {
      case '(':
        return this.#group();
      case '[':
        return this.#set();
      case '.':
        return { kind: 'set', ranges: everything, any: true };
      case '^':
        return { kind: 'anchor', anchor: 'line-start' };
      case '$':
        return { kind: 'anchor', anchor: 'line-end' };
      case '\\':
        return this.#escape();
      case '*':
      case '+':
      case '?':
        throw new Refused();
      default:
        return this.#literal(character);
    }
  }

  #literal(character: string): RegexNode {
    const code = character.charCodeAt(0);
    return { kind: 'set', ranges: [[code, code]], any: false };
  }

  #group(): RegexNode | null {
    let index = 0;
    let name = '';
    const rest = this.#text.slice(this.#at, this.#at + 80);
    const label = /^\?P?<([A-Za-z_]\w{0,63})>/.exec(rest);
    const flags = /^\?([imsU]{0,4}(?:-[imsU]{1,4})?)([:)])/.exec(rest);
    if (label !== null) {
      this.#at += label[0].length;
      name = label[1] ?? '';
      this.#groups += 1;
      index = this.#groups;
    } else if (flags !== null) {
      this.#at += flags[0].length;
      // Flags widen what matches; text made without regard to them matches all the same (but for `s`, which widens too).
      if (flags[2] === ')') return null;
    } else if (rest.startsWith('?')) throw new Refused();
    else {
      this.#groups += 1;
      index = this.#groups;
    }
    const item = this.#choice();
    if (this.#text.charAt(this.#at) !== ')') throw new Refused();
    this.#at += 1;
    return { kind: 'group', item, index, name };
  }

  #escape(): RegexNode {
    const character = this.#text.charAt(this.#at);
    this.#at += 1;
    switch (character) {
      case 'b':
        return { kind: 'anchor', anchor: 'word' };
      case 'B':
        return { kind: 'anchor', anchor: 'no-word' };
      case 'A':
        return { kind: 'anchor', anchor: 'text-start' };
      case 'z':
        return { kind: 'anchor', anchor: 'text-end' };
      case 'Q': {
        const end = this.#text.indexOf('\\E', this.#at);
        const literal = this.#text.slice(this.#at, end < 0 ? undefined : end);
        this.#at = end < 0 ? this.#text.length : end + 2;
        return { kind: 'sequence', items: literal.split('').map((each) => this.#literal(each)) };
      }
      default:
        return { kind: 'set', ranges: this.#escapedRanges(character), any: false };
    }
  }

  /** What an escape stands for in a set or outside; `at` is behind its letter. */
  #escapedRanges(character: string): Ranges {
    const known = named[character.toLowerCase()];
    if (known !== undefined) return character === character.toLowerCase() ? known : inverted(known);
    if (character === 'p' || character === 'P') {
      const property = /^(?:\{\^?(\w{1,32})\}|([A-Z]))/.exec(this.#text.slice(this.#at, this.#at + 36));
      if (property === null) throw new Refused();
      this.#at += property[0].length;
      const letter = (property[1] ?? property[2] ?? '').slice(0, 2);
      const ranges: Ranges | undefined = letter.startsWith('L')
        ? letter === 'Lu'
          ? posix['upper']
          : letter === 'Ll'
            ? posix['lower']
            : posix['alpha']
        : letter.startsWith('N')
          ? posix['digit']
          : posix['punct'];
      return character === 'p' ? (ranges ?? []) : inverted(posix['alnum'] ?? []);
    }
    if (character === 'x') {
      const hex = /^(?:\{([0-9A-Fa-f]{1,6})\}|([0-9A-Fa-f]{2}))/.exec(
        this.#text.slice(this.#at, this.#at + 10),
      );
      if (hex === null) throw new Refused();
      this.#at += hex[0].length;
      const code = Number.parseInt(hex[1] ?? hex[2] ?? '', 16);
      return [[code, code]];
    }
    const control = controls[character];
    if (control !== undefined) return [[control, control]];
    if (character === '0') return [[0, 0]];
    if (character === '' || /[A-Za-z0-9]/.test(character)) throw new Refused();
    const code = character.charCodeAt(0);
    return [[code, code]];
  }

  #set(): RegexNode {
    const ranges: (readonly [number, number])[] = [];
    const isInverted = this.#text.charAt(this.#at) === '^';
    if (isInverted) this.#at += 1;
    for (let first = true; ; first = false) {
      const character = this.#text.charAt(this.#at);
      if (character === '') throw new Refused();
      if (character === ']' && !first) break;
      const low = this.#setItem();
      const [only] = low;
      const isSingle = low.length === 1 && only !== undefined && only[0] === only[1];
      if (
        isSingle &&
        this.#text.charAt(this.#at) === '-' &&
        !['', ']'].includes(this.#text.charAt(this.#at + 1))
      ) {
        this.#at += 1;
        const [end] = this.#setItem();
        if (end === undefined || end[0] < only[0]) throw new Refused();
        ranges.push([only[0], end[0]]);
      } else ranges.push(...low);
    }
    this.#at += 1;
    return { kind: 'set', ranges: isInverted ? inverted(ranges) : ranges, any: false };
  }

  #setItem(): Ranges {
    const posixName = /^\[:(\^?)(\w{1,8}):\]/.exec(this.#text.slice(this.#at, this.#at + 14));
    if (posixName !== null) {
      this.#at += posixName[0].length;
      const name = posixName[2] ?? '';
      const ranges = Object.hasOwn(posix, name) ? posix[name] : undefined;
      if (ranges === undefined) throw new Refused();
      return posixName[1] === '^' ? inverted(ranges) : ranges;
    }
    const character = this.#text.charAt(this.#at);
    this.#at += 1;
    if (character === '\\') {
      const escaped = this.#text.charAt(this.#at);
      this.#at += 1;
      return this.#escapedRanges(escaped);
    }
    const code = character.charCodeAt(0);
    return [[code, code]];
  }
}

/** The tree of a pattern, or null where it is none or too big. */
export function parseRegex(pattern: string): RegexNode | null {
  if (pattern.length > lengthLimit) return null;
  try {
    return new RegexParser(pattern).whole();
  } catch (error) {
    if (error instanceof Refused) return null;
    throw error;
  }
}
