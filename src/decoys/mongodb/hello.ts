/** The command by which a client learns what the server can do. */

import { type BsonDocument, ObjectId } from '../../wire/bson.ts';
import { document, type Fields, ok } from './answer.ts';
import type { Command } from './command.ts';

export function hello(command: Command, name: string): BsonDocument {
  const { instance } = command;
  const version = instance.atLeast(5, 0)
    ? 13
    : instance.atLeast(4, 4)
      ? 9
      : instance.atLeast(4, 2)
        ? 8
        : instance.atLeast(4, 0)
          ? 7
          : instance.atLeast(3, 6)
            ? 6
            : 4;
  const topology: Fields = instance.atLeast(4, 4)
    ? [
        [
          'topologyVersion',
          document([
            ['processId', new ObjectId(instance.gitVersion.slice(0, 24))],
            ['counter', 0n],
          ]),
        ],
      ]
    : [];
  const sessions: Fields = instance.atLeast(3, 6) ? [['logicalSessionTimeoutMinutes', 30]] : [];
  const connection: Fields = instance.atLeast(4, 2) ? [['connectionId', instance.connections]] : [];
  const mechanisms: Fields = command.body.has('saslSupportedMechs')
    ? [['saslSupportedMechs', instance.atLeast(4, 0) ? ['SCRAM-SHA-1', 'SCRAM-SHA-256'] : ['SCRAM-SHA-1']]]
    : [];
  return ok(
    ...(name === 'hello' && command.body.has('helloOk') ? ([['helloOk', true]] as const) : []),
    [name === 'hello' ? 'isWritablePrimary' : 'ismaster', true],
    ...topology,
    ['maxBsonObjectSize', 16_777_216],
    ['maxMessageSizeBytes', 48_000_000],
    ['maxWriteBatchSize', instance.atLeast(3, 6) ? 100_000 : 1000],
    ['localTime', new Date(command.now)],
    ...sessions,
    ...connection,
    ['minWireVersion', 0],
    ['maxWireVersion', version],
    ['readOnly', false],
    ...mechanisms,
  );
}
