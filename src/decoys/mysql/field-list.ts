/** COM_FIELD_LIST: the columns of a table. */

import { Buffer } from 'node:buffer';
import { MysqlFields, mysqlPacket } from '../../wire/mysql-packet.ts';
import type { StatementFailure } from '../sql/failure.ts';
import { catalogTable } from './catalog.ts';
import { mysqlError } from './errors.ts';
import { capability, type Client, definitionPackets } from './result.ts';
import type { ConnectionView } from './view.ts';

/** string<NUL> table; string<EOF> wildcard */
export function fieldList(view: ConnectionView, client: Client, body: Buffer): Buffer | StatementFailure {
  const name = new MysqlFields(body).zeroText();
  const { database } = view;
  if (database === '') return mysqlError.noDatabase();
  const relation = catalogTable(view, database, name);
  if (relation === null) return mysqlError.unknownTable(`${database}.${name}`);
  // Each definition is followed by the column's default, NULL here.
  const packets = definitionPackets(
    relation.columns,
    { ...client, capabilities: capability.noEndOfFile },
    view.instance.identity.collation,
    1,
  );
  const withDefaults = packets.map((packet, index) =>
    mysqlPacket(Buffer.concat([packet.subarray(4), Buffer.of(0xfb)]), index + 1),
  );
  return Buffer.concat([...withDefaults, mysqlPacket(Buffer.of(0xfe, 0, 0, 2, 0), withDefaults.length + 1)]);
}
