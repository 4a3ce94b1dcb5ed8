/** Commands that read documents. */

import { type BsonDocument, bsonText } from '../../wire/bson.ts';
import { cursor, document, failed, ok } from './answer.ts';
import { collectionOf } from './collection.ts';
import type { Command } from './command.ts';
import { inner, list, number, text } from './field.ts';
import { matches } from './filter.ts';

export function find(command: Command, name: string): BsonDocument {
  const { body } = command;
  const filter = inner(body.get('filter'));
  const found = collectionOf(command, name).filter((each) => matches(each, filter));
  const skip = Math.max(0, number(body.get('skip')));
  const limit = Math.abs(number(body.get('limit'))) || found.length;
  return cursor(command, name, found.slice(skip, skip + limit));
}

export function aggregate(command: Command, name: string): BsonDocument {
  const { body } = command;
  let found: BsonDocument[] = collectionOf(command, name).slice();
  for (const stage of list(body.get('pipeline')).slice(0, 16)) {
    const [operator = '', operand = null] = inner(stage).entries().next().value ?? [];
    if (operator === '$match') found = found.filter((each) => matches(each, inner(operand)));
    else if (operator === '$limit') found = found.slice(0, number(operand));
    else if (operator === '$skip') found = found.slice(number(operand));
    else if (operator === '$count') found = [document([[text(operand), found.length]])];
    else if (operator === '$group')
      found =
        found.length === 0
          ? []
          : [
              document([
                ['_id', null],
                ['n', found.length],
              ]),
            ];
    else if (!['$sort', '$project', '$collStats', '$sample'].includes(operator))
      return failed(40_324, 'Location40324', `Unrecognized pipeline stage name: '${operator}'`);
  }
  return cursor(command, name, found);
}

export function count(command: Command, name: string): BsonDocument {
  const { body } = command;
  return ok([
    'n',
    collectionOf(command, name).filter((each) => matches(each, inner(body.get('query')))).length,
  ]);
}

export function distinct(command: Command, name: string): BsonDocument {
  const { body } = command;
  const values = new Map(
    collectionOf(command, name).map((each) => [
      bsonText(each.get(text(body.get('key'))) ?? null, 256),
      each.get(text(body.get('key'))) ?? null,
    ]),
  );
  return ok(['values', [...values.values()]]);
}
