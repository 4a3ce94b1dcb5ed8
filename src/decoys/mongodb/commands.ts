/** The commands that clients and attackers give. */

import { type BsonDocument, bsonText } from '../../wire/bson.ts';
import { exploitSeen } from '../sql/fact.ts';
import { document, failed, ok } from './answer.ts';
import {
  collectionStatistics,
  create,
  databaseStatistics,
  drop,
  dropDatabase,
  listCollections,
  listDatabases,
  listIndexes,
} from './catalog-commands.ts';
import type { Command } from './command.ts';
import { text } from './field.ts';
import { hello } from './hello.ts';
import { aggregate, count, distinct, find } from './query-commands.ts';
import { buildInfo, commandLine, hostInformation, logLines, serverStatus } from './server-information.ts';
import { insert, remove, update } from './write-commands.ts';

/** Commands that need no login. */
export const openCommands: ReadonlySet<string> = new Set([
  'hello',
  'ismaster',
  'buildinfo',
  'whatsmyip',
  'ping',
  'saslstart',
  'saslcontinue',
  'getnonce',
  'logout',
  'endsessions',
  'authenticate',
]);

export function runCommand(command: Command): BsonDocument {
  const { instance, body } = command;
  const [written = '', first = null] = body.entries().next().value ?? [];
  const name = text(first);
  switch (written.toLowerCase()) {
    case 'hello':
    case 'ismaster':
      return hello(command, written === 'hello' ? 'hello' : 'ismaster');
    case 'buildinfo':
      return buildInfo(instance);
    case 'ping':
    case 'logout':
    case 'endsessions':
    case 'killcursors':
    case 'refreshsessions':
    case 'startsession':
      return ok();
    case 'whatsmyip':
      return ok(['you', command.peer]);
    case 'connectionstatus':
      return ok([
        'authInfo',
        document([
          ['authenticatedUsers', []],
          ['authenticatedUserRoles', []],
        ]),
      ]);
    case 'getlog':
      return logLines(command, name);
    case 'getcmdlineopts':
      return commandLine();
    case 'getparameter':
      return ok([
        'featureCompatibilityVersion',
        document([['version', instance.version.split('.').slice(0, 2).join('.')]]),
      ]);
    case 'hostinfo':
      return hostInformation(command);
    case 'serverstatus':
      return serverStatus(command);
    case 'listdatabases':
      return listDatabases(command);
    case 'listcollections':
      return listCollections(command);
    case 'listindexes':
      return listIndexes(command, name);
    case 'find':
      return find(command, name);
    case 'getmore':
      return failed(43, 'CursorNotFound', `cursor id ${bsonText(first, 32)} not found`);
    case 'aggregate':
      return aggregate(command, name);
    case 'count':
      return count(command, name);
    case 'distinct':
      return distinct(command, name);
    case 'dbstats':
      return databaseStatistics(command);
    case 'collstats':
      return collectionStatistics(command, name);
    case 'insert':
      return insert(command, name);
    case 'update':
      return update(command, name);
    case 'delete':
      return remove(command, name);
    case 'create':
      return create(command, name);
    case 'drop':
      return drop(command, name);
    case 'dropdatabase':
      return dropDatabase(command);
    case 'createindexes':
      return ok(['numIndexesBefore', 1], ['numIndexesAfter', 2], ['createdCollectionAutomatically', false]);
    case 'createuser':
      command.outputs.push(
        exploitSeen('mongodb', {
          name: 'mongodb-account-made',
          class: 'other',
          technique: 'T1136',
          detail: bsonText(body, 200),
        }),
      );
      return ok();
    case 'usersinfo':
      return ok(['users', []]);
    case 'rolesinfo':
      return ok(['roles', []]);
    case 'getlasterror':
      return ok(['connectionId', instance.connections], ['n', 0], ['err', null]);
    case 'top':
    case 'currentop':
      return ok(['inprog', []]);
    case 'replsetgetstatus':
      return failed(76, 'NoReplicationEnabled', 'not running with --replSet');
    case 'shutdown':
      return failed(13, 'Unauthorized', 'shutdown must run from localhost when running db without auth');
    case 'eval':
    case '$eval':
      command.outputs.push(
        exploitSeen('mongodb', {
          name: 'mongodb-eval',
          class: 'js',
          technique: 'T1059.007',
          detail: bsonText(first, 300),
        }),
      );
      return instance.atLeast(4, 2) ? unknown(written) : ok(['retval', null]);
    default:
      return unknown(written);
  }
}

const unknown = (name: string): BsonDocument =>
  failed(59, 'CommandNotFound', `no such command: '${name.slice(0, 256)}'`);
