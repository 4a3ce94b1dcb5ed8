/** Lines of the input become variables: `read`, and bash's `mapfile`. */

import { BuiltinFault } from '../evaluate/control.ts';
import type { Builtin, Shell } from '../evaluate/shell.ts';
import { limits } from '../limits.ts';
import type { Input, Reading } from '../stream.ts';
import { namePattern, plainName } from './variable-name.ts';
import { refuseOption } from './wrong-option.ts';

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
