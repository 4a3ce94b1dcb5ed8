/** Functions of libraries that the visitor brought: what they are made for is to run a command. */

import { Buffer } from 'node:buffer';
import { exploitSeen } from '../../sql/fact.ts';
import { runInShell } from '../../sql/machine-shell.ts';
import { textOf } from '../../sql/value.ts';
import type { FunctionFamily } from './family.ts';

const runLimit = 16;

export const libraryFunction: FunctionFamily = (server, call, items) => {
  const { view, connection, outputs } = server;
  const loaded = view.instance.functions.get(call.name);
  if (loaded === undefined) return undefined;
  const argument = textOf(items[0] ?? '');
  outputs.push(
    exploitSeen('mysql', {
      name: 'mysql-udf-command',
      class: 'rce',
      technique: 'T1059.004',
      detail: `${call.name}(${argument})`,
    }),
  );
  if (
    /^(?:sys_bineval|sys_exec|sys_eval|cmdshell|exec|shell|do_system|backshell|downloader|cmd|xpdl3|\w*eval\w*|\w*exec\w*|\w*sys\w*)$/.test(
      call.name,
    )
  ) {
    if (server.runs >= runLimit) return 0;
    server.runs += 1;
    if (call.name === 'sys_bineval') {
      outputs.push({
        do: 'capture',
        bytes: Buffer.from(argument, 'latin1'),
        how: 'mysql-udf',
        name: 'sys_bineval',
      });
      return 0;
    }
    const run = runInShell(connection.context, 'mysql', 'mysql', argument);
    outputs.push(...run.outputs);
    server.spend(20_000);
    return loaded.returns === 'string' ? run.text : run.status * 256;
  }
  return loaded.returns === 'string' ? '' : 0;
};
