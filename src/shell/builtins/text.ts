import { expandDashEscapes } from '../echo-escapes.ts';
import { BuiltinFault } from '../evaluate/control.ts';
import { testPlace } from '../evaluate/test-place.ts';
import { evaluateTest, TestFault } from '../test-expression.ts';
import { echo } from '../commands/echo.ts';
import { formatPrintf } from '../commands/printf.ts';
import { encodeText } from '../byte-text.ts';
import { Pattern } from '../language/pattern.ts';
import type { Builtin } from '../evaluate/shell.ts';

export const echoBuiltin: Builtin = {
  names: ['echo'],
  run(shell, words, process) {
    if (shell.dialect !== 'dash') return echo.run(process);
    // dash knows `-n` alone, and escapes always count.
    const bare = words[0] === '-n';
    const { text, stopped } = expandDashEscapes((bare ? words.slice(1) : words).join(' '));
    shell.output.write(bare || stopped ? text : `${text}\n`);
    return 0;
  },
};

export const printfBuiltin: Builtin = {
  names: ['printf'],
  run(shell, words) {
    let rest = words;
    let variable = '';
    if (shell.bash && rest[0] === '-v' && rest.length > 2) {
      variable = rest[1] ?? '';
      rest = rest.slice(2);
    } else if (shell.dialect !== 'ash' && /^-./.test(rest[0] ?? '') && rest[0] !== '--') {
      const option = (rest[0] ?? '').slice(0, 2);
      if (shell.dialect === 'dash') throw new BuiltinFault(`Illegal option ${option}`);
      shell.complain(`${option}: invalid option`, 'printf');
      shell.error.write('printf: usage: printf [-v var] format [arguments]\n');
      return 2;
    }
    if (rest[0] === '--') rest = rest.slice(1);
    if (rest.length === 0) {
      if (shell.bash) shell.error.write('printf: usage: printf [-v var] format [arguments]\n');
      else if (shell.dialect === 'dash') throw new BuiltinFault('usage: printf format [arg ...]');
      else shell.error.write(`${shell.name}: usage: printf FORMAT [ARGUMENT...]\n`);
      return 2;
    }
    const { text, faults, status } = formatPrintf(rest[0] ?? '', rest.slice(1), shell.dialect);
    for (const fault of faults)
      if (shell.dialect === 'ash') shell.error.write(`${shell.name}: ${fault}\n`);
      else shell.complain(fault, 'printf');
    if (variable === '') shell.output.write(text);
    else shell.variables.set(variable, text);
    return status;
  },
};

export const testBuiltin: Builtin = {
  names: ['test', '[', '[['],
  run(shell, words, process) {
    const closing = process.name === '[' ? ']' : process.name === '[[' ? ']]' : '';
    let rest = words;
    const complain = (text: string): number => {
      if (shell.dialect === 'ash') shell.error.write(`${shell.name}: ${text}\n`);
      else shell.complain(text, process.name);
      return 2;
    };
    if (closing !== '') {
      if (words.at(-1) !== closing) return complain(shell.bash ? "missing `]'" : `missing ${closing}`);
      rest = words.slice(0, -1);
    }
    const [left, operator, right] = rest;
    if (closing === ']]' && rest.length === 3 && /^[=!]?=$/.test(operator ?? '')) {
      shell.state.budget.spendBytes((right ?? '').length);
      return new Pattern(right ?? '', shell.state.budget).matches(left ?? '') === (operator !== '!=') ? 0 : 1;
    }
    try {
      return evaluateTest(testPlace(shell), rest, shell.dialect);
    } catch (error) {
      if (!(error instanceof TestFault)) throw error;
      return complain(encodeText(error.message));
    }
  },
};

export const trueBuiltin: Builtin = { names: ['true', ':'], run: () => 0 };
export const falseBuiltin: Builtin = { names: ['false'], run: () => 1 };
