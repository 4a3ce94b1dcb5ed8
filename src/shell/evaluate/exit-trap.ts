import type { Run } from '../stream.ts';
import { ExitShell } from './control.ts';
import type { Shell } from './shell.ts';

/** Runs what `trap … EXIT` asks for, and gives the status with which the shell ends. */
export function* runExitTrap(shell: Shell, status: number): Run {
  const trap = shell.traps.get('EXIT');
  if (trap === undefined || trap === '') return status;
  shell.traps.delete('EXIT');
  shell.status = status;
  try {
    yield* shell.engine.script(shell, trap);
  } catch (error) {
    if (!(error instanceof ExitShell)) throw error;
    return error.status;
  }
  return status;
}
