import { ownMember } from '../own-member.ts';

export interface TarOptions {
  readonly does: 'c' | 't' | 'x';
  /** `-` for a stream. */
  readonly file: string;
  readonly packing: 'none' | 'gzip' | 'bzip2' | 'xz';
  readonly folder: string;
  readonly members: readonly string[];
  readonly excluded: readonly string[];
  readonly verbose: number;
  readonly strip: number;
  readonly absolute: boolean;
  readonly follows: boolean;
  readonly prints: boolean;
}

const long: Readonly<Record<string, string>> = {
  create: 'c',
  list: 't',
  extract: 'x',
  get: 'x',
  gzip: 'z',
  gunzip: 'z',
  bzip2: 'j',
  xz: 'J',
  verbose: 'v',
  file: 'f',
  directory: 'C',
  'to-stdout': 'O',
  dereference: 'h',
  'absolute-names': 'P',
};

/** `tar xzf a.tgz`, `tar -x -z -f a.tgz`, `tar --extract --file=a.tgz`; a text says what is wrong. */
export function readTarOptions(words: readonly string[]): TarOptions | string {
  const rest = [...words];
  const letters: string[] = [];
  const values = new Map<string, string>();
  const members: string[] = [];
  const excluded: string[] = [];
  let strip = 0;
  const take = (letter: string, joined: string): void => {
    values.set(letter, joined === '' ? (rest.shift() ?? '') : joined);
  };
  if (rest[0] !== undefined && /^[A-Za-z]+$/.test(rest[0])) {
    const bundle = rest.shift() ?? '';
    for (const letter of bundle) {
      letters.push(letter);
      if ('fCTXb'.includes(letter)) take(letter, '');
    }
  }
  while (rest.length > 0) {
    const word = rest.shift() ?? '';
    if (word === '--') {
      members.push(...rest.splice(0));
    } else if (word.startsWith('--')) {
      const [name = '', ...value] = word.slice(2).split('=');
      if (name === 'exclude') excluded.push(value.length > 0 ? value.join('=') : (rest.shift() ?? ''));
      else if (name === 'strip-components') strip = Number(value.length > 0 ? value[0] : rest.shift()) || 0;
      else if (letterOf(name) !== '') {
        const letter = letterOf(name);
        letters.push(letter);
        if (letter === 'f' || letter === 'C') take(letter, value.join('='));
      } else if (
        !/^(?:no-|same-|numeric-|overwrite|keep-|warning|checkpoint|totals|touch|wildcards|owner|group|mode|mtime|sort|ignore-|one-)/.test(
          name,
        )
      )
        return `unrecognized option '${word}'`;
    } else if (word.startsWith('-') && word.length > 1) {
      for (let at = 1; at < word.length; at += 1) {
        const letter = word.charAt(at);
        letters.push(letter);
        if (!'fCTXb'.includes(letter)) continue;
        take(letter, word.slice(at + 1));
        break;
      }
    } else members.push(word);
  }
  const known = letters.find((letter) => !'ctxruzjJZavfCOPphmkwWTXbSUlnoBA'.includes(letter));
  if (known !== undefined) return `invalid option -- '${known}'`;
  const does = letters.filter((letter) => letter === 'c' || letter === 't' || letter === 'x');
  if (new Set(does).size > 1)
    return "You may not specify more than one '-Acdtrux', '--delete' or  '--test-label' option";
  const [first] = does;
  if (first !== 'c' && first !== 't' && first !== 'x')
    return "You must specify one of the '-Acdtrux', '--delete' or '--test-label' options";
  const file = values.get('f') ?? '-';
  const byName = letters.includes('a');
  return {
    does: first,
    file,
    packing:
      letters.includes('z') || (byName && /\.(?:tar\.gz|tgz)$/.test(file))
        ? 'gzip'
        : letters.includes('j')
          ? 'bzip2'
          : letters.includes('J')
            ? 'xz'
            : 'none',
    folder: values.get('C') ?? '',
    members,
    excluded,
    verbose: letters.filter((letter) => letter === 'v').length,
    strip,
    absolute: letters.includes('P'),
    follows: letters.includes('h'),
    prints: letters.includes('O'),
  };
}

const letterOf = (name: string): string => ownMember(long, name) ?? '';
