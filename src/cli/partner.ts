/** Options that say something only beside another: given alone they would be passed over in silence. */

import type { Command } from 'commander';
import { PicketError } from '../core/errors.ts';

const isGiven = (command: Command, option: string): boolean =>
  command.getOptionValueSource(keyOf(option)) === 'cli';

/** `--lift-all` → `liftAll`, as commander names it. */
const keyOf = (option: string): string =>
  option.slice(2).replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());

/** Throws PICKET_USAGE where an option was given and none of those that it goes with. */
export function needs(command: Command, option: string, partners: readonly string[]): void {
  if (!isGiven(command, option) || partners.some((partner) => isGiven(command, partner))) return;
  throw new PicketError(
    'PICKET_USAGE',
    `${option} says nothing without ${partners.join(' or ')}; add ${partners.length > 1 ? 'one of them' : 'it'}, or leave ${option} out`,
  );
}

/** Throws PICKET_USAGE where an option was given that has no meaning beside `other`, which was given too. */
export function notBeside(command: Command, options: readonly string[], other: string): void {
  for (const option of options) {
    if (isGiven(command, option))
      throw new PicketError(
        'PICKET_USAGE',
        `${option} says nothing beside ${other}; leave one of the two out`,
      );
  }
}
