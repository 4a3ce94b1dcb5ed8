import { isBusybox, type Command } from '../process.ts';
import { readOptions } from './input-text.ts';

const numeric = /^[-+]?(?:\d{1,15}(?:\.\d{0,9})?|\.\d{1,9})$/;
const placesOf = (text: string): number => text.split('.')[1]?.length ?? 0;

/** `%g`, `%03g`, `%.2f` with text around it. */
function formatted(format: string, value: number): string {
  return format
    .replace(
      /%(-?0?)(\d{0,3})(?:\.(\d{1,2}))?([gfe])/,
      (_, flag: string, width: string, places: string | undefined, letter: string) => {
        const text =
          letter === 'e'
            ? value.toExponential(Number(places ?? 6))
            : letter === 'f'
              ? value.toFixed(Number(places ?? 6))
              : String(Number(value.toPrecision(6)));
        return flag.includes('-')
          ? text.padEnd(Number(width))
          : text.padStart(Number(width), flag.includes('0') ? '0' : ' ');
      },
    )
    .replaceAll('%%', '%');
}

export const sequence: Command = {
  names: ['seq'],
  folder: '/usr/bin',
  systems: 'both',
  *run(process) {
    // A negative number is no option.
    const first = process.words.findIndex(
      (word, index) => numeric.test(word) && !/^-[sf]$/.test(process.words[index - 1] ?? ''),
    );
    const { flags, values } = readOptions(first < 0 ? process.words : process.words.slice(0, first), 'sf');
    const numbers = first < 0 ? readOptions(process.words, 'sf').operands : process.words.slice(first);
    const hint = isBusybox(process) ? '' : "Try 'seq --help' for more information.\n";
    if (numbers.length === 0 || numbers.length > 3) {
      process.error.write(
        `seq: ${numbers.length === 0 ? 'missing operand' : `extra operand '${numbers[3]}'`}\n${hint}`,
      );
      return 1;
    }
    const bad = numbers.find((text) => !numeric.test(text));
    if (bad !== undefined) {
      process.error.write(
        isBusybox(process)
          ? `seq: invalid number '${bad}'\n`
          : `seq: invalid floating point argument: '${bad}'\n${hint}`,
      );
      return 1;
    }
    const from = numbers.length === 1 ? '1' : (numbers[0] ?? '1');
    const step = numbers.length === 3 ? (numbers[1] ?? '1') : '1';
    const to = numbers.at(-1) ?? '1';
    if (Number(step) === 0) {
      process.error.write(`seq: invalid Zero increment value: '${step}'\n${hint}`);
      return 1;
    }
    const places = Math.max(placesOf(from), placesOf(step));
    const scale = 10 ** Math.max(places, placesOf(to));
    const [start, add, end] = [from, step, to].map((text) => Math.round(Number(text) * scale));
    const show = (value: number): string => (value / scale).toFixed(places);
    const separator = (values.get('s') ?? values.get('separator') ?? '\n')
      .replaceAll('\\n', '\n')
      .replaceAll('\\t', '\t');
    const format = values.get('f') ?? values.get('format');
    const equal = flags.has('w') || flags.has('equal-width');
    const width = equal ? Math.max(show(start ?? 0).length, show(end ?? 0).length) : 0;
    let any = false;
    for (
      let value = start ?? 0;
      (add ?? 1) > 0 ? value <= (end ?? 0) : value >= (end ?? 0);
      value += add ?? 1
    ) {
      process.state.budget.spend(1);
      if (process.state.budget.takeTurn()) yield;
      const text = format === undefined ? show(value) : formatted(format, value / scale);
      const wide = text.startsWith('-')
        ? `-${text.slice(1).padStart(width - 1, '0')}`
        : text.padStart(width, '0');
      process.output.write((any ? separator : '') + wide);
      any = true;
    }
    if (any) process.output.write('\n');
    return 0;
  },
};
