/** Answers, as documents. */

import { type BsonDocument, type BsonValue, Double } from '../../wire/bson.ts';
import type { Command } from './command.ts';

export type Fields = readonly (readonly [string, BsonValue])[];

export const document = (fields: Fields): BsonDocument => new Map(fields);
export const ok = (...fields: Fields): BsonDocument => document([...fields, ['ok', new Double(1)]]);

/** How the server says that something went wrong. */
export function failed(code: number, name: string, text: string): BsonDocument {
  return document([
    ['ok', new Double(0)],
    ['errmsg', text],
    ['code', code],
    ['codeName', name],
  ]);
}

export function cursor(command: Command, name: string, batch: readonly BsonValue[]): BsonDocument {
  const held = batch.slice(0, 1000);
  return ok([
    'cursor',
    document([
      ['firstBatch', held],
      ['id', 0n],
      ['ns', `${command.database}.${name}`],
    ]),
  ]);
}
