/** `set`: the shell's own settings by letter and by name, and the positional parameters behind them. */

import { BuiltinFault } from '../evaluate/control.ts';
import type { Builtin, Shell } from '../evaluate/shell.ts';
import { ownMember } from '../own-member.ts';
import { quote } from './quoting.ts';

const longFlags: Readonly<Record<string, string>> = {
  errexit: 'e',
  nounset: 'u',
  xtrace: 'x',
  noglob: 'f',
  noclobber: 'C',
  allexport: 'a',
  verbose: 'v',
  noexec: 'n',
  monitor: 'm',
  notify: 'b',
  ignoreeof: 'I',
  vi: 'V',
  emacs: 'E',
  nolog: 'nolog',
  pipefail: 'pipefail',
  posix: 'posix',
  hashall: 'h',
  braceexpand: 'B',
  histexpand: 'H',
  privileged: 'p',
};

function refuseSet(shell: Shell, word: string, letter: string): number {
  const sign = word.charAt(0);
  if (shell.bash) {
    shell.complain(`${sign}${letter}: invalid option`, 'set');
    shell.error.write('set: usage: set [-abefhkmnptuvxBCEHPT] [-o option-name] [--] [-] [arg ...]\n');
    return 2;
  }
  throw new BuiltinFault(`${shell.dialect === 'dash' ? 'Illegal' : 'illegal'} option ${sign}${letter}`);
}

export const setBuiltin: Builtin = {
  names: ['set'],
  run(shell, words) {
    if (words.length === 0) {
      const sorted = [...shell.variables.all()].toSorted(([left], [right]) => (left < right ? -1 : 1));
      for (const [name, value] of sorted)
        if (value !== null)
          shell.output.write(
            `${name}=${shell.bash && /^[\w./:@%+,-]*$/.test(value) ? value : quote(shell, value)}\n`,
          );
      return 0;
    }
    const letters = shell.bash ? 'abefhkmnptuvxBCEHPT' : 'aefnuvxIimsVEbCl';
    for (let index = 0; index < words.length; index += 1) {
      const word = words[index] ?? '';
      if (word === '--' || word === '-' || !/^[-+]./.test(word)) {
        if (word === '-') {
          shell.flags.delete('x');
          shell.flags.delete('v');
          if (index + 1 < words.length) shell.words = words.slice(index + 1);
        } else shell.words = word === '--' ? words.slice(index + 1) : words.slice(index);
        return 0;
      }
      for (const letter of word.slice(1)) {
        let flag = letter;
        if (letter === 'o') {
          const long = words[(index += 1)];
          if (long === undefined) return 0;
          flag = ownMember(longFlags, long) ?? '';
          if (flag === '' || (shell.dialect === 'dash' && /^(?:pipefail|posix|[hBHp])$/.test(flag))) {
            if (shell.bash) {
              shell.complain(`${long}: invalid option name`, 'set');
              return 2;
            }
            const option = `option ${word.charAt(0)}o ${long}`;
            if (shell.dialect === 'dash') throw new BuiltinFault(`Illegal ${option}`);
            // ash complains of a long name, and goes on.
            shell.complain(`illegal ${option}`, 'set');
            return 1;
          }
        } else if (!letters.includes(letter)) return refuseSet(shell, word, letter);
        if (word.startsWith('-')) shell.flags.add(flag);
        else shell.flags.delete(flag);
      }
    }
    return 0;
  },
};
