/** Why a POSIX expression is none, in the words of GNU's regcomp; null where nothing is seen to be wrong. O(length). */
export function expressionFault(source: string, extended: boolean): string | null {
  let open = 0;
  let groups = 0;
  let start = true;
  for (let index = 0; index < source.length;) {
    const character = source.charAt(index);
    const escaped = character === '\\';
    if (escaped && index + 1 >= source.length) return 'Trailing backslash';
    const letter = escaped ? source.charAt(index + 1) : character;
    index += escaped ? 2 : 1;
    const begins: boolean = start;
    start = false;
    if (!escaped && letter === '[') {
      const end = setEnd(source, index);
      if (typeof end === 'string') return end;
      index = end;
      continue;
    }
    if (escaped && letter >= '1' && letter <= '9') {
      if (Number(letter) > groups) return 'Invalid back reference';
      continue;
    }
    if (!escaped && letter === '^') start = begins;
    if (!escaped && letter === '*' && begins && extended && !source.startsWith('^')) return preceding;
    if (escaped === extended) continue;
    if (letter === '(') {
      open += 1;
      groups += 1;
      start = true;
    } else if (letter === ')') {
      if (open === 0) return 'Unmatched ) or \\)';
      open -= 1;
    } else if (letter === '|') start = true;
    else if ('+?'.includes(letter) && begins && extended && !source.startsWith('^')) return preceding;
    else if (letter === '{') {
      if (begins) return preceding;
      const counts = /^(\d*)(,?)(\d*)(\\?\})?/.exec(source.slice(index, index + 24));
      if (counts?.[4] === undefined)
        return index + (counts?.[0].length ?? 0) >= source.length
          ? 'Unmatched \\{'
          : 'Invalid preceding regular expression';
      const [least, most] = [Number(counts[1]), counts[3] === '' ? Infinity : Number(counts[3])];
      if (counts[2] === ',' && most < least) return 'Invalid content of \\{\\}';
      if (least > 32_767) return 'Regular expression too big';
      index += counts[0].length;
    }
  }
  return open > 0 ? 'Unmatched ( or \\(' : null;
}

const preceding = 'Invalid preceding regular expression';
const classes = 'alpha digit alnum upper lower space blank punct print graph cntrl xdigit'.split(' ');

/** Where a set that begins before `start` ends, or what is wrong with it. */
function setEnd(source: string, start: number): number | string {
  let index = start;
  if (source.charAt(index) === '^') index += 1;
  const first = index;
  let last = '';
  for (; index < source.length; index += 1) {
    const character = source.charAt(index);
    if (character === ']' && index > first) return index + 1;
    if (character === '[' && source.charAt(index + 1) === ':') {
      const close = source.indexOf(':]', index + 2);
      if (close < 0) return 'Unmatched [, [^, [:, [., or [=';
      if (!classes.includes(source.slice(index + 2, close))) return 'Invalid character class name';
      index = close + 1;
      last = '';
    } else if (
      character === '-' &&
      last !== '' &&
      source.charAt(index + 1) !== ']' &&
      index + 1 < source.length
    ) {
      if (source.charAt(index + 1) < last) return 'Invalid range end';
      index += 1;
      last = '';
    } else last = character;
  }
  return 'Unmatched [, [^, [:, [., or [=';
}
