/** What one statement is run with. */

import type { QueryRunner } from '../../sql/query.ts';
import type { PostgresView } from '../view.ts';
import type { PostgresHost } from '../host.ts';

export interface Execution {
  readonly view: PostgresView;
  /** Its outputs are what the statement does beside its answer. */
  readonly host: PostgresHost;
  readonly runner: QueryRunner;
  /** Changes a setting of the connection. */
  readonly set: (name: string, value: string) => void;
}
