import type { Command } from '../process.ts';
import { inputText, linesOf, readOptions } from './input-text.ts';

export const cat: Command = {
  names: ['cat'],
  folder: '/bin',
  systems: 'both',
  *run(process) {
    const { flags, operands } = readOptions(process.words, '');
    let status = 0;
    let number = 0;
    for (const path of operands.length === 0 ? ['-'] : operands) {
      if (path === '-' && flags.size === 0 && process.input.terminal) {
        // From a terminal each line is answered as it comes.
        for (let line = yield* process.input.line(); line !== null; line = yield* process.input.line())
          process.output.write(line);
        continue;
      }
      const text = yield* inputText(process, path);
      if (text === null) status = 1;
      else if (flags.has('n') || flags.has('b'))
        for (const line of linesOf(text))
          process.output.write(
            flags.has('b') && line === '' ? '\n' : `${String((number += 1)).padStart(6)}\t${line}\n`,
          );
      else if (flags.has('e') || flags.has('E') || flags.has('A'))
        process.output.write(text.replaceAll('\n', '$\n'));
      else process.output.write(text);
    }
    return status;
  },
};
