/** Functions of libraries that the visitor brought: what they are made for is to run a command. */

import { exploitSeen } from '../../sql/fact.ts';
import { textOf } from '../../sql/value.ts';
import type { FunctionFamily } from './family.ts';

export const libraryFunction: FunctionFamily = ({ view, machine }, name, items) => {
  if (!view.instance.functions.has(name)) return undefined;
  const command = textOf(items[0] ?? '');
  machine.outputs.push(
    exploitSeen('postgres', {
      name: 'postgres-library-command',
      class: 'rce',
      technique: 'T1059.004',
      detail: `${name}(${command})`,
    }),
  );
  const run = machine.shell(command);
  return /eval|text|shell/.test(name) ? run.text : run.status * 256;
};
