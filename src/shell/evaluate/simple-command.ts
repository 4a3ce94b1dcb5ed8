import { FileFault } from '../files/fault.ts';
import type { Assignment, Part, Redirection, SimpleCommand } from '../language/syntax.ts';
import { Exhausted, limits } from '../limits.ts';
import type { Output, Reading, Run } from '../stream.ts';
import { BuiltinFault, ExpansionFault, ReturnFunction } from './control.ts';
import { tellBeforeUndo } from './tell.ts';
import { notFound } from './not-found.ts';
import { elementOf, expandCommand, expandText, expandWords } from './expansion.ts';
import { asRun, makeProcess, runProgram } from './program.ts';
import { redirect, RedirectionFault } from './redirection.ts';
import type { Shell } from './shell.ts';
import { ReadonlyFault } from './variables.ts';

const hasSubstitution = (part: Part): boolean => part.kind === 'command' || part.kind === 'backquote';

/** Builtins whose errors end a script and whose assignments stay (POSIX §2.14); dash and ash count `local` among them. */
const special = new Set(
  '. : break continue eval exec exit export local readonly return set shift source times trap unset'.split(
    ' ',
  ),
);

/** Runs a simple command (POSIX §2.9.1). */
export function* runSimple(shell: Shell, command: SimpleCommand): Run {
  shell.state.budget.spend(4);
  shell.line = command.line;
  const words = yield* expandCommand(shell, command.words);
  if (words.length === 0) return yield* runAssignments(shell, command);
  const name = words[0] ?? '';
  const isSpecial = special.has(name) && !(shell.bash && name === 'local') && !shell.functions.has(name);
  const ends = isSpecial && (!shell.bash || shell.posix);
  let undo: () => void;
  const child = redirectingChild(shell, name, command.redirections);
  try {
    if (!shell.flags.has('x')) undo = yield* redirect(shell, command.redirections, child);
    else {
      const before = shell.error;
      undo = yield* redirect(shell, command.redirections, child);
      trace(shell, words, before);
    }
  } catch (error) {
    if (child !== shell && (error instanceof ExpansionFault || error instanceof ReadonlyFault)) {
      if (error.message !== '') shell.complain(error.message);
      return error instanceof ExpansionFault ? error.status : 1;
    }
    if (!(error instanceof RedirectionFault)) throw error;
    shell.complain(error.message);
    const status = shell.dialect === 'dash' ? 2 : 1;
    if (ends) throw new ExpansionFault('', status, true);
    return status;
  }
  try {
    shell.state.writer = name.slice(name.lastIndexOf('/') + 1);
    if (name === 'cat' && command.redirections.some((redirection) => redirection.operator === '<<'))
      shell.state.writer = 'here-document';
    if (ends) {
      for (const assignment of command.assignments) yield* assign(shell, assignment);
      const status = yield* dispatch(shell, words, new Map());
      return status;
    }
    const extra = yield* temporaryAssignments(shell, command);
    const status = yield* dispatch(shell, words, extra);
    for (const array of command.arrays) yield* assign(shell, array);
    return status;
  } catch (error) {
    if (error instanceof BuiltinFault) {
      shell.complain(error.message, error.speaker ?? name);
      if (ends) throw new ExpansionFault('', error.status, true);
      return error.status;
    }
    tellBeforeUndo(shell, error);
    if (!(error instanceof FileFault)) throw error;
    complainOfWriting(shell, name, error);
    return 1;
  } finally {
    // `exec` alone makes its redirections the shell's own.
    if (name !== 'exec' || words.length > 1) undo();
  }
}

/** bash makes the redirections of a program in its process: what their words assign, or die of, stays there. */
function redirectingChild(shell: Shell, name: string, redirections: readonly Redirection[]): Shell {
  if (!shell.bash || shell.functions.has(name) || shell.engine.builtin(name, 'bash') !== null) return shell;
  const expands = redirections.some(({ target }) => target.parts.some((part) => part.kind !== 'text'));
  return expands ? shell.fork() : shell;
}

/** The assignments ahead of a command, each of which sees those before it; none of them stays. */
function* temporaryAssignments(shell: Shell, command: SimpleCommand): Reading<Map<string, string>> {
  const values = new Map<string, string>();
  const undo: (() => void)[] = [];
  try {
    for (const { name, append, value: word } of command.assignments) {
      const text = yield* expandText(shell, word, true);
      if (shell.bash && shell.variables.isFixed(name)) {
        shell.complain(`${name}: readonly variable`);
        continue;
      }
      const value = append ? (shell.variables.get(name) ?? '') + text : text;
      undo.push(shell.variables.assignForNow(new Map([[name, value]])));
      values.set(name, value);
    }
  } finally {
    for (const step of undo.toReversed()) step();
  }
  return values;
}

function complainOfWriting(shell: Shell, name: string, fault: FileFault): void {
  try {
    writeComplaint(shell, name, fault);
  } catch (error) {
    if (!(error instanceof FileFault)) throw error;
  }
}

function writeComplaint(shell: Shell, name: string, fault: FileFault): void {
  if (shell.dialect === 'dash' && shell.engine.builtin(name, 'dash') !== null)
    shell.error.write(`${shell.prefix(name)}${name}: I/O error\n`);
  else if (shell.bash && shell.engine.builtin(name, 'bash') !== null)
    shell.error.write(`${shell.prefix(name)}write error: ${fault.message}\n`);
  else if (shell.dialect === 'ash' && shell.engine.builtin(name, 'ash') !== null)
    shell.error.write(`${shell.name}: write error: ${fault.message}\n`);
  else shell.error.write(`${name}: write error: ${fault.message}\n`);
}

/** Words that ash shows in quotes: to its reader they would be something else. */
const ashReserved = new Set('! { } case do done elif else esac fi for if in then until while'.split(' '));

/** A word as `set -x` shows it. */
function traced(shell: Shell, word: string): string {
  if (shell.bash)
    return word !== '' && /^[\w./:=@%+,-]+$/.test(word)
      ? word
      : `'${word.replaceAll("'", String.raw`'\''`)}'`;
  // dash shows words as they are; ash quotes what a shell would read otherwise.
  if (shell.dialect === 'dash') return word;
  if (/^[\w./:@%+,\]-]*$/.test(word) && !ashReserved.has(word)) return word;
  return word.replaceAll(/[^']+|'+/g, (run) => (run.startsWith("'") ? `"${run}"` : `'${run}'`));
}

function trace(shell: Shell, words: readonly string[], error: Output): void {
  error.write(`${'+'.repeat(shell.traceDepth)} ${words.map((word) => traced(shell, word)).join(' ')}\n`);
}

function* dispatch(shell: Shell, words: readonly string[], extra: ReadonlyMap<string, string>): Run {
  const name = words[0] ?? '';
  const definition = shell.functions.get(name);
  if (definition !== undefined) return yield* callFunction(shell, name, words.slice(1), extra);
  const builtin = shell.disabled.has(name) ? null : shell.engine.builtin(name, shell.dialect);
  const environment = new Map(shell.variables.environment());
  for (const [key, value] of extra) environment.set(key, value);
  if (builtin !== null) {
    // `IFS=: read a b`: the assignment holds while the builtin runs.
    const restore = shell.variables.assignForNow(extra);
    try {
      shell.state.recordCommand(words);
      return yield* asRun(builtin.run(shell, words.slice(1), makeProcess(shell, words, environment)));
    } finally {
      restore();
    }
  }
  shell.state.recordCommand(words);
  const status = yield* runProgram(shell, words, environment);
  if (status !== null) return status;
  shell.complain(notFound(shell, name));
  return 127;
}

/** Runs a function with its own positional parameters and scope. */
export function* callFunction(
  shell: Shell,
  name: string,
  words: readonly string[],
  extra: ReadonlyMap<string, string>,
): Run {
  const body = shell.functions.get(name);
  if (body === undefined) return 127;
  if (shell.functionDepth >= limits.depth) throw new Exhausted();
  const before = shell.words;
  const { loopDepth } = shell;
  shell.words = words;
  shell.functionDepth += 1;
  shell.loopDepth = 0;
  if (shell.bash) shell.callers.push(name);
  shell.variables.enterScope();
  try {
    for (const [key, value] of extra) shell.variables.set(key, value);
    return yield* shell.nested(() => shell.engine.command(shell, body));
  } catch (error) {
    if (error instanceof ReturnFunction) return error.status;
    throw error;
  } finally {
    shell.variables.leaveScope();
    if (shell.bash) shell.callers.pop();
    shell.words = before;
    shell.functionDepth -= 1;
    shell.loopDepth = loopDepth;
  }
}

/** A command of assignments and redirections alone. */
function* runAssignments(shell: Shell, command: SimpleCommand): Run {
  const before = shell.status;
  shell.status = 0;
  for (const assignment of command.assignments) yield* assign(shell, assignment);
  const substituted =
    command.words.some((word) => word.parts.some(hasSubstitution)) ||
    command.assignments.some((assignment) => assignment.value.parts.some(hasSubstitution));
  const status = substituted ? shell.status : 0;
  shell.status = before;
  try {
    const undo = yield* redirect(shell, command.redirections);
    undo();
  } catch (error) {
    if (!(error instanceof RedirectionFault)) throw error;
    shell.complain(error.message);
    return shell.dialect === 'dash' ? 2 : 1;
  }
  return status;
}

export function* assign(shell: Shell, assignment: Assignment): Reading<void> {
  const { append } = assignment;
  const name =
    assignment.subscript === null
      ? assignment.name
      : yield* elementOf(shell, assignment.name, assignment.subscript);
  if (shell.variables.isBefore(name)) throw new ExpansionFault(`${assignment.name}: bad array subscript`);
  if (assignment.elements !== null) {
    const elements = yield* expandWords(shell, assignment.elements);
    shell.variables.setList(name, elements, append);
    return;
  }
  const value = yield* expandText(shell, assignment.value, true);
  if (value.length > limits.wordBytes) throw new Exhausted();
  if (shell.flags.has('x'))
    shell.error.write(
      `${'+'.repeat(shell.traceDepth)} ${assignment.name}=${value === '' ? '' : traced(shell, value)}\n`,
    );
  shell.variables.set(name, append ? (shell.variables.get(name) ?? '') + value : value);
}
