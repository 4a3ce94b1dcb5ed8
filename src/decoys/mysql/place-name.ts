/** Where in a statement a name stands, as errors say it. */

import type { ConnectionView } from './view.ts';

const places: Readonly<Record<string, string>> = {
  'field list': 'SELECT',
  'where clause': 'WHERE',
  'order clause': 'ORDER BY',
  'group statement': 'GROUP BY',
  'having clause': 'HAVING',
  'on clause': 'ON',
  'insert list': 'INSERT INTO',
  'set list': 'SET',
};

/** How a name is given in an error that depends on the version. */
export function placeName(view: ConnectionView, place: string): string {
  const older = place === 'insert list' || place === 'set list' ? 'field list' : place;
  return view.instance.identity.namesClauses ? (places[place] ?? place) : older;
}
