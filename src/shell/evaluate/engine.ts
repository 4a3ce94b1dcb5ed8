import { builtinNamed } from '../builtins/index.ts';
import { Incomplete, SyntaxFault } from '../language/fault.ts';
import { parseLine } from '../language/parser.ts';
import { Scanner } from '../language/scanner.ts';
import type { Command, List, ListItem, Pipeline } from '../language/syntax.ts';
import { limits } from '../limits.ts';
import { BrokenPipe, CollectedOutput, type Run, TextInput } from '../stream.ts';
import { asCondition, runCase, runFor, runIf, runLoop } from './compound.ts';
import { evaluateCondition } from './condition.ts';
import { BreakLoop, ExitShell, ExpansionFault, ReturnFunction } from './control.ts';
import { runExitTrap } from './exit-trap.ts';
import { arithmetic, expandText } from './expansion.ts';
import { redirect, RedirectionFault } from './redirection.ts';
import type { Engine, Shell } from './shell.ts';
import { runSimple } from './simple-command.ts';
import { complainSyntax } from './syntax-message.ts';
import { tellBeforeUndo } from './tell.ts';
import { ReadonlyFault } from './variables.ts';

/** Commands of a list, in order. */
function* runList(shell: Shell, list: List): Run {
  for (const item of list.items) {
    if (item.background) runInBackground(shell, yield* background(shell, item), item.source);
    else shell.status = yield* runAndOr(shell, item);
  }
  return shell.status;
}

/** A background job runs to its end at once: its output then stands where a quick job's would. */
function* background(shell: Shell, item: ListItem): Run {
  const child = shell.fork();
  child.interactive = false;
  if (shell.interactive) child.descriptors.set(0, { input: new TextInput(''), output: null });
  const pid = shell.state.nextPid();
  shell.lastBackground = pid;
  if (shell.interactive && shell.bash && shell.state.options.terminal) shell.state.show(`[1] ${pid}\r\n`);
  yield* contained(child, () => shell.nested(() => runAndOr(child, item)));
  return pid;
}

function runInBackground(shell: Shell, pid: number, source: string): void {
  shell.status = 0;
  if (shell.interactive && shell.state.options.terminal && shell.jobs.length < 8)
    shell.jobs.push({ number: shell.jobs.length + 1, pid, text: source });
}

function* runAndOr(shell: Shell, item: ListItem): Run {
  const last = item.rest.length;
  const runAt = (index: number, pipeline: Pipeline): Run =>
    index === last ? runPipeline(shell, pipeline) : asCondition(shell, () => runPipeline(shell, pipeline));
  let status = yield* runAt(0, item.first);
  shell.status = status;
  let ran = 0;
  for (const [index, { operator, pipeline }] of item.rest.entries()) {
    if ((operator === '&&') !== (status === 0)) continue;
    ran = index + 1;
    status = yield* runAt(ran, pipeline);
    shell.status = status;
  }
  const negated = (ran === 0 ? item.first : item.rest[ran - 1]?.pipeline)?.negated ?? false;
  if (status !== 0 && ran === last && !negated && shell.flags.has('e') && shell.condition === 0)
    throw new ExitShell(status);
  return status;
}

/** Commands of a pipeline run one after the other, each reading what the one before it has written. */
function* runPipeline(shell: Shell, pipeline: Pipeline): Run {
  const { commands, negated } = pipeline;
  let status = 0;
  if (commands.length === 0) return 1;
  if (commands.length === 1) {
    const [only] = commands;
    if (only !== undefined)
      status = negated
        ? yield* asCondition(shell, () => runCommand(shell, only))
        : yield* runCommand(shell, only);
    shell.pipeline = [status];
    return negated ? Number(status === 0) : status;
  }
  let text: string | null = null;
  let failed = 0;
  const statuses: number[] = [];
  for (const [index, command] of commands.entries()) {
    const child = shell.fork();
    child.interactive = false;
    if (shell.interactive) child.name = shell.name;
    if (text !== null) child.descriptors.set(0, { input: new TextInput(text), output: null });
    const output = index < commands.length - 1 ? new CollectedOutput() : null;
    if (output !== null) child.descriptors.set(1, { input: null, output });
    status = yield* runStage(child, command, shell.interactive);
    statuses.push(status);
    if (status !== 0) failed = status;
    text = output?.text ?? null;
  }
  if (shell.flags.has('pipefail')) status = failed;
  shell.pipeline = statuses;
  return negated ? Number(status === 0) : status;
}

function* runStage(child: Shell, command: Command, interactive: boolean): Run {
  child.interactive = interactive;
  return yield* contained(child, () => child.nested(() => runCommand(child, command)));
}

/** Runs what has a process of its own: nothing but its status comes out. */
function* contained(child: Shell, run: () => Run): Run {
  try {
    return yield* runExitTrap(child, yield* run());
  } catch (error) {
    if (error instanceof ExitShell || error instanceof ReturnFunction)
      return yield* runExitTrap(child, error.status);
    if (error instanceof BreakLoop) return 0;
    if (error instanceof BrokenPipe) return 141;
    return complainOfFault(child, error);
  }
}

/** The status after an error that ends a shell; any other is thrown on. */
function complainOfFault(shell: Shell, error: unknown): number {
  if (error instanceof ExpansionFault) {
    if (error.message !== '') shell.complain(error.message);
    // bash ends with 127 only where it is not a subshell.
    return shell.bash && shell.isSubshell && error.status === 127 ? 1 : error.status;
  }
  if (error instanceof ReadonlyFault) {
    shell.complain(shell.bash ? error.message : `${error.variable}: is read only`);
    return shell.bash ? 1 : 2;
  }
  throw error;
}

function* runCommand(shell: Shell, command: Command): Run {
  shell.state.budget.spend(1);
  if (shell.state.budget.takeTurn()) yield;
  if (command.kind === 'simple') return yield* runSimple(shell, command);
  if (command.kind === 'function') {
    shell.functions.set(command.name, command.body);
    return 0;
  }
  const line = command.line ?? shell.line;
  shell.line = shell.bash && command.kind !== 'subshell' && shell.functionDepth === 0 ? shell.lineRead : line;
  let undo: () => void;
  try {
    undo = yield* redirect(shell, command.redirections);
    shell.line = line;
  } catch (error) {
    if (!(error instanceof RedirectionFault)) throw error;
    shell.complain(error.message);
    return shell.dialect === 'dash' || (shell.dialect === 'ash' && command.kind === 'subshell') ? 2 : 1;
  }
  try {
    return yield* shell.nested(() => runCompound(shell, command));
  } catch (error) {
    tellBeforeUndo(shell, error);
    throw error;
  } finally {
    undo();
  }
}

function* runCompound(shell: Shell, command: Exclude<Command, { kind: 'simple' | 'function' }>): Run {
  switch (command.kind) {
    case 'group':
      return yield* runList(shell, command.body);
    case 'subshell':
      return yield* runSubshell(shell, command.body);
    case 'if':
      return yield* runIf(shell, command);
    case 'for':
      return yield* runFor(shell, command);
    case 'loop':
      return yield* runLoop(shell, command);
    case 'case':
      return yield* runCase(shell, command);
    case 'condition':
      return yield* evaluateCondition(shell, command.words);
    default: {
      const text = yield* expandText(shell, command.expression);
      try {
        return arithmetic(shell, text, '((') === 0n ? 1 : 0;
      } catch (error) {
        if (!(error instanceof ExpansionFault)) throw error;
        shell.complain(error.message);
        return 1;
      }
    }
  }
}

function* runSubshell(shell: Shell, body: List): Run {
  const child = shell.fork();
  return yield* contained(child, () => runList(child, body));
}

/** bash says where the end of the text ended a here-document. */
function warn(shell: Shell, scanner: Scanner): void {
  const { line: before } = shell;
  for (const { line, text } of scanner.warnings.splice(0)) {
    if (!shell.bash) continue;
    shell.line = line;
    shell.complain(text);
    shell.line = before;
  }
}

/** A script: each line is parsed when its turn comes; an error in an expansion ends it, or in bash the line. */
function* runScript(shell: Shell, text: string, inside = false): Run {
  shell.state.budget.spendBytes(text.length);
  const scanner = new Scanner(text, 0, true, shell.dialect);
  scanner.linesBefore = shell.linesBefore;
  let status = 0;
  for (;;) {
    try {
      const { position } = scanner;
      const list = parseLine(scanner);
      shell.state.budget.spend(Math.floor((scanner.position - position) / limits.parsedPerUnit));
      warn(shell, scanner);
      if (list === null) return status;
      if (shell.functionDepth === 0) shell.lineRead = scanner.line(scanner.position - 1);
      status = yield* runList(shell, list);
    } catch (error) {
      if (error instanceof SyntaxFault || error instanceof Incomplete) {
        warn(shell, scanner);
        complainSyntax(shell, error, text, scanner.linesBefore);
        shell.status = error instanceof SyntaxFault && error.substituted ? 127 : 2;
        if (!shell.bash && inside) throw new ExpansionFault('', 2);
        return shell.status;
      }
      if (!(error instanceof ExpansionFault) && !(error instanceof ReadonlyFault)) throw error;
      status = complainOfFault(shell, error);
      shell.status = status;
      if (shell.bash && !(error instanceof ExpansionFault && error.final)) {
        if (shell.isSubshell) throw new ExitShell(status);
        // bash has left its count of lines at the command that failed.
        if (!inside) scanner.linesBefore += Math.min(0, shell.line - shell.lineRead);
        continue;
      }
      if (inside) throw new ExpansionFault('', status, true);
      return status;
    }
  }
}

export const engine: Engine = {
  list: runList,
  command: runCommand,
  script: runScript,
  contained,
  builtin: builtinNamed,
};
