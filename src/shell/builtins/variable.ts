import { ownMember } from '../own-member.ts';

import { BuiltinFault } from '../evaluate/control.ts';
import { arithmetic } from '../evaluate/expansion.ts';
import { ReadonlyFault } from '../evaluate/variables.ts';
import type { Shell } from '../evaluate/shell.ts';
import { limits } from '../limits.ts';
import type { Input, Reading } from '../stream.ts';
import type { Builtin } from './builtin.ts';

const namePattern = /^[A-Za-z_]\w{0,200}(?:\[[^\]]{1,60}\])?$/;
const plainName = /^[A-Za-z_]\w{0,200}$/;
const quote = (shell: Shell, value: string): string =>
  `'${value.replaceAll("'", shell.bash ? String.raw`'\''` : `'"'"'`)}'`;

/** Complains of an option that a builtin does not have, with bash's usage line. */
function refuseOption(shell: Shell, name: string, option: string, usage: string): number {
  if (!shell.bash)
    throw new BuiltinFault(`${shell.dialect === 'dash' ? 'Illegal' : 'illegal'} option ${option}`);
  shell.complain(`${option}: invalid option`, name);
  shell.error.write(`${name}: usage: ${usage}\n`);
  return 2;
}

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

export const read: Builtin = {
  names: ['read'],
  *run(shell, words) {
    const call = readCall(shell, words);
    if (typeof call === 'number') return call;
    const { names, raw, prompt, silent, count, delimiter, array } = call;
    if (shell.dialect === 'dash' && names.length === 0) throw new BuiltinFault('arg count');
    for (const name of names) {
      if (plainName.test(name) || (shell.bash && namePattern.test(name))) continue;
      if (!shell.bash) throw new BuiltinFault(`${name}: bad variable name`);
      shell.complain(`\`${name}': not a valid identifier`, 'read');
      return 1;
    }
    const { input } = shell;
    if (prompt !== '' && input.terminal) shell.error.write(prompt);
    const { terminal } = shell.state;
    if (silent) terminal.echo = false;
    let line: string | null;
    try {
      if (count > 0) line = yield* input.bytes(Math.min(count, 4096));
      else if (delimiter !== '\n') line = yield* readTo(input, delimiter);
      else {
        line = yield* input.line();
        for (; line !== null && continues(line, raw);)
          line = line.slice(0, -2) + ((yield* input.line()) ?? '');
      }
    } finally {
      terminal.echo = true;
    }
    const ended = line === null || (count === 0 ? !line.endsWith(delimiter) : line.length < count);
    const text = (line ?? '').endsWith(delimiter) ? (line ?? '').slice(0, -1) : (line ?? '');
    if (array !== '') {
      const separators = shell.variables.get('IFS') ?? ' \t\n';
      const fields = [''];
      for (const character of text) {
        if (!separators.includes(character)) fields[fields.length - 1] += character;
        else if (fields.at(-1) !== '') fields.push('');
      }
      shell.variables.setElements(
        array,
        fields.filter((field) => field !== ''),
      );
    } else if (names.length === 0)
      shell.variables.set('REPLY', raw ? text : text.replaceAll(/\\(.)/gs, '$1'));
    else store(shell, names, text, raw);
    return ended ? 1 : 0;
  },
};

interface ReadCall {
  readonly names: readonly string[];
  readonly raw: boolean;
  readonly prompt: string;
  readonly silent: boolean;
  readonly count: number;
  readonly delimiter: string;
  readonly array: string;
}

const readLetters = { bash: 'rseadinNptu', dash: 'rp', ash: 'rsdnptu' } as const;

/** The options of `read`; a number is the status after a complaint. */
function readCall(shell: Shell, words: readonly string[]): ReadCall | number {
  const found = { raw: false, prompt: '', silent: false, count: 0, delimiter: '\n', array: '' };
  let index = 0;
  for (; index < words.length; index += 1) {
    const word = words[index] ?? '';
    if (word === '--') {
      index += 1;
      break;
    }
    if (!/^-./.test(word)) break;
    for (let at = 1; at < word.length; at += 1) {
      const letter = word.charAt(at);
      if (!readLetters[shell.dialect].includes(letter))
        return refuseOption(
          shell,
          'read',
          `-${letter}`,
          'read [-ers] [-a array] [-d delim] [-i text] [-n nchars] [-N nchars] [-p prompt] [-t timeout] [-u fd] [name ...]',
        );
      if (letter === 'r') found.raw = true;
      else if (letter === 's') found.silent = true;
      else if (letter !== 'e') {
        const rest = word.slice(at + 1);
        const value = rest === '' ? (words[(index += 1)] ?? '') : rest;
        if (letter === 'p') found.prompt = value;
        else if (letter === 'n' || letter === 'N') found.count = Number(value) || 0;
        else if (letter === 'd') found.delimiter = value.charAt(0) || '\0';
        else if (letter === 'a') found.array = value;
        break;
      }
    }
  }
  return { ...found, names: words.slice(index) };
}

function* readTo(input: Input, delimiter: string): Reading<string | null> {
  let text = '';
  for (;;) {
    const character = yield* input.bytes(1);
    if (character === '') return text === '' ? null : text;
    text += character;
    if (character === delimiter || text.length >= limits.wordBytes) return text;
  }
}

/** True where a backslash joins the next line to this one. */
function continues(line: string, raw: boolean): boolean {
  return !raw && /(?:^|[^\\])(?:\\\\)*\\\n$/.test(line);
}

/** Splits a line at IFS over the names; the last takes the rest. */
function store(shell: Shell, names: readonly string[], line: string, raw: boolean): void {
  const separators = shell.variables.get('IFS') ?? ' \t\n';
  const blanks = new Set(Array.from(separators).filter((character) => ' \t\n'.includes(character)));
  let position = 0;
  const skipBlanks = (): void => {
    while (position < line.length && blanks.has(line.charAt(position))) position += 1;
  };
  skipBlanks();
  for (const [index, name] of names.entries()) {
    let value = '';
    let kept = 0;
    const last = index === names.length - 1;
    while (position < line.length) {
      const character = line.charAt(position);
      if (!raw && character === '\\') {
        value += line.charAt(position + 1);
        kept = value.length;
        position += 2;
        continue;
      }
      if (!last && separators.includes(character)) break;
      value += character;
      position += 1;
    }
    if (last) {
      while (value.length > kept && blanks.has(value.charAt(value.length - 1))) value = value.slice(0, -1);
      if (
        value.length > kept &&
        separators.includes(value.at(-1) ?? '') &&
        Array.from(value.slice(kept)).filter((character) => separators.includes(character)).length === 1
      )
        value = value.slice(0, -1);
    } else {
      skipBlanks();
      if (
        position < line.length &&
        separators.includes(line.charAt(position)) &&
        !blanks.has(line.charAt(position))
      )
        position += 1;
      skipBlanks();
    }
    shell.variables.set(name, value);
  }
}

/** `mapfile` of bash: lines of the input to the elements of an array. */
export const mapfile: Builtin = {
  names: ['mapfile', 'readarray'],
  *run(shell, words) {
    const name = words.findLast((word) => !word.startsWith('-')) ?? 'MAPFILE';
    const text = yield* shell.input.all();
    shell.state.budget.spendBytes(text.length * 16);
    const lines = text.match(/[^\n]*\n|[^\n]+/g) ?? [];
    const cut = words.some((word) => /^-\w*t/.test(word));
    shell.variables.setElements(
      name,
      lines.slice(0, 10_000).map((line) => (cut ? line.replace(/\n$/, '') : line)),
    );
    return 0;
  },
};
