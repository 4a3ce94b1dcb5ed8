import { encodeText } from '../../../byte-text.ts';
import { exceptionText } from './representation.ts';
import type { SyntaxFault } from './syntax-fault.ts';
import type { Instance, PythonError } from './value.ts';

/** Lines of a script that a traceback may show; those of a text given on the command line are not to be had. */
export type LineOf = (file: string, line: number) => string | null;

const repeatedFrames = 3;

function frames(error: PythonError, lineOf: LineOf): string {
  let out = '';
  let before = '';
  let repeats = 0;
  const tell = (): void => {
    if (repeats > repeatedFrames)
      out += `  [Previous line repeated ${repeats - repeatedFrames} more time${repeats - repeatedFrames === 1 ? '' : 's'}]\n`;
  };
  for (const { file, line, name } of error.trace.toReversed()) {
    const source = lineOf(file, line);
    const text = `  File "${file}", line ${line}, in ${name}\n${source === null ? '' : `    ${source.trim()}\n`}`;
    if (text !== before) {
      tell();
      repeats = 0;
      before = text;
    }
    repeats += 1;
    if (repeats <= repeatedFrames) out += text;
  }
  tell();
  return out;
}

function exceptionLine(value: Instance, text: string): string {
  const { type } = value;
  const name = type.module === 'builtins' ? type.name : `${type.module}.${type.name}`;
  return encodeText(text === '' ? `${name}\n` : `${name}: ${text}\n`);
}

/** What Python says when an exception is caught by nobody. `textOf` knows the exceptions of the script's own classes. */
export function traceback(
  error: PythonError,
  lineOf: LineOf,
  textOf: (value: Instance) => string = exceptionText,
  depth = 0,
): string {
  const { context } = error;
  const first =
    context === null || depth > 20
      ? ''
      : `${traceback(context, lineOf, textOf, depth + 1)}\n${
          error.caused
            ? 'The above exception was the direct cause of the following exception:'
            : 'During handling of the above exception, another exception occurred:'
        }\n\n`;
  return `${first}Traceback (most recent call last):\n${encodeText(frames(error, lineOf))}${exceptionLine(error.value, textOf(error.value))}`;
}

/** What Python says of a text that is none of its own. */
export function syntaxReport(fault: SyntaxFault, file: string, source: string, minor: number): string {
  const line = source.split('\n')[fault.line - 1] ?? '';
  const shown = line.trimStart();
  const removed = line.length - shown.length;
  // The parser before 3.9 points at the end of what it could not read.
  const place = Math.max(0, (minor < 9 ? fault.end - 1 : fault.column) - removed);
  const width = minor >= 10 && fault.message !== 'invalid syntax' ? Math.max(1, fault.end - fault.column) : 1;
  const caret =
    fault.type === 'IndentationError' && minor < 9
      ? `    ${' '.repeat(place)}^\n`
      : `    ${' '.repeat(place)}${'^'.repeat(width)}\n`;
  return encodeText(
    `  File "${file}", line ${fault.line}\n    ${shown.trimEnd()}\n${caret}${fault.type}: ${fault.message}\n`,
  );
}
