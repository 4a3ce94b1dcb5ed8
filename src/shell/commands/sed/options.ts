/** What the words of a call ask for. */
export interface SedOptions {
  readonly flags: ReadonlySet<string>;
  /** Scripts and files of scripts, in their order. */
  readonly parts: readonly { readonly is: 'script' | 'file'; readonly text: string }[];
  /** Null where nothing is edited in place; else what is put behind the names of copies. */
  readonly suffix: string | null;
  readonly width: string | null;
  readonly operands: readonly string[];
}

/** In the order in which an ambiguous one names them. */
const longOptions: Readonly<Record<string, string>> = {
  binary: 'b',
  'regexp-extended': 'r',
  debug: 'D',
  'in-place': 'i',
  expression: 'e',
  file: 'f',
  'line-length': 'l',
  'null-data': 'z',
  'zero-terminated': 'z',
  quiet: 'n',
  posix: 'p',
  silent: 'n',
  sandbox: 'S',
  separate: 's',
  unbuffered: 'u',
  version: 'v',
  help: 'h',
  'follow-symlinks': 'F',
};
const shortLetters = 'bEnrsuz';

/** Reads the words as getopt_long(3) does; a text is its complaint. */
export function readSedOptions(words: readonly string[], busybox: boolean): SedOptions | string {
  const flags = new Set<string>();
  const parts: { is: 'script' | 'file'; text: string }[] = [];
  const operands: string[] = [];
  let suffix: string | null = null;
  let width: string | null = null;
  const take = (letter: string, value: string): void => {
    if (letter === 'e') parts.push({ is: 'script', text: value });
    else if (letter === 'f') parts.push({ is: 'file', text: value });
    else if (letter === 'l') width = value;
    else if (letter === 'i') suffix = value;
    else flags.add(letter === 'E' ? 'r' : letter);
  };
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? '';
    if (word === '--') {
      operands.push(...words.slice(index + 1));
      break;
    }
    if (word.startsWith('--')) {
      const equals = word.indexOf('=');
      const name = word.slice(2, equals < 0 ? undefined : equals);
      const letter = longLetter(name);
      if (letter === null) return `unrecognized option '--${name}'`;
      if (letter === '') return ambiguous(word, name);
      let value = equals < 0 ? '' : word.slice(equals + 1);
      if (equals < 0 && 'efl'.includes(letter)) {
        index += 1;
        const next = words[index];
        if (next === undefined) return `option '--${name}' requires an argument`;
        value = next;
      }
      take(letter, value);
    } else if (word.startsWith('-') && word.length > 1) {
      for (let at = 1; at < word.length; at += 1) {
        const letter = word.charAt(at);
        const rest = word.slice(at + 1);
        if (letter === 'i') {
          take('i', rest);
          break;
        }
        if ('efl'.includes(letter) && !(busybox && letter === 'l')) {
          if (rest === '') index += 1;
          const value = rest === '' ? words[index] : rest;
          if (value === undefined) return `option requires an argument -- '${letter}'`;
          take(letter, value);
          break;
        }
        if (!(busybox ? 'nrEsz' : shortLetters).includes(letter)) return `invalid option -- '${letter}'`;
        take(letter, '');
      }
    } else operands.push(word);
  }
  return { flags, parts, suffix, width, operands };
}

/** The letter of a long option or the beginning of one; empty for several, null for none. */
function longLetter(name: string): string | null {
  const exact = Object.hasOwn(longOptions, name) ? longOptions[name] : undefined;
  if (exact !== undefined) return exact;
  const letters = new Set(startsOf(name).map((option) => longOptions[option] ?? ''));
  const [letter] = letters;
  return letter === undefined ? null : letters.size > 1 ? '' : letter;
}

const startsOf = (name: string): string[] =>
  Object.keys(longOptions).filter((option) => option.startsWith(name));

const ambiguous = (word: string, name: string): string =>
  `option '${word}' is ambiguous; possibilities: ${startsOf(name)
    .map((option) => `'--${option}'`)
    .join(' ')}`;
