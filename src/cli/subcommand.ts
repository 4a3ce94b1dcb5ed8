/** The contract of a subcommand. */

import type { Command } from 'commander';

/**
 * Adds itself to the program: name, options, an example. Its action loads what it needs by `import()`, throws PicketError, and
 * sets `process.exitCode` to 1 where it was refused or found nothing.
 */
export type Subcommand = (picket: Command) => Command;
