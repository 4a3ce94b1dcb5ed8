const simple: Readonly<Record<string, string>> = { a: '\x07', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' };

/**
 * The character that a backslash at `index` spells in sed's own way (`\t`, `\x41`, `\o101`, `\d65`, `\cA`), and where it ends; null for
 * anything else.
 */
export function spelled(text: string, index: number): { character: string; end: number } | null {
  const letter = text.charAt(index + 1);
  const plain = Object.hasOwn(simple, letter) ? simple[letter] : undefined;
  if (plain !== undefined) return { character: plain, end: index + 2 };
  const rest = text.slice(index + 2, index + 5);
  const digits =
    letter === 'x'
      ? /^[\da-fA-F]{1,2}/.exec(rest)
      : letter === 'o'
        ? /^[0-7]{1,3}/.exec(rest)
        : letter === 'd'
          ? /^\d{1,3}/.exec(rest)
          : null;
  if (digits !== null) {
    const base = letter === 'x' ? 16 : letter === 'o' ? 8 : 10;
    const code = Number.parseInt(digits[0], base) & 255;
    return { character: String.fromCharCode(code), end: index + 2 + digits[0].length };
  }
  if (letter !== 'c' || rest === '' || rest.startsWith('\\')) return null;
  return { character: String.fromCharCode(rest.charAt(0).toUpperCase().charCodeAt(0) ^ 64), end: index + 3 };
}

/** Text of `a`, `i`, `c`: a backslash goes, and what follows it stays. O(length). */
export function plainText(text: string): string {
  let out = '';
  for (let index = 0; index < text.length;) {
    if (text.charAt(index) !== '\\') {
      out += text.charAt(index);
      index += 1;
      continue;
    }
    const found = index === 0 ? null : spelled(text, index);
    out += found === null ? text.charAt(index + 1) : found.character;
    index = found?.end ?? index + 2;
  }
  return out;
}

/** An expression with sed's own escapes as characters, those with a meaning quoted. O(length). */
export function plainExpression(source: string): string {
  let out = '';
  let inSet = false;
  for (let index = 0; index < source.length;) {
    const character = source.charAt(index);
    if (!inSet && character === '[') {
      const opening = /^\[\^?\]?/.exec(source.slice(index, index + 3))?.[0] ?? '[';
      out += opening;
      index += opening.length;
      inSet = true;
      continue;
    }
    if (inSet && character === '[' && ':.='.includes(source.charAt(index + 1))) {
      const close = source.indexOf(`${source.charAt(index + 1)}]`, index + 2);
      if (close > 0 && close < index + 32) {
        out += source.slice(index, close + 2);
        index = close + 2;
        continue;
      }
    }
    if (inSet && character === ']') inSet = false;
    const found = character === '\\' ? spelled(source, index) : null;
    if (found !== null && !(inSet && ']^-\\'.includes(found.character))) {
      out +=
        !inSet && '\\[]*.^$+?(){}|/'.includes(found.character) ? `\\${found.character}` : found.character;
      index = found.end;
    } else if (character === '\\' && !inSet) {
      out += source.slice(index, index + 2);
      index += 2;
    } else {
      out += character;
      index += 1;
    }
  }
  return out;
}
