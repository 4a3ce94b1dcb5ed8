import type { Dialect } from './language/dialect.ts';
import type { SessionState } from './state.ts';
import type { Input, Output, Run } from './stream.ts';

/** What a command sees of the world while it runs. */
export interface Process {
  /** As it was called: `argv[0]` without folders. */
  readonly name: string;
  /** Without the name. Byte text. */
  readonly words: readonly string[];
  readonly environment: ReadonlyMap<string, string>;
  readonly input: Input;
  readonly output: Output;
  readonly error: Output;
  /** The working folder, absolute. */
  readonly folder: string;
  readonly pid: number;
  readonly parentPid: number;
  readonly state: SessionState;
  /** Runs another program with the same streams: what env, nohup, xargs and busybox do. */
  execute(words: readonly string[], changes?: ProcessChanges): Run;
  /** Names of busybox's applets, sorted. */
  applets(): string[];
  /** Runs text in a new shell: what `sh -c` and `su` do. */
  interpret(script: ShellScript): Run;
}

export interface ProcessChanges {
  readonly environment?: ReadonlyMap<string, string>;
  readonly input?: Input;
  readonly output?: Output;
  readonly error?: Output;
  readonly folder?: string;
  /** Only busybox's own applets. */
  readonly applet?: boolean;
}

export interface ShellScript {
  /** Null to read commands from standard input. */
  readonly text: string | null;
  /** `$0`, the prefix of messages. */
  readonly name: string;
  readonly words: readonly string[];
  readonly dialect: Dialect;
  /** bash called as `sh`. */
  readonly posix?: boolean;
  /** `-c`: bash says so in messages. */
  readonly fromOption: boolean;
  readonly interactive: boolean;
  /** Other than the process's own. */
  readonly environment?: ReadonlyMap<string, string>;
  readonly folder?: string;
  /** Letters of `set` that are on from the start. */
  readonly flags?: readonly string[];
}

export interface Command {
  readonly names: readonly string[];
  /** Where its file lies; `/bin` and `/usr/bin` are one on merged systems. */
  readonly folder: '/bin' | '/usr/bin' | '/sbin' | '/usr/sbin';
  readonly systems: 'both' | 'gnu' | 'busybox';
  run(process: Process): Run | number;
}

export function isBusybox(process: Process): boolean {
  return process.state.machine.busybox;
}
