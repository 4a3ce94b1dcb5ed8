/** The name of a type, as CAST and CREATE TABLE write it. */

import type { Cursor } from './cursor.ts';

export function typeName(cursor: Cursor): string {
  let name = cursor.path().join('.').toLowerCase();
  if (name === 'double' && cursor.take('precision')) name = 'double precision';
  if ((name === 'character' || name === 'char' || name === 'bit') && cursor.take('varying'))
    name = 'character varying';
  if (name === 'unsigned' || name === 'signed') cursor.takeOneOf('integer', 'int');
  if (cursor.takeOperator('(')) {
    while (!cursor.takeOperator(')')) {
      if (cursor.next().kind === 'end') throw cursor.fail();
    }
  }
  if ((name === 'timestamp' || name === 'time') && cursor.takeOneOf('with', 'without') !== '')
    cursor.expect('time', 'zone');
  if (cursor.dialect === 'postgres') {
    while (cursor.takeOperator('[')) {
      if (cursor.token.kind === 'number') cursor.next();
      cursor.expectOperator(']');
      name += '[]';
    }
  } else if (cursor.take('character', 'set') || cursor.take('charset')) cursor.name();
  return name;
}
