import type { Shell } from '../evaluate/shell.ts';
import type { Process } from '../process.ts';
import type { Run } from '../stream.ts';

/** A command of the shell itself: it may change the shell. */
export interface Builtin {
  readonly names: readonly string[];
  run(shell: Shell, words: readonly string[], process: Process): Run | number;
}
