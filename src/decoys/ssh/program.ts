/** What runs behind a channel, as the channel sees it. */

import type { ShellEvent } from '../../shell/event.ts';
import type { ShellOptions } from '../../shell/options.ts';

/** What a channel runs. */
export interface Program {
  start(): Iterable<ShellEvent>;
  receive(bytes: Uint8Array): Iterable<ShellEvent>;
  end(): Iterable<ShellEvent>;
}

/** The visitor's shell, as `ShellSession` is one. */
export interface Shell extends Program {
  run(command: string): Iterable<ShellEvent>;
}

export type OpenShell = (options: ShellOptions) => Shell;
