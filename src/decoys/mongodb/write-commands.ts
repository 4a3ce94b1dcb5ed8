/** Commands that change documents. */

import { type BsonDocument, type BsonValue, writeBson } from '../../wire/bson.ts';
import { failed, ok } from './answer.ts';
import { destroyed, note } from './attack.ts';
import { collectionOf, made } from './collection.ts';
import type { Command } from './command.ts';
import { inner, list } from './field.ts';
import { matches } from './filter.ts';

export function insert(command: Command, name: string): BsonDocument {
  const given = list(command.body.get('documents')).slice(0, 1000);
  if (!made(command, name)) return failed(14_031, 'OutOfDiskSpace', 'Cannot insert: disk is full');
  const held = collectionOf(command, name);
  let count = 0;
  for (const each of given) {
    if (!(each instanceof Map)) continue;
    if (!command.instance.reserve(writeBson(each).length))
      return failed(14_031, 'OutOfDiskSpace', 'Cannot insert: disk is full');
    held.push(
      each.has('_id')
        ? each
        : new Map<string, BsonValue>([['_id', command.instance.newId(command.now)], ...each]),
    );
    if (count < 16) note(command, name, each);
    count += 1;
  }
  return ok(['n', count]);
}

export function update(command: Command, name: string): BsonDocument {
  const { instance, body } = command;
  let changed = 0;
  for (const each of list(body.get('updates')).slice(0, 100)) {
    const filter = inner(inner(each).get('q'));
    const wanted = inner(inner(each).get('u'));
    const set = inner(wanted.get('$set'));
    const held = collectionOf(command, name);
    for (const [index, one] of held.entries()) {
      if (!matches(one, filter)) continue;
      if (!instance.reserve(writeBson(set).length))
        return failed(14_031, 'OutOfDiskSpace', 'Cannot write: disk is full');
      held[index] = new Map([...one, ...set]);
      changed += 1;
      if (inner(each).get('multi') !== true) break;
    }
  }
  return ok(['n', changed], ['nModified', changed]);
}

export function remove(command: Command, name: string): BsonDocument {
  const { instance, body } = command;
  const collections = instance.databases.get(command.database);
  let count = 0;
  for (const each of list(body.get('deletes')).slice(0, 100)) {
    const filter = inner(inner(each).get('q'));
    const held = collectionOf(command, name);
    const left = held.filter((one) => !matches(one, filter));
    count += held.length - left.length;
    if (filter.size === 0 && held.length > 0) destroyed(command, `delete all of ${command.database}.${name}`);
    collections?.set(name, left);
  }
  return ok(['n', count]);
}
