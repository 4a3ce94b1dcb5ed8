import type { Command, Process } from '../process.ts';
import type { Run } from '../stream.ts';
import { inputTexts, linesOf, readOptions } from './input-text.ts';

/** `-5` is `-n 5`. */
const expanded = (words: readonly string[]): string[] =>
  words.map((word, index) =>
    /^-[nc]$/.test(words[index - 1] ?? '') ? word : word.replace(/^-(\d+)$/, '-n$1'),
  );

function* show(process: Process, part: (text: string, by: 'n' | 'c', count: string) => string): Run {
  const { values, operands, flags } = readOptions(expanded(process.words), 'nc');
  const by = values.has('c') ? 'c' : 'n';
  const count = values.get(by) ?? '10';
  if (!/^[-+]?\d{1,10}$/.test(count)) {
    process.error.write(`${process.name}: invalid number of ${by === 'c' ? 'bytes' : 'lines'}: '${count}'\n`);
    return 1;
  }
  const { texts, status } = yield* inputTexts(process, operands);
  for (const [index, { path, text }] of texts.entries()) {
    if (texts.length > 1 && !flags.has('q'))
      process.output.write(`${index > 0 ? '\n' : ''}==> ${path === '-' ? 'standard input' : path} <==\n`);
    process.output.write(part(text, by, count));
  }
  return status;
}

const joined = (lines: readonly string[], text: string, tail: boolean): string =>
  lines.length === 0 ? '' : lines.join('\n') + (tail && !text.endsWith('\n') ? '' : '\n');

/** Looks no further than what it shows. */
function firstLines(text: string, count: number): string {
  let end = 0;
  for (let line = 0; line < count; line += 1) {
    const next = text.indexOf('\n', end);
    if (next < 0) return text;
    end = next + 1;
  }
  return text.slice(0, end);
}

/** As `firstLines`, from the end. */
function lastLines(text: string, count: number): string {
  let start = text.endsWith('\n') ? text.length - 1 : text.length;
  if (count === 0 || text === '') return '';
  for (let line = 0; line < count; line += 1) {
    if (start <= 0) return text;
    start = text.lastIndexOf('\n', start - 1);
    if (start < 0) return text;
  }
  return text.slice(start + 1);
}

export const head: Command = {
  names: ['head'],
  folder: '/usr/bin',
  systems: 'both',
  run: (process) =>
    show(process, (text, by, count) => {
      const number = Number(count);
      if (by === 'c')
        return count.startsWith('-')
          ? text.slice(0, Math.max(0, text.length + number))
          : text.slice(0, number);
      if (!count.startsWith('-')) return firstLines(text, number);
      const lines = linesOf(text);
      const kept = lines.slice(0, Math.max(0, lines.length + number));
      return joined(kept, text, kept.length === lines.length);
    }),
};

export const tail: Command = {
  names: ['tail'],
  folder: '/usr/bin',
  systems: 'both',
  run: (process) =>
    show(process, (text, by, count) => {
      const number = Math.abs(Number(count));
      if (by === 'c')
        return count.startsWith('+')
          ? text.slice(Math.max(0, number - 1))
          : number === 0
            ? ''
            : text.slice(-number);
      if (!count.startsWith('+')) return lastLines(text, number);
      return joined(linesOf(text).slice(Math.max(0, number - 1)), text, true);
    }),
};
