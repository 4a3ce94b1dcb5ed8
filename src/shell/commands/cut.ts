import { isBusybox, type Command } from '../process.ts';
import { inputTexts, linesOf, readOptions } from './input-text.ts';

/** `1,3-5,7-` as a test of positions from 1; a text says what is wrong with it. */
function positions(list: string, what: string): ((position: number) => boolean) | string {
  const ranges: [number, number][] = [];
  for (const part of list.split(/[, ]/).slice(0, 200)) {
    const match = /^(\d{0,6})(-?)(\d{0,6})$/.exec(part);
    if (match === null)
      return what === 'field' ? `invalid field value '${part}'` : `invalid byte/character position '${part}'`;
    if (match[1] === '' && match[3] === '')
      return match[2] === '-'
        ? `invalid range with no endpoint: -`
        : `${what === 'field' ? 'fields' : 'byte/character positions'} are numbered from 1`;
    const from = match[1] === '' ? 1 : Number(match[1]);
    const to = match[2] === '' ? from : match[3] === '' ? Number.POSITIVE_INFINITY : Number(match[3]);
    if (from === 0) return `${what === 'field' ? 'fields' : 'byte/character positions'} are numbered from 1`;
    if (to < from) return 'invalid decreasing range';
    ranges.push([from, to]);
  }
  return (position) => ranges.some(([from, to]) => position >= from && position <= to);
}

export const cut: Command = {
  names: ['cut'],
  folder: '/usr/bin',
  systems: 'both',
  *run(process) {
    const { flags, values, operands } = readOptions(process.words, 'dfcb');
    const hint = isBusybox(process) ? '' : "Try 'cut --help' for more information.\n";
    const byField = values.get('f') ?? values.get('fields');
    const list =
      byField ?? values.get('c') ?? values.get('b') ?? values.get('characters') ?? values.get('bytes');
    const found =
      list === undefined
        ? isBusybox(process)
          ? 'expected a list of bytes, characters, or fields'
          : 'you must specify a list of bytes, characters, or fields'
        : positions(list, byField === undefined ? 'byte' : 'field');
    const delimiter = values.get('d') ?? values.get('delimiter') ?? '\t';
    const fault =
      typeof found === 'string'
        ? found
        : delimiter.length > 1
          ? 'the delimiter must be a single character'
          : null;
    if (fault !== null || typeof found === 'string') {
      process.error.write(`cut: ${fault ?? ''}\n${hint}`);
      return 1;
    }
    const complement = flags.has('complement');
    const chosen = (index: number): boolean => found(index + 1) !== complement;
    const mark = delimiter === '' ? '\0' : delimiter;
    const { texts, status } = yield* inputTexts(process, operands);
    for (const { text } of texts)
      for (const line of linesOf(text)) {
        process.state.budget.spend(1 + (line.length >> 6));
        if (process.state.budget.takeTurn()) yield;
        if (byField === undefined) {
          const kept = Array.from(line).filter((_, index) => chosen(index));
          process.output.write(`${kept.join('')}\n`);
        } else if (!line.includes(mark))
          process.output.write(flags.has('s') || flags.has('only-delimited') ? '' : `${line}\n`);
        else {
          const kept = line.split(mark).filter((_, index) => chosen(index));
          process.output.write(`${kept.join(values.get('output-delimiter') ?? mark)}\n`);
        }
      }
    return status;
  },
};
