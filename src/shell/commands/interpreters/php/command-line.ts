import type { Process } from '../../../process.ts';
import { below } from '../../../../core/random.ts';
import { upstreamVersion } from '../../program-version.ts';

/** What php is called for. */
export interface PhpCall {
  readonly does: 'run' | 'check' | 'version' | 'modules' | 'information' | 'complain' | 'read';
  /** The text of `-r`; null where a file or standard input has it. */
  readonly text: string | null;
  readonly path: string | null;
  readonly settings: ReadonlyMap<string, string>;
  /** What follows the script. */
  readonly rest: readonly string[];
  readonly complaint: string;
}

const usage = `Usage: php [options] [-f] <file> [--] [args...]
   php [options] -r <code> [--] [args...]
   php [options] [-B <begin_code>] -R <code> [-E <end_code>] [--] [args...]
   php [options] [-B <begin_code>] -F <file> [-E <end_code>] [--] [args...]
   php [options] -S <addr>:<port> [-t docroot] [router]
   php [options] -- [args...]
   php [options] -a
`;

/** php(1): the options that people and scripts use. */
export function readPhpCall(words: readonly string[]): PhpCall {
  const settings = new Map<string, string>();
  let does: PhpCall['does'] = 'run';
  let text: string | null = null;
  let path: string | null = null;
  let at = 0;
  const complain = (complaint: string): PhpCall => ({
    does: 'complain',
    text,
    path,
    settings,
    rest: [],
    complaint,
  });
  for (; at < words.length; at += 1) {
    const word = words[at] ?? '';
    if (word === '--') {
      at += 1;
      break;
    }
    if (!/^-./.test(word)) break;
    const letter =
      {
        '--version': 'v',
        '--run': 'r',
        '--file': 'f',
        '--define': 'd',
        '--modules': 'm',
        '--info': 'i',
        '--syntax-check': 'l',
        '--help': 'h',
        '--usage': 'h',
        '--no-php-ini': 'n',
      }[word] ?? word.charAt(1);
    if (letter === '-')
      return complain(`Error in argument ${at + 1}, char 3: option not found ${word.slice(2, 3)}\n${usage}`);
    if ('rfdczBREFSt'.includes(letter)) {
      const attached = word.startsWith('--') ? '' : word.slice(2);
      const value = attached === '' ? words[at + 1] : attached.replace(/^=/, '');
      if (value === undefined)
        return complain(`Error in argument ${at + 1}, char 2: no argument for option ${letter}\n${usage}`);
      if (attached === '') at += 1;
      if (letter === 'r') text = value;
      else if (letter === 'f') path = value;
      else if (letter === 'd') {
        const [name = '', ...rest] = value.split('=');
        settings.set(name, rest.length === 0 ? '1' : rest.join('='));
      } else if (letter !== 'c')
        return { does: 'read', text: value, path, settings, rest: [], complaint: '' };
    } else if (letter === 'v') does = 'version';
    else if (letter === 'm') does = 'modules';
    else if (letter === 'i') does = 'information';
    else if (letter === 'l') does = 'check';
    else if (letter === 'h') return complain(usage);
    else if (!'nqeCHsw'.includes(letter))
      return complain(`Error in argument ${at + 1}, char 2: option not found ${letter}\n${usage}`);
  }
  if (text === null && path === null && words[at] !== undefined && words[at - 1] !== '--') {
    path = words[at] ?? null;
    at += 1;
    if (words[at] === '--') at += 1;
  }
  return { does, text, path, settings, rest: words.slice(at), complaint: '' };
}

/** The last releases of series that packages name by the series alone. */
const releases: Readonly<Record<string, string>> = { '7.4': '7.4.33', '8.2': '8.2.29' };

export function phpVersion(process: Process): string {
  const version = upstreamVersion(process, 'php8.2-cli', upstreamVersion(process, 'php', '8.2'));
  return Object.hasOwn(releases, version) ? (releases[version] ?? version) : version;
}

/** `php -v`. */
export function phpVersionText(process: Process): string {
  const version = phpVersion(process);
  const [major = '8', minor = '2', release = '0'] = version.split('.');
  const { persona } = process.state.machine;
  const built = new Date(
    persona.bootedAt -
      86_400_000 * (20 + below(persona.random('shell:php:built'), 500)) -
      below(persona.random('shell:php:hour'), 80_000_000),
  );
  const month = built.toUTCString().slice(8, 11);
  const shown = `${month} ${String(built.getUTCDate()).padStart(2)} ${built.getUTCFullYear()} ${built.toUTCString().slice(17, 25)}`;
  const isOld = major === '7' && Number(minor) < 4;
  const years = isOld ? '1997-2018 ' : '';
  const engine = major === '7' ? `3.${minor}.0` : `4.${minor}.${release}`;
  const cache =
    process.state.machine.packages.family === 'redhat'
      ? ''
      : `    with Zend OPcache v${version}, Copyright (c)${isOld ? ' 1999-2018' : ''}, by Zend Technologies\n`;
  return `PHP ${version} (cli) (built: ${shown}) ${major === '7' ? '( NTS )' : '(NTS)'}\nCopyright (c) ${years}The PHP Group\nZend Engine v${engine}, Copyright (c) ${isOld ? '1998-2018 ' : ''}Zend Technologies\n${cache}`;
}
