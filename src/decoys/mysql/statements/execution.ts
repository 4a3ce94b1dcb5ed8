/** What one statement is run with. */

import type { QueryRunner } from '../../sql/query.ts';
import type { ConnectionView } from '../view.ts';
import type { Connection } from '../connection.ts';
import type { MysqlHost } from '../host.ts';

export interface Execution {
  readonly view: ConnectionView;
  readonly connection: Connection;
  /** Its outputs are what the statement does beside its answer. */
  readonly host: MysqlHost;
  readonly runner: QueryRunner;
}
