import { formatDate } from '../date-format.ts';
import { childrenOf, type Node } from '../files/node.ts';
import { isBusybox, type Command, type Process } from '../process.ts';
import type { Reading } from '../stream.ts';
import { inputText, linesOf, readOptions } from './input-text.ts';
import { baseOf } from './found-file.ts';
import { type Change, changesBetween } from './line-difference.ts';

const mostLines = 20_000;

interface Style {
  readonly unified: boolean;
  readonly context: number;
  readonly brief: boolean;
  readonly same: boolean;
  readonly deep: boolean;
  readonly absent: boolean;
  readonly key: (line: string) => string;
}

export const diff: Command = {
  names: ['diff'],
  folder: '/usr/bin',
  systems: 'both',
  *run(process) {
    const words = process.words.map((word) => word.replace(/^-u?(\d{1,4})$/, '-U$1'));
    const { flags, values, operands } = readOptions(words, 'UC');
    const [one, other] = operands;
    if (one === undefined || other === undefined || operands.length > 2) {
      const last = operands.at(-1);
      process.error.write(
        operands.length > 2
          ? `diff: extra operand '${operands[2]}'\ndiff: Try 'diff --help' for more information.\n`
          : `diff: missing operand after '${last ?? 'diff'}'\ndiff: Try 'diff --help' for more information.\n`,
      );
      return 2;
    }
    const folded = flags.has('i');
    const spaces = flags.has('w') ? /[ \t]+/g : null;
    const blanks = flags.has('b');
    return yield* compare(process, one, other, {
      unified:
        flags.has('u') ||
        values.has('U') ||
        flags.has('unified') ||
        values.has('unified') ||
        isBusybox(process),
      context: Number(values.get('U') ?? values.get('unified') ?? 3) || 0,
      brief: flags.has('q') || flags.has('brief'),
      same: flags.has('s'),
      deep: flags.has('r') || flags.has('recursive'),
      absent: flags.has('N') || flags.has('new-file'),
      key: (line) => {
        let text = folded ? line.toLowerCase() : line;
        if (spaces !== null) text = text.replaceAll(spaces, '');
        else if (blanks) text = text.replaceAll(/[ \t]+/g, ' ').trimEnd();
        return text;
      },
    });
  },
};

function* compare(process: Process, first: string, second: string, style: Style): Reading<number> {
  const { files, budget } = process.state;
  let [one, other] = [first, second];
  const kind = (path: string): Node['kind'] | null =>
    path === '-' ? 'file' : (files.find(path, process.folder)?.kind ?? null);
  if (kind(one) === 'directory' && kind(other) === 'directory')
    return yield* compareFolders(process, one, other, style);
  if (kind(one) === 'directory') one = `${one.replace(/\/$/, '')}/${baseOf(other)}`;
  else if (kind(other) === 'directory') other = `${other.replace(/\/$/, '')}/${baseOf(one)}`;
  let missing = false;
  for (const path of [one, other])
    if (kind(path) === null && !style.absent) {
      process.error.write(`diff: ${path}: No such file or directory\n`);
      missing = true;
    }
  if (missing) return 2;
  const left = kind(one) === null ? '' : yield* inputText(process, one);
  const right = kind(other) === null ? '' : yield* inputText(process, other);
  if (left === null || right === null) return 2;
  if (left === right) {
    if (style.same) process.output.write(`Files ${one} and ${other} are identical\n`);
    return 0;
  }
  if (style.brief) {
    process.output.write(`Files ${one} and ${other} differ\n`);
    return 1;
  }
  if (left.slice(0, 4096).includes('\0') || right.slice(0, 4096).includes('\0')) {
    process.output.write(`Binary files ${one} and ${other} differ\n`);
    return 1;
  }
  const lines = [marked(left), marked(right)] as const;
  budget.spend(lines[0].length + lines[1].length);
  const changes = changesBetween(
    lines[0].slice(0, mostLines).map(style.key),
    lines[1].slice(0, mostLines).map(style.key),
  );
  if (changes.length === 0) return 0;
  if (style.unified) {
    process.output.write(`--- ${one}${stamp(process, one)}\n+++ ${other}${stamp(process, other)}\n`);
    for (const hunk of hunksOf(changes, style.context))
      process.output.write(unifiedHunk(hunk, lines, style.context));
  } else for (const change of changes) process.output.write(normalChange(change, lines));
  return 1;
}

/** Lines, the last with its mark where it has no end. */
function marked(text: string): string[] {
  const lines = linesOf(text);
  if (text !== '' && !text.endsWith('\n')) lines.push(`${lines.pop() ?? ''}\n\\ No newline at end of file`);
  return lines;
}

function stamp(process: Process, path: string): string {
  if (isBusybox(process)) return '';
  const node = path === '-' ? null : process.state.files.find(path, process.folder);
  const time = node === null ? (path === '-' ? process.state.now() : 0) : node.modified;
  return `\t${formatDate(time, '%Y-%m-%d %H:%M:%S')}.${String(Math.floor(time) % 1000).padStart(3, '0')}000000 +0000`;
}

const range = (from: number, to: number): string => (to - from <= 1 ? String(to) : `${from + 1},${to}`);

function normalChange(
  { from, to, otherFrom, otherTo }: Change,
  [one, other]: readonly [readonly string[], readonly string[]],
): string {
  const letter = from === to ? 'a' : otherFrom === otherTo ? 'd' : 'c';
  const head = `${from === to ? from : range(from, to)}${letter}${otherFrom === otherTo ? otherFrom : range(otherFrom, otherTo)}\n`;
  const removed = one.slice(from, to).map((line) => `< ${line}\n`);
  const added = other.slice(otherFrom, otherTo).map((line) => `> ${line}\n`);
  return head + removed.join('') + (letter === 'c' ? '---\n' : '') + added.join('');
}

/** Changes whose surroundings touch stand in one hunk. */
function hunksOf(changes: readonly Change[], context: number): Change[][] {
  const hunks: Change[][] = [];
  for (const change of changes) {
    const last = hunks.at(-1);
    const before = last?.at(-1);
    if (last !== undefined && before !== undefined && change.from - before.to <= context * 2)
      last.push(change);
    else hunks.push([change]);
  }
  return hunks;
}

function unifiedHunk(
  changes: readonly Change[],
  [one, other]: readonly [readonly string[], readonly string[]],
  context: number,
): string {
  const [first] = changes;
  const last = changes.at(-1);
  if (first === undefined || last === undefined) return '';
  const from = Math.max(0, first.from - context);
  const to = Math.min(one.length, last.to + context);
  const otherFrom = Math.max(0, first.otherFrom - context);
  const otherTo = Math.min(other.length, last.otherTo + context);
  const span = (start: number, end: number): string =>
    end - start === 1 ? `${start + 1}` : `${end === start ? start : start + 1},${end - start}`;
  let text = `@@ -${span(from, to)} +${span(otherFrom, otherTo)} @@\n`;
  let at = from;
  for (const change of changes) {
    for (const line of one.slice(at, change.from)) text += ` ${line}\n`;
    for (const line of one.slice(change.from, change.to)) text += `-${line}\n`;
    for (const line of other.slice(change.otherFrom, change.otherTo)) text += `+${line}\n`;
    at = change.to;
  }
  for (const line of one.slice(at, to)) text += ` ${line}\n`;
  return text;
}

function* compareFolders(process: Process, one: string, other: string, style: Style): Reading<number> {
  const { files } = process.state;
  const children = (path: string): ReadonlyMap<string, Node> => {
    const node = files.find(path, process.folder);
    return node?.kind === 'directory' ? childrenOf(node) : new Map<string, Node>();
  };
  const left = children(one);
  const right = children(other);
  let status = 0;
  for (const name of [...new Set([...left.keys(), ...right.keys()])].toSorted()) {
    process.state.budget.spend(4);
    const [mine, theirs] = [left.get(name), right.get(name)];
    const shown = `${one}/${name}`;
    if ((mine === undefined || theirs === undefined) && !style.absent) {
      process.output.write(`Only in ${mine === undefined ? other : one}: ${name}\n`);
      status = Math.max(status, 1);
    } else if (mine?.kind === 'directory' && theirs?.kind === 'directory') {
      if (style.deep)
        status = Math.max(status, yield* compareFolders(process, shown, `${other}/${name}`, style));
      else process.output.write(`Common subdirectories: ${shown} and ${other}/${name}\n`);
    } else status = Math.max(status, yield* compareNamed(process, shown, `${other}/${name}`, style));
  }
  return status;
}

function* compareNamed(process: Process, one: string, other: string, style: Style): Reading<number> {
  const before = process.output;
  let text = '';
  const collecting: Process = {
    ...process,
    output: { terminal: false, write: (piece) => void (text += piece) },
  };
  const status = yield* compare(collecting, one, other, style);
  if (text !== '' && !style.brief && !text.startsWith('Binary'))
    before.write(`diff ${process.words.filter((word) => word.startsWith('-')).join(' ')} ${one} ${other}\n`);
  before.write(text);
  return status;
}
