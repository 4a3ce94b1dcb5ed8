import type { Command } from '../process.ts';
import { inputText, readOptions } from './input-text.ts';

const hex = (text: string, at: number): string => text.charCodeAt(at).toString(16).padStart(2, '0');
const printable = (text: string): string => text.replaceAll(/[^ -~]/g, '.');

export const hexdump: Command = {
  names: ['hexdump', 'xxd', 'od', 'hd'],
  folder: '/usr/bin',
  systems: 'both',
  *run(process) {
    const { flags, values, operands } = readOptions(process.words, 'nsletA');
    const whole = yield* inputText(process, operands[0] ?? '-');
    if (whole === null) return 1;
    if (process.name === 'xxd' && flags.has('r')) {
      process.output.write(Buffer.from(whole.replaceAll(/\s/g, ''), 'hex').toString('latin1'));
      return 0;
    }
    const limit = Number(values.get('n') ?? values.get('l') ?? whole.length);
    const text = whole.slice(0, Number.isFinite(limit) ? limit : whole.length);
    if (process.name === 'xxd' && flags.has('p')) {
      const digits = Buffer.from(text, 'latin1').toString('hex');
      for (let start = 0; start < digits.length; start += 60)
        process.output.write(`${digits.slice(start, start + 60)}\n`);
      return 0;
    }
    const canonical = flags.has('C') || process.name === 'hd';
    for (let start = 0; start < text.length; start += 16) {
      const row = text.slice(start, start + 16);
      const bytes = Array.from({ length: row.length }, (_, index) => hex(row, index));
      if (process.name === 'xxd') {
        const pairs = Array.from(
          { length: 8 },
          (_, index) => (bytes[index * 2] ?? '') + (bytes[index * 2 + 1] ?? ''),
        );
        process.output.write(
          `${start.toString(16).padStart(8, '0')}: ${pairs.join(' ').padEnd(39)}  ${printable(row)}\n`,
        );
      } else if (canonical) {
        const halves = `${bytes.slice(0, 8).join(' ')}  ${bytes.slice(8).join(' ')}`;
        process.output.write(
          `${start.toString(16).padStart(8, '0')}  ${halves.padEnd(48)}  |${printable(row)}|\n`,
        );
      } else {
        const words = Array.from({ length: Math.ceil(bytes.length / 2) }, (_, index) =>
          process.name === 'od'
            ? ` ${Number.parseInt((bytes[index * 2 + 1] ?? '00') + (bytes[index * 2] ?? ''), 16)
                .toString(8)
                .padStart(6, '0')}`
            : ` ${bytes[index * 2 + 1] ?? '00'}${bytes[index * 2] ?? ''}`,
        );
        process.output.write(
          `${start.toString(process.name === 'od' ? 8 : 16).padStart(7, '0')}${words.join('')}\n`,
        );
      }
    }
    if (process.name !== 'xxd' && (text !== '' || !canonical))
      process.output.write(
        `${text.length.toString(process.name === 'od' ? 8 : 16).padStart(canonical ? 8 : 7, '0')}\n`,
      );
    return 0;
  },
};
