import type { Command } from '../process.ts';
import { inputText, readOptions } from './input-text.ts';

/** Runs of printable characters, four or more unless told. */
export const strings: Command = {
  names: ['strings'],
  folder: '/usr/bin',
  systems: 'both',
  *run(process) {
    const words = process.words.map((word) => word.replace(/^-(\d{1,4})$/, '-n$1'));
    const { flags, values, operands } = readOptions(words, 'notTeN');
    const least = Math.min(Math.max(Number(values.get('n') ?? values.get('bytes') ?? 4) || 4, 1), 4096);
    const radix = { d: 10, x: 16, o: 8 }[values.get('t') ?? ''];
    let status = 0;
    for (const path of operands.length === 0 ? ['-'] : operands) {
      if (path !== '-' && process.state.files.find(path, process.folder) === null) {
        process.error.write(`strings: '${path}': No such file\n`);
        status = 1;
        continue;
      }
      if (process.state.files.find(path, process.folder)?.kind === 'directory') {
        process.error.write(`strings: Warning: '${path}' is a directory\n`);
        status = 1;
        continue;
      }
      const text = yield* inputText(process, path);
      if (text === null) {
        status = 1;
        continue;
      }
      const prefix = flags.has('f') ? `${path}: ` : '';
      const lines: string[] = [];
      for (const match of text.matchAll(/[\t -~]+/g)) {
        if (match[0].length < least) continue;
        lines.push(
          `${prefix}${radix === undefined ? '' : `${match.index.toString(radix).padStart(7)} `}${match[0]}\n`,
        );
      }
      process.state.budget.spend(lines.length >> 3);
      process.output.write(lines.join(''));
    }
    return status;
  },
};
