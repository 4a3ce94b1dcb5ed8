/** What the names in an expression stand for. */

import type { Relation, SqlType, Value } from './value.ts';

export interface ScopeColumn {
  readonly table: string;
  readonly name: string;
  readonly type: SqlType;
  /** A column that a join by USING has twice. */
  readonly hidden?: boolean;
}

export interface Scope {
  readonly columns: readonly ScopeColumn[];
  readonly row: readonly Value[];
  /** The rows of the group, where there are groups. */
  readonly group: readonly (readonly Value[])[] | null;
  readonly outer: Scope | null;
  /** Tables that WITH names. */
  readonly named: ReadonlyMap<string, Relation>;
}

export const emptyScope: Scope = { columns: [], row: [], group: null, outer: null, named: new Map() };
