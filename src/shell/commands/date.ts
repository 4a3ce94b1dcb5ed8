import { formatDate } from '../date-format.ts';
import { readDate } from '../date-text.ts';
import { isBusybox, type Command } from '../process.ts';
import { readOptions } from './input-text.ts';

export const date: Command = {
  names: ['date'],
  folder: '/bin',
  systems: 'both',
  run(process) {
    const { flags, values, operands } = readOptions(process.words, 'dsrDf');
    const wanted = values.get('d') ?? values.get('date');
    const file = values.get('r') ?? values.get('reference');
    let time: number | null = process.state.now();
    if (file !== undefined) {
      const node = process.state.files.find(file, process.folder);
      if (node === null) {
        process.error.write(
          isBusybox(process)
            ? `date: can't stat '${file}': No such file or directory\n`
            : `date: ${file}: No such file or directory\n`,
        );
        return 1;
      }
      time = node.modified;
    } else if (wanted !== undefined) time = readDate(wanted, time);
    const set = values.get('s') ?? values.get('set');
    if (set !== undefined) time = readDate(set, process.state.now());
    if (time === null) {
      process.error.write(`date: invalid date '${wanted ?? set ?? ''}'\n`);
      return 1;
    }
    const extra = operands.find((operand) => !operand.startsWith('+'));
    if (extra !== undefined) {
      process.error.write(
        isBusybox(process) ? `date: invalid date '${extra}'\n` : `date: invalid date '${extra}'\n`,
      );
      return 1;
    }
    const iso =
      values.get('I') ??
      values.get('iso-8601') ??
      (flags.has('I') || flags.has('iso-8601') ? 'date' : undefined);
    const format =
      operands[0]?.slice(1) ??
      (iso !== undefined
        ? iso.startsWith('s')
          ? '%Y-%m-%dT%H:%M:%S+00:00'
          : '%Y-%m-%d'
        : flags.has('R') || flags.has('rfc-email')
          ? '%a, %d %b %Y %H:%M:%S +0000'
          : '%a %b %e %H:%M:%S UTC %Y');
    process.output.write(`${formatDate(time, format)}\n`);
    return 0;
  },
};
