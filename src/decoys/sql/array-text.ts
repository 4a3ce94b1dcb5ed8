import type { Value } from './value.ts';

/** `{a,b,"c d"}` or an int2vector's `1 2`. */
export function arrayOf(text: string): Value[] {
  if (!text.startsWith('{')) return text === '' ? [] : text.split(' ').slice(0, 10_000);
  const items: Value[] = [];
  let item = '';
  let quoted = false;
  let wasQuoted = false;
  for (let at = 1; at < text.length; at += 1) {
    const character = text[at] ?? '';
    if (quoted) {
      if (character === '\\') {
        at += 1;
        item += text[at] ?? '';
      } else if (character === '"') quoted = false;
      else item += character;
    } else if (character === '"') {
      quoted = true;
      wasQuoted = true;
    } else if (character === ',' || character === '}') {
      if (item !== '' || wasQuoted || character === ',')
        items.push(!wasQuoted && item.toUpperCase() === 'NULL' ? null : item);
      item = '';
      wasQuoted = false;
    } else item += character;
  }
  return items;
}
