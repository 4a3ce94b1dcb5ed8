/** The function that reads the server's files. */

import { exploitSeen } from '../../sql/fact.ts';
import { fileOf } from '../../sql/machine-shell.ts';
import { textOf } from '../../sql/value.ts';
import type { FunctionFamily } from './family.ts';

export const fileFunction: FunctionFamily = ({ view, connection, outputs }, call, items) => {
  const { instance } = view;
  const [first = null] = items;
  switch (call.name) {
    case 'load_file': {
      if (first === null) return null;
      const path = textOf(first);
      outputs.push(
        exploitSeen('mysql', { name: 'mysql-file-read', class: 'lfi', technique: 'T1005', detail: path }),
      );
      return instance.files.get(path) ?? fileOf(connection.context, 'mysql', 'mysql', path);
    }
    default:
      return undefined;
  }
};
