/** One command as it came. */

import type { DecoyOutput } from '../../core/decoy.ts';
import type { BsonDocument } from '../../wire/bson.ts';
import type { MongoInstance } from './instance.ts';

export interface Command {
  readonly instance: MongoInstance;
  readonly database: string;
  readonly body: BsonDocument;
  readonly now: number;
  /** `host:port` of the client. */
  readonly peer: string;
  readonly outputs: DecoyOutput[];
}
