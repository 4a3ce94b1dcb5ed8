import type { Shell } from './shell.ts';

/** What the shell says of a name that is no command. */
export function notFound(shell: Shell, name: string): string {
  if (!shell.bash && name === '') return ': Permission denied';
  if (!shell.bash) return `${name}: not found`;
  return name.includes('/') ? `${name}: No such file or directory` : `${name}: command not found`;
}
