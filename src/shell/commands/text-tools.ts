import { openOutput } from '../evaluate/redirection.ts';
import { classMembers } from '../language/pattern.ts';
import { isBusybox, type Command } from '../process.ts';
import { inputTexts, linesOf, readOptions } from './input-text.ts';

const joined = (lines: readonly string[]): string => (lines.length === 0 ? '' : `${lines.join('\n')}\n`);

export const count: Command = {
  names: ['wc'],
  folder: '/usr/bin',
  systems: 'both',
  *run(process) {
    const { flags, operands } = readOptions(process.words, '');
    const { texts, status } = yield* inputTexts(process, operands);
    const wanted = ['l', 'w', 'c'].filter(
      (flag) => flags.size === 0 || flags.has(flag) || (flag === 'c' && flags.has('m')),
    );
    const rows = texts.map(({ path, text }) => ({
      path: path === '-' && operands.length === 0 ? '' : path,
      numbers: wanted.map((flag) =>
        flag === 'l'
          ? text.split('\n').length - 1
          : flag === 'w'
            ? (text.match(/[^ \t\n\r\f\v]+/g)?.length ?? 0)
            : text.length,
      ),
    }));
    if (rows.length > 1)
      rows.push({
        path: 'total',
        numbers: wanted.map((_, index) => rows.reduce((sum, row) => sum + (row.numbers[index] ?? 0), 0)),
      });
    const most = Math.max(0, ...rows.flatMap((row) => row.numbers));
    const width =
      wanted.length === 1 && rows.length === 1
        ? 0
        : isBusybox(process)
          ? 9
          : operands.length === 0
            ? 7
            : String(most).length;
    for (const row of rows)
      process.output.write(
        `${row.numbers.map((number) => String(number).padStart(width)).join(' ')}${row.path === '' ? '' : ` ${row.path}`}\n`,
      );
    return status;
  },
};

/** The text of a field `-k N[,M]` with separator. */
function sortKey(line: string, key: string | undefined, separator: string | undefined): string {
  if (key === undefined) return line;
  const [from = 1, to] = key
    .replaceAll(/[a-zA-Z]/g, '')
    .split(',')
    .map((part) => Number.parseInt(part, 10));
  const fields = separator === undefined ? (line.match(/[ \t]*[^ \t]+/g) ?? []) : line.split(separator);
  return fields.slice(from - 1, to === undefined ? undefined : to).join(separator ?? '');
}

const compare = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0);

export const sort: Command = {
  names: ['sort'],
  folder: '/usr/bin',
  systems: 'both',
  *run(process) {
    const { flags, values, operands } = readOptions(process.words, 'kto');
    const { texts, status } = yield* inputTexts(process, operands);
    let lines = texts.flatMap(({ text }) => linesOf(text));
    process.state.budget.spend(lines.length);
    const key = values.get('k');
    const letters = (key ?? '').replaceAll(/[^a-zA-Z]/g, '');
    const numeric = flags.has('n') || letters.includes('n') || flags.has('h');
    const number = (text: string): number => Number.parseFloat(/^\s*-?\d*\.?\d*/.exec(text)?.[0] ?? '') || 0;
    const folded = flags.has('f');
    const decorated = lines.map((line) => ({ line, key: sortKey(line, key, values.get('t')) }));
    const sign = flags.has('r') || letters.includes('r') ? -1 : 1;
    const primary = (left: { key: string }, right: { key: string }): number =>
      numeric
        ? number(left.key) - number(right.key)
        : folded
          ? compare(left.key.toUpperCase(), right.key.toUpperCase())
          : compare(left.key, right.key);
    decorated.sort(
      (left, right) =>
        sign *
        (primary(left, right) || (flags.has('s') || flags.has('u') ? 0 : compare(left.line, right.line))),
    );
    lines = decorated
      .filter(
        (entry, index) =>
          !flags.has('u') || index === 0 || primary(decorated[index - 1] ?? entry, entry) !== 0,
      )
      .map((entry) => entry.line);
    if (values.has('o'))
      openOutput(process.state, values.get('o') ?? '', process.folder, 'truncate').write(joined(lines));
    else process.output.write(joined(lines));
    return status;
  },
};

export const unique: Command = {
  names: ['uniq'],
  folder: '/usr/bin',
  systems: 'both',
  *run(process) {
    const { flags, values, operands } = readOptions(process.words, 'fsw');
    const { texts, status } = yield* inputTexts(process, operands.slice(0, 1));
    const groups: { line: string; count: number }[] = [];
    const skip = Number(values.get('s') ?? 0) || 0;
    const key = (line: string): string => (flags.has('i') ? line.toLowerCase() : line).slice(skip);
    for (const line of linesOf(texts[0]?.text ?? '')) {
      const last = groups.at(-1);
      if (last !== undefined && key(last.line) === key(line)) last.count += 1;
      else groups.push({ line, count: 1 });
    }
    for (const group of groups) {
      if ((flags.has('d') && group.count < 2) || (flags.has('u') && group.count > 1)) continue;
      process.output.write(`${flags.has('c') ? `${String(group.count).padStart(7)} ` : ''}${group.line}\n`);
    }
    return status;
  },
};

/** `1,3-5,7-` as a test of positions from 1; null where it is no list. */
function positions(list: string): ((position: number) => boolean) | null {
  const ranges: [number, number][] = [];
  for (const part of list.split(',').slice(0, 200)) {
    const match = /^(\d{0,6})(-?)(\d{0,6})$/.exec(part);
    if (match === null || (match[1] === '' && match[3] === '')) return null;
    const from = match[1] === '' ? 1 : Number(match[1]);
    const to = match[2] === '' ? from : match[3] === '' ? Number.POSITIVE_INFINITY : Number(match[3]);
    if (from === 0) return null;
    ranges.push([from, to]);
  }
  return (position) => ranges.some(([from, to]) => position >= from && position <= to);
}

export const cut: Command = {
  names: ['cut'],
  folder: '/usr/bin',
  systems: 'both',
  *run(process) {
    const { flags, values, operands } = readOptions(process.words, 'dfcb');
    const byField = values.get('f');
    const chosen = positions(byField ?? values.get('c') ?? values.get('b') ?? '');
    if (chosen === null) {
      process.error.write(
        isBusybox(process)
          ? 'cut: expected a list of bytes, characters, or fields\n'
          : "cut: you must specify a list of bytes, characters, or fields\nTry 'cut --help' for more information.\n",
      );
      return 1;
    }
    const delimiter = (values.get('d') ?? '\t').charAt(0);
    const { texts, status } = yield* inputTexts(process, operands);
    for (const { text } of texts)
      for (const line of linesOf(text)) {
        process.state.budget.spend(1);
        if (byField === undefined)
          process.output.write(
            `${Array.from(line)
              .filter((_, index) => chosen(index + 1))
              .join('')}\n`,
          );
        else if (!line.includes(delimiter)) process.output.write(flags.has('s') ? '' : `${line}\n`);
        else
          process.output.write(
            `${line
              .split(delimiter)
              .filter((_, index) => chosen(index + 1))
              .join(values.get('output-delimiter') ?? delimiter)}\n`,
          );
      }
    return status;
  },
};

/** The characters of a set of `tr`: ranges, classes, escapes. */
function characters(set: string): string {
  let out = '';
  let index = 0;
  const take = (): string => {
    const character = set.charAt(index);
    index += 1;
    if (character !== '\\') return character;
    const octal = /^[0-7]{1,3}/.exec(set.slice(index, index + 3));
    if (octal !== null) {
      index += octal[0].length;
      return String.fromCharCode(Number.parseInt(octal[0], 8) & 255);
    }
    const next = set.charAt(index);
    index += 1;
    return { n: '\n', t: '\t', r: '\r', a: '\x07', b: '\b', f: '\f', v: '\v' }[next] ?? next;
  };
  while (index < set.length && out.length < 4096) {
    const named = /^\[:([a-z]{1,8}):\]/.exec(set.slice(index, index + 14));
    const members = named === null ? null : classMembers(named[1] ?? '');
    if (named !== null && members !== null) {
      out += members;
      index += named[0].length;
      continue;
    }
    const first = take();
    if (set.charAt(index) === '-' && index + 1 < set.length) {
      index += 1;
      const last = take();
      for (let code = first.charCodeAt(0); code <= last.charCodeAt(0); code += 1)
        out += String.fromCharCode(code);
    } else out += first;
  }
  return out;
}

export const translate: Command = {
  names: ['tr'],
  folder: '/usr/bin',
  systems: 'both',
  *run(process) {
    const { flags, operands } = readOptions(process.words, '');
    const [first, second] = operands;
    if (first === undefined || (second === undefined && !flags.has('d') && !flags.has('s'))) {
      process.error.write(
        `tr: missing operand${first === undefined ? '' : ` after '${first}'`}\nTry 'tr --help' for more information.\n`,
      );
      return 1;
    }
    const text = yield* process.input.all();
    process.state.budget.spendBytes(text.length * 4);
    let from = characters(first);
    if (flags.has('c') || flags.has('C'))
      from = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code))
        .filter((character) => !from.includes(character))
        .join('');
    const to = second === undefined ? '' : characters(second);
    const map = new Map<string, string>();
    if (!flags.has('d') && to !== '')
      for (const [index, character] of Array.from(from).entries())
        if (!map.has(character) || index < from.length) map.set(character, to[index] ?? to.at(-1) ?? '');
    const squeezed = flags.has('s') ? (to === '' || (flags.has('d') && to === '') ? from : to) : '';
    const pieces: string[] = [];
    let last = '';
    for (const character of text) {
      if (flags.has('d') && from.includes(character)) continue;
      const mapped = map.get(character) ?? character;
      if (mapped === last && squeezed.includes(mapped)) continue;
      pieces.push(mapped);
      last = mapped;
    }
    process.output.write(pieces.join(''));
    return 0;
  },
};

export const tee: Command = {
  names: ['tee'],
  folder: '/usr/bin',
  systems: 'both',
  *run(process) {
    const { flags, operands } = readOptions(process.words, '');
    const text = yield* process.input.all();
    process.output.write(text);
    for (const path of operands)
      openOutput(process.state, path, process.folder, flags.has('a') ? 'append' : 'truncate').write(text);
    return 0;
  },
};

export const reverse: Command = {
  names: ['rev', 'tac'],
  folder: '/usr/bin',
  systems: 'both',
  *run(process) {
    const { texts, status } = yield* inputTexts(process, readOptions(process.words, '').operands);
    for (const { text } of texts)
      process.output.write(
        joined(
          process.name === 'tac'
            ? linesOf(text).reverse()
            : linesOf(text).map((line) => Array.from(line).reverse().join('')),
        ),
      );
    return status;
  },
};

export const sequence: Command = {
  names: ['seq'],
  folder: '/usr/bin',
  systems: 'both',
  run(process) {
    const numbers = process.words.filter((word) => /^-?\d{1,9}$/.test(word)).map(Number);
    const [first = 1, second, third] = numbers;
    const [from, step, to] =
      third !== undefined
        ? [first, second ?? 1, third]
        : second !== undefined
          ? [first, 1, second]
          : [1, 1, first];
    for (let value = from; step > 0 ? value <= to : step < 0 && value >= to; value += step) {
      process.state.budget.spend(1);
      process.output.write(`${value}\n`);
    }
    return 0;
  },
};

export const baseName: Command = {
  names: ['basename'],
  folder: '/usr/bin',
  systems: 'both',
  run(process) {
    const [path = '', suffix = ''] = process.words;
    const name = path.replace(/(.)\/+$/, '$1');
    const base = name === '/' ? '/' : name.slice(name.lastIndexOf('/') + 1);
    process.output.write(
      `${suffix !== '' && base !== suffix && base.endsWith(suffix) ? base.slice(0, -suffix.length) : base}\n`,
    );
    return 0;
  },
};

export const folderName: Command = {
  names: ['dirname'],
  folder: '/usr/bin',
  systems: 'both',
  run(process) {
    const path = (process.words[0] ?? '').replace(/(.)\/+$/, '$1');
    const slash = path.lastIndexOf('/');
    process.output.write(`${slash < 0 ? '.' : slash === 0 ? '/' : path.slice(0, slash)}\n`);
    return 0;
  },
};
