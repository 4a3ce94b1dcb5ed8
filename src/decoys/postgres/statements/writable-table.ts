import { column, tableOf, type Table } from '../../sql/store.ts';
import { catalogTable } from '../catalog.ts';
import type { PostgresView } from '../view.ts';
import { unknownRelation } from '../errors.ts';

/** A table that can be written to. */
export function writableTable(view: PostgresView, path: readonly string[], at: number): Table {
  const name = path.at(-1) ?? '';
  const schema = path.at(-2) ?? '';
  const table =
    schema === '' || schema === 'public' ? view.instance.space.table(view.database, name) : undefined;
  if (table !== undefined) return table;
  const system = catalogTable(view, schema === '' ? 'pg_catalog' : schema, name);
  if (system === null || schema === 'public') throw unknownRelation(path.join('.'), at);
  return tableOf(
    name,
    system.columns.map((each) => column(each.name, each.type, 'text')),
    system.rows.slice(),
  );
}
