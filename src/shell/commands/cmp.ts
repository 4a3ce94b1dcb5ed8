import { isBusybox, type Command } from '../process.ts';
import { inputText, readOptions } from './input-text.ts';

export const cmp: Command = {
  names: ['cmp'],
  folder: '/usr/bin',
  systems: 'both',
  *run(process) {
    const { flags, values, operands } = readOptions(process.words, 'ni');
    const [one, other = '-'] = operands;
    if (one === undefined) {
      process.error.write("cmp: missing operand after 'cmp'\ncmp: Try 'cmp --help' for more information.\n");
      return 2;
    }
    const silent = flags.has('s') || flags.has('quiet') || flags.has('silent');
    const texts: string[] = [];
    for (const path of [one, other]) {
      if (path !== '-' && process.state.files.find(path, process.folder) === null) {
        if (!silent)
          process.error.write(
            isBusybox(process)
              ? `cmp: can't open '${path}': No such file or directory\n`
              : `cmp: ${path}: No such file or directory\n`,
          );
        return 2;
      }
      const text = yield* inputText(process, path);
      if (text === null) return 2;
      texts.push(text.slice(0, Number(values.get('n') ?? text.length) || 0));
    }
    const [left = '', right = ''] = texts;
    const shorter = Math.min(left.length, right.length);
    let at = 0;
    while (at < shorter && left.charCodeAt(at) === right.charCodeAt(at)) at += 1;
    if (at === shorter && left.length === right.length) return 0;
    if (silent) return 1;
    if (flags.has('l')) {
      const width = String(Math.max(left.length, right.length)).length;
      const octal = (text: string, index: number): string => text.charCodeAt(index).toString(8).padStart(3);
      for (let index = at; index < shorter; index += 1) {
        if (left.charCodeAt(index) === right.charCodeAt(index)) continue;
        process.state.budget.spend(1);
        process.output.write(
          `${String(index + 1).padStart(width)} ${octal(left, index)} ${octal(right, index)}\n`,
        );
      }
    } else if (at < shorter) {
      // POSIX's wording where the locale is its own.
      const locale = process.environment.get('LC_ALL') ?? process.environment.get('LANG') ?? 'C';
      const unit = isBusybox(process) || locale === 'C' || locale === 'POSIX' ? 'char' : 'byte';
      const line = left.slice(0, at).split('\n').length;
      process.output.write(`${one} ${other} differ: ${unit} ${at + 1}, line ${line}\n`);
      return 1;
    }
    const short = left.length < right.length ? one : other;
    if (left.length !== right.length) {
      const feeds = left.slice(0, shorter).split('\n').length - 1;
      process.error.write(
        isBusybox(process)
          ? `cmp: EOF on ${short}\n`
          : shorter === 0
            ? `cmp: EOF on ${short} which is empty\n`
            : flags.has('l')
              ? `cmp: EOF on ${short} after byte ${shorter}\n`
              : `cmp: EOF on ${short} after byte ${shorter}, ${left.charAt(shorter - 1) === '\n' ? `line ${feeds}` : `in line ${feeds + 1}`}\n`,
      );
    }
    return 1;
  },
};
