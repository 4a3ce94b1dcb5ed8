/** What an evaluation needs beside the expression and its scope. */

import type { SqlHost } from './host.ts';
import type { Scope } from './scope.ts';
import type { Query } from './syntax.ts';
import type { Relation } from './value.ts';

export interface Evaluation {
  readonly host: SqlHost;
  /** How MySQL names the clause in its errors. */
  readonly place: string;
  query(query: Query, outer: Scope): Relation;
}
