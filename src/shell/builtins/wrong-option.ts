/** The complaint about an option that a builtin does not have. */

import { BuiltinFault } from '../evaluate/control.ts';
import type { Shell } from '../evaluate/shell.ts';

/** Says it, in bash with the usage line, and answers with the status. Throws `BuiltinFault` in dash and ash, where it ends a script. */
export function refuseOption(shell: Shell, name: string, option: string, usage: string): number {
  if (!shell.bash)
    throw new BuiltinFault(`${shell.dialect === 'dash' ? 'Illegal' : 'illegal'} option ${option}`);
  shell.complain(`${option}: invalid option`, name);
  shell.error.write(`${name}: usage: ${usage}\n`);
  return 2;
}
