/** The decoy beside the MariaDB of this system: greeting, results and errors are compared packet by packet. */

import { Buffer } from 'node:buffer';
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect } from 'vitest';
import type { Persona } from '../../core/persona.ts';
import { createPersona } from '../../personas/index.ts';
import { MysqlFields, MysqlPacketReader, mysqlPacket } from '../../wire/mysql-packet.ts';
import { needTools } from '../../../test/support/need.ts';
import { serveDecoy } from '../../../test/support/serve-decoy.ts';
import { mysql } from './mysql.ts';
import { nativeProof } from './proof.ts';
import { freePort } from '../../../test/support/free-port.ts';

/** Statements that both are given one after the other in one connection, without a database at first. */
const statements = `
SELECT 1
SELECT 1+1, 'a' AS x, NULL, 2*3
SELECT @@version_comment LIMIT 1
SELECT VERSION(), DATABASE()
SELECT @@version_compile_os, @@version_compile_machine, @@port IS NULL
SELECT foo()
SELECT sys_exec('id')
SELECT x
SELECT x FROM mysql.user
SELECT 1 FROM mysql.user WHERE y=1
SELECT 1 FROM mysql.func ORDER BY y
SELECT * FROM nope
SELECT * FROM a.b
SELECT * FROM information_schema.nope
SELECT * FROM mysql.func
DROP DATABASE nope
USE nope
CREATE DATABASE mysql
SELECT
SELECT 1 FRO m
SELECT (1
SELECT 'a
SELECT *
SELECT 1 WHERE
foo
SHOW foo
SHOW TABLES
SHOW TABLES FROM nope
SHOW COLUMNS FROM nope.x
SHOW DATABASES LIKE 'mys%'
SHOW VARIABLES LIKE 'version_comment'
SHOW VARIABLES LIKE 'sql_mode'
SHOW VARIABLES LIKE 'nothing%'
SHOW VARIABLES WHERE Variable_name = 'wait_timeout'
SHOW WARNINGS
SHOW BINARY LOGS
SHOW GRANTS FOR 'x'@'y'
SHOW CHARACTER SET LIKE 'latin1'
SHOW EVENTS
CREATE FUNCTION sys_exec RETURNS INT SONAME 'udf.so'
DROP FUNCTION sys_exec
LOAD DATA LOCAL INFILE '/etc/passwd' INTO TABLE mysql.x
INSERT INTO mysql.nope VALUES (1)
INSERT INTO mysql.func VALUES (1)
DROP TABLE nope
DROP TABLE mysql.nope
TRUNCATE TABLE nope
UPDATE nope SET a=1
CREATE TABLE t (a int)
CREATE TABLE information_schema.x (a int)
DROP DATABASE information_schema
GRANT ALL ON *.* TO 'z'@'%'
SELECT @@nope
SET GLOBAL nope=1
SET nope=1
SET @@global.version='x'
KILL 99999
DROP USER nope
ALTER USER 'nope'@'%' IDENTIFIED BY 'x'
CREATE USER 'b'@'%' IDENTIFIED BY 'c'
CREATE USER 'b'@'%' IDENTIFIED BY 'c'
DROP USER 'b'@'%'
EXECUTE foo
CALL x()
SELECT CONCAT()
SELECT BENCHMARK(1)
SELECT 1/0, 7 DIV 2, 7 % 4, -3, NOT 1
SELECT 'a' = 'A', 'abc' LIKE 'A%', 'abc' REGEXP '^a', NULL IS NULL, 3 BETWEEN 1 AND 5, 2 IN (1,2), 5 <=> NULL
SELECT IF(1,'y','n'), IFNULL(NULL,2), COALESCE(NULL,NULL,3), NULLIF(1,1), CASE WHEN 1=2 THEN 'a' ELSE 'b' END
SELECT MD5('a'), SHA1('a'), SHA2('a',256), HEX('ab'), UNHEX('4142'), 0x414243, X'44'
SELECT CONCAT('a',1,'b'), CONCAT_WS(',','a',NULL,'b'), SUBSTRING('abcdef',2,3), LEFT('abc',2), RIGHT('abc',2), REPLACE('abc','b','xx')
SELECT UPPER('a'), LOWER('B'), LENGTH('abc'), CHAR_LENGTH('abc'), REVERSE('abc'), REPEAT('ab',3), LPAD('a',3,'-'), RPAD('a',3,'-'), TRIM('  a ')
SELECT ASCII('a'), ORD('a'), CHAR(65,66), INSTR('abc','c'), LOCATE('b','abc'), ELT(2,'a','b'), FIELD('b','a','b'), FIND_IN_SET('b','a,b')
SELECT FLOOR(1.7), CEIL(1.2), ROUND(1.5), ABS(-2), MOD(7,3), GREATEST(1,3,2), LEAST(3,1,2), POW(2,3)
SELECT INET_ATON('1.2.3.4'), INET_NTOA(16909060), TO_BASE64('abc'), FROM_BASE64('YWJj'), PASSWORD('a')
SELECT SLEEP(0)
SELECT EXTRACTVALUE(1, CONCAT(0x7e, VERSION()))
SELECT 1 UNION SELECT 2 UNION ALL SELECT 2
SELECT 1 UNION SELECT 1,2
SELECT COUNT(*), MAX(a), SUM(a) FROM (SELECT 1 AS a UNION SELECT 5) AS d
DO 1
BEGIN
COMMIT
SET NAMES utf8mb4
SET autocommit=1
SET @a = 5
SELECT @a, @a + 1
CREATE DATABASE IF NOT EXISTS work
CREATE DATABASE work
USE work
SELECT DATABASE()
SELECT foo()
DROP TABLE zz
DROP TABLE IF EXISTS zz
SHOW TABLES
CREATE TABLE t (id INT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(20), note TEXT)
CREATE TABLE t (a INT)
INSERT INTO t (name, note) VALUES ('one', 'first'), ('two', NULL)
INSERT INTO t VALUES (1,2)
INSERT INTO t (b) VALUES (1)
INSERT INTO t SET name='three'
SELECT LAST_INSERT_ID()
SELECT * FROM t
SELECT name, COUNT(*) AS n FROM t GROUP BY name ORDER BY n DESC, name LIMIT 2
SELECT t.name FROM t AS t WHERE id > 1 ORDER BY id DESC
SELECT a.id, b.id FROM t a JOIN t b ON a.id = b.id + 1
SELECT z.* FROM t
SELECT id FROM t WHERE name IN (SELECT name FROM t WHERE id = 2)
UPDATE t SET note='changed' WHERE id = 2
UPDATE t SET nothing = 1
SELECT note FROM t WHERE id = 2
DELETE FROM t WHERE id = 1
SELECT COUNT(*) FROM t
SHOW TABLES
SHOW TABLES LIKE 't%'
SHOW FULL TABLES
DESCRIBE t
DESCRIBE nope
SHOW COLUMNS FROM t LIKE 'n%'
SHOW CREATE TABLE nope
SHOW CREATE DATABASE work
SHOW INDEX FROM nope
ALTER TABLE t DROP COLUMN z
SHOW CREATE TABLE t
SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = 'work'
SELECT COLUMN_NAME, DATA_TYPE FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = 'work' AND TABLE_NAME = 't'
SELECT SCHEMA_NAME FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = 'work'
CREATE TABLE WARNING (id INT, message TEXT)
INSERT INTO WARNING VALUES (1, 'send 0.1 BTC to recover your data, which is backed up')
SELECT message FROM WARNING
/*!40101 SET NAMES utf8 */
/* nothing */
SELECT /*!50000 1 */ AS c -- end
TRUNCATE t
DROP TABLE t, WARNING
DROP DATABASE work
SELECT DATABASE()
`
  .trim()
  .split('\n');

class TestClient {
  readonly #socket: Socket;
  readonly #reader = new MysqlPacketReader(0xffffff);
  #wake = (): void => {};
  #closed = false;
  greeting: Buffer = Buffer.alloc(0);

  constructor(port: number) {
    this.#socket = connect(port, '127.0.0.1');
    this.#socket.on('data', (bytes) => {
      this.#reader.push(bytes);
      this.#wake();
    });
    const over = (): void => {
      this.#closed = true;
      this.#wake();
    };
    this.#socket.on('close', over).on('error', over);
  }

  async packet(): Promise<Buffer> {
    for (;;) {
      const found = this.#reader.next();
      if (found?.kind === 'packet') return found.payload;
      if (this.#closed) throw new Error('the server hung up');
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  send(payload: Buffer, sequence = 0): void {
    this.#socket.write(mysqlPacket(payload, sequence));
  }

  async login(user: string, password: string): Promise<Buffer> {
    this.greeting = await this.packet();
    const fields = new MysqlFields(this.greeting, 1);
    fields.zeroText();
    fields.octets(4);
    const first = fields.octets(8);
    fields.octets(19);
    const nonce = Buffer.concat([first, fields.octets(12)]);
    const head = Buffer.alloc(32);
    // Long password, protocol 4.1, secure connection, named method.
    head.writeUInt32LE(0x88201, 0);
    head[8] = 45;
    const proof = password === '' ? Buffer.alloc(0) : nativeProof(password, nonce);
    this.send(
      Buffer.concat([
        head,
        Buffer.from(`${user}\0`),
        Buffer.of(proof.length),
        proof,
        Buffer.from('mysql_native_password\0'),
      ]),
      1,
    );
    return this.packet();
  }

  /** The answer as text: the error, the rows with the names of their columns, or what OK says. */
  async query(text: string): Promise<string> {
    this.send(Buffer.concat([Buffer.of(3), Buffer.from(text)]));
    const first = await this.packet();
    if (first[0] === 0xff) return `error ${first.readUInt16LE(1)} ${first.toString('latin1', 3)}`;
    if (first[0] === 0) {
      const fields = new MysqlFields(first, 1);
      return `ok ${fields.lengthInteger()} ${fields.lengthInteger()} ${fields.octets(4).length} ${fields.rest().toString('latin1')}`;
    }
    if (first[0] === 0xfb) return `file ${first.toString('latin1', 1)}`;
    const names: string[] = [];
    for (let left = first[0] ?? 0; left > 0; left -= 1) {
      const fields = new MysqlFields(await this.packet());
      for (let skip = 0; skip < 4; skip += 1) fields.octets(fields.lengthInteger());
      names.push(fields.octets(fields.lengthInteger()).toString('latin1'));
    }
    await this.packet();
    const rows: string[] = [];
    for (;;) {
      const row = await this.packet();
      if (row[0] === 0xfe && row.length < 9) break;
      if (row[0] === 0xff) return `error ${row.readUInt16LE(1)} ${row.toString('latin1', 3)}`;
      const fields = new MysqlFields(row);
      const cells: string[] = [];
      while (fields.left > 0) {
        if (row[row.length - fields.left] === 0xfb) {
          fields.integer(1);
          cells.push('NULL');
        } else cells.push(fields.octets(fields.lengthInteger()).toString('latin1'));
      }
      rows.push(cells.join(' | '));
    }
    return [names.join(' | '), ...rows].join('\n');
  }

  end(): void {
    this.#socket.destroy();
  }
}

describe('beside a real server', () => {
  needTools(['mariadbd', 'mariadb-install-db'])('answers as this system’s MariaDB does', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'mariadb-'));
    const data = join(folder, 'data');
    execFileSync(
      'mariadb-install-db',
      [
        '--no-defaults',
        `--datadir=${data}`,
        '--auth-root-authentication-method=normal',
        '--skip-test-db',
        ...(process.getuid?.() === 0 ? ['--user=root'] : []),
      ],
      { stdio: 'ignore' },
    );
    const port = await freePort();
    const server = spawn(
      'mariadbd',
      [
        '--no-defaults',
        `--datadir=${data}`,
        `--socket=${folder}/s`,
        `--pid-file=${folder}/p`,
        '--bind-address=127.0.0.1',
        `--port=${port}`,
        '--skip-name-resolve',
        ...(process.getuid?.() === 0 ? ['--user=root'] : []),
      ],
      { stdio: 'ignore' },
    );
    try {
      let real = new TestClient(port);
      for (let tries = 0; tries < 200; tries += 1) {
        const answer = await real.login('root', '').catch(() => null);
        if (answer?.[0] === 0) break;
        real.end();
        await sleep(100);
        real = new TestClient(port);
      }
      const version = (await real.query('SELECT VERSION()')).split('\n')[1] ?? '';
      const comment = (await real.query('SELECT @@version_comment')).split('\n')[1] ?? '';
      const base = createPersona('debian-db', 'mysql test', { now: Date.now() });
      const persona: Persona = {
        ...base,
        tls: null,
        software: { mysql: { product: 'MariaDB', version, details: { collation: '8', comment } } },
        login: { accepted: [], acceptAfter: 0 },
      };
      await using served = await serveDecoy(mysql, persona);
      const ours = new TestClient(served.port);
      expect((await ours.login('root', 'root')).toString('hex')).toBe('00000002000000');
      const shape = (greeting: Buffer): string => {
        const end = greeting.indexOf(0);
        // All but thread and nonce.
        return Buffer.concat([
          greeting.subarray(0, end + 1),
          greeting.subarray(end + 13, end + 32),
          greeting.subarray(end + 44),
        ]).toString('latin1');
      };
      expect(shape(ours.greeting)).toBe(shape(real.greeting));
      const different: string[] = [];
      for (const text of statements) {
        const [theirs, own] = [await real.query(text), await ours.query(text)];
        if (theirs !== own)
          different.push(`${text}\n   real ${JSON.stringify(theirs)}\n   ours ${JSON.stringify(own)}`);
      }
      expect(different.join('\n')).toBe('');
      // What ends a connection: a wrong password, an unknown user, and bytes of another protocol.
      for (const [user, password] of [
        ['root', 'wrong'],
        ['nobody', ''],
        ['nobody', 'x'],
      ] as const) {
        const [theirs, own] = [new TestClient(port), new TestClient(served.port)];
        expect((await own.login(user, password)).toString('latin1')).toBe(
          (await theirs.login(user, password)).toString('latin1'),
        );
      }
      for (const bytes of [
        '0a00000168656c6c6f0d0a0d0a00',
        '474554202f20485454502f312e310d0a0d0a',
        '0100000501',
        '0100000100',
      ]) {
        const answers: string[] = [];
        for (const each of [port, served.port]) {
          const socket = connect(each, '127.0.0.1');
          const pieces: Buffer[] = [];
          socket.on('error', () => {});
          socket.once('data', () => {
            socket.on('data', (piece) => pieces.push(piece));
            socket.write(Buffer.from(bytes, 'hex'));
          });
          await new Promise((resolve) => socket.on('close', resolve));
          answers.push(Buffer.concat(pieces).toString('latin1'));
        }
        expect(answers[1], bytes).toBe(answers[0]);
      }
      real.end();
      ours.end();
      expect(served.errors).toEqual([]);
    } finally {
      server.kill('SIGKILL');
      await new Promise((resolve) => server.once('exit', resolve));
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
