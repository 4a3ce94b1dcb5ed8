/** `let`: arithmetic as a command, whose status says whether the last result is zero. */

import { BuiltinFault } from '../evaluate/control.ts';
import { arithmetic } from '../evaluate/expansion.ts';
import type { Builtin } from '../evaluate/shell.ts';

export const letBuiltin: Builtin = {
  names: ['let'],
  run(shell, words) {
    let value = 0n;
    if (words.length === 0) {
      if (!shell.bash) throw new BuiltinFault('expression expected');
      shell.complain('expression expected', 'let');
      return 1;
    }
    for (const word of words) value = arithmetic(shell, word, 'let');
    return value === 0n ? 1 : 0;
  },
};
