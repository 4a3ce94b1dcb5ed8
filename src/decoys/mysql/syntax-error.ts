/** What the server says of text that it cannot read. */

import { StatementFailure } from '../sql/failure.ts';
import type { MysqlInstance } from './instance.ts';

export function syntaxError(instance: MysqlInstance, text: string, at: number): StatementFailure {
  const product = instance.identity.isMariaDb ? 'MariaDB' : 'MySQL';
  const line = text.slice(0, at).split('\n').length;
  const near = text.slice(at, at + 80);
  return new StatementFailure(
    1064,
    '42000',
    `You have an error in your SQL syntax; check the manual that corresponds to your ${product} server version for the right syntax to use near '${near}' at line ${line}`,
  );
}
