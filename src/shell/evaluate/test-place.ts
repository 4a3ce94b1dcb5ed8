/** What `test`, `[` and `[[` ask a shell about. */

import type { TestPlace } from '../test-expression.ts';
import type { Shell } from './shell.ts';

export const testPlace = (shell: Shell): TestPlace => ({
  folder: shell.folder,
  state: shell.state,
  isTerminal: (descriptor) =>
    shell.descriptors.get(descriptor)?.[descriptor === 0 ? 'input' : 'output']?.terminal ?? false,
  isSet: (name) => shell.variables.get(name) !== undefined,
});
