/** What a statement is answered with. */

import type { Relation } from '../../sql/value.ts';
import type { Connection } from '../connection.ts';

export type Answer =
  | {
      readonly kind: 'ok';
      readonly affected?: number;
      readonly lastId?: number;
      readonly info?: string;
      readonly changed?: boolean;
    }
  | { readonly kind: 'rows'; readonly relation: Relation }
  /** LOAD DATA LOCAL: the client is asked for its file. */
  | { readonly kind: 'file'; readonly name: string };

export const ok: Answer = { kind: 'ok' };

export function rowsAnswer(connection: Connection, relation: Relation): Answer {
  connection.found = relation.rows.length;
  connection.affected = -1;
  return { kind: 'rows', relation };
}
