import { evaluateTest, TestFault } from '../test-expression.ts';
import { echo } from '../commands/echo.ts';
import { formatPrintf } from '../commands/printf.ts';
import { encodeText } from '../byte-text.ts';
import type { Builtin } from './builtin.ts';

export const echoBuiltin: Builtin = {
  names: ['echo'],
  shells: 'both',
  run: (_shell, _words, process) => echo.run(process),
};

export const printfBuiltin: Builtin = {
  names: ['printf'],
  shells: 'both',
  run(shell, words) {
    const rest = words[0] === '--' ? words.slice(1) : words;
    if (shell.bash && rest[0] === '-v' && rest.length > 2) {
      shell.variables.set(rest[1] ?? '', formatPrintf(rest[2] ?? '', rest.slice(3)).text);
      return 0;
    }
    if (rest.length === 0) {
      shell.complain(
        shell.bash ? 'usage: printf [-v var] format [arguments]' : 'usage: printf FORMAT [ARG]...',
        shell.bash ? 'printf' : '',
      );
      return 2;
    }
    const { text, fault } = formatPrintf(rest[0] ?? '', rest.slice(1));
    shell.output.write(text);
    if (fault !== '') shell.complain(fault, 'printf');
    return fault === '' ? 0 : 1;
  },
};

export const testBuiltin: Builtin = {
  names: ['test', '['],
  shells: 'both',
  run(shell, words, process) {
    let rest = words;
    if (process.name === '[') {
      if (words.at(-1) !== ']') {
        shell.complain(shell.bash ? "missing `]'" : 'missing ]', '[');
        return 2;
      }
      rest = words.slice(0, -1);
    }
    const place = {
      folder: shell.folder,
      state: shell.state,
      isTerminal: (descriptor: number) =>
        shell.descriptors.get(descriptor)?.[descriptor === 0 ? 'input' : 'output']?.terminal ?? false,
    };
    try {
      return evaluateTest(place, rest);
    } catch (error) {
      if (!(error instanceof TestFault)) throw error;
      shell.complain(encodeText(error.message), process.name);
      return 2;
    }
  },
};

export const trueBuiltin: Builtin = { names: ['true', ':'], shells: 'both', run: () => 0 };
export const falseBuiltin: Builtin = { names: ['false'], shells: 'both', run: () => 1 };
