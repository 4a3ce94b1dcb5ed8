/** Statements other than queries: definitions, changes, settings, and the attacks that are made of them. */

import { Buffer } from 'node:buffer';
import type { DecoyOutput } from '../../core/decoy.ts';
import type { Cursor } from '../sql/cursor.ts';
import { emptyScope } from '../sql/evaluate.ts';
import { parseExpression, typeName } from '../sql/expression-parser.ts';
import { exploitSeen, ransomNote } from '../sql/fact.ts';
import { StatementFailure } from '../sql/failure.ts';
import { QueryRunner } from '../sql/query.ts';
import { parseQuery, parseRow } from '../sql/query-parser.ts';
import { column, rowOctets, tableOf, type Table, type TableColumn } from '../sql/store.ts';
import type { Expression } from '../sql/syntax.ts';
import { isTrue, numberOf, textOf, type Relation, type SqlType, type Value } from '../sql/value.ts';
import { catalogTable, isSystemDatabase, type ConnectionView } from './catalog.ts';
import { mysqlError } from './errors.ts';
import { MysqlHost, nativeHash, placeName, type Connection } from './host.ts';
import { describe, showStatement } from './show.ts';
import { isReadOnly, variablesOf } from './variables.ts';

export type Answer =
  | {
      readonly kind: 'ok';
      readonly affected?: number;
      readonly lastId?: number;
      readonly info?: string;
      readonly changed?: boolean;
    }
  | { readonly kind: 'rows'; readonly relation: Relation }
  /** LOAD DATA LOCAL: the client is asked for its file. */
  | { readonly kind: 'file'; readonly name: string };

const ok: Answer = { kind: 'ok' };
const databaseLimit = 64;
const tableLimit = 128;
const columnLimit = 128;

export class StatementRunner {
  readonly #view: ConnectionView;
  readonly #connection: Connection;
  readonly #host: MysqlHost;
  readonly #runner: QueryRunner;

  constructor(view: ConnectionView, connection: Connection) {
    this.#view = view;
    this.#connection = connection;
    this.#host = new MysqlHost(view, connection);
    this.#runner = new QueryRunner(this.#host);
  }

  get outputs(): readonly DecoyOutput[] {
    return this.#host.outputs;
  }

  run(cursor: Cursor): Answer {
    if (cursor.startsQuery()) return this.#query(cursor);
    const start = cursor.mark();
    const verb = cursor.token.kind === 'word' ? cursor.next().text.toLowerCase() : '';
    switch (verb) {
      case 'show': {
        const relation = showStatement({ cursor, view: this.#view, runner: this.#runner });
        if (!cursor.isAtEnd && (cursor.takeOneOf('limit', 'from', 'where', 'like') === '' || false))
          throw cursor.fail();
        return this.#rows(relation);
      }
      case 'desc':
      case 'describe':
      case 'explain':
        return this.#explain(cursor);
      case 'use': {
        const name = cursor.name();
        if (!this.#host.hasDatabase(name)) throw mysqlError.unknownDatabase(name);
        this.#connection.database = name;
        return { kind: 'ok', changed: true };
      }
      case 'set':
        return this.#set(cursor);
      case 'create':
        return this.#create(cursor);
      case 'drop':
        return this.#drop(cursor);
      case 'insert':
      case 'replace':
        return this.#insert(cursor);
      case 'update':
        return this.#update(cursor);
      case 'delete':
        return this.#delete(cursor);
      case 'truncate': {
        cursor.take('table');
        this.#table(cursor.path()).rows = [];
        return ok;
      }
      case 'alter':
        return this.#alter(cursor);
      case 'load':
        return this.#load(cursor);
      case 'grant':
      case 'revoke':
        return this.#grant(cursor);
      case 'kill': {
        cursor.takeOneOf('connection', 'query', 'hard', 'soft');
        const id = numberOf(this.#runner.value(parseExpression(cursor)));
        if (id !== this.#connection.thread) throw mysqlError.unknownThread(String(id));
        throw mysqlError.interrupted();
      }
      case 'do':
        this.#runner.value(parseExpression(cursor));
        return ok;
      case 'execute':
      case 'deallocate': {
        if (verb === 'deallocate') cursor.expect('prepare');
        throw mysqlError.unknownStatement(
          cursor.name(),
          verb === 'execute' ? 'EXECUTE' : 'DEALLOCATE PREPARE',
        );
      }
      case 'call': {
        const path = cursor.path();
        if (path.length === 1 && this.#connection.database === '') throw mysqlError.noDatabase();
        throw mysqlError.unknownProcedure(
          path.length === 1 ? `${this.#connection.database}.${path[0] ?? ''}` : path.join('.'),
        );
      }
      case 'lock':
      case 'optimize':
      case 'repair':
      case 'analyze':
      case 'check':
        return this.#maintain(cursor, verb);
      case 'begin':
      case 'commit':
      case 'rollback':
      case 'savepoint':
      case 'release':
      case 'unlock':
      case 'flush':
      case 'start':
      case 'reset':
      case 'change':
      case 'install':
      case 'stop':
      case 'handler':
        return this.#administer(cursor, verb);
      default:
        cursor.back(start);
        throw cursor.fail();
    }
  }

  #rows(relation: Relation): Answer {
    this.#connection.found = relation.rows.length;
    this.#connection.affected = -1;
    return { kind: 'rows', relation };
  }

  #query(cursor: Cursor): Answer {
    const query = parseQuery(cursor);
    cursor.expectEnd();
    const { into, variables } = query;
    if (into !== null && into.how === 'dumpfile') this.#checkTarget(into.name);
    const relation = this.#runner.run(query);
    if (into !== null) return this.#write(into.name, into.how, relation);
    if (variables.length > 0) {
      variables.forEach((name, index) => this.#host.assign(name, relation.rows[0]?.[index] ?? null));
      return { kind: 'ok', affected: relation.rows.length };
    }
    return this.#rows(relation);
  }

  #checkTarget(path: string): void {
    const { identity, files } = this.#view.instance;
    const product = identity.isMariaDb ? 'MariaDB' : 'MySQL';
    const isAbsent =
      !/^(?:\/(?:tmp|var|usr|etc|home|opt|dev|root|srv|lib|lib64|run)\/|[\w.-]+$|\.\.?\/)/.test(path);
    if (isAbsent && !/^[a-z]:[\\/]/i.test(path)) throw mysqlError.secureFile(product);
    if (files.has(path) || this.#view.instance.persona.files[path] !== undefined)
      throw mysqlError.fileExists(path);
  }

  /** A file written by the server: what attackers bring their libraries and web shells by. */
  #write(path: string, how: 'outfile' | 'dumpfile', relation: Relation): Answer {
    this.#checkTarget(path);
    const text =
      how === 'dumpfile'
        ? (relation.rows[0] ?? []).map(textOf).join('')
        : relation.rows
            .map((row) => `${row.map((value) => (value === null ? '\\N' : textOf(value))).join('\t')}\n`)
            .join('');
    if (!this.#view.instance.keepFile(path, text))
      throw new StatementFailure(
        3,
        'HY000',
        `Error writing file '${path}' (Errcode: 28 "No space left on device")`,
      );
    this.#host.outputs.push(
      { do: 'capture', bytes: Buffer.from(text, 'latin1'), how: `mysql-${how}`, name: path.slice(0, 255) },
      exploitSeen('mysql', {
        ...dropKind(path, text),
        class: 'rce',
        detail: `${text.length} bytes into ${path}`,
      }),
    );
    return { kind: 'ok', affected: relation.rows.length };
  }

  #explain(cursor: Cursor): Answer {
    cursor.take('extended');
    if (cursor.startsQuery() || cursor.is('insert') || cursor.is('update') || cursor.is('delete')) {
      if (cursor.startsQuery()) this.#runner.run(parseQuery(cursor));
      const names = 'id select_type table type possible_keys key key_len ref rows Extra'.split(' ');
      const isTableless = !/\bfrom\b/i.test(cursor.text);
      return this.#rows({
        columns: names.map((name) => ({ name, type: name === 'id' || name === 'rows' ? 'bigint' : 'text' })),
        rows: [
          [
            1,
            'SIMPLE',
            null,
            isTableless ? null : 'ALL',
            null,
            null,
            null,
            null,
            null,
            isTableless ? 'No tables used' : '',
          ],
        ],
      });
    }
    return this.#rows(describe({ cursor, view: this.#view, runner: this.#runner }, false));
  }

  /** A table that can be written to. */
  #table(path: readonly string[]): Table {
    const name = path.at(-1) ?? '';
    const database = path.at(-2) ?? this.#connection.database;
    if (database === '') throw mysqlError.noDatabase();
    const table = this.#view.instance.space.table(database, name);
    if (table !== undefined) return table;
    if (catalogTable(this.#view, database, name) === null)
      throw mysqlError.unknownTable(`${database}.${name}`);
    if (database.toLowerCase() === 'information_schema') throw this.#deniedDatabase(database);
    // A change to a system table goes nowhere that the visitor could see by another way.
    const relation = catalogTable(this.#view, database, name);
    const columns = (relation?.columns ?? []).map((each) => column(each.name, each.type, 'varchar(255)'));
    return tableOf(name, columns, [...(relation?.rows ?? [])]);
  }

  #deniedDatabase(name: string): StatementFailure {
    return mysqlError.deniedDatabase(this.#connection.user, this.#connection.host, name);
  }

  #create(cursor: Cursor): Answer {
    const orReplace = cursor.take('or', 'replace');
    cursor.takeOneOf('temporary', 'aggregate', 'unique');
    const kind = cursor.token.kind === 'word' ? cursor.next().text.toLowerCase() : '';
    switch (kind) {
      case 'database':
      case 'schema': {
        const mayExist = cursor.take('if', 'not', 'exists');
        const name = cursor.name();
        const { databases } = this.#view.instance.space;
        if (this.#host.hasDatabase(name)) {
          if (mayExist) return { kind: 'ok', affected: 1 };
          throw mysqlError.databaseExists(name);
        }
        if (databases.size >= databaseLimit || !this.#view.instance.space.reserve(256 + name.length))
          throw mysqlError.tableFull(name);
        databases.set(name, new Map());
        this.#note(name, '');
        return { kind: 'ok', affected: 1 };
      }
      case 'table':
        return this.#createTable(cursor, orReplace);
      case 'function':
        return this.#createFunction(cursor);
      case 'user':
      case 'role': {
        const mayExist = cursor.take('if', 'not', 'exists');
        const account = accountNamed(cursor);
        const { accounts } = this.#view.instance;
        if (accounts.has(account)) {
          if (mayExist) return ok;
          throw mysqlError.userOperation(kind === 'user' ? 'CREATE USER' : 'CREATE ROLE', account);
        }
        if (accounts.size < 64) accounts.set(account, secretNamed(cursor));
        return ok;
      }
      case 'procedure':
      case 'trigger':
      case 'event':
      case 'view':
      case 'index':
      case 'definer':
        if (this.#connection.database === '' && !cursor.rest().includes('.')) throw mysqlError.noDatabase();
        cursor.finish();
        return ok;
      default:
        throw cursor.fail();
    }
  }

  #createTable(cursor: Cursor, orReplace: boolean): Answer {
    const mayExist = cursor.take('if', 'not', 'exists');
    const path = cursor.path();
    const name = path.at(-1) ?? '';
    const database = path.at(-2) ?? this.#connection.database;
    if (database === '') throw mysqlError.noDatabase();
    if (database.toLowerCase() === 'information_schema') throw this.#deniedDatabase(database);
    const { space } = this.#view.instance;
    let tables = space.databases.get(database);
    if (tables === undefined) {
      if (!isSystemDatabase(this.#view.instance, database)) throw mysqlError.unknownDatabase(database);
      if (catalogTable(this.#view, database, name) !== null) throw mysqlError.tableExists(name);
      // In `mysql` itself, where droppers like to put their blobs: kept beside, under the same name.
      tables = new Map();
      space.databases.set(database, tables);
    }
    let columns: TableColumn[] = [];
    let rows: (readonly Value[])[] = [];
    if (cursor.take('like')) columns = [...this.#table(cursor.path()).columns];
    else if (cursor.isOperator('(') && !cursor.startsQuery()) columns = columnDefinitions(cursor);
    const mark = cursor.mark();
    while (!cursor.isAtEnd && !cursor.startsQuery()) cursor.next();
    if (cursor.startsQuery()) {
      const found = this.#runner.run(parseQuery(cursor));
      if (columns.length === 0)
        columns = found.columns.map((each) =>
          column(each.name, each.type, each.type === 'bytes' ? 'blob' : 'varchar(255)'),
        );
      rows = found.rows.slice(0, 1000);
    } else if (columns.length === 0) {
      cursor.back(mark);
      throw cursor.fail();
    }
    if (tables.has(name) && !orReplace) {
      if (mayExist) return ok;
      throw mysqlError.tableExists(name);
    }
    const octets = 512 + columns.length * 128 + rows.reduce((sum, row) => sum + rowOctets(row), 0);
    if (tables.size >= tableLimit || !space.reserve(octets)) throw mysqlError.tableFull(name);
    tables.set(name, tableOf(name, columns, [...rows]));
    this.#note(name, '');
    return { kind: 'ok', affected: rows.length };
  }

  /** CREATE FUNCTION name RETURNS type SONAME 'library' */
  #createFunction(cursor: Cursor): Answer {
    const mayExist = cursor.take('if', 'not', 'exists');
    const name = cursor.path().at(-1) ?? '';
    if (!cursor.take('returns')) {
      if (cursor.isOperator('(')) {
        if (this.#connection.database === '') throw mysqlError.noDatabase();
        cursor.finish();
        return ok;
      }
      throw cursor.fail();
    }
    const type = cursor.takeOneOf('string', 'real', 'int', 'integer', 'decimal');
    if (type === '') throw cursor.fail();
    cursor.expect('soname');
    const library = cursor.string();
    const { instance } = this.#view;
    this.#host.outputs.push(
      exploitSeen('mysql', {
        name: 'mysql-udf-create',
        class: 'rce',
        technique: 'T1129',
        detail: `${name} from ${library}`,
      }),
    );
    if (instance.functions.has(name.toLowerCase())) {
      if (mayExist) return ok;
      throw new StatementFailure(1125, 'HY000', `Function '${name}' already exists`);
    }
    const held = [...instance.files.keys()].some((path) => path.split(/[\\/]/).at(-1) === library);
    if (!held) throw mysqlError.cannotOpenLibrary(library);
    if (instance.functions.size < 64) {
      instance.functions.set(name.toLowerCase(), {
        name,
        library,
        returns:
          type === 'integer'
            ? 'int'
            : type === 'string' || type === 'real' || type === 'decimal'
              ? type
              : 'int',
      });
    }
    return ok;
  }

  #drop(cursor: Cursor): Answer {
    cursor.take('temporary');
    const kind = cursor.token.kind === 'word' ? cursor.next().text.toLowerCase() : '';
    const mayLack = cursor.take('if', 'exists');
    const { instance } = this.#view;
    switch (kind) {
      case 'database':
      case 'schema': {
        const name = cursor.name();
        if (name.toLowerCase() === 'information_schema') throw this.#deniedDatabase(name);
        const tables = instance.space.databases.get(name);
        if (tables === undefined && !isSystemDatabase(instance, name)) {
          if (mayLack) return ok;
          throw mysqlError.noDatabaseToDrop(name);
        }
        instance.space.databases.delete(name);
        if (this.#connection.database === name) this.#connection.database = '';
        this.#host.outputs.push(
          exploitSeen('mysql', {
            name: 'mysql-data-destruction',
            class: 'other',
            technique: 'T1485',
            detail: `DROP DATABASE ${name}`,
          }),
        );
        return { kind: 'ok', affected: tables?.size ?? 0 };
      }
      case 'table':
      case 'tables':
      case 'view': {
        const missing: string[] = [];
        do {
          const path = cursor.path();
          const name = path.at(-1) ?? '';
          const database = path.at(-2) ?? this.#connection.database;
          if (database === '') throw mysqlError.noDatabase();
          if (instance.space.databases.get(database)?.delete(name) !== true)
            missing.push(`${database}.${name}`);
        } while (cursor.takeOperator(','));
        cursor.takeOneOf('cascade', 'restrict');
        if (missing.length > 0 && !mayLack) throw mysqlError.unknownTableToDrop(missing.join(','));
        return ok;
      }
      case 'function':
      case 'procedure': {
        const path = cursor.path();
        const name = path.at(-1) ?? '';
        if (instance.functions.delete(name.toLowerCase()) || mayLack) return ok;
        const text =
          this.#connection.database === '' ? `(UDF) ${name}` : `${this.#connection.database}.${name}`;
        throw kind === 'function' ? mysqlError.unknownFunction(text) : mysqlError.unknownProcedure(text);
      }
      case 'user':
      case 'role': {
        const account = accountNamed(cursor);
        if (!instance.accounts.delete(account) && !mayLack)
          throw mysqlError.userOperation(`DROP ${kind.toUpperCase()}`, account);
        return ok;
      }
      case 'trigger':
      case 'event':
      case 'index':
      case 'prepare':
        cursor.finish();
        return ok;
      default:
        throw cursor.fail();
    }
  }

  #insert(cursor: Cursor): Answer {
    cursor.takeOneOf('low_priority', 'delayed', 'high_priority');
    cursor.take('ignore');
    cursor.take('into');
    const path = cursor.path();
    const table = this.#table(path);
    let names: string[] | null = null;
    if (cursor.isOperator('(') && !cursor.startsQuery()) {
      cursor.next();
      names = [];
      while (!cursor.takeOperator(')')) {
        names.push(cursor.path().at(-1) ?? '');
        if (!cursor.takeOperator(',') && !cursor.isOperator(')')) throw cursor.fail();
      }
    }
    let given: (readonly Value[])[] = [];
    if (cursor.takeOneOf('values', 'value') !== '') {
      const rows: Expression[][] = [];
      do rows.push(parseRow(cursor));
      while (cursor.takeOperator(','));
      given = rows.map((row) => row.map((each) => this.#runner.value(each)));
    } else if (cursor.take('set')) {
      names = [];
      const row: Value[] = [];
      do {
        names.push(cursor.path().at(-1) ?? '');
        cursor.expectOperator('=');
        row.push(this.#runner.value(parseExpression(cursor)));
      } while (cursor.takeOperator(','));
      given = [row];
    } else if (cursor.startsQuery()) given = [...this.#runner.run(parseQuery(cursor)).rows];
    else throw cursor.fail();
    if (cursor.take('on', 'duplicate')) cursor.finish();
    cursor.expectEnd();
    return this.#addRows(table, names, given);
  }

  #addRows(table: Table, names: readonly string[] | null, given: readonly (readonly Value[])[]): Answer {
    const wanted = names ?? table.columns.map((each) => each.name);
    const places = wanted.map((name) => {
      const place = table.columns.findIndex((each) => each.name.toLowerCase() === name.toLowerCase());
      if (place < 0) throw mysqlError.unknownColumn(name, placeName(this.#view, 'insert list'));
      return place;
    });
    given.forEach((row, index) => {
      if (row.length !== wanted.length && !(row.length === 0 && names === null))
        throw mysqlError.columnCount(String(index + 1));
    });
    let lastId = 0;
    const rows = given.map((row) => {
      const full: Value[] = table.columns.map((each) => each.fallback);
      places.forEach((place, index) => {
        full[place] = row[index] ?? null;
      });
      table.columns.forEach((each, place) => {
        if (!each.isCounter) return;
        if (full[place] === null || full[place] === 0) {
          full[place] = table.nextCounter;
          lastId ||= table.nextCounter;
        }
        table.nextCounter = Math.max(table.nextCounter, numberOf(full[place] ?? null)) + 1;
      });
      return full;
    });
    if (!this.#view.instance.space.reserve(rows.reduce((sum, row) => sum + rowOctets(row), 0)))
      throw mysqlError.tableFull(table.name);
    table.rows.push(...rows);
    for (const row of rows.slice(0, 16)) this.#note(table.name, row.map(textOf).join('\n'));
    this.#connection.lastId = lastId === 0 ? this.#connection.lastId : lastId;
    const info = rows.length > 1 ? `Records: ${rows.length}  Duplicates: 0  Warnings: 0` : '';
    return { kind: 'ok', affected: rows.length, lastId, info };
  }

  /** What those who take data for ransom leave behind. */
  #note(name: string, text: string): void {
    this.#host.outputs.push(...ransomNote('mysql', name, text));
  }

  #matching(table: Table, condition: Expression | null): Set<readonly Value[]> {
    const columns = table.columns.map((each) => ({ ...each, table: table.name }));
    return new Set(
      table.rows.filter(
        (row) => condition === null || isTrue(this.#runner.value(condition, { ...emptyScope, columns, row })),
      ),
    );
  }

  #update(cursor: Cursor): Answer {
    cursor.take('low_priority');
    cursor.take('ignore');
    const table = this.#table(cursor.path());
    if (!cursor.is('set')) cursor.name();
    cursor.expect('set');
    const changes: [number, Expression][] = [];
    do {
      const name = cursor.path().at(-1) ?? '';
      cursor.expectOperator('=');
      const place = table.columns.findIndex((each) => each.name.toLowerCase() === name.toLowerCase());
      if (place < 0) throw mysqlError.unknownColumn(name, placeName(this.#view, 'set list'));
      changes.push([place, parseExpression(cursor)]);
    } while (cursor.takeOperator(','));
    const condition = cursor.take('where') ? parseExpression(cursor) : null;
    cursor.finish();
    const matching = this.#matching(table, condition);
    const columns = table.columns.map((each) => ({ ...each, table: table.name }));
    let changed = 0;
    table.rows = table.rows.map((row) => {
      if (!matching.has(row)) return row;
      const next = row.slice();
      for (const [place, value] of changes)
        next[place] = this.#runner.value(value, { ...emptyScope, columns, row });
      if (next.some((value, index) => value !== row[index])) changed += 1;
      if (!this.#view.instance.space.reserve(rowOctets(next) - rowOctets(row)))
        throw mysqlError.tableFull(table.name);
      return next;
    });
    return {
      kind: 'ok',
      affected: changed,
      info: `Rows matched: ${matching.size}  Changed: ${changed}  Warnings: 0`,
    };
  }

  #delete(cursor: Cursor): Answer {
    cursor.takeOneOf('low_priority', 'quick');
    cursor.take('ignore');
    cursor.expect('from');
    const table = this.#table(cursor.path());
    const condition = cursor.take('where') ? parseExpression(cursor) : null;
    cursor.finish();
    const matching = this.#matching(table, condition);
    table.rows = table.rows.filter((row) => !matching.has(row));
    return { kind: 'ok', affected: matching.size };
  }

  #alter(cursor: Cursor): Answer {
    const kind = cursor.token.kind === 'word' ? cursor.next().text.toLowerCase() : '';
    if (kind === 'user') {
      cursor.take('if', 'exists');
      const account = accountNamed(cursor);
      const { accounts } = this.#view.instance;
      if (!accounts.has(account)) throw mysqlError.userOperation('ALTER USER', account);
      accounts.set(account, secretNamed(cursor));
      return ok;
    }
    if (kind === 'database' || kind === 'schema' || kind === 'instance' || kind === 'event') {
      cursor.finish();
      return { kind: 'ok', affected: 1 };
    }
    if (kind !== 'table') throw cursor.fail();
    const table = this.#table(cursor.path());
    if (cursor.takeOneOf('drop') !== '') {
      cursor.take('column');
      const name = cursor.name();
      if (!table.columns.some((each) => each.name.toLowerCase() === name.toLowerCase())) {
        throw new StatementFailure(
          1091,
          '42000',
          this.#view.instance.identity.isMariaDb
            ? `Can't DROP COLUMN \`${name}\`; check that it exists`
            : `Can't DROP '${name}'; check that column/key exists`,
        );
      }
    }
    cursor.finish();
    return { kind: 'ok', info: 'Records: 0  Duplicates: 0  Warnings: 0' };
  }

  /** LOAD DATA [LOCAL] INFILE 'name' INTO TABLE t … */
  #load(cursor: Cursor): Answer {
    if (!cursor.take('data')) cursor.expect('xml');
    cursor.takeOneOf('low_priority', 'concurrent');
    const isLocal = cursor.take('local');
    cursor.expect('infile');
    const name = cursor.string();
    cursor.takeOneOf('replace', 'ignore');
    cursor.expect('into', 'table');
    const path = cursor.path();
    cursor.finish();
    const isAllowed =
      variablesOf(this.#view.instance).get('local_infile') === 'ON' && this.#connection.givesFiles;
    const table = isLocal && !isAllowed ? null : this.#table(path);
    if (isLocal || table === null) {
      if (!isAllowed) {
        throw this.#view.instance.identity.isMariaDb
          ? new StatementFailure(
              4166,
              'HY000',
              'The used command is not allowed because the MariaDB server or client has disabled the local infile capability',
            )
          : new StatementFailure(
              3948,
              '42000',
              'Loading local data is disabled; this must be enabled on both the client and server sides',
            );
      }
      return { kind: 'file', name };
    }
    const text =
      this.#view.instance.files.get(name) ??
      textOf(
        this.#host.call(
          {
            kind: 'call',
            name: 'load_file',
            written: 'load_file',
            items: [],
            star: false,
            distinct: false,
            at: 0,
          },
          [name],
        ),
      );
    if (text === '')
      throw new StatementFailure(
        29,
        'HY000',
        `File '${name}' not found (Errcode: 2 "No such file or directory")`,
      );
    const rows = text
      .split('\n', 1000)
      .filter((line) => line !== '')
      .map((line) => {
        const cells: Value[] = line.split('\t');
        return table.columns.map((_, index) => cells[index] ?? null);
      });
    return this.#addRows(table, null, rows);
  }

  #grant(cursor: Cursor): Answer {
    const text = cursor.rest();
    while (!cursor.isAtEnd && !cursor.is('to') && !cursor.is('from')) cursor.next();
    if (cursor.isAtEnd) throw cursor.fail();
    cursor.next();
    const account = accountNamed(cursor);
    const { accounts, identity } = this.#view.instance;
    const secret = secretNamed(cursor);
    if (!accounts.has(account)) {
      // Older servers make the account that a grant names, where it has a password.
      if (secret === '' || identity.method === 'caching_sha2_password') {
        throw identity.isMariaDb
          ? mysqlError.noSuchUser()
          : new StatementFailure(1410, '42000', 'You are not allowed to create a user with GRANT');
      }
      if (accounts.size < 64) accounts.set(account, secret);
      this.#host.outputs.push(
        exploitSeen('mysql', {
          name: 'mysql-account-made',
          class: 'other',
          technique: 'T1136',
          detail: `GRANT ${text}`,
        }),
      );
    }
    return ok;
  }

  #maintain(cursor: Cursor, verb: string): Answer {
    cursor.takeOneOf('local', 'no_write_to_binlog');
    if (cursor.takeOneOf('table', 'tables') === '') throw cursor.fail();
    const rows: Value[][] = [];
    do {
      const path = cursor.path();
      const table = this.#table(path);
      rows.push([`${path.at(-2) ?? this.#connection.database}.${table.name}`, verb, 'status', 'OK']);
      cursor.takeOneOf('read', 'write', 'as');
      cursor.takeOneOf('local');
    } while (cursor.takeOperator(','));
    if (verb === 'lock') return ok;
    return this.#rows({
      columns: ['Table', 'Op', 'Msg_type', 'Msg_text'].map((name) => ({ name, type: 'text' })),
      rows,
    });
  }

  #administer(cursor: Cursor, verb: string): Answer {
    if (verb === 'start' && cursor.takeOneOf('transaction', 'slave', 'replica') === '') throw cursor.fail();
    if (verb === 'flush' && cursor.isAtEnd) throw cursor.fail();
    cursor.finish();
    return ok;
  }

  /** SET a = 1, @b = 2, GLOBAL c = 3, NAMES utf8mb4, PASSWORD = … */
  #set(cursor: Cursor): Answer {
    do {
      if (cursor.take('names') || cursor.take('charset') || cursor.take('character', 'set')) {
        if (cursor.token.kind === 'string') cursor.string();
        else cursor.name();
        if (cursor.take('collate')) cursor.next();
        continue;
      }
      if (cursor.take('password')) {
        cursor.finish();
        return ok;
      }
      const scope = cursor.takeOneOf('global', 'session', 'local', 'persist');
      if (cursor.take('transaction')) {
        cursor.finish();
        return ok;
      }
      const name = cursor.token.kind === 'variable' ? cursor.next().text : cursor.path().join('.');
      if (!cursor.takeOperator('=') && !cursor.takeOperator(':=')) throw cursor.fail();
      const word = cursor.token;
      const isWord = word.kind === 'word' && cursor.peek(1).kind !== 'operator';
      const value: Value =
        isWord && !/^(?:null|true|false)$/i.test(word.text)
          ? cursor.next().text
          : this.#runner.value(parseExpression(cursor));
      if (name.startsWith('@') && !name.startsWith('@@')) this.#host.assign(name, value);
      else this.#setting(scope, name, value);
    } while (cursor.takeOperator(','));
    cursor.expectEnd();
    return ok;
  }

  #setting(scope: string, written: string, value: Value): void {
    const isGlobal = scope === 'global' || scope === 'persist' || /^@@global\./i.test(written);
    const name = written
      .replace(/^@@/, '')
      .replace(/^(?:global|session|local|persist)\./i, '')
      .toLowerCase();
    const known = variablesOf(this.#view.instance);
    if (!known.has(name)) {
      if (
        /^(?:sql_log_bin|sql_notes|sql_quote_show_create|sql_auto_is_null|net_|max_|timestamp|insert_id|last_insert_id|optimizer_|innodb_|join_|sort_|read_|tmp_|key_|query_|profiling|character_set_|collation_|session_track_|transaction_|tx_|log_|slow_|general_|secure_auth|old_passwords|information_schema_|gtid_|lock_wait|validate_password|bulk_|low_priority|sql_|binlog_|slave_|delay_|concurrent_|completion_)/.test(
          name,
        )
      )
        return;
      throw mysqlError.unknownVariable(name);
    }
    if (isReadOnly(name)) throw mysqlError.readOnlyVariable(name);
    if (isGlobal && this.#view.instance.settings.size < 64)
      this.#view.instance.settings.set(name, settingText(value).slice(0, 256));
  }
}

function settingText(value: Value): string {
  return typeof value === 'boolean' ? (value ? 'ON' : 'OFF') : textOf(value);
}

function dropKind(path: string, text: string): { readonly name: string; readonly technique: string } {
  if (
    /\.(?:so|dll)$/i.test(path) ||
    path.includes('plugin') ||
    text.startsWith('\x7fELF') ||
    text.startsWith('MZ')
  )
    return { name: 'mysql-udf-drop', technique: 'T1129' };
  if (/\.(?:php\d?|phtml|jsp|jspx|asp|aspx)$/i.test(path))
    return { name: 'mysql-webshell-drop', technique: 'T1505.003' };
  if (/cron/.test(path)) return { name: 'mysql-cron-drop', technique: 'T1053.003' };
  if (path.includes('.ssh')) return { name: 'mysql-ssh-key-drop', technique: 'T1098.004' };
  return { name: 'mysql-file-write', technique: 'T1105' };
}

/** 'user'@'host', as it is kept. */
function accountNamed(cursor: Cursor): string {
  const user = cursor.token.kind === 'string' ? cursor.string() : cursor.name();
  let host = '%';
  if (cursor.token.kind === 'variable') host = cursor.next().text.slice(1) || '%';
  else if (cursor.takeOperator('@')) host = cursor.token.kind === 'string' ? cursor.string() : cursor.name();
  return `'${user.slice(0, 80)}'@'${host.slice(0, 255)}'`;
}

/** IDENTIFIED [WITH plugin] BY [PASSWORD] 'secret' to the secret's hash; empty where there is none. */
function secretNamed(cursor: Cursor): string {
  while (!cursor.isAtEnd && !cursor.is('identified')) cursor.next();
  if (!cursor.take('identified')) return '';
  if (cursor.takeOneOf('with', 'via') !== '') cursor.name();
  if (cursor.takeOneOf('by', 'as', 'using') === '') return '';
  const isHash = cursor.take('password');
  if (cursor.token.kind !== 'string') return '';
  const secret = cursor.string();
  cursor.finish();
  return isHash ? secret.slice(0, 128) : nativeHash(secret);
}

const typeOfDeclared = (declared: string): SqlType => {
  if (/^(?:tiny|small|medium|big)?int|^integer|^bool|^bit|^year/.test(declared))
    return declared.startsWith('big') ? 'bigint' : 'integer';
  if (/^(?:decimal|numeric)/.test(declared)) return 'numeric';
  if (/^(?:float|double|real)/.test(declared)) return 'double';
  if (/^(?:datetime|timestamp)/.test(declared)) return 'timestamp';
  if (declared.startsWith('date')) return 'date';
  return /blob|binary/.test(declared) ? 'bytes' : 'text';
};

const widths: Readonly<Record<string, string>> = {
  int: 'int(11)',
  integer: 'int(11)',
  bigint: 'bigint(20)',
  tinyint: 'tinyint(4)',
  smallint: 'smallint(6)',
  bool: 'tinyint(1)',
  boolean: 'tinyint(1)',
  char: 'char(1)',
};

/** ( name type options, …, PRIMARY KEY (name), … ) */
function columnDefinitions(cursor: Cursor): TableColumn[] {
  cursor.expectOperator('(');
  const columns: TableColumn[] = [];
  const keys = new Set<string>();
  do {
    if (
      cursor.takeOneOf('primary', 'unique', 'key', 'index', 'fulltext', 'constraint', 'foreign', 'check') !==
      ''
    ) {
      const isPrimary = /primary\s{0,8}$/i.test(cursor.text.slice(0, cursor.before));
      for (let depth = 0; ;) {
        if (cursor.isAtEnd) throw cursor.fail();
        if (depth === 0 && (cursor.isOperator(',') || cursor.isOperator(')'))) break;
        const token = cursor.next();
        if (token.kind === 'operator' && token.text === '(') depth += 1;
        else if (token.kind === 'operator' && token.text === ')') depth -= 1;
        else if (depth === 1 && isPrimary) keys.add(token.text.toLowerCase());
      }
      continue;
    }
    const name = cursor.name();
    const start = cursor.token.start;
    typeName(cursor);
    const written = cursor.text.slice(start, cursor.before).toLowerCase();
    const declared = widths[written] ?? written;
    const more = {
      isNullable: true,
      key: '' as TableColumn['key'],
      fallback: null as string | null,
      isCounter: false,
    };
    while (!cursor.isOperator(',') && !cursor.isOperator(')')) {
      if (cursor.isAtEnd) throw cursor.fail();
      if (cursor.take('not', 'null')) more.isNullable = false;
      else if (cursor.take('auto_increment')) more.isCounter = true;
      else if (cursor.take('primary')) more.key = 'PRI';
      else if (cursor.take('unique')) more.key = 'UNI';
      else if (cursor.take('default')) {
        const token = cursor.next();
        more.fallback = token.kind === 'word' && /^null$/i.test(token.text) ? null : token.text;
        if (cursor.takeOperator('(')) cursor.expectOperator(')');
      } else if (cursor.takeOperator('(')) {
        while (!cursor.takeOperator(')')) if (cursor.next().kind === 'end') throw cursor.fail();
      } else cursor.next();
    }
    if (columns.length >= columnLimit) throw cursor.fail();
    columns.push(column(name, typeOfDeclared(declared), declared, more));
  } while (cursor.takeOperator(','));
  cursor.expectOperator(')');
  return columns.map((each) =>
    keys.has(each.name.toLowerCase()) || each.key === 'PRI'
      ? Object.assign({}, each, { key: 'PRI' as const, isNullable: false })
      : each,
  );
}
