/** What a statement can see of its connection and the server. */

import type { PostgresInstance } from './instance.ts';

export interface PostgresView {
  readonly instance: PostgresInstance;
  readonly process: number;
  readonly user: string;
  readonly database: string;
  readonly application: string;
  readonly source: string;
  readonly sourcePort: number;
  readonly statement: string;
  settings(): ReadonlyMap<string, string>;
  now(): number;
}
