/** `alias` and `unalias`: names for texts that the shell reads in their place. */

import type { Builtin } from '../evaluate/shell.ts';
import { quote } from './quoting.ts';

export const alias: Builtin = {
  names: ['alias', 'unalias'],
  run(shell, words, process) {
    let status = 0;
    const show = (name: string, value: string): void =>
      shell.output.write(`${shell.bash ? 'alias ' : ''}${name}=${quote(shell, value)}\n`);
    for (const word of words) {
      const equals = word.indexOf('=');
      if (process.name === 'unalias') {
        if (word === '-a') shell.aliases.clear();
        else if (!shell.aliases.delete(word)) {
          status = 1;
          if (shell.bash) shell.complain(`${word}: not found`, 'unalias');
          else shell.error.write(`unalias: ${word} not found\n`);
        }
      } else if (equals > 0) {
        if (shell.aliases.size < 100) shell.aliases.set(word.slice(0, equals), word.slice(equals + 1));
      } else if (word !== '-p') {
        const value = shell.aliases.get(word);
        if (value !== undefined) show(word, value);
        else {
          status = 1;
          if (shell.bash) shell.complain(`${word}: not found`, 'alias');
          else shell.error.write(`alias: ${word} not found\n`);
        }
      }
    }
    if (words.length === 0 && process.name === 'alias')
      for (const [name, value] of [...shell.aliases].toSorted(([one], [other]) => (one < other ? -1 : 1)))
        show(name, value);
    return status;
  },
};
