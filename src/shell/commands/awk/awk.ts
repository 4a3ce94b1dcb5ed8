import { limits } from '../../limits.ts';
import type { Command, Process } from '../../process.ts';
import type { Run } from '../../stream.ts';
import { inputText } from '../input-text.ts';
import { AwkFault } from './fault.ts';
import { Interpreter } from './interpreter.ts';
import { unescapeText } from './lexer.ts';
import { Machine } from './machine.ts';
import { parseProgram } from './statement-parser.ts';
import { type Program, SyntaxFault } from './syntax.ts';
import { textOf } from './variables.ts';

const usage = (name: string): string => `Usage: ${name} [Options] [Program] [file ...]

Program:
    The -f option value is the name of a file containing program text.
    If no -f option is given, a "--" ends option processing; the following
    parameters are the program text.

Options:
    -f program-file  Program  text is read from file instead of from the
                     command-line.  Multiple -f options are accepted.
    -F value         sets the field separator, FS, to value.
    -v var=value     assigns value to program variable var.
    --               unambiguous end of options.

    Implementation-specific options are prefixed with "-W".  They can be
    abbreviated:

    -W version       show version information and exit.
    -W dump          show assembler-like listing of program and exit.
    -W help          show this message and exit.
    -W interactive   set unbuffered output, line-buffered input.
    -W exec file     use file as program as well as last option.
    -W random=number set initial random seed.
    -W sprintf=number adjust size of sprintf buffer.
    -W posix_space   do not consider "\\n" a space.
    -W usage         show this message and exit.
`;

interface Call {
  readonly separator: string | null;
  readonly assigned: readonly string[];
  readonly programs: readonly string[];
  readonly operands: readonly string[];
}

/** A text is the complaint about an option. */
function readCall(words: readonly string[]): Call | string {
  let separator: string | null = null;
  const assigned: string[] = [];
  const programs: string[] = [];
  let at = 0;
  for (; at < words.length; at += 1) {
    const word = words[at] ?? '';
    if (!word.startsWith('-') || word === '-') break;
    if (word === '--') {
      at += 1;
      break;
    }
    const letter = word.charAt(1);
    if (!'FvfW'.includes(letter)) return `not an option: ${word}`;
    let value = word.slice(2);
    if (value === '') {
      at += 1;
      if (at >= words.length) return `option -${letter} lacks argument`;
      value = words[at] ?? '';
    }
    if (letter === 'F') separator = value;
    else if (letter === 'v') assigned.push(value);
    else if (letter === 'f') programs.push(value);
  }
  return { separator, assigned, programs, operands: words.slice(at) };
}

/** The program's text and what is left of the operands; null after a complaint. */
function* sourceOf(process: Process, call: Call): Generator<undefined, [string, string[]] | null> {
  if (call.programs.length === 0) return [call.operands[0] ?? '', call.operands.slice(1)];
  let source = '';
  for (const path of call.programs) {
    if (path !== '-' && process.state.files.find(path, process.folder)?.kind !== 'file') {
      process.error.write(`${process.name}: cannot open ${path} (No such file or directory)\n`);
      return null;
    }
    const text = yield* inputText(process, path);
    if (text === null) return null;
    source += `${text}\n`;
    if (source.length > limits.commandBytes) return null;
  }
  return [source, [...call.operands]];
}

function parsed(process: Process, source: string): Program | null {
  process.state.budget.spend(1 + Math.floor(source.length / limits.parsedPerUnit));
  try {
    return parseProgram(source);
  } catch (error) {
    if (!(error instanceof SyntaxFault)) throw error;
    process.error.write(`${process.name}: ${error.message}\n`);
    return null;
  }
}

function complain(process: Process, machine: Machine, fault: AwkFault): void {
  const shown = (name: string): string => textOf(machine.variables.get(name));
  process.error.write(
    fault.plain
      ? `${process.name}: ${fault.message}\n`
      : `${process.name}: run time error: ${fault.message}\n\tFILENAME="${shown('FILENAME')}" FNR=${shown('FNR')} NR=${shown('NR')}\n`,
  );
}

function* runAwk(process: Process): Run {
  const call = readCall(process.words);
  if (typeof call === 'string') {
    process.error.write(`${process.name}: ${call}\n`);
    return 2;
  }
  if (call.programs.length === 0 && call.operands.length === 0) {
    process.error.write(usage(process.name));
    return 0;
  }
  const source = yield* sourceOf(process, call);
  if (source === null) return 2;
  const [text, operands] = source;
  const program = parsed(process, text);
  if (program === null) return 2;
  const machine = new Machine(process, operands);
  try {
    if (call.separator !== null) {
      const separator = unescapeText(call.separator);
      machine.variables.set('FS', separator);
    }
    for (const word of call.assigned)
      if (!machine.assign(word)) throw new AwkFault(`improper assignment: -v ${word}`, true);
    return yield* new Interpreter(machine, program).run();
  } catch (error) {
    if (!(error instanceof AwkFault)) throw error;
    yield* machine.streams.end();
    complain(process, machine, error);
    return 2;
  }
}

export const awk: Command = {
  names: ['awk', 'gawk', 'mawk'],
  folder: '/usr/bin',
  systems: 'both',
  run: runAwk,
};
