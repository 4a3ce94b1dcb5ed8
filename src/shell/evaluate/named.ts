import type { Run } from '../stream.ts';
import { runProgram } from './program.ts';
import type { Shell } from './shell.ts';

/** A status that no program returns: there is no such program. */
export const notFoundStatus = -1;

/** Runs a program (no function, no builtin) by name; complains where there is none. */
export function* runNamed(shell: Shell, words: readonly string[]): Run {
  const name = words[0] ?? '';
  const status = yield* runProgram(shell, words, shell.variables.environment());
  if (status !== null) return status;
  shell.complain(
    shell.bash
      ? `${name}: ${name.includes('/') ? 'No such file or directory' : 'not found'}`
      : `${name}: not found`,
    'exec',
  );
  return notFoundStatus;
}
