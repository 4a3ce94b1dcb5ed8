import { Pattern } from '../language/pattern.ts';
import type { CaseCommand, ForCommand, IfCommand, LoopCommand } from '../language/syntax.ts';
import type { Reading, Run } from '../stream.ts';
import { BreakLoop } from './control.ts';
import { expandArithmetic, expandPattern, expandText, expandWords } from './expansion.ts';
import type { Shell } from './shell.ts';

/** Runs what is only asked for its status: `set -e` does not look at it. */
export function* asCondition(shell: Shell, run: () => Run): Run {
  shell.condition += 1;
  try {
    return yield* run();
  } finally {
    shell.condition -= 1;
  }
}

export function* runIf(shell: Shell, command: IfCommand): Run {
  for (const branch of command.branches) {
    const status = yield* asCondition(shell, () => shell.engine.list(shell, branch.condition));
    if (status === 0) return yield* shell.engine.list(shell, branch.body);
  }
  return command.otherwise === null ? 0 : yield* shell.engine.list(shell, command.otherwise);
}

/** Runs a loop's body once. True where the loop goes on. */
function* runBody(shell: Shell, run: () => Run): Reading<{ goesOn: boolean; status: number }> {
  shell.state.budget.spend(2);
  try {
    return { goesOn: true, status: yield* run() };
  } catch (error) {
    if (!(error instanceof BreakLoop)) throw error;
    if (error.levels > 1) {
      error.levels -= 1;
      throw error;
    }
    return { goesOn: error.goesOn, status: error.status };
  }
}

function* inLoop(shell: Shell, run: () => Run): Run {
  shell.loopDepth += 1;
  try {
    return yield* run();
  } finally {
    shell.loopDepth -= 1;
  }
}

/** `set -x` of bash shows how loops and cases begin, as they were written. */
function traceHead(shell: Shell, text: string): void {
  if (shell.bash && shell.flags.has('x')) shell.error.write(`${'+'.repeat(shell.traceDepth)} ${text}\n`);
}

export function* runFor(shell: Shell, command: ForCommand): Run {
  if (command.counting !== null) return yield* inLoop(shell, () => countingFor(shell, command));
  if (shell.bash && !/^[A-Za-z_]\w*$/.test(command.name)) {
    shell.complain(`\`${command.name}': not a valid identifier`);
    return 1;
  }
  const words = command.words === null ? shell.words : yield* expandWords(shell, command.words);
  return yield* inLoop(shell, function* loop(): Run {
    let status = 0;
    for (const word of words) {
      traceHead(shell, `for ${command.name} in ${command.source}`);
      shell.variables.set(command.name, word);
      const outcome = yield* runBody(shell, () => shell.engine.list(shell, command.body));
      status = outcome.status;
      if (!outcome.goesOn) break;
    }
    return status;
  });
}

function* countingFor(shell: Shell, command: ForCommand): Run {
  const [start, condition, next] = command.counting ?? [];
  let status = 0;
  if (start !== undefined) yield* expandArithmetic(shell, start);
  for (;;) {
    if (condition !== undefined && (yield* expandText(shell, condition)).trim() !== '') {
      if ((yield* expandArithmetic(shell, condition)) === '0') return status;
    }
    const outcome = yield* runBody(shell, () => shell.engine.list(shell, command.body));
    status = outcome.status;
    if (!outcome.goesOn) return status;
    if (next !== undefined) yield* expandArithmetic(shell, next);
  }
}

export function* runLoop(shell: Shell, command: LoopCommand): Run {
  return yield* inLoop(shell, function* loop(): Run {
    let status = 0;
    for (;;) {
      let met = false;
      const tested = yield* runBody(shell, function* test(): Run {
        const result = yield* asCondition(shell, () => shell.engine.list(shell, command.condition));
        met = (result === 0) !== command.until;
        return result;
      });
      if (!tested.goesOn || !met) return status;
      const outcome = yield* runBody(shell, () => shell.engine.list(shell, command.body));
      status = outcome.status;
      if (!outcome.goesOn) return status;
    }
  });
}

export function* runCase(shell: Shell, command: CaseCommand): Run {
  traceHead(shell, `case ${command.source} in`);
  const subject = yield* expandText(shell, command.subject);
  let falling = false;
  let status = 0;
  for (const branch of command.branches) {
    let matches = falling;
    for (const word of branch.patterns) {
      if (matches) break;
      const pattern = yield* expandPattern(shell, word);
      shell.state.budget.spendBytes(pattern.length);
      matches = new Pattern(pattern, shell.state.budget).matches(subject);
    }
    if (!matches) continue;
    status = yield* shell.engine.list(shell, branch.body);
    if (!branch.falls && !branch.tests) return status;
    falling = branch.falls;
  }
  return status;
}
