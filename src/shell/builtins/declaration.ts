/** Variables are declared and undeclared: `export`, `readonly`, `local`, `declare`, `typeset`, `unset`. */

import { BuiltinFault } from '../evaluate/control.ts';
import { arithmetic } from '../evaluate/expansion.ts';
import type { Builtin, Shell } from '../evaluate/shell.ts';
import { ReadonlyFault } from '../evaluate/variables.ts';
import { quote } from './quoting.ts';
import { namePattern, plainName } from './variable-name.ts';
import { refuseOption } from './wrong-option.ts';

/** Sets one `name=value` operand of `export`, `local` and their like; marks a name without a value. */
function declare(shell: Shell, word: string, mark: 'exported' | 'fixed' | null, builtin: string): number {
  const equals = word.indexOf('=');
  const adds = shell.bash && equals > 0 && word.charAt(equals - 1) === '+';
  const name = equals < 0 ? word : word.slice(0, adds ? equals - 1 : equals);
  if (!(shell.bash && builtin !== 'export' && builtin !== 'readonly' ? namePattern : plainName).test(name)) {
    if (!shell.bash) throw new BuiltinFault(`${name}: bad variable name`);
    shell.complain(`\`${word}': not a valid identifier`, builtin);
    return 1;
  }
  try {
    if (equals >= 0)
      shell.variables.set(
        name,
        adds ? (shell.variables.get(name) ?? '') + word.slice(equals + 1) : word.slice(equals + 1),
      );
  } catch (error) {
    if (!(error instanceof ReadonlyFault)) throw error;
    if (!shell.bash) throw new BuiltinFault(`${error.variable}: is read only`);
    shell.complain(error.message, builtin === 'export' || builtin === 'readonly' ? '' : builtin);
    return 1;
  }
  if (mark !== null) shell.variables.mark(name, mark);
  return 0;
}

const usages: Readonly<Record<string, string>> = {
  export: 'export [-fn] [name[=value] ...] or export -p',
  readonly: 'readonly [-aAf] [name[=value] ...] or readonly -p',
  local: 'local [option] name[=value] ...',
  declare: 'declare [-aAfFgiIlnrtux] [name[=value] ...] or declare -p [-aAfFilnrtux] [name ...]',
  typeset: 'typeset [-aAfFgiIlnrtux] name[=value] ... or typeset -p [-aAfFilnrtux] [name ...]',
};

export const exportBuiltin: Builtin = {
  names: ['export', 'readonly'],
  run(shell, words, process) {
    const { name } = process;
    const letters = shell.bash
      ? /^-[pnfaA]+$/
      : shell.dialect === 'ash' && name === 'export'
        ? /^-[pn]+$/
        : /^-p+$/;
    const operands: string[] = [];
    let options = '';
    for (const word of words) {
      if (operands.length > 0 || !/^-./.test(word) || options.includes('--')) operands.push(word);
      else if (word === '--') options += '--';
      else if (letters.test(word)) options += word.slice(1);
      else {
        const bad = Array.from(word.slice(1)).find((letter) => !letters.test(`-${letter}`)) ?? '';
        return refuseOption(shell, name, `-${bad}`, usages[name] ?? '');
      }
    }
    if (operands.length === 0) {
      const sorted = [...shell.variables.all()].toSorted(([left], [right]) => (left < right ? -1 : 1));
      for (const [variable, value, exported, fixed] of sorted) {
        if (name === 'export' ? !exported : !fixed) continue;
        const shown =
          value === null
            ? ''
            : shell.bash
              ? `="${value.replaceAll(/["\\$`]/g, '\\$&')}"`
              : `=${quote(shell, value)}`;
        shell.output.write(
          shell.bash
            ? `declare -${name === 'export' ? (fixed ? 'rx' : 'x') : exported ? 'rx' : 'r'} ${variable}${shown}\n`
            : `${name} ${variable}${shown}\n`,
        );
      }
      return 0;
    }
    let status = 0;
    for (const word of operands) {
      if (options.includes('f')) {
        if (shell.functions.has(word)) continue;
        shell.complain(`${word}: not a function`, name);
        status = 1;
      } else if (options.includes('n')) {
        status = declare(shell, word, null, name) || status;
        const variable = word.split('=', 1)[0] ?? '';
        if (shell.variables.has(variable)) shell.variables.mark(variable, 'exported', false);
      } else status = declare(shell, word, name === 'export' ? 'exported' : 'fixed', name) || status;
    }
    return status;
  },
};

/** `declare -p`. */
function showDeclared(shell: Shell, names: readonly string[]): number {
  let status = 0;
  const all = new Map([...shell.variables.all()].map((entry) => [entry[0], entry] as const));
  for (const name of names) {
    const found = all.get(name);
    if (found === undefined) {
      shell.complain(`${name}: not found`, 'declare');
      status = 1;
      continue;
    }
    const [, value, exported, fixed] = found;
    const array = shell.variables.isArray(name);
    const flags = `${array ? 'a' : ''}${fixed ? 'r' : ''}${exported ? 'x' : ''}`;
    const escaped = (text: string): string => `"${text.replaceAll(/["\\$`]/g, '\\$&')}"`;
    const elements = shell.variables.elements(name);
    const body = array
      ? `=(${shell.variables
          .keys(name)
          .map((key, index) => `[${key}]=${escaped(elements[index] ?? '')}`)
          .join(' ')})`
      : value === null
        ? ''
        : `=${escaped(value)}`;
    shell.output.write(`declare -${flags === '' ? '-' : flags} ${name}${body}\n`);
  }
  return status;
}

export const local: Builtin = {
  names: ['local', 'declare', 'typeset'],
  run(shell, words, process) {
    const { name } = process;
    if (name === 'local' && shell.functionDepth === 0) {
      if (!shell.bash) throw new BuiltinFault('not in a function');
      shell.complain('can only be used in a function', 'local');
      return 1;
    }
    let options = '';
    let status = 0;
    const operands: string[] = [];
    for (const word of words) {
      if (operands.length === 0 && shell.bash && /^[-+]./.test(word)) {
        const bad = Array.from(word.slice(1)).find((letter) => !'aAfFgiIlnrtuxp'.includes(letter));
        if (bad !== undefined)
          return refuseOption(shell, name, `${word.charAt(0)}${bad}`, usages[name] ?? '');
        options += word.slice(1);
      } else operands.push(word);
    }
    if (options.includes('p')) return showDeclared(shell, operands);
    for (const word of operands) {
      const plain = word.split(/\+?=/, 1)[0] ?? '';
      if (!shell.bash && !plainName.test(plain)) throw new BuiltinFault(`${plain}: bad variable name`);
      const inFunction = !options.includes('g') && shell.variables.local(plain);
      if (options.includes('A') || options.includes('a'))
        shell.variables.makeArray(plain, options.includes('A'));
      if (!word.includes('=') && inFunction) {
        // dash and ash keep the value that the name has outside.
        if (shell.bash && !options.includes('A') && !options.includes('a')) shell.variables.hide(plain);
      } else if (word.includes('=') || !shell.bash) {
        const equals = word.indexOf('=');
        const value =
          options.includes('i') && equals >= 0
            ? `${word.slice(0, equals + 1)}${String(arithmetic(shell, word.slice(equals + 1)))}`
            : word;
        if (word.includes('=')) status = declare(shell, value, null, name) || status;
      } else if (!namePattern.test(plain)) status = declare(shell, word, null, name) || status;
      if (options.includes('x')) shell.variables.mark(plain, 'exported');
      if (options.includes('r')) shell.variables.mark(plain, 'fixed');
    }
    return status;
  },
};

export const unset: Builtin = {
  names: ['unset'],
  run(shell, words) {
    let functions = false;
    let variables = false;
    let status = 0;
    for (const word of words) {
      if (word === '-f') functions = true;
      else if (word === '-v') variables = true;
      else if (word === '--' || (word === '-n' && shell.bash)) continue;
      else if (/^-./.test(word))
        return refuseOption(shell, 'unset', word.slice(0, 2), 'unset [-f] [-v] [-n] [name ...]');
      else if (functions) shell.functions.delete(word);
      else if (!namePattern.test(shell.bash ? word : (word.split('=', 1)[0] ?? ''))) {
        if (!shell.bash) throw new BuiltinFault(`${word}: bad variable name`);
        // Without `-v` bash takes it for a function's name.
        if (!variables) continue;
        shell.complain(`\`${word}': not a valid identifier`, 'unset');
        status = 1;
      } else if (shell.variables.has(word.split('[', 1)[0] ?? '') || !shell.bash) {
        try {
          shell.variables.unset(shell.bash ? word : (word.split('=', 1)[0] ?? ''));
        } catch (error) {
          if (!(error instanceof ReadonlyFault)) throw error;
          if (!shell.bash) throw new BuiltinFault(`${word}: is read only`);
          shell.complain(`${word}: cannot unset: readonly variable`, 'unset');
          status = 1;
        }
      } else if (!variables) shell.functions.delete(word);
    }
    return status;
  },
};
