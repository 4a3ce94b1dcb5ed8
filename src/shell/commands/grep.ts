import { sizeOf } from '../files/node.ts';
import type { Command, Process } from '../process.ts';
import type { Reading } from '../stream.ts';
import { compileExpression, type Expression } from '../regular-expression.ts';
import { inputTexts, linesOf, readOptions } from './input-text.ts';

const quoteExpression = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');

function compile(
  process: Process,
  sources: readonly string[],
  flags: ReadonlySet<string>,
): Expression | null {
  const fixed = flags.has('F') || process.name === 'fgrep';
  const extended = fixed || flags.has('E') || flags.has('P') || process.name === 'egrep';
  let source = sources.map((text) => (fixed ? quoteExpression(text) : text)).join(extended ? '|' : '\\|');
  const [open, close] = extended ? ['(', ')'] : ['\\(', '\\)'];
  if (flags.has('w')) source = `\\b${open}${source}${close}\\b`;
  if (flags.has('x')) source = `^${open}${source}${close}$`;
  const ignoreCase = flags.has('i') || flags.has('ignore-case');
  return compileExpression(source, { extended, ignoreCase }, process.state.budget);
}

function filesUnder(process: Process, path: string, found: string[], depth: number): void {
  process.state.budget.spend(2);
  const node = process.state.files.find(path, process.folder);
  if (node?.kind === 'file') {
    if (sizeOf(node) < 1 << 16) found.push(path);
  } else if (node?.kind === 'directory' && depth < 12 && found.length < 500)
    for (const name of process.state.files.list(path, process.folder).keys())
      filesUnder(process, `${path.replace(/\/$/, '')}/${name}`, found, depth + 1);
}

export const grep: Command = {
  names: ['grep', 'egrep', 'fgrep'],
  folder: '/bin',
  systems: 'both',
  *run(process) {
    const { flags, values, operands } = readOptions(process.words, 'emABCf');
    const rest = [...operands];
    const pattern = values.get('e') ?? rest.shift();
    if (pattern === undefined) {
      process.error.write(
        "Usage: grep [OPTION]... PATTERNS [FILE]...\nTry 'grep --help' for more information.\n",
      );
      return 2;
    }
    const expression = compile(process, pattern.split('\n'), flags);
    if (expression === null) {
      process.error.write(`${process.name}: Unmatched [, [^, [:, [., or [=\n`);
      return 2;
    }
    const recursive = flags.has('r') || flags.has('R');
    const paths: string[] = [];
    if (recursive) for (const path of rest.length === 0 ? ['.'] : rest) filesUnder(process, path, paths, 0);
    if (recursive && paths.length === 0) return 1;
    const { texts, status } = yield* inputTexts(process, recursive ? paths : rest);
    const named = (texts.length > 1 || recursive || flags.has('H')) && !flags.has('h');
    const after = Number(values.get('A') ?? values.get('C') ?? 0) || 0;
    const before = Number(values.get('B') ?? values.get('C') ?? 0) || 0;
    const maximum = values.has('m') ? Number(values.get('m')) : Number.POSITIVE_INFINITY;
    let any = false;
    for (const { path, text } of texts) {
      const shownPath = path === '-' ? '(standard input)' : path;
      const lines = linesOf(text);
      let count = 0;
      const shown = new Set<number>();
      const hits = new Set<number>();
      for (const [index, line] of lines.entries()) {
        if (index % 4 === 3) process.state.budget.spend(1 + (line.length >> 8));
        if (process.state.budget.takeTurn()) yield;
        if (count >= maximum) break;
        const match = expression.find(line, 0, process.state.budget);
        if ((match !== null) === flags.has('v')) continue;
        count += 1;
        hits.add(index);
        for (
          let near = Math.max(0, index - before);
          near <= Math.min(lines.length - 1, index + after);
          near += 1
        )
          shown.add(near);
      }
      if (count > 0) any = true;
      if (flags.has('q')) continue;
      if (flags.has('c')) process.output.write(`${named ? `${shownPath}:` : ''}${count}\n`);
      else if (flags.has('l')) process.output.write(count > 0 ? `${shownPath}\n` : '');
      else if (flags.has('L')) process.output.write(count > 0 ? '' : `${shownPath}\n`);
      else yield* print(process, lines, shown, hits, expression, flags, named ? shownPath : '');
    }
    return any ? 0 : status === 0 ? 1 : 2;
  },
};

function* print(
  process: Process,
  lines: readonly string[],
  shown: ReadonlySet<number>,
  hits: ReadonlySet<number>,
  expression: Expression,
  flags: ReadonlySet<string>,
  path: string,
): Reading<void> {
  let last = -1;
  for (const index of [...shown].sort((left, right) => left - right)) {
    const line = lines[index] ?? '';
    const mark = hits.has(index) ? ':' : '-';
    if (last >= 0 && index > last + 1 && shown.size > hits.size) process.output.write('--\n');
    last = index;
    const prefix = (path === '' ? '' : path + mark) + (flags.has('n') ? `${index + 1}${mark}` : '');
    if (!flags.has('o')) process.output.write(`${prefix}${line}\n`);
    else if (!flags.has('v')) {
      let from = 0;
      for (
        let match = expression.find(line, from, process.state.budget);
        match !== null && from <= line.length;
        match = expression.find(line, from, process.state.budget)
      ) {
        process.state.budget.spend(1);
        if (process.state.budget.takeTurn()) yield;
        if (match.end > match.start) process.output.write(`${prefix}${line.slice(match.start, match.end)}\n`);
        from = match.end > match.start ? match.end : match.end + 1;
        if (from > line.length) break;
      }
    }
  }
}
