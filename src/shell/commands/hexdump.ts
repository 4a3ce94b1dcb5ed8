import { isBusybox, type Command, type Process } from '../process.ts';
import type { Reading } from '../stream.ts';
import { inputText, readOptions } from './input-text.ts';

const printable = (text: string): string => text.replaceAll(/[^ -~]/g, '.');
const hexOf = (text: string): string => Buffer.from(text, 'latin1').toString('hex');

/** A number as C writes it: decimal, octal or hexadecimal. */
const numberOf = (text: string | undefined, otherwise: number): number => {
  if (text === undefined) return otherwise;
  const number = /^0\d/.test(text) ? Number.parseInt(text, 8) : Number(text);
  return Number.isFinite(number) ? number : otherwise;
};

/** xxd, with `-r` the other way around. */
export const hexDigitsDump: Command = {
  names: ['xxd'],
  folder: '/usr/bin',
  systems: 'both',
  *run(process) {
    const words = process.words.map(
      (word) => ({ '-ps': '-p', '-plain': '-p', '-revert': '-r', '-include': '-i' })[word] ?? word,
    );
    const { flags, values, operands } = readOptions(words, 'nslcgon');
    const path = operands[0] ?? '-';
    if (path !== '-' && process.state.files.find(path, process.folder) === null) {
      process.error.write(
        isBusybox(process)
          ? `xxd: can't open '${path}': No such file or directory\n`
          : `xxd: ${path}: No such file or directory\n`,
      );
      return isBusybox(process) ? 1 : 2;
    }
    const whole = yield* inputText(process, path);
    if (whole === null) return 2;
    if (flags.has('r')) {
      process.output.write(flags.has('p') ? reversedPlain(whole) : reversed(whole));
      return 0;
    }
    const start = Math.min(Math.max(0, numberOf(values.get('s'), 0)), whole.length);
    const text = whole.slice(start, start + numberOf(values.get('l'), whole.length));
    process.state.budget.spendBytes(text.length * 4);
    if (flags.has('p')) plain(process, text, numberOf(values.get('c'), 30));
    else if (flags.has('i')) include(process, text, path);
    else yield* rows(process, text, start, flags, values);
    return 0;
  },
};

function plain(process: Process, text: string, columns: number): void {
  const digits = hexOf(text);
  const width = columns <= 0 ? digits.length : columns * 2;
  for (let at = 0; at < digits.length; at += width) process.output.write(`${digits.slice(at, at + width)}\n`);
}

function include(process: Process, text: string, path: string): void {
  const bytes = Array.from(text, (character) => `0x${hexOf(character)}`);
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += 12) lines.push(`  ${bytes.slice(at, at + 12).join(', ')}`);
  const name = path.replaceAll(/\W/g, '_');
  if (path === '-') process.output.write(`${lines.join(',\n')}\n`);
  else
    process.output.write(
      `unsigned char ${name}[] = {\n${lines.join(',\n')}\n};\nunsigned int ${name}_len = ${bytes.length};\n`,
    );
}

function* rows(
  process: Process,
  text: string,
  start: number,
  flags: ReadonlySet<string>,
  values: ReadonlyMap<string, string>,
): Reading<void> {
  const bits = flags.has('b');
  const columns = Math.min(Math.max(numberOf(values.get('c'), bits ? 6 : 16), 1), 256);
  const group = Math.max(numberOf(values.get('g'), bits ? 1 : 2), 0) || columns;
  const unit = bits ? 8 : 2;
  for (let at = 0; at < text.length; at += columns) {
    process.state.budget.spend(1);
    if (process.state.budget.takeTurn()) yield;
    const row = text.slice(at, at + columns);
    let shown = '';
    for (let index = 0; index < columns; index += 1) {
      const code = row.charCodeAt(index);
      const digits =
        index >= row.length ? ' '.repeat(unit) : code.toString(bits ? 2 : 16).padStart(unit, '0');
      shown +=
        (flags.has('u') ? digits.toUpperCase() : digits) +
        ((index + 1) % group === 0 && index + 1 < columns ? ' ' : '');
    }
    process.output.write(`${(start + at).toString(16).padStart(8, '0')}: ${shown}  ${printable(row)}\n`);
  }
}

const reversedPlain = (text: string): string =>
  Buffer.from(text.replaceAll(/[^0-9a-fA-F]/g, ''), 'hex').toString('latin1');

/** Rows of an ordinary dump back into octets. */
function reversed(text: string): string {
  let out = '';
  for (const line of text.split('\n')) {
    const match = /^\s*([0-9a-fA-F]+):? ([^\n]*)$/.exec(line);
    if (match === null) continue;
    const digits = (match[2] ?? '').split('  ', 1)[0]?.replaceAll(/[^0-9a-fA-F]/g, '') ?? '';
    out += Buffer.from(digits, 'hex').toString('latin1');
  }
  return out;
}

export const hexdump: Command = {
  names: ['hexdump', 'hd'],
  folder: '/usr/bin',
  systems: 'both',
  *run(process) {
    const { flags, values, operands } = readOptions(process.words, 'nsef');
    const whole = yield* inputText(process, operands[0] ?? '-');
    if (whole === null) return 1;
    const start = Math.min(numberOf(values.get('s'), 0), whole.length);
    const text = whole.slice(start, start + numberOf(values.get('n'), whole.length));
    process.state.budget.spendBytes(text.length * 4);
    const format = values.get('e');
    if (format !== undefined) {
      // The one shape that scripts ask for: octets in hexadecimal, `16/1 "%02x "`.
      const match = /^\s*(?:(\d+)\/)?1? *"([^"]*)%0?2?[xX]([^"]*)"/.exec(format);
      const [before, after] = [match?.[2] ?? '', match?.[3] ?? ''];
      process.output.write(
        (hexOf(text).match(/../g) ?? [])
          .map((pair) => before + pair + after.replaceAll('\\n', '\n'))
          .join(''),
      );
      return 0;
    }
    const canonical = flags.has('C') || process.name === 'hd';
    let last: string | null = null;
    let starred = false;
    for (let at = 0; at < text.length; at += 16) {
      if (process.state.budget.takeTurn()) yield;
      process.state.budget.spend(1);
      const row = text.slice(at, at + 16);
      if (row === last && row.length === 16 && !flags.has('v')) {
        if (!starred) process.output.write('*\n');
        starred = true;
        continue;
      }
      last = row;
      starred = false;
      const bytes = hexOf(row).match(/../g) ?? [];
      if (canonical)
        process.output.write(
          `${(start + at).toString(16).padStart(8, '0')}  ${`${bytes.slice(0, 8).join(' ')}  ${bytes.slice(8).join(' ')}`.padEnd(48)}  |${printable(row)}|\n`,
        );
      else {
        const words = Array.from({ length: 8 }, (_, index) =>
          index * 2 >= bytes.length ? '     ' : ` ${bytes[index * 2 + 1] ?? '00'}${bytes[index * 2] ?? ''}`,
        );
        process.output.write(`${(start + at).toString(16).padStart(7, '0')}${words.join('')}\n`);
      }
    }
    if (text !== '' || !canonical)
      process.output.write(`${(start + text.length).toString(16).padStart(canonical ? 8 : 7, '0')}\n`);
    return 0;
  },
};
