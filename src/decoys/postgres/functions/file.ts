/** Functions that read the server's files. */

import { Buffer } from 'node:buffer';
import { numberOf, textOf } from '../../sql/value.ts';
import type { FunctionFamily } from './family.ts';

export const fileFunction: FunctionFamily = ({ machine }, name, items) => {
  const [first = null, second = null] = items;
  switch (name) {
    case 'pg_read_file':
      return machine
        .read(textOf(first))
        .slice(
          items.length > 2 ? numberOf(second) : 0,
          items.length > 2 ? numberOf(second) + numberOf(items[2] ?? 0) : undefined,
        );
    case 'pg_read_binary_file':
      return `\\x${Buffer.from(machine.read(textOf(first)), 'latin1').toString('hex')}`;
    case 'pg_ls_dir':
      return machine.list(textOf(first))[0] ?? null;
    default:
      return undefined;
  }
};
