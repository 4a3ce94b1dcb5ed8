import type { Part, Word } from '../language/syntax.ts';

const maximumWords = 1_000;

/** One item of a word while braces are looked for: an unquoted character, or a part that braces cannot touch. */
type Item = string | Part;

function itemsOf(word: Word): Item[] {
  return word.parts.flatMap((part): Item[] =>
    part.kind === 'text' && !part.quoted ? Array.from(part.text) : [part],
  );
}

function wordOf(items: readonly Item[]): Word {
  const parts: Part[] = [];
  let text = '';
  for (const item of items) {
    if (typeof item === 'string') text += item;
    else {
      if (text !== '') parts.push({ kind: 'text', text, quoted: false });
      text = '';
      parts.push(item);
    }
  }
  if (text !== '') parts.push({ kind: 'text', text, quoted: false });
  return { parts };
}

/** `{1..5}`, `{a..e}`, with an optional step; null where it is none. */
function range(text: string): string[] | null {
  const numbers = /^(-?\d{1,9})\.\.(-?\d{1,9})(?:\.\.(-?\d{1,9}))?$/.exec(text);
  const letters = /^([A-Za-z])\.\.([A-Za-z])(?:\.\.(-?\d{1,9}))?$/.exec(text);
  if (numbers === null && letters === null) return null;
  const from = numbers === null ? (letters?.[1]?.charCodeAt(0) ?? 0) : Number(numbers[1]);
  const to = numbers === null ? (letters?.[2]?.charCodeAt(0) ?? 0) : Number(numbers[2]);
  const step = Math.max(1, Math.abs(Number(numbers?.[3] ?? letters?.[3] ?? 1)));
  const width =
    numbers !== null && [numbers[1], numbers[2]].some((end) => /^-?0\d/.test(end ?? ''))
      ? Math.max(numbers[1]?.length ?? 0, numbers[2]?.length ?? 0)
      : 0;
  const results: string[] = [];
  for (let value = from; from <= to ? value <= to : value >= to; value += from <= to ? step : -step) {
    if (results.length >= maximumWords) break;
    results.push(
      numbers === null
        ? String.fromCharCode(value)
        : (value < 0 ? '-' : '') + String(Math.abs(value)).padStart(value < 0 ? width - 1 : width, '0'),
    );
  }
  return results;
}

/** Items looked at or copied that are one unit of work. */
const itemsPerUnit = 32;

/**
 * Brace expansion of bash: `a{b,c}d` → `abd acd`. Happens before all others, on unquoted text only. `spend` is told of
 * the work, which grows with the square of the braces, and stops it by throwing.
 */
export function expandBraces(word: Word, spend: (units: number) => void): Word[] {
  if (!word.parts.some((part) => part.kind === 'text' && !part.quoted && part.text.includes('{')))
    return [word];
  return expand(itemsOf(word), 0, (items) => spend(Math.ceil(items / itemsPerUnit))).map((items) =>
    wordOf(items),
  );
}

function expand(items: readonly Item[], depth: number, handled: (items: number) => void): Item[][] {
  handled(items.length);
  if (depth > 12) return [[...items]];
  for (let open = items.indexOf('{'); open >= 0; open = items.indexOf('{', open + 1)) {
    let level = 0;
    let close = -1;
    const commas: number[] = [];
    for (let index = open; index < items.length; index += 1) {
      const item = items[index];
      if (item === '{') level += 1;
      else if (item === ',' && level === 1) commas.push(index);
      else if (item === '}') {
        level -= 1;
        if (level === 0) {
          close = index;
          break;
        }
      }
    }
    handled((close < 0 ? items.length : close) - open);
    if (close < 0) continue;
    const inside = items.slice(open + 1, close);
    const plain = inside.every((item) => typeof item === 'string') ? inside.join('') : '';
    const ranged = commas.length === 0 ? range(plain) : null;
    if (commas.length === 0 && ranged === null) continue;
    const choices: Item[][] =
      ranged?.map((text) => Array.from(text)) ??
      [open, ...commas].flatMap((start, index) =>
        expand(items.slice(start + 1, commas[index] ?? close), depth + 1, handled),
      );
    const before = items.slice(0, open);
    const tails = expand(items.slice(close + 1), depth + 1, handled);
    const results: Item[][] = [];
    for (const choice of choices)
      for (const tail of tails) {
        if (results.length >= maximumWords) return results;
        const result = [...before, ...choice, ...tail];
        handled(result.length);
        results.push(result);
      }
    return results;
  }
  return [[...items]];
}
