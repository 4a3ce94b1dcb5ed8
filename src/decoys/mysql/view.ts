/** What a statement can see of its connection and the server. */

import type { MysqlInstance } from './instance.ts';

export interface ConnectionView {
  readonly instance: MysqlInstance;
  readonly thread: number;
  readonly user: string;
  /** `host:port` of the client. */
  readonly peer: string;
  readonly host: string;
  readonly database: string;
  readonly statement: string;
  now(): number;
}
