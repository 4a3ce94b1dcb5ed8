import { arithmetic } from '../evaluate/expansion.ts';
import { ReadonlyFault } from '../evaluate/variables.ts';
import type { Shell } from '../evaluate/shell.ts';
import type { Builtin } from './builtin.ts';

const namePattern = /^[A-Za-z_]\w{0,200}(?:\[\w{1,20}\])?$/;
const quote = (value: string): string => `'${value.replaceAll("'", "'\\''")}'`;

function declare(shell: Shell, word: string, mark: 'exported' | 'fixed' | null, builtin: string): number {
  const equals = word.indexOf('=');
  const name = equals < 0 ? word : word.slice(0, equals).replace(/\+$/, '');
  if (!namePattern.test(name)) {
    shell.complain(shell.bash ? `\`${word}': not a valid identifier` : `${name}: bad variable name`, builtin);
    return shell.bash ? 1 : 2;
  }
  if (equals >= 0)
    shell.variables.set(
      name,
      word.charAt(equals - 1) === '+'
        ? (shell.variables.get(name) ?? '') + word.slice(equals + 1)
        : word.slice(equals + 1),
    );
  if (mark !== null) shell.variables.mark(name, mark);
  return 0;
}

export const exportBuiltin: Builtin = {
  names: ['export', 'readonly'],
  shells: 'both',
  run(shell, words, process) {
    const { name } = process;
    const operands = words.filter((word) => !/^-[pnfa]+$/.test(word));
    if (operands.length === 0) {
      for (const [variable, value, exported, fixed] of shell.variables.all()) {
        if (name === 'export' ? !exported : !fixed) continue;
        shell.output.write(
          shell.bash
            ? `declare -${name === 'export' ? 'x' : 'r'} ${variable}="${value.replaceAll(/["\\$`]/g, '\\$&')}"\n`
            : `${name} ${variable}=${quote(value)}\n`,
        );
      }
      return 0;
    }
    let status = 0;
    for (const word of operands) {
      if (words.includes('-n')) shell.variables.mark(word, 'exported', false);
      else status = declare(shell, word, name === 'export' ? 'exported' : 'fixed', name) || status;
    }
    return status;
  },
};

export const local: Builtin = {
  names: ['local', 'declare', 'typeset'],
  shells: 'both',
  run(shell, words, process) {
    if (!shell.bash && process.name !== 'local') return 127;
    let status = 0;
    for (const word of words) {
      if (word.startsWith('-')) continue;
      const name = word.split(/\+?=/, 1)[0] ?? '';
      const inFunction = shell.variables.local(name);
      if (process.name === 'local' && !inFunction) {
        shell.complain(shell.bash ? 'can only be used in a function' : 'not in a function', 'local');
        return 1;
      }
      if (!word.includes('=') && inFunction) shell.variables.unset(name);
      else
        status =
          declare(
            shell,
            word,
            words.includes('-x') ? 'exported' : words.includes('-r') ? 'fixed' : null,
            process.name,
          ) || status;
    }
    return status;
  },
};

export const unset: Builtin = {
  names: ['unset'],
  shells: 'both',
  run(shell, words) {
    const functions = words[0] === '-f';
    let status = 0;
    for (const word of words) {
      if (word === '-f' || word === '-v') continue;
      if (word.startsWith('-')) {
        shell.complain(shell.bash ? `${word}: invalid option` : `illegal option ${word}`, 'unset');
        return 2;
      }
      try {
        if (!functions && shell.variables.get(word) !== undefined) shell.variables.unset(word);
        else shell.functions.delete(word);
      } catch (error) {
        if (!(error instanceof ReadonlyFault)) throw error;
        shell.complain(
          shell.bash ? `${word}: cannot unset: readonly variable` : `${word}: is read only`,
          'unset',
        );
        status = 1;
      }
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
  pipefail: 'pipefail',
};

export const setBuiltin: Builtin = {
  names: ['set'],
  shells: 'both',
  run(shell, words) {
    if (words.length === 0) {
      const sorted = [...shell.variables.all()].sort(([left], [right]) => (left < right ? -1 : 1));
      for (const [name, value] of sorted)
        shell.output.write(`${name}=${shell.bash && /^[\w./:@%+,-]*$/.test(value) ? value : quote(value)}\n`);
      return 0;
    }
    for (let index = 0; index < words.length; index += 1) {
      const word = words[index] ?? '';
      if (word === '--' || word === '-' || !/^[-+]./.test(word)) {
        shell.words = word === '--' || word === '-' ? words.slice(index + 1) : words.slice(index);
        return 0;
      }
      const flags =
        word.charAt(1) === 'o' ? [longFlags[words[(index += 1)] ?? ''] ?? ''] : Array.from(word.slice(1));
      for (const flag of flags) {
        if (word.startsWith('-')) shell.flags.add(flag);
        else shell.flags.delete(flag);
      }
    }
    return 0;
  },
};

export const shift: Builtin = {
  names: ['shift'],
  shells: 'both',
  run(shell, words) {
    const count = Number(words[0] ?? 1);
    if (!(count >= 0) || count > shell.words.length) return 1;
    shell.words = shell.words.slice(count);
    return 0;
  },
};

export const letBuiltin: Builtin = {
  names: ['let'],
  shells: 'both',
  run(shell, words) {
    let value = 0n;
    for (const word of words) value = arithmetic(shell, word);
    return value === 0n ? 1 : 0;
  },
};

export const alias: Builtin = {
  names: ['alias', 'unalias'],
  shells: 'both',
  run(shell, words, process) {
    for (const word of words) {
      const equals = word.indexOf('=');
      if (process.name === 'unalias') shell.aliases.delete(word);
      else if (equals > 0 && shell.aliases.size < 100)
        shell.aliases.set(word.slice(0, equals), word.slice(equals + 1));
    }
    if (words.length === 0 && process.name === 'alias')
      for (const [name, value] of shell.aliases)
        shell.output.write(`${shell.bash ? 'alias ' : ''}${name}=${quote(value)}\n`);
    return 0;
  },
};

export const read: Builtin = {
  names: ['read'],
  shells: 'both',
  *run(shell, words) {
    const names: string[] = [];
    let raw = false;
    let prompt = '';
    let silent = false;
    let count = 0;
    for (let index = 0; index < words.length; index += 1) {
      const word = words[index] ?? '';
      if (/^-[a-z]*r[a-z]*$/.test(word)) raw = true;
      if (/^-[a-z]*s[a-z]*$/.test(word)) silent = true;
      if (/^-[a-z]*p$/.test(word)) prompt = words[(index += 1)] ?? '';
      else if (/^-[a-z]*n$/i.test(word)) count = Number(words[(index += 1)] ?? 0) || 0;
      else if (/^-[a-z]*[tdu]$/.test(word)) index += 1;
      else if (!word.startsWith('-')) names.push(word);
    }
    const { input } = shell;
    if (prompt !== '' && input.terminal) shell.error.write(prompt);
    const { terminal } = shell.state;
    if (silent) terminal.echo = false;
    let line: string | null;
    try {
      line = count > 0 ? yield* input.bytes(Math.min(count, 4096)) : yield* input.line();
      for (; line !== null && continues(line, raw);) line = line.slice(0, -2) + ((yield* input.line()) ?? '');
    } finally {
      terminal.echo = true;
    }
    const ended = line === null || (count === 0 && !line.endsWith('\n'));
    store(shell, names.length === 0 ? ['REPLY'] : names, (line ?? '').replace(/\n$/, ''), raw);
    return ended ? 1 : 0;
  },
};

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
