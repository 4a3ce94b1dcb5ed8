/** What the server answers a command with: OK, an error, or rows. */

import { Buffer } from 'node:buffer';
import type { StatementFailure } from '../sql/failure.ts';
import { textOf, type Column, type Relation, type SqlType, type Value } from '../sql/value.ts';
import { lengthInteger, lengthText, mysqlPacket } from '../../wire/mysql-packet.ts';

export const capability = {
  longPassword: 0x1,
  connectWithDatabase: 0x8,
  protocol41: 0x200,
  localFiles: 0x80,
  tls: 0x800,
  secureConnection: 0x8000,
  multiStatements: 0x10000,
  pluginAuthentication: 0x80000,
  attributes: 0x100000,
  lengthAuthentication: 0x200000,
  noEndOfFile: 0x1000000,
} as const;

/** MariaDB's own, which come in the filler of the client's answer. */
export const extendedCapability = { extendedTypes: 0x8, cachedMetadata: 0x10 } as const;

export interface Client {
  readonly capabilities: number;
  readonly extended: number;
}

export const autocommit = 0x0002;
const moreResults = 0x0008;

/** int<1> 0x00; int<lenenc> affected rows; int<lenenc> last id; int<2> status; int<2> warnings; string<lenenc> information */
export function okPayload(
  what: { readonly affected?: number; readonly lastId?: number; readonly info?: string } = {},
  isLast = true,
  head = 0,
): Buffer {
  const tail = Buffer.alloc(4);
  tail.writeUInt16LE(autocommit | (isLast ? 0 : moreResults), 0);
  const info = what.info ?? '';
  return Buffer.concat([
    Buffer.of(head),
    lengthInteger(what.affected ?? 0),
    lengthInteger(what.lastId ?? 0),
    tail,
    info === '' ? Buffer.alloc(0) : lengthText(info),
  ]);
}

/** int<1> 0xff; int<2> code; '#' and five octets SQLSTATE, with protocol 4.1; string<EOF> text */
export function errorPayload(failure: StatementFailure, is41: boolean): Buffer {
  const head = Buffer.of(0xff, failure.code & 0xff, failure.code >> 8);
  return Buffer.concat([head, Buffer.from(`${is41 ? `#${failure.state}` : ''}${failure.message}`, 'latin1')]);
}

interface WireType {
  readonly code: number;
  readonly length: number;
  readonly flags: number;
  readonly decimals: number;
  readonly isText: boolean;
}

const text: WireType = { code: 0xfd, length: 1020, flags: 0, decimals: 39, isText: true };
const number = (code: number, length: number): WireType => ({
  code,
  length,
  flags: 0x8081,
  decimals: 0,
  isText: false,
});

const wireTypes: Readonly<Partial<Record<SqlType, WireType>>> = {
  integer: number(3, 11),
  boolean: number(3, 1),
  bigint: number(8, 21),
  double: { code: 5, length: 23, flags: 0x8080, decimals: 31, isText: false },
  numeric: { code: 0xf6, length: 14, flags: 0x8080, decimals: 4, isText: false },
  timestamp: { code: 12, length: 19, flags: 0x80, decimals: 0, isText: false },
  date: { code: 10, length: 10, flags: 0x80, decimals: 0, isText: false },
  bytes: { code: 0xfd, length: 65_535, flags: 0x80, decimals: 39, isText: false },
  unknown: { code: 6, length: 0, flags: 0x80, decimals: 0, isText: false },
};

/**
 * string<lenenc> "def", schema, table, original table, name, original name; (MariaDB: string<lenenc> extended type;)
 * int<lenenc> 12; int<2> character set; int<4> length; int<1> type; int<2> flags; int<1> decimals; int<2> 0
 */
function columnPayload(column: Column, client: Client, collation: number): Buffer {
  const type = wireTypes[column.type] ?? text;
  const fixed = Buffer.alloc(12);
  fixed.writeUInt16LE(type.isText ? collation : 63, 0);
  fixed.writeUInt32LE(type.length, 2);
  fixed[6] = type.code;
  fixed.writeUInt16LE(type.flags, 7);
  fixed[9] = type.decimals;
  return Buffer.concat([
    lengthText('def'),
    lengthText(''),
    lengthText(''),
    lengthText(''),
    lengthText(column.name.slice(0, 256)),
    lengthText(''),
    (client.extended & extendedCapability.extendedTypes) === 0 ? Buffer.alloc(0) : Buffer.of(0),
    Buffer.of(12),
    fixed,
  ]);
}

function cell(value: Value): Buffer {
  if (value === null) return Buffer.of(0xfb);
  return lengthText(typeof value === 'boolean' ? (value ? '1' : '0') : textOf(value));
}

const endOfFile = (isLast: boolean): Buffer =>
  Buffer.of(0xfe, 0, 0, autocommit | (isLast ? 0 : moreResults), 0);

/** Packets of a result set in the text protocol, numbered from `sequence`. `binary` makes the rows those of a prepared statement. */
export function* resultPackets(
  relation: Relation,
  client: Client,
  collation: number,
  sequence: number,
  isLast: boolean,
  binary = false,
): Iterable<Buffer> {
  let next = sequence;
  const packet = (payload: Buffer): Buffer => {
    const made = mysqlPacket(payload, next);
    next += 1;
    return made;
  };
  const count = lengthInteger(relation.columns.length);
  const caches = (client.extended & extendedCapability.cachedMetadata) !== 0;
  const noEndOfFile = (client.capabilities & capability.noEndOfFile) !== 0;
  const head = [packet(caches ? Buffer.concat([count, Buffer.of(1)]) : count)];
  for (const column of relation.columns) head.push(packet(columnPayload(column, client, collation)));
  if (!noEndOfFile) head.push(packet(endOfFile(true)));
  yield Buffer.concat(head);
  let piece: Buffer[] = [];
  for (const row of relation.rows) {
    piece.push(packet(binary ? binaryRow(row) : Buffer.concat(row.map(cell))));
    if (piece.length >= 64) {
      yield Buffer.concat(piece);
      piece = [];
    }
  }
  piece.push(packet(noEndOfFile ? okPayload({}, isLast, 0xfe) : endOfFile(isLast)));
  yield Buffer.concat(piece);
}

/** Rows of prepared statements are sent as text, and their columns said to be text: int<1> 0; NULL bitmap from bit 2; values. */
function binaryRow(row: readonly Value[]): Buffer {
  const nulls = Buffer.alloc((row.length + 9) >> 3);
  row.forEach((value, index) => {
    if (value === null) nulls[(index + 2) >> 3] = (nulls[(index + 2) >> 3] ?? 0) | (1 << ((index + 2) & 7));
  });
  return Buffer.concat([Buffer.of(0), nulls, ...row.filter((value) => value !== null).map(cell)]);
}

/** The definitions that a prepared statement is answered with. */
export function definitionPackets(
  columns: readonly Column[],
  client: Client,
  collation: number,
  sequence: number,
): Buffer[] {
  const packets = columns.map((column, index) =>
    mysqlPacket(columnPayload(column, client, collation), sequence + index),
  );
  if (columns.length > 0 && (client.capabilities & capability.noEndOfFile) === 0) {
    packets.push(mysqlPacket(endOfFile(true), sequence + columns.length));
  }
  return packets;
}
