import { Incomplete, SyntaxFault } from '../language/fault.ts';
import { parseLine } from '../language/parser.ts';
import { Scanner } from '../language/scanner.ts';
import { Exhausted, limits } from '../limits.ts';
import { BrokenPipe, type Input, Interrupted, type Run } from '../stream.ts';
import { BreakLoop, ExitShell, ExpansionFault, ReturnFunction } from './control.ts';
import { expandPrompt } from './prompt.ts';
import type { Shell } from './shell.ts';
import { complainSyntax } from './syntax-message.ts';
import { ReadonlyFault } from './variables.ts';

/** Parsing an unfinished command again at each line may read this many bytes in all. */
const maximumParsed = 8 << 20;

/** Reads commands line by line from an input and runs each: the login shell, `sh` without a script, `cat x | sh`. */
export function* readCommands(shell: Shell, input: Input): Run {
  const visitor = input === shell.state.input;
  const prompts = shell.interactive && input.terminal;
  let pending = '';
  let delimiter = '';
  let parsed = 0;
  for (;;) {
    if (prompts) showPrompt(shell, pending === '' ? 'PS1' : 'PS2');
    let line: string | null;
    try {
      shell.state.terminal.editing = prompts;
      line = yield* input.line();
    } catch (error) {
      if (!(error instanceof Interrupted) || !shell.interactive) throw error;
      shell.state.show('\r\n');
      shell.status = 130;
      pending = '';
      delimiter = '';
      continue;
    } finally {
      shell.state.terminal.editing = false;
    }
    if (visitor) shell.state.renewLine();
    if (line === null) {
      if (pending !== '') {
        if (visitor) shell.state.recordLine(pending.trimEnd());
        yield* runText(shell, pending, true);
      }
      return shell.status;
    }
    pending += line.endsWith('\n') ? line : `${line}\n`;
    if (pending.length > limits.commandBytes || parsed > maximumParsed) {
      if (visitor) shell.state.recordLine(pending);
      complainSyntax(shell, new Incomplete('"'), pending);
      pending = '';
      delimiter = '';
      parsed = 0;
      continue;
    }
    if (delimiter !== '' && line.trimEnd().trimStart() !== delimiter) continue;
    parsed += pending.length;
    // A short line behind a long unfinished one costs as much as that.
    shell.state.budget.spend(Math.floor(pending.length / limits.parsedPerUnit));
    if (shell.state.budget.takeTurn()) yield;
    const open = incompleteness(shell, pending);
    if (open !== null) {
      delimiter = open.delimiter;
      continue;
    }
    const text = pending;
    pending = '';
    delimiter = '';
    parsed = 0;
    if (visitor) remember(shell, text);
    yield* runText(shell, text, false);
    shell.linesBefore += text.split('\n').length - 1;
  }
}

function remember(shell: Shell, text: string): void {
  const line = text.trimEnd();
  if (line.trim() === '') return;
  shell.state.recordLine(line);
  if (!shell.interactive) return;
  shell.state.history.push(line);
  if (shell.state.history.length > limits.historyLines) shell.state.history.shift();
}

function incompleteness(shell: Shell, text: string): Incomplete | null {
  try {
    const scanner = new Scanner(text, 0, false, shell.dialect);
    while (parseLine(scanner) !== null);
    return null;
  } catch (error) {
    if (error instanceof Incomplete) return error;
    if (error instanceof SyntaxFault) return null;
    throw error;
  }
}

/** Runs the text of one complete command; what ends it abnormally ends only it where the shell is interactive. */
function* runText(shell: Shell, text: string, final: boolean): Run {
  try {
    const scanner = new Scanner(text, 0, final, shell.dialect);
    scanner.linesBefore = shell.linesBefore;
    for (let list = parseLine(scanner); list !== null; list = parseLine(scanner))
      shell.status = yield* shell.engine.list(shell, list);
  } catch (error) {
    shell.status = afterFault(shell, error, text);
  }
  return shell.status;
}

/** The status after an error that an interactive shell survives; anything else is thrown on. */
function afterFault(shell: Shell, error: unknown, text: string): number {
  if (error instanceof SyntaxFault || error instanceof Incomplete) {
    complainSyntax(shell, error, text);
    if (!shell.interactive) throw new ExitShell(2);
    return 2;
  }
  if (error instanceof BreakLoop) return 0;
  if (error instanceof ReturnFunction) return error.status;
  if (error instanceof BrokenPipe && shell.interactive) return 141;
  if (error instanceof ReadonlyFault || error instanceof ExpansionFault) {
    if (error.message !== '')
      shell.complain(
        error instanceof ReadonlyFault && !shell.bash ? `${error.variable}: is read only` : error.message,
      );
    const status = error instanceof ReadonlyFault ? (shell.bash ? 1 : 2) : error.status;
    const ends = !shell.bash || (error instanceof ExpansionFault && error.final);
    if (!shell.interactive && ends) throw new ExitShell(status);
    return status;
  }
  if (!shell.interactive) throw error;
  if (error instanceof Interrupted) {
    shell.state.show('\r\n');
    return 130;
  }
  if (error instanceof Exhausted) {
    shell.state.show(shell.state.options.terminal ? 'Killed\r\n' : 'Killed\n', 'stderr');
    return 137;
  }
  throw error;
}

function showPrompt(shell: Shell, which: 'PS1' | 'PS2'): void {
  for (const job of shell.jobs.splice(0)) {
    const text = shell.bash
      ? `[${job.number}]+  Done                    ${job.text}\r\n`
      : `[${job.number}]+  Done                       ${job.text}\r\n`;
    shell.state.show(text);
  }
  const template = shell.variables.get(which) ?? (which === 'PS2' ? '> ' : '');
  shell.state.show(expandPrompt(shell, template).replaceAll('\n', '\r\n'));
}
