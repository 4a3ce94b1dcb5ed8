/** One command on its way through the decoy, and what handlers share. */

import { failure, type RespValue } from '../../wire/resp-value.ts';
import type { Instance } from './instance.ts';
import type { Database, Entry, EntryType } from './keyspace.ts';

/** What belongs to one connection. */
export interface Connection {
  readonly id: number;
  readonly address: string;
  readonly openedAt: number;
  database: number;
  protocol: 2 | 3;
  name: string;
  authenticated: boolean;
  readonly channels: Set<string>;
  readonly patterns: Set<string>;
  monitoring: boolean;
  commands: number;
}

export interface Call {
  /** The words as sent, the command's name first. */
  readonly words: readonly string[];
  readonly instance: Instance;
  readonly database: Database;
  readonly connection: Connection;
  readonly now: number;
}

export type Handler = (call: Call) => RespValue;

export const wrongType: RespValue = failure(
  'WRONGTYPE Operation against a key holding the wrong kind of value',
);
export const notInteger: RespValue = failure('ERR value is not an integer or out of range');
export const notFloat: RespValue = failure('ERR value is not a valid float');
export const syntaxError: RespValue = failure('ERR syntax error');
export const outOfMemory: RespValue = failure("OOM command not allowed when used memory > 'maxmemory'.");

/** The word at a place, empty where there is none. */
export function word(call: Call, index: number): string {
  return call.words[index] ?? '';
}

/** A 64-bit decimal as the server reads it, or null. */
export function longOf(text: string): bigint | null {
  if (!/^(?:0|-?[1-9]\d{0,18})$/.test(text)) return null;
  const value = BigInt(text);
  return value >= -(2n ** 63n) && value < 2n ** 63n ? value : null;
}

/** The entry where it has this type; undefined where there is none, null where it has another. */
export function entryOf<Type extends EntryType>(
  call: Call,
  key: string,
  type: Type,
): Extract<Entry, { type: Type }> | undefined | null {
  const entry = call.database.get(key, call.now);
  if (entry === undefined) return undefined;
  return isType(entry, type) ? entry : null;
}

function isType<Type extends EntryType>(entry: Entry, type: Type): entry is Extract<Entry, { type: Type }> {
  return entry.type === type;
}

/** Start and end of a range of so many items, negative indexes from the end; empty where start is past end. */
export function rangeOf(length: number, start: bigint, end: bigint): readonly [number, number] {
  const size = BigInt(length);
  const from = start < 0n ? (start + size < 0n ? 0n : start + size) : start;
  const last = end < 0n ? end + size : end >= size ? size - 1n : end;
  return from > last || from >= size ? [0, 0] : [Number(from), Number(last) + 1];
}

/** `ERR wrong number of arguments …`, the same in every version. */
export function wrongArity(name: string): RespValue {
  return failure(`ERR wrong number of arguments for '${name}' command`);
}
