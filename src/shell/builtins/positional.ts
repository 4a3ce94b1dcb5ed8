/** The positional parameters: `shift` drops the first of them, `getopts` reads them as options. */

import { BuiltinFault } from '../evaluate/control.ts';
import type { Builtin } from '../evaluate/shell.ts';

export const shift: Builtin = {
  names: ['shift'],
  run(shell, words) {
    const [text] = words;
    if (text !== undefined && !/^[-+]?\d{1,9}$/.test(text)) {
      if (!shell.bash) throw new BuiltinFault(`Illegal number: ${text}`);
      shell.complain(`${text}: numeric argument required`, 'shift');
      return 1;
    }
    const count = Number(text ?? 1);
    if (count < 0) {
      if (!shell.bash) throw new BuiltinFault(`Illegal number: ${text ?? ''}`);
      shell.complain(`${text ?? ''}: shift count out of range`, 'shift');
      return 1;
    }
    if (count > shell.words.length) {
      if (shell.dialect === 'dash') throw new BuiltinFault("can't shift that many");
      return 1;
    }
    shell.words = shell.words.slice(count);
    return 0;
  },
};

/** POSIX `getopts`: one option at each call; where it stands is kept in OPTIND and, within a word, by the shell. */
export const getopts: Builtin = {
  names: ['getopts'],
  run(shell, words) {
    const [letters, name, ...given] = words;
    if (letters === undefined || name === undefined) {
      if (shell.bash) shell.error.write('getopts: usage: getopts optstring name [arg ...]\n');
      else
        throw new BuiltinFault(
          shell.dialect === 'dash'
            ? 'Usage: getopts optstring var [arg...]'
            : 'usage: getopts optstring var [arg]',
        );
      return 2;
    }
    const list = given.length > 0 ? given : shell.words;
    const index = Math.max(1, Number(shell.variables.get('OPTIND') ?? 1) || 1);
    if (shell.optionPlace.index !== index) shell.optionPlace = { index, offset: 1 };
    const { offset } = shell.optionPlace;
    const word = list[index - 1];
    const finish = (
      letter: string,
      argument: string | null,
      status: number,
      next: number,
      at = 1,
    ): number => {
      shell.optionPlace = { index: next, offset: at };
      shell.variables.set('OPTIND', String(next));
      if (argument === null) shell.variables.unset('OPTARG');
      else shell.variables.set('OPTARG', argument);
      shell.variables.set(name, letter);
      return status;
    };
    const isEnd = word === undefined || !/^-./.test(word) || (word === '--' && offset === 1);
    if (isEnd)
      return finish(
        '?',
        shell.dialect === 'dash' ? (shell.variables.get('OPTARG') ?? null) : null,
        1,
        word === '--' ? index + 1 : index,
      );
    const letter = word.charAt(offset);
    const silent = letters.startsWith(':');
    const ended = offset + 1 >= word.length;
    const next = ended ? index + 1 : index;
    const place = letter === ':' ? -1 : letters.indexOf(letter, silent ? 1 : 0);
    if (place < 0) {
      if (!silent)
        shell.error.write(
          shell.bash ? `${shell.name}: illegal option -- ${letter}\n` : `Illegal option -${letter}\n`,
        );
      return finish('?', silent ? letter : null, 0, next, ended ? 1 : offset + 1);
    }
    if (letters.charAt(place + 1) !== ':')
      return finish(letter, shell.bash ? null : '', 0, next, ended ? 1 : offset + 1);
    if (!ended) return finish(letter, word.slice(offset + 1), 0, index + 1);
    const argument = list[index];
    if (argument !== undefined) return finish(letter, argument, 0, index + 2);
    if (silent) return finish(':', letter, 0, index + 1);
    shell.error.write(
      shell.bash
        ? `${shell.name}: option requires an argument -- ${letter}\n`
        : `No arg for -${letter} option\n`,
    );
    return finish('?', null, 0, index + 1);
  },
};
