import { openOutput } from '../evaluate/redirection.ts';
import { FileFault } from '../files/fault.ts';
import type { Command } from '../process.ts';
import { inputText, linesOf, readOptions } from './input-text.ts';

export const unique: Command = {
  names: ['uniq'],
  folder: '/usr/bin',
  systems: 'both',
  *run(process) {
    const { flags, values, operands } = readOptions(process.words, 'fsw');
    const has = (letter: string, long: string): boolean => flags.has(letter) || flags.has(long);
    const text = yield* inputText(process, operands[0] ?? '-');
    if (text === null) return 1;
    const groups: { line: string; count: number; all: string[] }[] = [];
    const number = (letter: string): number => Number(values.get(letter) ?? 0) || 0;
    const fields = new RegExp(`^(?:[ \\t]*[^ \\t]+){0,${Math.min(number('f'), 100)}}`);
    const key = (line: string): string => {
      const rest = (number('f') > 0 ? line.replace(fields, '') : line).slice(number('s'));
      const kept = values.has('w') ? rest.slice(0, number('w')) : rest;
      return has('i', 'ignore-case') ? kept.toLowerCase() : kept;
    };
    for (const line of linesOf(text)) {
      process.state.budget.spend(1);
      if (process.state.budget.takeTurn()) yield;
      const last = groups.at(-1);
      if (last !== undefined && key(last.line) === key(line)) {
        last.count += 1;
        last.all.push(line);
      } else groups.push({ line, count: 1, all: [line] });
    }
    let out = '';
    for (const group of groups) {
      if ((has('d', 'repeated') && group.count < 2) || (has('u', 'unique') && group.count > 1)) continue;
      if (flags.has('D') && group.count < 2) continue;
      for (const line of flags.has('D') ? group.all : [group.line])
        out += `${has('c', 'count') ? `${String(group.count).padStart(7)} ` : ''}${line}\n`;
    }
    const target = operands[1];
    if (target === undefined) process.output.write(out);
    else
      try {
        openOutput(process.state, target, process.folder, 'truncate').write(out);
      } catch (error) {
        if (!(error instanceof FileFault)) throw error;
        process.error.write(`uniq: ${target}: ${error.message}\n`);
        return 1;
      }
    return 0;
  },
};
