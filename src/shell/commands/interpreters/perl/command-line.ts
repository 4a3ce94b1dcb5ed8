/** What perl is called with. */
export interface PerlCall {
  /** The text of `-e`, with what `-n`, `-p`, `-l`, `-a` and `-M` put around it; null where a file or standard input has it. */
  readonly text: string | null;
  /** Options that the text alone does not show. */
  readonly before: string;
  readonly after: string;
  readonly rest: readonly string[];
  /** An option that is not known here. */
  readonly isKnown: boolean;
}

/** perlrun(1): the options that one-liners use. */
export function readCall(words: readonly string[]): PerlCall {
  const texts: string[] = [];
  let uses = '';
  let [loops, prints, splits, chomps, isKnown] = [false, false, false, false, true];
  let separator = ' ';
  let at = 0;
  for (; at < words.length; at += 1) {
    const word = words[at] ?? '';
    if (word === '--') {
      at += 1;
      break;
    }
    if (!/^-./.test(word)) break;
    for (let place = 1; place < word.length; place += 1) {
      const letter = word.charAt(place);
      const rest = word.slice(place + 1);
      if (letter === 'e' || letter === 'E') {
        at += rest === '' ? 1 : 0;
        texts.push(rest === '' ? (words[at] ?? '') : rest);
        break;
      }
      if (letter === 'M' || letter === 'm') {
        const [module = '', names] = rest.replace(/^-/, '').split('=');
        uses += `use ${module}${names === undefined ? '' : ` qw(${names.replaceAll(',', ' ')})`};`;
        break;
      }
      if (letter === 'F') {
        separator = rest;
        splits = true;
        loops = true;
        break;
      }
      if (letter === 'n') loops = true;
      else if (letter === 'p') prints = true;
      else if (letter === 'a') splits = true;
      else if (letter === 'l') chomps = true;
      else if (!'wWtTuUX'.includes(letter)) isKnown = false;
    }
  }
  const inner = `${chomps ? 'chomp;' : ''}${splits ? `our @F=split(${separator === ' ' ? "' '" : `/${separator.replaceAll('/', '')}/`});` : ''}`;
  const loop = loops || prints;
  return {
    text: texts.length === 0 ? null : texts.join('\n'),
    before: `${chomps ? '$\\="\\n";' : ''}${uses}${loop ? `while(<STDIN>){${inner}` : ''}`,
    after: loop ? `${prints ? ';print' : ''}}` : '',
    rest: words.slice(at),
    isKnown: isKnown && !(loop && words.length > at),
  };
}
