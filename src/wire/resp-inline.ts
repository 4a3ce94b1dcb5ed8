/** Words of an inline request, split as Redis's `sdssplitargs` does. */

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', a: '\x07' };

const isSpace = (character: string): boolean =>
  character === ' ' || (character >= '\t' && character <= '\r') || character === '\0';

const isHex = (text: string): boolean => /^[0-9a-fA-F]{2}$/.test(text);

/** The words, or null where quotes are unbalanced or a closing quote runs into the next word. Takes linear time. */
export function splitInline(line: string): string[] | null {
  const words: string[] = [];
  let at = 0;
  for (;;) {
    while (at < line.length && isSpace(line.charAt(at))) at += 1;
    if (at >= line.length) return words;
    const parts: string[] = [];
    let quote = '';
    for (;;) {
      const character = line.charAt(at);
      if (quote === '') {
        if (character === '' || isSpace(character)) break;
        if (character === '"' || character === "'") quote = character;
        else parts.push(character);
        at += 1;
      } else if (character === '') {
        return null;
      } else if (character === quote) {
        const following = line.charAt(at + 1);
        if (following !== '' && !isSpace(following)) return null;
        at += 1;
        break;
      } else if (quote === '"' && character === '\\' && at + 1 < line.length) {
        const code = line.slice(at + 2, at + 4);
        if (line.charAt(at + 1) === 'x' && isHex(code)) {
          parts.push(String.fromCharCode(Number.parseInt(code, 16)));
          at += 4;
        } else {
          const escaped = line.charAt(at + 1);
          parts.push(escapes[escaped] ?? escaped);
          at += 2;
        }
      } else if (quote === "'" && character === '\\' && line.charAt(at + 1) === "'") {
        parts.push("'");
        at += 2;
      } else {
        parts.push(character);
        at += 1;
      }
    }
    words.push(parts.join(''));
  }
}
