/** The collections of a database. */

import { type BsonDocument, writeBson } from '../../wire/bson.ts';
import { note } from './attack.ts';
import type { Command } from './command.ts';

const databaseLimit = 64;
const collectionLimit = 128;

export function collectionOf(command: Command, name: string): BsonDocument[] {
  return command.instance.databases.get(command.database)?.get(name) ?? [];
}

export function sizeOf(collections: ReadonlyMap<string, readonly BsonDocument[]>): number {
  let size = 0;
  for (const documents of collections.values()) for (const each of documents) size += writeBson(each).length;
  return size;
}

/** Makes the collection, and its database, where they are not there; false where there is no room. */
export function made(command: Command, name: string): boolean {
  const { databases } = command.instance;
  let collections = databases.get(command.database);
  if (collections === undefined) {
    if (databases.size >= databaseLimit || !command.instance.reserve(256)) return false;
    collections = new Map();
    databases.set(command.database, collections);
    note(command, command.database, null);
  }
  if (collections.has(name)) return true;
  if (collections.size >= collectionLimit || !command.instance.reserve(256)) return false;
  collections.set(name, []);
  return true;
}
