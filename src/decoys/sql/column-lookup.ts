/** The column that a name stands for: its scope and its place there. */

import type { Evaluation } from './evaluation.ts';
import type { Scope } from './scope.ts';

export function findColumn(
  { host, place }: Evaluation,
  path: readonly string[],
  at: number,
  scope: Scope,
): readonly [Scope, number] {
  const name = path.at(-1) ?? '';
  const table = path.at(-2) ?? '';
  const same =
    host.dialect === 'mysql'
      ? (left: string, right: string): boolean =>
          left.length === right.length && left.toLowerCase() === right.toLowerCase()
      : (left: string, right: string): boolean => left === right;
  for (let each: Scope | null = scope; each !== null; each = each.outer) {
    host.spend(1);
    let found = -1;
    for (const [index, column] of each.columns.entries()) {
      if (!same(column.name, name) || column.hidden === true || (table !== '' && !same(column.table, table)))
        continue;
      if (found >= 0 && table === '') throw host.ambiguousColumn(name, at, place);
      if (found < 0) found = index;
    }
    if (found >= 0) return [each, found];
  }
  let isKnown = false;
  for (let each: Scope | null = scope; each !== null; each = each.outer) {
    isKnown ||= each.columns.some((column) => same(column.table, table));
  }
  throw host.unknownColumn(path, at, place, isKnown);
}
