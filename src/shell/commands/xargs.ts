import type { Command, Process } from '../process.ts';

interface XargsOptions {
  replace: string;
  each: number;
  lines: number;
  mark: string | null;
  skipsEmpty: boolean;
  traces: boolean;
}

const unescaped = (mark: string): string =>
  ({ '\\n': '\n', '\\0': '\0', '\\t': '\t' })[mark] ?? mark.charAt(0);

function readXargs(words: string[]): XargsOptions {
  const options: XargsOptions = {
    replace: '',
    each: 0,
    lines: 0,
    mark: null,
    skipsEmpty: false,
    traces: false,
  };
  while ((words[0] ?? '').startsWith('-') && words[0] !== '-') {
    const word = words.shift() ?? '';
    if (word === '--') break;
    if (word.startsWith('--')) {
      const [name = '', value] = word.slice(2).split('=');
      if (name === 'null') options.mark = '\0';
      else if (name === 'no-run-if-empty') options.skipsEmpty = true;
      else if (name === 'verbose') options.traces = true;
      else if (name === 'max-args') options.each = Number(value ?? words.shift()) || 1;
      else if (name === 'delimiter') options.mark = unescaped(value ?? words.shift() ?? '');
      else if (name === 'max-procs' && value === undefined) words.shift();
      else if (name === 'replace') options.replace = value ?? '{}';
      continue;
    }
    for (let at = 1; at < word.length; at += 1) {
      const letter = word.charAt(at);
      if (letter === '0') options.mark = '\0';
      else if (letter === 'r') options.skipsEmpty = true;
      else if (letter === 't') options.traces = true;
      else if (letter === 'i') options.replace = '{}';
      else if ('InLPdsEla'.includes(letter)) {
        const value = word.slice(at + 1) === '' ? (words.shift() ?? '') : word.slice(at + 1);
        if (letter === 'I') options.replace = value;
        else if (letter === 'n') options.each = Number(value) || 1;
        else if (letter === 'L' || letter === 'l') options.lines = Number(value) || 1;
        else if (letter === 'd') options.mark = unescaped(value);
        break;
      }
    }
  }
  return options;
}

/** Words as xargs parts them: blanks, quotes, backslashes. Null for a quote that is not closed. */
function itemsOf(text: string): string[] | null {
  const items: string[] = [];
  let item = '';
  let inside = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (character === "'" || character === '"') {
      const end = text.indexOf(character, at + 1);
      if (end < 0 || text.slice(at, end).includes('\n')) return null;
      item += text.slice(at + 1, end);
      inside = true;
      at = end;
    } else if (character === '\\') {
      at += 1;
      item += text.charAt(at);
      inside = true;
    } else if (character <= ' ' && /\s/.test(character)) {
      if (inside) items.push(item);
      item = '';
      inside = false;
    } else {
      item += character;
      inside = true;
    }
  }
  if (inside) items.push(item);
  return items;
}

/** What a command's words may hold together: xargs asks for 128 KiB, and leaves 2 KiB to the environment. */
const commandBytes = 129_024;

function batches(text: string, options: XargsOptions): string[][] | null {
  if (options.replace !== '') {
    const lines =
      options.mark === null ? text.split('\n').map((line) => line.trimStart()) : text.split(options.mark);
    return lines.filter((line) => line !== '').map((line) => [line]);
  }
  if (options.lines > 0) {
    const lines = text.split('\n').filter((line) => line.trim() !== '');
    const found: string[][] = [];
    for (let at = 0; at < lines.length; at += options.lines)
      found.push(itemsOf(lines.slice(at, at + options.lines).join('\n')) ?? []);
    return found;
  }
  const items = options.mark === null ? itemsOf(text) : text.split(options.mark);
  if (items === null) return null;
  if (options.mark !== null && items.at(-1) === '') items.pop();
  if (items.length === 0) return [];
  const most = options.each > 0 ? options.each : items.length;
  const found: string[][] = [];
  let batch: string[] = [];
  let bytes = 0;
  for (const item of items) {
    if (batch.length >= most || bytes + item.length + 1 > commandBytes) {
      found.push(batch);
      batch = [];
      bytes = 0;
    }
    batch.push(item);
    bytes += item.length + 1;
  }
  found.push(batch);
  return found;
}

function missing(process: Process, name: string): boolean {
  if (name.includes('/')) return process.state.files.find(name, process.folder) === null;
  return !(process.environment.get('PATH') ?? '/bin:/usr/bin:/sbin:/usr/sbin')
    .split(':')
    .some((folder) => process.state.files.find(`${folder}/${name}`, '/') !== null);
}

/** The command with the item in its places; null where it is too long for one. */
function filled(command: readonly string[], { replace }: XargsOptions, item: string): string[] | null {
  const bytes = command.reduce(
    (sum, word) => sum + word.length + (word.split(replace).length - 1) * item.length,
    0,
  );
  return bytes > commandBytes ? null : command.map((word) => word.replaceAll(replace, () => item));
}

export const xargs: Command = {
  names: ['xargs'],
  folder: '/usr/bin',
  systems: 'both',
  *run(process) {
    const words = [...process.words];
    const options = readXargs(words);
    const found = batches(yield* process.input.all(), options);
    if (found === null) {
      process.error.write(
        'xargs: unmatched single quote; by default quotes are special to xargs unless you use the -0 option\n',
      );
      return 1;
    }
    if (found.length === 0 && options.replace === '' && !options.skipsEmpty) found.push([]);
    const command = words.length === 0 ? ['echo'] : words;
    const [name = ''] = command;
    let status = 0;
    for (const batch of found) {
      if (process.state.budget.takeTurn()) yield;
      process.state.budget.spend(4);
      const called =
        options.replace === '' ? [...command, ...batch] : filled(command, options, batch[0] ?? '');
      if (called === null) {
        process.error.write('xargs: command too long\n');
        return 1;
      }
      process.state.budget.spendBytes(called.reduce((sum, word) => sum + word.length, 0));
      if (options.traces) process.error.write(`${called.join(' ')}\n`);
      if (missing(process, name)) {
        process.error.write(
          process.state.machine.busybox
            ? `xargs: ${name}: No such file or directory\n`
            : `xargs: ${name}: No such file or directory\n`,
        );
        return 127;
      }
      const result = yield* process.execute(called);
      if (result === 255) {
        process.error.write(`xargs: ${name}: exited with status 255; aborting\n`);
        return 124;
      }
      if (result !== 0) status = result === 126 || result === 127 ? result : 123;
    }
    return status;
  },
};
