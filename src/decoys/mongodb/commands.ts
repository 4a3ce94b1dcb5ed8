/** The commands that clients and attackers give. */

import { Buffer } from 'node:buffer';
import type { DecoyOutput } from '../../core/decoy.ts';
import { exploitSeen, ransomNote } from '../sql/fact.ts';
import { bsonText, Double, ObjectId, writeBson, type BsonDocument, type BsonValue } from '../../wire/bson.ts';
import type { MongoInstance } from './instance.ts';

const databaseLimit = 64;
const collectionLimit = 128;

export interface Request {
  readonly instance: MongoInstance;
  readonly database: string;
  readonly body: BsonDocument;
  readonly now: number;
  /** `host:port` of the client. */
  readonly peer: string;
  readonly outputs: DecoyOutput[];
}

type Fields = readonly (readonly [string, BsonValue])[];

const document = (fields: Fields): BsonDocument => new Map(fields);
const ok = (...fields: Fields): BsonDocument => document([...fields, ['ok', new Double(1)]]);

/** How the server says that something went wrong. */
export function failed(code: number, name: string, text: string): BsonDocument {
  return document([
    ['ok', new Double(0)],
    ['errmsg', text],
    ['code', code],
    ['codeName', name],
  ]);
}

export const text = (item: BsonValue | undefined): string => (typeof item === 'string' ? item : '');

const number = (item: BsonValue | undefined): number =>
  typeof item === 'number'
    ? item
    : typeof item === 'bigint'
      ? Number(item)
      : item instanceof Double
        ? item.value
        : 0;

const inner = (item: BsonValue | undefined): BsonDocument => (item instanceof Map ? item : new Map());
const list = (item: BsonValue | undefined): readonly BsonValue[] => (Array.isArray(item) ? item : []);

const sameValue = (left: BsonValue | undefined, right: BsonValue): boolean => {
  if (left instanceof ObjectId && right instanceof ObjectId) return left.hex === right.hex;
  if (typeof right === 'string' || typeof right === 'boolean' || right === null)
    return (left ?? null) === right;
  if (typeof right === 'number' || typeof right === 'bigint' || right instanceof Double)
    return left !== undefined && number(left) === number(right) && typeof left !== 'string';
  return bsonText(left ?? null, 1024) === bsonText(right, 1024);
};

/** Equality, $in, $ne, $exists, $gt and its like; what else is asked matches nothing. */
function matches(held: BsonDocument, filter: BsonDocument): boolean {
  for (const [name, wanted] of filter) {
    if (name === '$or' || name === '$and') {
      const fits = (each: BsonValue): boolean => matches(held, inner(each));
      if (name === '$or' ? !list(wanted).some(fits) : !list(wanted).every(fits)) return false;
      continue;
    }
    const own = held.get(name);
    if (!(wanted instanceof Map) || ![...wanted.keys()].some((key) => key.startsWith('$'))) {
      if (!sameValue(own, wanted)) return false;
      continue;
    }
    for (const [operator, operand] of wanted) {
      const fits =
        operator === '$in'
          ? list(operand).some((each) => sameValue(own, each))
          : operator === '$ne'
            ? !sameValue(own, operand)
            : operator === '$exists'
              ? (own !== undefined) === (operand === true || number(operand) > 0)
              : operator === '$gt'
                ? number(own) > number(operand)
                : operator === '$gte'
                  ? number(own) >= number(operand)
                  : operator === '$lt'
                    ? number(own) < number(operand)
                    : operator === '$lte' && number(own) <= number(operand);
      if (!fits) return false;
    }
  }
  return true;
}

function collectionOf(request: Request, name: string): BsonDocument[] {
  return request.instance.databases.get(request.database)?.get(name) ?? [];
}

function cursor(request: Request, name: string, batch: readonly BsonValue[]): BsonDocument {
  const held = batch.slice(0, 1000);
  return ok([
    'cursor',
    document([
      ['firstBatch', held],
      ['id', 0n],
      ['ns', `${request.database}.${name}`],
    ]),
  ]);
}

/** What those who take data for ransom leave behind. */
function note(request: Request, name: string, held: BsonDocument | null): void {
  const whole = held === null ? '' : bsonText(held, 4096);
  request.outputs.push(...ransomNote('mongodb', name, whole, Buffer.from(whole)));
}

function destroyed(request: Request, what: string): void {
  request.outputs.push(
    exploitSeen('mongodb', {
      name: 'mongodb-data-destruction',
      class: 'other',
      technique: 'T1485',
      detail: what,
    }),
  );
}

function hello(request: Request, name: string): BsonDocument {
  const { instance } = request;
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
  const mechanisms: Fields = request.body.has('saslSupportedMechs')
    ? [['saslSupportedMechs', instance.atLeast(4, 0) ? ['SCRAM-SHA-1', 'SCRAM-SHA-256'] : ['SCRAM-SHA-1']]]
    : [];
  return ok(
    ...(name === 'hello' && request.body.has('helloOk') ? ([['helloOk', true]] as const) : []),
    [name === 'hello' ? 'isWritablePrimary' : 'ismaster', true],
    ...topology,
    ['maxBsonObjectSize', 16_777_216],
    ['maxMessageSizeBytes', 48_000_000],
    ['maxWriteBatchSize', instance.atLeast(3, 6) ? 100_000 : 1000],
    ['localTime', new Date(request.now)],
    ...sessions,
    ...connection,
    ['minWireVersion', 0],
    ['maxWireVersion', version],
    ['readOnly', false],
    ...mechanisms,
  );
}

function buildInfo(instance: MongoInstance): BsonDocument {
  const parts = instance.version.split('.').map(Number);
  return ok(
    ['version', instance.version],
    ['gitVersion', instance.gitVersion],
    ['modules', []],
    ['allocator', 'tcmalloc'],
    ['javascriptEngine', 'mozjs'],
    ['sysInfo', 'deprecated'],
    ['versionArray', [...parts, 0]],
    [
      'openssl',
      document([
        ['running', 'OpenSSL 1.1.1w  11 Sep 2023'],
        ['compiled', 'OpenSSL 1.1.1n  15 Mar 2022'],
      ]),
    ],
    [
      'buildEnvironment',
      document([
        ['distmod', 'debian10'],
        ['distarch', 'x86_64'],
        ['cc', '/opt/mongodbtoolchain/v3/bin/gcc: gcc (GCC) 8.5.0'],
        ['target_arch', 'x86_64'],
        ['target_os', 'linux'],
      ]),
    ],
    ['bits', 64],
    ['debug', false],
    ['maxBsonObjectSize', 16_777_216],
    ['storageEngines', ['biggie', 'devnull', 'ephemeralForTest', 'wiredTiger']],
  );
}

function serverStatus(request: Request): BsonDocument {
  const { instance, now } = request;
  const uptime = Math.max(1, Math.floor((now - instance.startedAt) / 1000));
  return ok(
    ['host', instance.persona.hostname],
    ['version', instance.version],
    ['process', 'mongod'],
    ['pid', BigInt(instance.processId)],
    ['uptime', new Double(uptime)],
    ['uptimeMillis', BigInt(uptime) * 1000n],
    ['uptimeEstimate', BigInt(uptime)],
    ['localTime', new Date(now)],
    [
      'connections',
      document([
        ['current', 3],
        ['available', 51_197],
        ['totalCreated', instance.connections],
        ['active', 1],
      ]),
    ],
    [
      'network',
      document([
        ['bytesIn', BigInt(uptime * 41)],
        ['bytesOut', BigInt(uptime * 512)],
        ['numRequests', BigInt(uptime)],
      ]),
    ],
    [
      'mem',
      document([
        ['bits', 64],
        ['resident', 91],
        ['virtual', 1517],
        ['supported', true],
      ]),
    ],
    [
      'storageEngine',
      document([
        ['name', 'wiredTiger'],
        ['supportsCommittedReads', true],
        ['persistent', true],
      ]),
    ],
  );
}

function sizeOf(collections: ReadonlyMap<string, readonly BsonDocument[]>): number {
  let size = 0;
  for (const documents of collections.values()) for (const each of documents) size += writeBson(each).length;
  return size;
}

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

export function runCommand(request: Request): BsonDocument {
  const { instance, body, now } = request;
  const [written = '', first = null] = body.entries().next().value ?? [];
  const { databases } = instance;
  const collections = databases.get(request.database);
  const name = text(first);
  switch (written.toLowerCase()) {
    case 'hello':
    case 'ismaster':
      return hello(request, written === 'hello' ? 'hello' : 'ismaster');
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
      return ok(['you', request.peer]);
    case 'connectionstatus':
      return ok([
        'authInfo',
        document([
          ['authenticatedUsers', []],
          ['authenticatedUserRoles', []],
        ]),
      ]);
    case 'getlog': {
      if (name === '*') return ok(['names', ['global', 'startupWarnings']]);
      if (name !== 'startupWarnings' && name !== 'global')
        return failed(2, 'BadValue', `No log named '${name}'`);
      const warning = `${new Date(instance.startedAt).toISOString().replace('Z', '+0000')} I CONTROL  [initandlisten] ** WARNING: Access control is not enabled for the database.`;
      return ok(
        ['totalLinesWritten', 2],
        [
          'log',
          instance.asksForLogin
            ? []
            : [
                warning,
                warning.replace(
                  /\*\* .*/,
                  '**          Read and write access to data and configuration is unrestricted.',
                ),
              ],
        ],
      );
    }
    case 'getcmdlineopts':
      return ok(
        ['argv', ['/usr/bin/mongod', '--config', '/etc/mongod.conf']],
        [
          'parsed',
          document([
            ['config', '/etc/mongod.conf'],
            [
              'net',
              document([
                ['bindIp', '0.0.0.0'],
                ['port', 27_017],
              ]),
            ],
            ['storage', document([['dbPath', '/var/lib/mongodb']])],
          ]),
        ],
      );
    case 'getparameter':
      return ok([
        'featureCompatibilityVersion',
        document([['version', instance.version.split('.').slice(0, 2).join('.')]]),
      ]);
    case 'hostinfo':
      return ok(
        [
          'system',
          document([
            ['currentTime', new Date(now)],
            ['hostname', instance.persona.hostname],
            ['cpuAddrSize', 64],
            ['memSizeMB', BigInt(Math.floor(instance.persona.memoryKilobytes / 1024))],
            ['numCores', instance.persona.cpu.count],
            ['cpuArch', 'x86_64'],
            ['numaEnabled', false],
          ]),
        ],
        [
          'os',
          document([
            ['type', 'Linux'],
            ['name', 'PRETTY_NAME="Debian GNU/Linux 11 (bullseye)"'],
            ['version', `Kernel ${instance.persona.kernel.release}`],
          ]),
        ],
      );
    case 'serverstatus':
      return serverStatus(request);
    case 'listdatabases': {
      if (request.database !== 'admin')
        return failed(13, 'Unauthorized', 'listDatabases may only be run against the admin database.');
      const shown = [...databases].map(([each, held]): BsonValue => {
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
    case 'listcollections': {
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
        request,
        '$cmd.listCollections',
        shown.filter((each) => matches(each, filter)),
      );
    }
    case 'listindexes':
      if (collections?.has(name) !== true)
        return failed(26, 'NamespaceNotFound', `ns does not exist: ${request.database}.${name}`);
      return cursor(request, name, [
        document([
          ['v', 2],
          ['key', document([['_id', 1]])],
          ['name', '_id_'],
        ]),
      ]);
    case 'find': {
      const filter = inner(body.get('filter'));
      const found = collectionOf(request, name).filter((each) => matches(each, filter));
      const skip = Math.max(0, number(body.get('skip')));
      const limit = Math.abs(number(body.get('limit'))) || found.length;
      return cursor(request, name, found.slice(skip, skip + limit));
    }
    case 'getmore':
      return failed(43, 'CursorNotFound', `cursor id ${bsonText(first, 32)} not found`);
    case 'aggregate': {
      let found: BsonDocument[] = collectionOf(request, name).slice();
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
      return cursor(request, name, found);
    }
    case 'count':
      return ok([
        'n',
        collectionOf(request, name).filter((each) => matches(each, inner(body.get('query')))).length,
      ]);
    case 'distinct': {
      const values = new Map(
        collectionOf(request, name).map((each) => [
          bsonText(each.get(text(body.get('key'))) ?? null, 256),
          each.get(text(body.get('key'))) ?? null,
        ]),
      );
      return ok(['values', [...values.values()]]);
    }
    case 'dbstats':
      return ok(
        ['db', request.database],
        ['collections', collections?.size ?? 0],
        ['views', 0],
        ['objects', [...(collections?.values() ?? [])].reduce((sum, each) => sum + each.length, 0)],
        ['dataSize', new Double(sizeOf(collections ?? new Map()))],
        ['indexes', collections?.size ?? 0],
      );
    case 'collstats': {
      const held = collectionOf(request, name);
      const size = sizeOf(new Map([[name, held]]));
      return ok(
        ['ns', `${request.database}.${name}`],
        ['size', size],
        ['count', held.length],
        ['storageSize', 32_768],
        ['capped', false],
        ['nindexes', 1],
      );
    }
    case 'insert':
      return insert(request, name);
    case 'update': {
      let changed = 0;
      for (const each of list(body.get('updates')).slice(0, 100)) {
        const filter = inner(inner(each).get('q'));
        const wanted = inner(inner(each).get('u'));
        const set = inner(wanted.get('$set'));
        const held = collectionOf(request, name);
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
    case 'delete': {
      let count = 0;
      for (const each of list(body.get('deletes')).slice(0, 100)) {
        const filter = inner(inner(each).get('q'));
        const held = collectionOf(request, name);
        const left = held.filter((one) => !matches(one, filter));
        count += held.length - left.length;
        if (filter.size === 0 && held.length > 0)
          destroyed(request, `delete all of ${request.database}.${name}`);
        collections?.set(name, left);
      }
      return ok(['n', count]);
    }
    case 'create':
      if (collections?.has(name) === true)
        return failed(48, 'NamespaceExists', `Collection already exists. NS: ${request.database}.${name}`);
      return made(request, name) ? ok() : failed(14_031, 'OutOfDiskSpace', 'Cannot create: disk is full');
    case 'drop': {
      if (collections?.delete(name) !== true) return failed(26, 'NamespaceNotFound', 'ns not found');
      destroyed(request, `drop ${request.database}.${name}`);
      return ok(['nIndexesWas', 1], ['ns', `${request.database}.${name}`]);
    }
    case 'dropdatabase': {
      if (!databases.delete(request.database)) return ok();
      destroyed(request, `dropDatabase ${request.database}`);
      return ok(['dropped', request.database]);
    }
    case 'createindexes':
      return ok(['numIndexesBefore', 1], ['numIndexesAfter', 2], ['createdCollectionAutomatically', false]);
    case 'createuser':
      request.outputs.push(
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
      request.outputs.push(
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

function made(request: Request, name: string): boolean {
  const { databases } = request.instance;
  let collections = databases.get(request.database);
  if (collections === undefined) {
    if (databases.size >= databaseLimit || !request.instance.reserve(256)) return false;
    collections = new Map();
    databases.set(request.database, collections);
    note(request, request.database, null);
  }
  if (collections.has(name)) return true;
  if (collections.size >= collectionLimit || !request.instance.reserve(256)) return false;
  collections.set(name, []);
  return true;
}

function insert(request: Request, name: string): BsonDocument {
  const given = list(request.body.get('documents')).slice(0, 1000);
  if (!made(request, name)) return failed(14_031, 'OutOfDiskSpace', 'Cannot insert: disk is full');
  const held = collectionOf(request, name);
  let count = 0;
  for (const each of given) {
    if (!(each instanceof Map)) continue;
    if (!request.instance.reserve(writeBson(each).length))
      return failed(14_031, 'OutOfDiskSpace', 'Cannot insert: disk is full');
    held.push(
      each.has('_id')
        ? each
        : new Map<string, BsonValue>([['_id', request.instance.newId(request.now)], ...each]),
    );
    if (count < 16) note(request, name, each);
    count += 1;
  }
  return ok(['n', count]);
}
