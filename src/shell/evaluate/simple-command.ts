import { FileFault } from '../files/fault.ts';
import type { Assignment, Part, SimpleCommand } from '../language/syntax.ts';
import { Exhausted, limits } from '../limits.ts';
import type { Reading, Run } from '../stream.ts';
import { ReturnFunction } from './control.ts';
import { expandText, expandWords } from './expansion.ts';
import { asRun, makeProcess, runProgram } from './program.ts';
import { redirect, RedirectionFault } from './redirection.ts';
import type { Shell } from './shell.ts';

const hasSubstitution = (part: Part): boolean => part.kind === 'command' || part.kind === 'backquote';

/** Builtins whose assignments and redirections stay (POSIX §2.14), as far as it shows. */
const special = new Set([
  'exec',
  'export',
  'readonly',
  'eval',
  '.',
  ':',
  'set',
  'unset',
  'shift',
  'return',
  'exit',
]);

/** Runs a simple command (POSIX §2.9.1). */
export function* runSimple(shell: Shell, command: SimpleCommand): Run {
  shell.state.budget.spend(4);
  shell.line = command.line;
  const words = yield* expandWords(shell, command.words);
  if (words.length === 0) return yield* runAssignments(shell, command);
  trace(shell, words);
  let undo: () => void;
  try {
    undo = yield* redirect(shell, command.redirections);
  } catch (error) {
    if (!(error instanceof RedirectionFault)) throw error;
    shell.complain(error.message);
    return 1;
  }
  const name = words[0] ?? '';
  try {
    shell.state.writer = name.slice(name.lastIndexOf('/') + 1);
    if (name === 'cat' && command.redirections.some((redirection) => redirection.operator === '<<'))
      shell.state.writer = 'here-document';
    if (special.has(name)) {
      for (const assignment of command.assignments) yield* assign(shell, assignment);
      const status = yield* dispatch(shell, words, new Map());
      // `exec` alone makes its redirections the shell's own.
      if (name === 'exec' && words.length === 1) undo = () => {};
      return status;
    }
    const extra = new Map<string, string>();
    for (const assignment of command.assignments)
      extra.set(assignment.name, yield* expandText(shell, assignment.value));
    return yield* dispatch(shell, words, extra);
  } catch (error) {
    if (!(error instanceof FileFault)) throw error;
    shell.state.error.write(
      shell.bash
        ? `${shell.prefix()}${name}: write error: ${error.message}\n`
        : `${name}: write error: ${error.message}\n`,
    );
    return 1;
  } finally {
    undo();
  }
}

function trace(shell: Shell, words: readonly string[]): void {
  if (!shell.flags.has('x')) return;
  const quoted = words.map((word) =>
    /^[\w./:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`,
  );
  shell.error.write(`+ ${quoted.join(' ')}\n`);
}

function* dispatch(shell: Shell, words: readonly string[], extra: ReadonlyMap<string, string>): Run {
  const name = words[0] ?? '';
  const definition = shell.functions.get(name);
  if (definition !== undefined) return yield* callFunction(shell, name, words.slice(1), extra);
  const builtin = shell.engine.builtin(name, shell.bash);
  const environment = new Map(shell.variables.environment());
  for (const [key, value] of extra) environment.set(key, value);
  if (builtin !== null) {
    // `IFS=: read a b`: the assignment holds while the builtin runs.
    const before = [...extra.keys()].map((key) => [key, shell.variables.get(key)] as const);
    for (const [key, value] of extra) shell.variables.set(key, value);
    try {
      shell.state.recordCommand(words);
      return yield* asRun(builtin.run(shell, words.slice(1), makeProcess(shell, words, environment)));
    } finally {
      for (const [key, value] of before) {
        if (value === undefined) shell.variables.unset(key);
        else shell.variables.set(key, value);
      }
    }
  }
  shell.state.recordCommand(words);
  const status = yield* runProgram(shell, words, environment);
  if (status !== null) return status;
  shell.complain(notFound(shell, name));
  return 127;
}

function notFound(shell: Shell, name: string): string {
  if (!shell.bash) return `${name}: not found`;
  return name.includes('/') ? `${name}: No such file or directory` : `${name}: command not found`;
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
  const loopDepth = shell.loopDepth;
  shell.words = words;
  shell.functionDepth += 1;
  shell.loopDepth = 0;
  shell.variables.enterScope();
  try {
    for (const [key, value] of extra) shell.variables.set(key, value);
    return yield* shell.nested(() => shell.engine.command(shell, body));
  } catch (error) {
    if (error instanceof ReturnFunction) return error.status;
    throw error;
  } finally {
    shell.variables.leaveScope();
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
    return 1;
  }
  return status;
}

export function* assign(shell: Shell, assignment: Assignment): Reading<void> {
  const { name, append } = assignment;
  if (assignment.elements !== null) {
    const elements = yield* expandWords(shell, assignment.elements);
    shell.variables.setElements(name, append ? [...shell.variables.elements(name), ...elements] : elements);
    return;
  }
  const value = yield* expandText(shell, assignment.value);
  if (value.length > limits.wordBytes) throw new Exhausted();
  shell.variables.set(name, append ? (shell.variables.get(name) ?? '') + value : value);
}
