/** Values as the shell shows them: in a form that it reads back. */

import type { Shell } from '../evaluate/shell.ts';

/** In single quotes; bash and the others put a quote within them in ways of their own. */
export const quote = (shell: Shell, value: string): string =>
  `'${value.replaceAll("'", shell.bash ? String.raw`'\''` : `'"'"'`)}'`;
