/** Commands that set how data is represented. */

import type { DecoyOutput } from '../../core/decoy.ts';
import type { ControlConnection } from './control-connection.ts';

export function* type(control: ControlConnection, argument: string): Iterable<DecoyOutput> {
  const letter = argument.toUpperCase().split(' ')[0];
  if (letter === 'I' || letter === 'L8' || letter === 'L') {
    control.isBinary = true;
    yield* control.say(control.words.type('I'));
  } else if (letter === 'A') {
    control.isBinary = false;
    yield* control.say(control.words.type('A'));
  } else yield* control.say(control.words.badType(argument));
}

export function* restartAt(control: ControlConnection, argument: string): Iterable<DecoyOutput> {
  const offset = Number.parseInt(argument, 10);
  control.restart = Number.isSafeInteger(offset) && offset > 0 ? offset : 0;
  yield* control.say(control.words.restart(control.restart));
}
