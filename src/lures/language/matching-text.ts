/** Text that a regular expression matches, made from its syntax tree, and checked by RE2 before anybody sees it. */

import { below, type Random } from '../../core/random.ts';
import { compiledPattern } from './functions.ts';
import { parseRegex, type Ranges, type RegexNode } from './regex-syntax.ts';

const lengthLimit = 16_384;
const attempts = 8;

interface Making {
  readonly random: Random;
  /** How much of what may repeat does: 0 for as little as possible. */
  readonly fullness: number;
  /** The text that this group shall have. */
  readonly fixed: { readonly group: number; readonly text: string } | null;
  /** Characters that may still be made. */
  left: number;
  /** Captures around the node. */
  inGroup: number;
  repeating: boolean;
}

const pretty = 'abcdefghijklmnopqrstuvwxyz0123456789';
const holds = (ranges: Ranges, code: number): boolean =>
  ranges.some(([from, to]) => code >= from && code <= to);

function characterOf(ranges: Ranges, making: Making): string {
  const { random } = making;
  const [only] = ranges;
  if (ranges.length === 1 && only !== undefined && only[0] === only[1]) return String.fromCharCode(only[0]);
  const fitting = pretty.split('').filter((character) => holds(ranges, character.charCodeAt(0)));
  if (fitting.length > 0) return fitting[below(random, fitting.length)] ?? '';
  const shown = ranges.filter(([from, to]) => to >= 32 && from <= 126);
  const list = shown.length > 0 ? shown : ranges;
  const range = list[below(random, list.length)];
  if (range === undefined) return '';
  const from = shown.length > 0 ? Math.max(32, range[0]) : range[0];
  const to = shown.length > 0 ? Math.min(126, range[1]) : range[1];
  return String.fromCharCode(from + below(random, to - from + 1));
}

/** How often an item repeats: bare padding vanishes, what is captured or must be there gets the length of a name. */
function timesOf(node: Extract<RegexNode, { kind: 'repeat' }>, making: Making): number {
  const { least, most, item } = node;
  const isOpen = most === Number.POSITIVE_INFINITY;
  let times = least;
  const isWide =
    item.kind === 'set' && (item.any || item.ranges.reduce((sum, [from, to]) => sum + to - from + 1, 0) > 9);
  if (isOpen && isWide && (making.inGroup > 0 || least > 0))
    times = Math.max(least, 6 + below(making.random, 5));
  else if (making.fullness > 0) times = Math.min(most, least + making.fullness);
  else if (isOpen && least > 0) times = least;
  return Math.min(times, most);
}

function make(node: RegexNode, making: Making): string {
  if (making.left < 0) return '';
  switch (node.kind) {
    case 'set': {
      making.left -= 1;
      // A lone dot is most often one that its author left without a backslash.
      return node.any && !making.repeating ? '.' : characterOf(node.ranges, making);
    }
    case 'sequence':
      return node.items.map((item) => make(item, making)).join('');
    case 'choice': {
      const at = making.fullness === 0 ? 0 : below(making.random, node.items.length);
      const item = node.items[at];
      return item === undefined ? '' : make(item, making);
    }
    case 'repeat': {
      let text = '';
      const times = timesOf(node, making);
      const outer = making.repeating;
      making.repeating = true;
      for (let count = 0; count < times && making.left >= 0; count += 1) text += make(node.item, making);
      making.repeating = outer;
      return text;
    }
    case 'group': {
      if (node.index > 0 && making.fixed?.group === node.index) return making.fixed.text;
      if (node.index > 0) making.inGroup += 1;
      const text = make(node.item, making);
      if (node.index > 0) making.inGroup -= 1;
      return text;
    }
    case 'anchor':
      return '';
    default:
      return node satisfies never;
  }
}

/** Where the pattern demands the start or end of its text, what stands before or behind it breaks the match. */
export const isAnchored = (pattern: string): boolean =>
  /\^|\$|\\A|\\z/.test(pattern.replaceAll(/\\[\^$]|\[\^/g, ''));

export interface Wish {
  /** The capture that shall be this text. */
  readonly group: number;
  readonly text: string;
}

/** A text that the pattern finds; null where none was made. The same random stream gives the same text. */
export function matchingText(pattern: string, random: Random, wish: Wish | null = null): string | null {
  const compiled = compiledPattern(pattern);
  const tree = compiled === null ? null : parseRegex(pattern);
  if (compiled === null || tree === null) return null;
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const making: Making = {
      random,
      fullness: attempt >> 1,
      fixed: wish === null || wish.group === 0 ? null : wish,
      left: lengthLimit,
      inGroup: 0,
      repeating: false,
    };
    const text = make(tree, making);
    if (making.left < 0) continue;
    const matcher = compiled.matcher(text);
    if (!matcher.find()) continue;
    if (wish === null || wish.group > matcher.groupCount() || matcher.group(wish.group) === wish.text)
      return text;
  }
  return wish !== null && wish.group === 0 && compiled.matcher(wish.text).find() ? wish.text : null;
}
