import type { Run } from '../stream.ts';
import { notFound } from './not-found.ts';
import { runProgram } from './program.ts';
import type { Shell } from './shell.ts';

/** A status that no program returns: there is no such program. */
export const notFoundStatus = -1;

/** Runs a program (no function, no builtin) by name; complains where there is none. */
export function* runNamed(shell: Shell, words: readonly string[], builtin: '' | 'exec'): Run {
  const name = words[0] ?? '';
  const status = yield* runProgram(shell, words, shell.variables.environment());
  if (status !== null) return status;
  if (builtin === '') shell.complain(notFound(shell, name));
  else if (shell.bash && name.includes('/'))
    shell.complain(`${name}: cannot execute: No such file or directory`, 'exec');
  else shell.complain(`${name}: not found`, 'exec');
  return notFoundStatus;
}
