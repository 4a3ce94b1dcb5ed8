import { ownMember } from '../own-member.ts';
import { openOutput } from '../evaluate/redirection.ts';
import { FileFault } from '../files/fault.ts';
import { isBusybox, type Command } from '../process.ts';
import { inputTexts, linesOf, readOptions } from './input-text.ts';

/** One `-k`, or the whole line. */
interface Key {
  readonly from: number;
  readonly fromCharacter: number;
  /** 0 for the end of the line. */
  readonly to: number;
  readonly toCharacter: number;
  readonly letters: string;
}

const ordering = 'bdfgGhMnrRV';

function keyOf(text: string): Key | null {
  const match = /^(\d{1,6})(?:\.(\d{1,6}))?([a-zA-Z]*)(?:,(\d{1,6})(?:\.(\d{1,6}))?([a-zA-Z]*))?$/.exec(text);
  if (match === null || Number(match[1]) === 0) return null;
  return {
    from: Number(match[1]),
    fromCharacter: Number(match[2] ?? 1),
    to: Number(match[4] ?? 0),
    toCharacter: Number(match[5] ?? 0),
    letters: `${match[3] ?? ''}${match[6] ?? ''}`,
  };
}

/** The text of a key in a line: fields are parted by the separator, or begin with the blanks ahead of them. */
function textOf(line: string, key: Key, separator: string | undefined): string {
  const fields =
    separator === undefined ? (line.match(/[ \t]*[^ \t]+|[ \t]+$/g) ?? []) : line.split(separator);
  const between = separator ?? '';
  const offset = (field: number): number =>
    fields.slice(0, field - 1).reduce((sum, text) => sum + text.length + between.length, 0);
  const skipped = (at: number): number =>
    key.letters.includes('b') ? at + (/^[ \t]*/.exec(line.slice(at))?.[0].length ?? 0) : at;
  if (key.from > fields.length) return '';
  const start = skipped(offset(key.from)) + key.fromCharacter - 1;
  const end =
    key.to === 0 || key.to > fields.length
      ? line.length
      : key.toCharacter === 0
        ? offset(key.to) + (fields[key.to - 1]?.length ?? 0)
        : skipped(offset(key.to)) + key.toCharacter;
  return line.slice(start, end);
}

const plain = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);
const months = 'JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC'.split(' ');

const number = (text: string): number => Number.parseFloat(/^[ \t]*(-?\d*\.?\d*)/.exec(text)?.[1] ?? '') || 0;

function human(text: string): readonly [scale: number, value: number] {
  const match = /^[ \t]*(-?\d*\.?\d*)([kKMGTPE]?)/.exec(text);
  const value = Number.parseFloat(match?.[1] ?? '') || 0;
  const scale =
    match?.[2] === undefined || match[2] === '' ? 0 : 'KMGTPE'.indexOf(match[2].toUpperCase()) + 1;
  return [value < 0 ? -scale : value === 0 ? 0 : scale, value];
}

/** Runs of digits by value, the rest by characters. */
function versions(one: string, other: string): number {
  const [left, right] = [one.match(/\d+|\D+/g) ?? [], other.match(/\d+|\D+/g) ?? []];
  for (let index = 0; index < Math.max(left.length, right.length); index += 1) {
    const [mine, theirs] = [left[index] ?? '', right[index] ?? ''];
    const order =
      /^\d/.test(mine) && /^\d/.test(theirs) ? Number(mine) - Number(theirs) : plain(mine, theirs);
    if (order !== 0) return order;
  }
  return 0;
}

function comparison(letters: string): (one: string, other: string) => number {
  const fold = (text: string): string => {
    let folded = letters.includes('b') ? text.replace(/^[ \t]+/, '') : text;
    if (letters.includes('d')) folded = folded.replaceAll(/[^A-Za-z0-9 \t]/g, '');
    return letters.includes('f') ? folded.toUpperCase() : folded;
  };
  if (letters.includes('h'))
    return (one, other) => {
      const [left, right] = [human(one), human(other)];
      return left[0] - right[0] || left[1] - right[1];
    };
  if (letters.includes('n') || letters.includes('g')) return (one, other) => number(one) - number(other);
  if (letters.includes('V')) return versions;
  if (letters.includes('M')) {
    const month = (text: string): number => months.indexOf(text.trim().slice(0, 3).toUpperCase());
    return (one, other) => month(one) - month(other);
  }
  return (one, other) => plain(fold(one), fold(other));
}

const longNames: Readonly<Record<string, string>> = {
  'numeric-sort': 'n',
  reverse: 'r',
  unique: 'u',
  'human-numeric-sort': 'h',
  'version-sort': 'V',
  'ignore-case': 'f',
  stable: 's',
  check: 'c',
};

export const sort: Command = {
  names: ['sort'],
  folder: '/usr/bin',
  systems: 'both',
  *run(process) {
    const keyTexts: string[] = [];
    const words = process.words.flatMap((word, index) => {
      const joined = /^(-[a-zA-Z]*k|--key=)(.+)$/.exec(word);
      if (joined !== null && !word.startsWith('-t')) {
        keyTexts.push(joined[2] ?? '');
        return joined[1] === '--key=' || joined[1] === '-k' ? [] : [joined[1]?.slice(0, -1) ?? ''];
      }
      if (/^-[a-zA-Z]*k$/.test(word)) {
        keyTexts.push(process.words[index + 1] ?? '');
        return word === '-k' ? [] : [word.slice(0, -1)];
      }
      const before = process.words[index - 1] ?? '';
      return /^-[a-zA-Z]*k$/.test(before) ? [] : [word];
    });
    const { flags, values, operands } = readOptions(words, 'toST');
    const given = new Set([...flags].map((flag) => ownMember(longNames, flag) ?? flag));
    const unknown = [...given].find((flag) => flag.length === 1 && !`${ordering}cCmusziz`.includes(flag));
    if (unknown !== undefined) {
      process.error.write(
        `sort: invalid option -- '${unknown}'\n${isBusybox(process) ? '' : "Try 'sort --help' for more information.\n"}`,
      );
      return 2;
    }
    const keys: Key[] = [];
    for (const text of keyTexts) {
      const key = keyOf(text);
      if (key === null) {
        process.error.write(
          text.startsWith('0')
            ? `sort: field number is zero: invalid field specification '${text}'\n`
            : `sort: invalid number at field start: invalid count at start of '${text}'\n`,
        );
        return 2;
      }
      keys.push(key);
    }
    const missing = operands.find(
      (path) => path !== '-' && process.state.files.find(path, process.folder) === null,
    );
    if (missing !== undefined) {
      process.error.write(
        isBusybox(process)
          ? `sort: ${missing}: No such file or directory\n`
          : `sort: cannot read: ${missing}: No such file or directory\n`,
      );
      return isBusybox(process) ? 1 : 2;
    }
    const { texts, status } = yield* inputTexts(process, operands);
    if (status !== 0) return 2;
    const ending = given.has('z') ? '\0' : '\n';
    const lines = texts.flatMap(({ text }) =>
      ending === '\n' ? linesOf(text) : text.split('\0').filter((line) => line !== ''),
    );
    process.state.budget.spend(lines.length);
    if (process.state.budget.takeTurn()) yield;
    const common = [...given].filter((flag) => ordering.includes(flag)).join('');
    const separator = (values.get('t') ?? values.get('field-separator'))?.replace('\\0', '\0');
    const rules = (keys.length === 0 ? [null] : keys).map((key) => {
      const letters = key === null || key.letters === '' ? common : key.letters;
      return { key, compare: comparison(letters), sign: letters.includes('r') ? -1 : 1 };
    });
    const decorated = lines.map((line) => ({
      line,
      parts: rules.map(({ key }) => (key === null ? line : textOf(line, key, separator))),
    }));
    const primary = (one: (typeof decorated)[number], other: (typeof decorated)[number]): number => {
      for (const [index, { compare, sign }] of rules.entries()) {
        const order = compare(one.parts[index] ?? '', other.parts[index] ?? '');
        if (order !== 0) return order * sign;
      }
      return 0;
    };
    const last = given.has('s') || given.has('u') ? 0 : given.has('r') ? -1 : 1;
    const whole = (one: (typeof decorated)[number], other: (typeof decorated)[number]): number =>
      primary(one, other) || last * plain(one.line, other.line);
    if (given.has('c') || given.has('C')) {
      const at = decorated.findIndex((entry, index) => {
        const before = decorated[index - 1];
        return (
          before !== undefined &&
          (whole(before, entry) > 0 || (given.has('u') && primary(before, entry) === 0))
        );
      });
      if (at < 0) return 0;
      if (given.has('c'))
        process.error.write(`sort: ${operands[0] ?? '-'}:${at + 1}: disorder: ${lines[at] ?? ''}\n`);
      return 1;
    }
    decorated.sort(whole);
    const kept = given.has('u')
      ? decorated.filter((entry, index) => index === 0 || primary(decorated[index - 1] ?? entry, entry) !== 0)
      : decorated;
    const text = kept.map((entry) => entry.line + ending).join('');
    const target = values.get('o') ?? values.get('output');
    if (target === undefined) process.output.write(text);
    else
      try {
        openOutput(process.state, target, process.folder, 'truncate').write(text);
      } catch (error) {
        if (!(error instanceof FileFault)) throw error;
        process.error.write(`sort: open failed: ${target}: ${error.message}\n`);
        return 2;
      }
    return 0;
  },
};
