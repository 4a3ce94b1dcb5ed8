import type { Command } from '../process.ts';
import { inputText, readOptions } from './input-text.ts';

/** `^A`, `M-^A` as `-v` writes what can't be printed; line feeds stay, tabs too. */
function visible(text: string): string {
  return text.replaceAll(/[^\t\n -~]/g, (character) => {
    const code = character.charCodeAt(0);
    const seven = code & 127;
    const shown =
      seven < 32 ? `^${String.fromCharCode(seven + 64)}` : seven === 127 ? '^?' : String.fromCharCode(seven);
    return code > 127 ? `M-${shown}` : shown;
  });
}

export const cat: Command = {
  names: ['cat'],
  folder: '/bin',
  systems: 'both',
  *run(process) {
    const { flags, operands } = readOptions(process.words, '');
    const has = (letters: string): boolean => Array.from(letters).some((letter) => flags.has(letter));
    const unknown = [...flags].find((flag) => flag.length === 1 && !'nbeEAvTtsu'.includes(flag));
    if (unknown !== undefined) {
      process.error.write(
        `cat: invalid option -- '${unknown}'\n${process.state.machine.busybox ? '' : "Try 'cat --help' for more information.\n"}`,
      );
      return 1;
    }
    let status = 0;
    let number = 0;
    let blank = false;
    for (const path of operands.length === 0 ? ['-'] : operands) {
      if (path === '-' && flags.size === 0 && process.input.terminal) {
        // From a terminal each line is answered as it comes.
        for (let line = yield* process.input.line(); line !== null; line = yield* process.input.line())
          process.output.write(line);
        continue;
      }
      const text = yield* inputText(process, path);
      if (text === null) {
        status = 1;
        continue;
      }
      if (flags.size === 0) {
        process.output.write(text);
        continue;
      }
      let out = '';
      for (const line of text.match(/[^\n]*\n|[^\n]+/g) ?? []) {
        const empty = line === '\n';
        if (empty && blank && has('s')) continue;
        blank = empty;
        let shown = has('vAet') ? visible(line) : line;
        if (has('TAt')) shown = shown.replaceAll('\t', '^I');
        if (has('EAe')) shown = shown.replace(/\n$/, '$\n');
        const counted = has('b') ? !empty : has('n');
        if (counted) number += 1;
        out += counted ? `${String(number).padStart(6)}\t${shown}` : shown;
      }
      process.output.write(out);
    }
    return status;
  },
};
