import { expandEscapes } from '../echo-escapes.ts';
import type { Command } from '../process.ts';

export const echo: Command = {
  names: ['echo'],
  folder: '/bin',
  systems: 'both',
  run(process) {
    let newline = true;
    let escapes = false;
    let index = 0;
    for (; index < process.words.length; index += 1) {
      const word = process.words[index] ?? '';
      if (!/^-[neE]+$/.test(word)) break;
      for (const flag of word.slice(1)) {
        if (flag === 'n') newline = false;
        else escapes = flag === 'e';
      }
    }
    const text = process.words.slice(index).join(' ');
    if (!escapes) process.output.write(newline ? `${text}\n` : text);
    else {
      const expanded = expandEscapes(text, true);
      process.output.write(newline && !expanded.stopped ? `${expanded.text}\n` : expanded.text);
    }
    return 0;
  },
};
