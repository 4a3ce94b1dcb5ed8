import { below, type Random } from '../../core/random.ts';
import { BrokenPipe, type Reading } from '../stream.ts';
import type { Command, Process } from '../process.ts';
import { inputText, inputTexts, linesOf, passed, readOptions } from './input-text.ts';

const joined = (lines: readonly string[]): string => (lines.length === 0 ? '' : `${lines.join('\n')}\n`);

/** Numbers of the visitor's session, for what programs draw at random. */
const sessionRandom = (process: Process): Random => ({ next: () => process.state.machine.nextRandom() });

export const numberLines: Command = {
  names: ['nl'],
  folder: '/usr/bin',
  systems: 'both',
  *run(process) {
    const { values, operands } = readOptions(process.words, 'bnswvi');
    const { texts, status } = yield* inputTexts(process, operands);
    const width = Number(values.get('w') ?? 6) || 6;
    const separator = values.get('s') ?? '\t';
    let number = Number(values.get('v') ?? 1);
    for (const [index, line] of texts.flatMap(({ text }) => linesOf(text)).entries()) {
      if (passed(process, index)) yield;
      const counted = values.get('b') === 'a' || (values.get('b') !== 'n' && line !== '');
      const style = values.get('n');
      const shown =
        style === 'ln'
          ? String(number).padEnd(width)
          : String(number).padStart(width, style === 'rz' ? '0' : ' ');
      process.output.write(
        counted ? `${shown}${separator}${line}\n` : `${' '.repeat(width + separator.length)}${line}\n`,
      );
      if (counted) number += Number(values.get('i') ?? 1) || 1;
    }
    return status;
  },
};

export const shuffle: Command = {
  names: ['shuf'],
  folder: '/usr/bin',
  systems: 'both',
  *run(process) {
    const { flags, values, operands } = readOptions(process.words, 'nio');
    const range = /^(\d{1,9})-(\d{1,9})$/.exec(values.get('i') ?? values.get('input-range') ?? '');
    let lines: string[];
    if (range !== null) {
      const [from, to] = [Number(range[1]), Number(range[2])];
      process.state.budget.spend(Math.max(0, to - from) >> 3);
      lines = Array.from({ length: Math.min(Math.max(0, to - from + 1), 100_000) }, (_, index) =>
        String(from + index),
      );
    } else if (flags.has('e')) lines = [...operands];
    else {
      const text = yield* inputText(process, operands[0] ?? '-');
      if (text === null) return 1;
      lines = linesOf(text);
    }
    const random = sessionRandom(process);
    for (let index = lines.length - 1; index > 0; index -= 1) {
      if (passed(process, index)) yield;
      const other = below(random, index + 1);
      const [one = '', two = ''] = [lines[index], lines[other]];
      lines[index] = two;
      lines[other] = one;
    }
    const most = Number(values.get('n') ?? lines.length);
    process.output.write(joined(lines.slice(0, most)));
    return 0;
  },
};

export const fold: Command = {
  names: ['fold'],
  folder: '/usr/bin',
  systems: 'both',
  *run(process) {
    const words = process.words.map((word) => word.replace(/^-(\d+)$/, '-w$1'));
    const { flags, values, operands } = readOptions(words, 'w');
    const width = Math.max(1, Number(values.get('w') ?? 80) || 80);
    const { texts, status } = yield* inputTexts(process, operands);
    for (const line of texts.flatMap(({ text }) => text.match(/[^\n]*\n|[^\n]+/g) ?? [])) {
      process.state.budget.spend(1);
      if (process.state.budget.takeTurn()) yield;
      let rest = line.replace(/\n$/, '');
      while (rest.length > width) {
        process.state.budget.spend(1);
        if (process.state.budget.takeTurn()) yield;
        const space = flags.has('s') ? rest.lastIndexOf(' ', width - 1) : -1;
        const at = space >= 0 ? space + 1 : width;
        process.output.write(`${rest.slice(0, at)}\n`);
        rest = rest.slice(at);
      }
      process.output.write(rest + (line.endsWith('\n') ? '\n' : ''));
    }
    return status;
  },
};

export const paste: Command = {
  names: ['paste'],
  folder: '/usr/bin',
  systems: 'both',
  *run(process) {
    const { flags, values, operands } = readOptions(process.words, 'd');
    const { texts, status } = yield* inputTexts(process, operands);
    const marks = (values.get('d') ?? '\t')
      .replaceAll('\\n', '\n')
      .replaceAll('\\t', '\t')
      .replaceAll('\\0', '');
    const mark = (index: number): string => (marks === '' ? '' : marks.charAt(index % marks.length));
    const columns = texts.map(({ text }) => linesOf(text));
    const weave = (cells: readonly string[]): string =>
      cells.map((cell, index) => (index === 0 ? '' : mark(index - 1)) + cell).join('');
    if (flags.has('s')) for (const lines of columns) process.output.write(`${weave(lines)}\n`);
    else {
      const rows = Math.max(0, ...columns.map((lines) => lines.length));
      for (let row = 0; row < rows; row += 1) {
        if (passed(process, row)) yield;
        process.output.write(`${weave(columns.map((lines) => lines[row] ?? ''))}\n`);
      }
    }
    return status;
  },
};

export const common: Command = {
  names: ['comm'],
  folder: '/usr/bin',
  systems: 'both',
  *run(process) {
    const { flags, operands } = readOptions(process.words, '');
    if (operands.length < 2) {
      process.error.write(
        `comm: missing operand${operands[0] === undefined ? '' : ` after '${operands[0]}'`}\nTry 'comm --help' for more information.\n`,
      );
      return 1;
    }
    const { texts, status } = yield* inputTexts(process, operands.slice(0, 2));
    if (status !== 0) return status;
    const [left = [], right = []] = texts.map(({ text }) => linesOf(text));
    let [here, there] = [0, 0];
    const say = (column: 1 | 2 | 3, line: string): void => {
      if (flags.has(String(column))) return;
      const tabs = [1, 2].filter((other) => other < column && !flags.has(String(other))).length;
      process.output.write(`${'\t'.repeat(tabs)}${line}\n`);
    };
    while (here < left.length || there < right.length) {
      process.state.budget.spend(1);
      if (process.state.budget.takeTurn()) yield;
      const [one, two] = [left[here], right[there]];
      if (two === undefined || (one !== undefined && one < two)) {
        say(1, one ?? '');
        here += 1;
      } else if (one === undefined || two < one) {
        say(2, two);
        there += 1;
      } else {
        say(3, one);
        here += 1;
        there += 1;
      }
    }
    return 0;
  },
};

export const column: Command = {
  names: ['column'],
  folder: '/usr/bin',
  systems: 'gnu',
  *run(process) {
    const { flags, values, operands } = readOptions(process.words, 'scoN');
    const { texts, status } = yield* inputTexts(process, operands);
    const lines = texts.flatMap(({ text }) => linesOf(text)).filter((line) => line !== '');
    if (!flags.has('t')) {
      yield* inColumns(process, lines, Number(values.get('c') ?? 80) || 80);
      return status;
    }
    const mark = values.get('s');
    const marks = mark === undefined ? null : new RegExp(`[${mark.replaceAll(/[\]\\^-]/g, '\\$&')}]`);
    const rows: string[][] = [];
    const widths: number[] = [];
    for (const [index, line] of lines.entries()) {
      if (passed(process, index)) yield;
      const row = marks === null ? line.split(/[ \t]+/).filter((word) => word !== '') : line.split(marks);
      for (const [at, word] of row.entries()) widths[at] = Math.max(widths[at] ?? 0, word.length);
      rows.push(row);
    }
    const last = widths.length - 1;
    for (const [index, row] of rows.entries()) {
      if (passed(process, index)) yield;
      const cells = widths.map((width, at) =>
        at === last ? (row[at] ?? '') : (row[at] ?? '').padEnd(width),
      );
      process.output.write(`${cells.join(values.get('o') ?? '  ')}\n`);
    }
    return status;
  },
};

/** Fills columns from above to below. */
function* inColumns(process: Process, lines: readonly string[], width: number): Reading<void> {
  let longest = 0;
  for (const [index, line] of lines.entries()) {
    if (passed(process, index)) yield;
    longest = Math.max(longest, line.length);
  }
  const cell = (Math.floor(longest / 8) + 1) * 8;
  const across = Math.max(1, Math.floor(width / cell));
  const down = Math.ceil(lines.length / across);
  for (let row = 0; row < down; row += 1) {
    let text = '';
    for (let index = row; index < lines.length; index += down) {
      if (passed(process, index)) yield;
      const word = lines[index] ?? '';
      text += word + (index + down < lines.length ? '\t'.repeat(Math.ceil((cell - word.length) / 8)) : '');
    }
    process.output.write(`${text}\n`);
  }
}

/** Writes until the reader has gone or the line's output is used up. */
export const yes: Command = {
  names: ['yes'],
  folder: '/usr/bin',
  systems: 'both',
  *run(process) {
    const line = `${process.words.length === 0 ? 'y' : process.words.join(' ')}\n`;
    const block = line.repeat(Math.max(1, Math.floor(8_192 / line.length)));
    // A pipe breaks when it is full; what nobody stops on a terminal ends below the bound of outputs.
    const most = process.output.terminal ? 262_144 : 2_097_152;
    for (let written = 0; written < most; written += block.length) {
      process.state.budget.spend(16);
      if (process.state.budget.takeTurn()) yield;
      process.output.write(block);
    }
    throw new BrokenPipe();
  },
};
