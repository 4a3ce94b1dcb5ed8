/** What the server tells of itself and its machine. */

import { type BsonDocument, Double } from '../../wire/bson.ts';
import { document, failed, ok } from './answer.ts';
import type { Command } from './command.ts';
import type { MongoInstance } from './instance.ts';

export function buildInfo(instance: MongoInstance): BsonDocument {
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

export function serverStatus(command: Command): BsonDocument {
  const { instance, now } = command;
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

export function logLines(command: Command, name: string): BsonDocument {
  const { instance } = command;
  if (name === '*') return ok(['names', ['global', 'startupWarnings']]);
  if (name !== 'startupWarnings' && name !== 'global') return failed(2, 'BadValue', `No log named '${name}'`);
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

export function commandLine(): BsonDocument {
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
}

export function hostInformation(command: Command): BsonDocument {
  const { instance, now } = command;
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
}
