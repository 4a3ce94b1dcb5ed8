/** The tables that every server has, and the visitor's own. */

import type { Relation } from '../sql/value.ts';
import { informationTable } from './information-schema.ts';
import { systemTable } from './system-tables.ts';
import type { ConnectionView } from './view.ts';

/** A table by database and name; null where there is none. Names of system tables do not tell capitals. */
export function catalogTable(view: ConnectionView, database: string, name: string): Relation | null {
  switch (database.toLowerCase()) {
    case 'information_schema':
      return informationTable(view, name.toLowerCase());
    case 'mysql':
      return systemTable(view, name);
    case 'performance_schema': {
      const kind = name.toLowerCase();
      if (kind === 'global_variables' || kind === 'session_variables') return informationTable(view, kind);
      return kind === 'global_status' || kind === 'session_status' ? informationTable(view, kind) : null;
    }
    default:
      return view.instance.space.table(database, name) ?? null;
  }
}
