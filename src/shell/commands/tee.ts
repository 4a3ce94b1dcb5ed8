import { openOutput } from '../evaluate/redirection.ts';
import { FileFault } from '../files/fault.ts';
import { isBusybox, type Command } from '../process.ts';
import { inputTexts, linesOf, passed, readOptions } from './input-text.ts';

const turned = (line: string): string => line.split('').reverse().join('');

export const tee: Command = {
  names: ['tee'],
  folder: '/usr/bin',
  systems: 'both',
  *run(process) {
    const { flags, operands } = readOptions(process.words, '');
    const text = yield* process.input.all();
    let status = 0;
    process.output.write(text);
    for (const path of operands) {
      try {
        openOutput(
          process.state,
          path,
          process.folder,
          flags.has('a') || flags.has('append') ? 'append' : 'truncate',
        ).write(text);
      } catch (error) {
        if (!(error instanceof FileFault)) throw error;
        process.error.write(`tee: ${path}: ${error.message}\n`);
        status = 1;
      }
    }
    return status;
  },
};

export const reverse: Command = {
  names: ['rev', 'tac'],
  folder: '/usr/bin',
  systems: 'both',
  *run(process) {
    const { operands } = readOptions(process.words, 's');
    const { files } = process.state;
    const known = operands.filter((path) => path === '-' || files.find(path, process.folder) !== null);
    for (const path of operands)
      if (!known.includes(path))
        process.error.write(
          process.name === 'tac' && !isBusybox(process)
            ? `tac: failed to open '${path}' for reading: No such file or directory\n`
            : process.name === 'tac'
              ? `tac: ${path}: No such file or directory\n`
              : `rev: cannot open ${path}: No such file or directory\n`,
        );
    if (operands.length > 0 && known.length === 0) return 1;
    const { texts, status } = yield* inputTexts(process, known);
    for (const { text } of texts) {
      const lines = linesOf(text);
      for (const [index, line] of lines.entries()) {
        if (passed(process, index)) yield;
        process.output.write(
          process.name === 'tac' ? `${lines[lines.length - 1 - index] ?? ''}\n` : `${turned(line)}\n`,
        );
      }
    }
    return known.length < operands.length ? 1 : status;
  },
};
