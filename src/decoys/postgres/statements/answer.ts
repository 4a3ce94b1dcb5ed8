/** What a statement is answered with. */

import type { Table } from '../../sql/store.ts';
import type { Relation } from '../../sql/value.ts';

export type Answer =
  | { readonly kind: 'done'; readonly tag: string; readonly transaction?: 'begin' | 'commit' | 'rollback' }
  | { readonly kind: 'rows'; readonly relation: Relation; readonly tag: string }
  /** COPY … TO STDOUT */
  | { readonly kind: 'out'; readonly relation: Relation }
  /** COPY … FROM STDIN */
  | { readonly kind: 'in'; readonly table: Table };

export const done = (tag: string): Answer => ({ kind: 'done', tag });
