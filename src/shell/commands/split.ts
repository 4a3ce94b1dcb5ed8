import { openOutput } from '../evaluate/redirection.ts';
import { FileFault } from '../files/fault.ts';
import { isBusybox, type Command } from '../process.ts';
import { inputText, readOptions } from './input-text.ts';

export const split: Command = {
  names: ['split'],
  folder: '/usr/bin',
  systems: 'both',
  *run(process) {
    const { flags, values, operands } = readOptions(
      process.words.map((word) => word.replace(/^-(\d+)$/, '-l$1')),
      'lbaCn',
    );
    const [path = '-', prefix = 'x'] = operands;
    if (path !== '-' && process.state.files.find(path, process.folder) === null) {
      process.error.write(
        isBusybox(process)
          ? `split: ${path}: No such file or directory\n`
          : `split: cannot open '${path}' for reading: No such file or directory\n`,
      );
      return 1;
    }
    const text = yield* inputText(process, path);
    if (text === null) return 1;
    const size = /^(\d{1,9})([kKmM]?)/.exec(values.get('b') ?? '');
    const bytes =
      size === null
        ? 0
        : Number(size[1]) * ({ k: 1024, K: 1024, m: 1_048_576, M: 1_048_576 }[size[2] ?? ''] ?? 1);
    const each = Number(values.get('l') ?? 1000) || 1000;
    const pieces: string[] = [];
    if (bytes > 0) for (let at = 0; at < text.length; at += bytes) pieces.push(text.slice(at, at + bytes));
    else {
      const lines = text.match(/[^\n]*\n|[^\n]+/g) ?? [];
      for (let at = 0; at < lines.length; at += each) pieces.push(lines.slice(at, at + each).join(''));
    }
    const length = Number(values.get('a') ?? 2) || 2;
    const radix = flags.has('d') ? 10 : 26;
    for (const [index, piece] of pieces.entries()) {
      process.state.budget.spend(4);
      if (process.state.budget.takeTurn()) yield;
      let suffix = '';
      for (let place = 0, rest = index; place < length; place += 1, rest = Math.floor(rest / radix))
        suffix = (radix === 10 ? String(rest % 10) : String.fromCharCode(97 + (rest % 26))) + suffix;
      try {
        openOutput(process.state, prefix + suffix, process.folder, 'truncate').write(piece);
      } catch (error) {
        if (!(error instanceof FileFault)) throw error;
        process.error.write(`split: ${prefix}${suffix}: ${error.message}\n`);
        return 1;
      }
    }
    return 0;
  },
};
