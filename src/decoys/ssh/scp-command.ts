/** What `scp` says on the far side: `scp -t path` to take files, `scp -f path …` to give them (the protocol of rcp). */

export interface ScpCommand {
  readonly mode: 'take' | 'give';
  readonly recursive: boolean;
  readonly preserves: boolean;
  /** The target has to be a folder. */
  readonly wantsFolder: boolean;
  readonly paths: readonly string[];
}

/** Words of a command line with quotes and backslashes; null where the shell would do more than split it. Quoted characters of patterns keep a backslash. */
function wordsOf(command: string): string[] | null {
  const words: string[] = [];
  let word: string | null = null;
  let quote = '';
  const literal = (character: string): string => (/[*?[\]\\]/.test(character) ? `\\${character}` : character);
  for (let index = 0; index < command.length; index += 1) {
    const character = command.charAt(index);
    if (quote !== '') {
      if (character === quote) quote = '';
      else if (quote === '"' && (character === '$' || character === '`')) return null;
      else if (quote === '"' && character === '\\' && '"\\'.includes(command.charAt(index + 1))) {
        index += 1;
        word = (word ?? '') + literal(command.charAt(index));
      } else word = (word ?? '') + literal(character);
    } else if (character === '"' || character === "'") {
      quote = character;
      word ??= '';
    } else if (character === '\\') {
      index += 1;
      if (index >= command.length) return null;
      word = (word ?? '') + literal(command.charAt(index));
    } else if (character === ' ' || character === '\t') {
      if (word !== null) words.push(word);
      word = null;
    } else if ('|&;<>()$`\n#!{}'.includes(character)) return null;
    else word = (word ?? '') + character;
  }
  if (quote !== '') return null;
  if (word !== null) words.push(word);
  return words;
}

/** The command in byte text; null where it is no scp of the far side. */
export function parseScpCommand(command: string): ScpCommand | null {
  if (command.length > 4096 || !/^\s{0,8}(?:\/usr\/bin\/|\/bin\/)?scp\s/.test(command)) return null;
  const words = wordsOf(command);
  if (words === null) return null;
  let flags = '';
  let index = 1;
  for (; index < words.length; index += 1) {
    const word = words[index] ?? '';
    if (word === '--') {
      index += 1;
      break;
    }
    if (!word.startsWith('-') || word === '-') break;
    if (!/^-[a-zA-Z0-9]+$/.test(word)) return null;
    flags += word.slice(1);
  }
  const takes = flags.includes('t');
  if (takes === flags.includes('f')) return null;
  const paths = words.slice(index);
  if (paths.length === 0) return null;
  return {
    mode: takes ? 'take' : 'give',
    recursive: flags.includes('r'),
    preserves: flags.includes('p'),
    wantsFolder: flags.includes('d'),
    paths,
  };
}
