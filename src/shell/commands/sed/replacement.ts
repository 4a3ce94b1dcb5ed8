import { spelled } from './escapes.ts';
import type { LetterCase, Piece } from './script.ts';

/** The right side of an `s`. O(length). */
export function readReplacement(source: string): Piece[] {
  const pieces: Piece[] = [];
  let text = '';
  const put = (piece: Piece): void => {
    if (text !== '') pieces.push({ is: 'text', text });
    text = '';
    pieces.push(piece);
  };
  for (let index = 0; index < source.length;) {
    const character = source.charAt(index);
    if (character === '&') put({ is: 'group', group: 0 });
    if (character !== '\\') {
      if (character !== '&') text += character;
      index += 1;
      continue;
    }
    const next = source.charAt(index + 1);
    const found = spelled(source, index);
    index = found?.end ?? index + 2;
    if (found !== null) text += found.character;
    else if (/^\d$/.test(next)) put({ is: 'group', group: Number(next) });
    else if (isCase(next)) put({ is: 'case', to: next });
    else text += next === '' ? '\\' : next;
  }
  if (text !== '') pieces.push({ is: 'text', text });
  return pieces;
}

function isCase(letter: string): letter is LetterCase {
  return letter !== '' && 'ULEul'.includes(letter);
}

/** What the pieces stand for. `grow` is told of each text before it is added, and may throw. */
export function expand(
  pieces: readonly Piece[],
  groups: readonly (string | undefined)[],
  grow: (length: number) => void,
): string {
  let out = '';
  let all: LetterCase = 'E';
  let one: LetterCase = 'E';
  for (const piece of pieces) {
    if (piece.is === 'case') {
      if (piece.to === 'u' || piece.to === 'l') one = piece.to;
      else [all, one] = [piece.to, 'E'];
      continue;
    }
    const text = piece.is === 'text' ? piece.text : (groups[piece.group] ?? '');
    grow(text.length);
    if (text === '') continue;
    let changed = changeCase(text, all);
    if (one !== 'E') changed = changeCase(text.charAt(0), one) + changed.slice(1);
    one = 'E';
    out += changed;
  }
  return out;
}

/** Of ASCII alone: byte text has other letters only as bytes of UTF-8. */
function changeCase(text: string, to: LetterCase): string {
  if (to === 'E') return text;
  return to === 'U' || to === 'u'
    ? text.replaceAll(/[a-z]+/g, (letters) => letters.toUpperCase())
    : text.replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase());
}
