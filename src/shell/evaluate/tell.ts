import { ExpansionFault } from './control.ts';
import type { Shell } from './shell.ts';
import { ReadonlyFault } from './variables.ts';

/** Complains of an error that ends a script where the redirections of its command still hold; throws it on as told. */
export function tellBeforeUndo(shell: Shell, error: unknown): void {
  if (error instanceof ExpansionFault && error.message !== '') {
    shell.complain(error.message);
    throw new ExpansionFault('', error.status, error.final);
  }
  if (error instanceof ReadonlyFault) {
    shell.complain(shell.bash ? error.message : `${error.variable}: is read only`);
    throw shell.bash ? new ExpansionFault('', 1, false) : new ExpansionFault('', 2, true);
  }
}
