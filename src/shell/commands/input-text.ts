import { FileFault } from '../files/fault.ts';
import { isBusybox, type Process } from '../process.ts';
import { DeviceInput, type Reading } from '../stream.ts';
import { openInput } from '../evaluate/redirection.ts';

/** The text of a file or, for `-`, of standard input; null after a complaint in the system's words. */
export function* inputText(process: Process, path: string): Reading<string | null> {
  if (path === '/dev/stdin') return yield* process.input.all();
  try {
    const input = path === '-' ? process.input : openInput(process.state, path, process.folder);
    const node = path === '-' ? null : process.state.files.get(path, process.folder);
    if (node?.kind === 'directory') throw new FileFault('EISDIR');
    const text = input instanceof DeviceInput ? yield* input.bytes(1 << 20) : yield* input.all();
    process.state.budget.spendBytes(text.length);
    // Whoever reads many files or long ones lets others have their turn.
    if (process.state.budget.takeTurn()) yield;
    return text;
  } catch (error) {
    if (!(error instanceof FileFault)) throw error;
    complainOfFile(process, path, error, 'open');
    return null;
  }
}

/** `cat: x: No such file or directory`, or busybox's `cat: can't open 'x': …`. */
function complainOfFile(process: Process, path: string, fault: FileFault, doing: string): void {
  const directory = fault.code === 'EISDIR';
  const gnu =
    process.name === 'head' || process.name === 'tail' || process.name === 'sort' || process.name === 'sed'
      ? gnuLong(process.name, path, fault)
      : `${path}: ${fault.message}`;
  process.error.write(
    `${process.name}: ${isBusybox(process) ? (directory ? `read error: ${fault.message}` : process.name === 'grep' || process.name === 'head' || process.name === 'tail' || process.name === 'sed' || process.name === 'awk' ? `${path}: ${fault.message}` : `can't ${doing} '${path}': ${fault.message}`) : gnu}\n`,
  );
}

function gnuLong(name: string, path: string, fault: FileFault): string {
  if (name === 'sed')
    return fault.code === 'EISDIR'
      ? `read error on ${path}: ${fault.message}`
      : `can't read ${path}: ${fault.message}`;
  if (fault.code === 'EISDIR') return `error reading '${path}': ${fault.message}`;
  return name === 'sort'
    ? `cannot read: ${path}: ${fault.message}`
    : `cannot open '${path}' for reading: ${fault.message}`;
}

/** Texts of all operands, or of standard input where there are none. */
export function* inputTexts(
  process: Process,
  paths: readonly string[],
): Reading<{ texts: { path: string; text: string }[]; status: number }> {
  const texts: { path: string; text: string }[] = [];
  let status = 0;
  for (const path of paths.length === 0 ? ['-'] : paths) {
    const text = yield* inputText(process, path);
    if (text === null) status = 1;
    else texts.push({ path, text });
  }
  return { texts, status };
}

/** Counts a line's work; true where others are to have their turn before the next. */
export function passed(process: Process, index: number): boolean {
  const { budget } = process.state;
  if (index % 4 === 3) budget.spend(1);
  return budget.takeTurn();
}

/** Lines without their ends; a last line without an end counts. */
export function linesOf(text: string): string[] {
  if (text === '') return [];
  const lines = text.split('\n');
  if (text.endsWith('\n')) lines.pop();
  return lines;
}

export interface Options {
  readonly flags: ReadonlySet<string>;
  readonly values: ReadonlyMap<string, string>;
  readonly operands: readonly string[];
}

/** getopt(3): `valued` are the letters that take a value. Long options are kept whole as flags, `--name=value` as values. */
export function readOptions(words: readonly string[], valued: string): Options {
  const flags = new Set<string>();
  const values = new Map<string, string>();
  const operands: string[] = [];
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? '';
    if (word === '--') {
      operands.push(...words.slice(index + 1));
      break;
    }
    if (word.startsWith('--')) {
      const [name = '', ...value] = word.slice(2).split('=');
      if (value.length > 0) values.set(name, value.join('='));
      else flags.add(name);
    } else if (word.startsWith('-') && word.length > 1) {
      for (let at = 1; at < word.length; at += 1) {
        const letter = word.charAt(at);
        if (!valued.includes(letter)) {
          flags.add(letter);
          continue;
        }
        const rest = word.slice(at + 1);
        if (rest === '') index += 1;
        values.set(letter, rest === '' ? (words[index] ?? '') : rest);
        break;
      }
    } else operands.push(word);
  }
  return { flags, values, operands };
}
