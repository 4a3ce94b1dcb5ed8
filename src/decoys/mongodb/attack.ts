/** What attackers do to data. */

import { Buffer } from 'node:buffer';
import { type BsonDocument, bsonText } from '../../wire/bson.ts';
import { exploitSeen, ransomNote } from '../sql/fact.ts';
import type { Command } from './command.ts';

/** What those who take data for ransom leave behind. */
export function note(command: Command, name: string, held: BsonDocument | null): void {
  const whole = held === null ? '' : bsonText(held, 4096);
  command.outputs.push(...ransomNote('mongodb', name, whole, Buffer.from(whole)));
}

export function destroyed(command: Command, what: string): void {
  command.outputs.push(
    exploitSeen('mongodb', {
      name: 'mongodb-data-destruction',
      class: 'other',
      technique: 'T1485',
      detail: what,
    }),
  );
}
