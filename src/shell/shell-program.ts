import type { FileSystem } from './files/file-system.ts';
import type { Dialect } from './language/dialect.ts';
import type { Machine } from './machine.ts';

/** What a shell's file speaks, by the program that it or its link leads to; null where it is no shell. */
const dialects: Readonly<Record<string, Dialect>> = { bash: 'bash', dash: 'dash', busybox: 'ash' };

export interface ShellProgram {
  readonly dialect: Dialect;
  /** bash called as `sh` keeps to POSIX. */
  readonly posix: boolean;
  /** The last part of the path, which messages begin with. */
  readonly name: string;
}

/** The shell that a path leads to: `/bin/sh` is a link to the system's own choice. Null for any other file. */
export function shellProgramAt(machine: Machine, files: FileSystem, path: string): ShellProgram | null {
  const node = files.find(path, '/');
  const program = node?.kind === 'file' ? machine.programOf(node) : null;
  const dialect = dialects[program ?? ''];
  const name = path.slice(path.lastIndexOf('/') + 1);
  return dialect === undefined ? null : { dialect, posix: dialect === 'bash' && name === 'sh', name };
}
