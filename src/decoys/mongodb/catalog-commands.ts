/** Commands about databases and collections as a whole. */

import { type BsonDocument, type BsonValue, Double } from '../../wire/bson.ts';
import { cursor, document, failed, ok } from './answer.ts';
import { destroyed } from './attack.ts';
import { collectionOf, made, sizeOf } from './collection.ts';
import type { Command } from './command.ts';
import { inner, number } from './field.ts';
import { matches } from './filter.ts';

export function listDatabases(command: Command): BsonDocument {
  const { body, instance } = command;
  if (command.database !== 'admin')
    return failed(13, 'Unauthorized', 'listDatabases may only be run against the admin database.');
  const shown = [...instance.databases].map(([each, held]): BsonValue => {
    const size = sizeOf(held);
    return document(
      body.get('nameOnly') === true
        ? [['name', each]]
        : [
            ['name', each],
            ['sizeOnDisk', new Double(32_768 + Math.ceil(size / 4096) * 4096)],
            ['empty', held.size === 0],
          ],
    );
  });
  if (body.get('nameOnly') === true) return ok(['databases', shown]);
  return ok(
    ['databases', shown],
    [
      'totalSize',
      new Double(shown.reduce((sum: number, each) => sum + number(inner(each).get('sizeOnDisk')), 0)),
    ],
  );
}

export function listCollections(command: Command): BsonDocument {
  const { instance, body } = command;
  const collections = instance.databases.get(command.database);
  const filter = inner(body.get('filter'));
  const shown = [...(collections?.keys() ?? [])].map((each): BsonDocument =>
    document([
      ['name', each],
      ['type', 'collection'],
      ['options', document([])],
      ['info', document([['readOnly', false]])],
    ]),
  );
  return cursor(
    command,
    '$cmd.listCollections',
    shown.filter((each) => matches(each, filter)),
  );
}

export function listIndexes(command: Command, name: string): BsonDocument {
  const { instance } = command;
  const collections = instance.databases.get(command.database);
  if (collections?.has(name) !== true)
    return failed(26, 'NamespaceNotFound', `ns does not exist: ${command.database}.${name}`);
  return cursor(command, name, [
    document([
      ['v', 2],
      ['key', document([['_id', 1]])],
      ['name', '_id_'],
    ]),
  ]);
}

export function databaseStatistics(command: Command): BsonDocument {
  const { instance } = command;
  const collections = instance.databases.get(command.database);
  return ok(
    ['db', command.database],
    ['collections', collections?.size ?? 0],
    ['views', 0],
    ['objects', [...(collections?.values() ?? [])].reduce((sum, each) => sum + each.length, 0)],
    ['dataSize', new Double(sizeOf(collections ?? new Map()))],
    ['indexes', collections?.size ?? 0],
  );
}

export function collectionStatistics(command: Command, name: string): BsonDocument {
  const held = collectionOf(command, name);
  const size = sizeOf(new Map([[name, held]]));
  return ok(
    ['ns', `${command.database}.${name}`],
    ['size', size],
    ['count', held.length],
    ['storageSize', 32_768],
    ['capped', false],
    ['nindexes', 1],
  );
}

export function create(command: Command, name: string): BsonDocument {
  const { instance } = command;
  const collections = instance.databases.get(command.database);
  if (collections?.has(name) === true)
    return failed(48, 'NamespaceExists', `Collection already exists. NS: ${command.database}.${name}`);
  return made(command, name) ? ok() : failed(14_031, 'OutOfDiskSpace', 'Cannot create: disk is full');
}

export function drop(command: Command, name: string): BsonDocument {
  const { instance } = command;
  const collections = instance.databases.get(command.database);
  if (collections?.delete(name) !== true) return failed(26, 'NamespaceNotFound', 'ns not found');
  destroyed(command, `drop ${command.database}.${name}`);
  return ok(['nIndexesWas', 1], ['ns', `${command.database}.${name}`]);
}

export function dropDatabase(command: Command): BsonDocument {
  const { instance } = command;
  if (!instance.databases.delete(command.database)) return ok();
  destroyed(command, `dropDatabase ${command.database}`);
  return ok(['dropped', command.database]);
}
