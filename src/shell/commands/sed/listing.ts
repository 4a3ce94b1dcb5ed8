const named: Readonly<Record<string, string>> = {
  '\x07': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '\\': '\\\\',
};

/** What `l` prints: no character unseen, lines broken at a width (0: never), `$` at the end. */
export function listed(text: string, width: number): string {
  const most = width === 0 ? Number.POSITIVE_INFINITY : width - 1;
  let out = '';
  let column = 0;
  for (const character of text) {
    const code = character.charCodeAt(0);
    const shown =
      named[character] ?? (code >= 32 && code < 127 ? character : `\\${code.toString(8).padStart(3, '0')}`);
    if (column + shown.length > most) {
      out += '\\\n';
      column = 0;
    }
    out += shown;
    column += shown.length;
  }
  return `${out}$\n`;
}
