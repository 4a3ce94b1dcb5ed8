/** Statements: queries, changes, COPY with its programs, and functions from libraries. */

import type { Cursor } from '../sql/cursor.ts';
import { emptyScope } from '../sql/evaluate.ts';
import { parseExpression, typeName } from '../sql/expression-parser.ts';
import { exploitSeen, ransomNote } from '../sql/fact.ts';
import { QueryRunner } from '../sql/query.ts';
import { parseQuery, parseRow } from '../sql/query-parser.ts';
import { column, rowOctets, tableOf, type Table, type TableColumn } from '../sql/store.ts';
import type { Expression } from '../sql/syntax.ts';
import { isTrue, textOf, type Relation, type Value } from '../sql/value.ts';
import { catalogTable, namespaces, relationOid, type PostgresView } from './catalog.ts';
import { failureOf, unknownRelation } from './errors.ts';
import { octetsOf, type PostgresHost } from './host.ts';
import { StatementFailure } from '../sql/failure.ts';

export type Answer =
  | { readonly kind: 'done'; readonly tag: string; readonly transaction?: 'begin' | 'commit' | 'rollback' }
  | { readonly kind: 'rows'; readonly relation: Relation; readonly tag: string }
  /** COPY … TO STDOUT */
  | { readonly kind: 'out'; readonly relation: Relation }
  /** COPY … FROM STDIN */
  | { readonly kind: 'in'; readonly table: Table };

const done = (tag: string): Answer => ({ kind: 'done', tag });

export class StatementRunner {
  readonly #view: PostgresView;
  readonly #host: PostgresHost;
  readonly #runner: QueryRunner;
  readonly #set: (name: string, value: string) => void;

  constructor(view: PostgresView, host: PostgresHost, set: (name: string, value: string) => void) {
    this.#view = view;
    this.#host = host;
    this.#set = set;
    this.#runner = new QueryRunner(host);
  }

  run(cursor: Cursor): Answer {
    if (cursor.startsQuery()) {
      const query = parseQuery(cursor);
      if (cursor.take('into')) cursor.finish();
      cursor.expectEnd();
      const relation = this.#runner.run(query);
      return { kind: 'rows', relation, tag: `SELECT ${relation.rows.length}` };
    }
    const start = cursor.mark();
    const verb = cursor.token.kind === 'word' ? cursor.next().text.toLowerCase() : '';
    switch (verb) {
      case 'show': {
        const words: string[] = [];
        while (!cursor.isAtEnd) words.push(cursor.next().text.toLowerCase());
        return this.#show(words.join(' ').replaceAll(' . ', '.'));
      }
      case 'set':
        return this.#setting(cursor);
      case 'reset':
      case 'discard':
        cursor.finish();
        return done(verb === 'reset' ? 'RESET' : 'DISCARD ALL');
      case 'begin':
      case 'start':
        cursor.finish();
        return { kind: 'done', tag: verb === 'begin' ? 'BEGIN' : 'START TRANSACTION', transaction: 'begin' };
      case 'commit':
      case 'end':
        cursor.finish();
        return { kind: 'done', tag: 'COMMIT', transaction: 'commit' };
      case 'rollback':
      case 'abort':
        cursor.finish();
        return { kind: 'done', tag: 'ROLLBACK', transaction: 'rollback' };
      case 'create':
        return this.#create(cursor);
      case 'drop':
        return this.#drop(cursor);
      case 'insert':
        return this.#insert(cursor);
      case 'update':
      case 'delete':
        return this.#change(cursor, verb);
      case 'truncate': {
        cursor.take('table');
        do {
          cursor.take('only');
          const at = cursor.token.start;
          this.#table(cursor.path(), at).rows = [];
        } while (cursor.takeOperator(','));
        cursor.finish();
        return done('TRUNCATE TABLE');
      }
      case 'copy':
        return this.#copy(cursor);
      case 'alter': {
        const kind = cursor.token.text.toLowerCase();
        cursor.finish();
        return done(kind === 'user' ? 'ALTER ROLE' : `ALTER ${kind.toUpperCase()}`);
      }
      case 'do': {
        const text = cursor.token.kind === 'string' ? cursor.token.text : cursor.rest();
        cursor.finish();
        if (/copy\s[\s\S]{0,200}program/i.test(text))
          this.#exploit('postgres-copy-program', text, ['CVE-2019-9193']);
        return done('DO');
      }
      case 'explain': {
        while (!cursor.isAtEnd && !cursor.startsQuery()) cursor.next();
        if (cursor.isAtEnd) throw cursor.fail();
        parseQuery(cursor);
        return {
          kind: 'rows',
          relation: {
            columns: [{ name: 'QUERY PLAN', type: 'text' }],
            rows: [['Result  (cost=0.00..0.01 rows=1 width=4)']],
          },
          tag: 'EXPLAIN',
        };
      }
      case 'load': {
        const library = cursor.string();
        this.#exploit('postgres-library-load', library, []);
        if (!this.#view.instance.files.has(library))
          throw failureOf('58P01', `could not access file "${library}": No such file or directory`);
        return done('LOAD');
      }
      case 'grant':
      case 'revoke':
      case 'vacuum':
      case 'analyze':
      case 'checkpoint':
      case 'listen':
      case 'unlisten':
      case 'notify':
      case 'lock':
      case 'comment':
      case 'reindex':
      case 'cluster':
      case 'deallocate':
      case 'savepoint':
      case 'release':
      case 'security':
      case 'close':
      case 'call':
        if (cursor.isAtEnd && ['grant', 'revoke', 'lock', 'comment', 'savepoint', 'call'].includes(verb))
          throw cursor.fail();
        cursor.finish();
        return done(verb === 'lock' ? 'LOCK TABLE' : verb.toUpperCase());
      default:
        cursor.back(start);
        throw cursor.fail();
    }
  }

  #exploit(name: string, detail: string, cves: readonly string[]): void {
    this.#host.outputs.push(
      exploitSeen('postgres', {
        name,
        class: 'rce',
        technique: name.includes('library') ? 'T1129' : 'T1059.004',
        detail,
        cves,
      }),
    );
  }

  #show(name: string): Answer {
    const aliases: Readonly<Record<string, string>> = {
      'time zone': 'timezone',
      'transaction isolation level': 'transaction_isolation',
      'session authorization': 'session_authorization',
    };
    const settings = this.#view.settings();
    if (name === 'all') {
      const rows = [...settings].map(([key, value]): Value[] => [key, value, '']);
      return {
        kind: 'rows',
        relation: {
          columns: ['name', 'setting', 'description'].map((each) => ({ name: each, type: 'text' })),
          rows,
        },
        tag: 'SHOW',
      };
    }
    const key = aliases[name] ?? name;
    const value = settings.get(key);
    if (value === undefined) throw failureOf('42704', `unrecognized configuration parameter "${key}"`);
    const shown = key === 'timezone' ? 'TimeZone' : key === 'datestyle' ? 'DateStyle' : key;
    return {
      kind: 'rows',
      relation: { columns: [{ name: shown, type: 'text' }], rows: [[value]] },
      tag: 'SHOW',
    };
  }

  #setting(cursor: Cursor): Answer {
    cursor.takeOneOf('session', 'local');
    if (cursor.takeOneOf('transaction', 'role', 'characteristics', 'constraints', 'authorization') !== '') {
      cursor.finish();
      return done('SET');
    }
    if (cursor.take('time', 'zone')) {
      cursor.finish();
      return done('SET');
    }
    const name = cursor.path().join('.').toLowerCase();
    if (!cursor.takeOperator('=') && !cursor.take('to')) throw cursor.fail();
    const value = cursor.token.text;
    cursor.finish();
    if (!this.#view.settings().has(name) && !name.includes('.'))
      throw failureOf('42704', `unrecognized configuration parameter "${name}"`);
    if (/^(?:server_version|server_version_num|block_size|data_checksums|integer_datetimes)$/.test(name))
      throw failureOf('55P02', `parameter "${name}" cannot be changed`);
    this.#set(name, value.slice(0, 256));
    return done('SET');
  }

  /** A table that can be written to. */
  #table(path: readonly string[], at: number): Table {
    const name = path.at(-1) ?? '';
    const schema = path.at(-2) ?? '';
    const table =
      schema === '' || schema === 'public'
        ? this.#view.instance.space.table(this.#view.database, name)
        : undefined;
    if (table !== undefined) return table;
    const system = catalogTable(this.#view, schema === '' ? 'pg_catalog' : schema, name);
    if (system === null || schema === 'public') throw unknownRelation(path.join('.'), at);
    return tableOf(
      name,
      system.columns.map((each) => column(each.name, each.type, 'text')),
      system.rows.slice(),
    );
  }

  #create(cursor: Cursor): Answer {
    const orReplace = cursor.take('or', 'replace');
    const isTemporary = cursor.takeOneOf('temp', 'temporary', 'unlogged', 'global', 'local') !== '';
    if (isTemporary) cursor.takeOneOf('temp', 'temporary');
    cursor.takeOneOf('unique', 'trusted', 'materialized');
    const kind = cursor.token.kind === 'word' ? cursor.next().text.toLowerCase() : '';
    const { instance } = this.#view;
    switch (kind) {
      case 'database': {
        const name = cursor.name();
        cursor.finish();
        if (instance.space.databases.has(name)) throw failureOf('42P04', `database "${name}" already exists`);
        if (instance.space.databases.size >= 64 || !instance.space.reserve(256))
          throw failureOf('53100', 'could not create directory: No space left on device');
        instance.space.databases.set(name, new Map());
        this.#note(name, '');
        return done('CREATE DATABASE');
      }
      case 'table':
        return this.#createTable(cursor);
      case 'function':
        return this.#createFunction(cursor, orReplace);
      case 'user':
      case 'role': {
        const name = cursor.name();
        const rest = cursor.rest();
        cursor.finish();
        if (instance.roles.has(name)) throw failureOf('42710', `role "${name}" already exists`);
        if (instance.roles.size < 64) {
          instance.nextOid += 1;
          instance.roles.set(name, {
            oid: instance.nextOid,
            isSuperuser: /\bsuperuser\b/i.test(rest) && !/\bnosuperuser\b/i.test(rest),
          });
        }
        this.#host.outputs.push(
          exploitSeen('postgres', {
            name: 'postgres-account-made',
            class: 'other',
            technique: 'T1136',
            detail: `CREATE ${kind.toUpperCase()} ${name} ${rest}`,
          }),
        );
        return done('CREATE ROLE');
      }
      case 'extension': {
        const mayExist = cursor.take('if', 'not', 'exists');
        const name = cursor.name();
        cursor.finish();
        if (name === 'plpgsql') {
          if (mayExist) return done('CREATE EXTENSION');
          throw failureOf('42710', 'extension "plpgsql" already exists');
        }
        const text = `could not open extension control file "/usr/share/postgresql/${instance.major}/extension/${name}.control": No such file or directory`;
        throw instance.major < 14
          ? failureOf('58P01', text)
          : new StatementFailure(0, '0A000', `extension "${name}" is not available`, {
              detail: `Could not open extension control file "/usr/share/postgresql/${instance.major}/extension/${name}.control": No such file or directory.`,
              hint: 'The extension must first be installed on the system where PostgreSQL is running.',
            });
      }
      case 'schema':
      case 'view':
      case 'index':
      case 'sequence':
      case 'type':
      case 'trigger':
      case 'language':
      case 'procedure':
      case 'aggregate':
      case 'server':
      case 'tablespace':
      case 'domain':
        if (cursor.isAtEnd) throw cursor.fail();
        cursor.finish();
        return done(`CREATE ${kind.toUpperCase()}`);
      default:
        throw cursor.fail();
    }
  }

  #createTable(cursor: Cursor): Answer {
    const mayExist = cursor.take('if', 'not', 'exists');
    const path = cursor.path();
    const name = path.at(-1) ?? '';
    const { space } = this.#view.instance;
    const tables = space.databases.get(this.#view.database);
    if (tables === undefined) throw unknownRelation(name, -1);
    const schema = path.at(-2);
    if (schema !== undefined && namespaces[schema] === undefined && !schema.startsWith('pg_temp'))
      throw failureOf('3F000', `schema "${schema}" does not exist`);
    if (schema === 'pg_catalog') throw failureOf('42501', `permission denied to create "pg_catalog.${name}"`);
    let columns: TableColumn[] = [];
    let rows: (readonly Value[])[] = [];
    let tag = 'CREATE TABLE';
    if (cursor.isOperator('(')) columns = columnDefinitions(cursor);
    if (cursor.take('as')) {
      const found = this.#runner.run(parseQuery(cursor));
      columns = found.columns.map((each) =>
        column(each.name, each.type, each.type === 'integer' ? 'integer' : 'text'),
      );
      rows = found.rows.slice(0, 1000);
      tag = `SELECT ${rows.length}`;
    }
    cursor.finish();
    if (tables.has(name)) {
      if (mayExist) return done('CREATE TABLE');
      throw failureOf('42P07', `relation "${name}" already exists`);
    }
    const octets = 512 + columns.length * 128 + rows.reduce((sum, row) => sum + rowOctets(row), 0);
    if (tables.size >= 128 || !space.reserve(octets))
      throw failureOf('53100', 'could not extend file: No space left on device');
    tables.set(name, tableOf(name, columns, rows));
    this.#note(name, '');
    return done(tag);
  }

  /** CREATE FUNCTION name(args) RETURNS type AS 'library', 'symbol' LANGUAGE C … */
  #createFunction(cursor: Cursor, orReplace: boolean): Answer {
    const name = cursor.path().at(-1) ?? '';
    const strings: string[] = [];
    let language = '';
    let depth = 0;
    while (!cursor.isAtEnd) {
      if (cursor.isOperator('(')) depth += 1;
      if (cursor.isOperator(')')) depth -= 1;
      if (depth === 0 && cursor.take('language'))
        language = (cursor.token.kind === 'string' ? cursor.string() : cursor.name()).toLowerCase();
      else if (cursor.token.kind === 'string') strings.push(cursor.string());
      else cursor.next();
    }
    if (language === '' && strings.length === 0) throw failureOf('42P13', 'no function body specified');
    if (language === '') throw failureOf('42P13', 'no language specified');
    if (language === 'c') {
      const [library = ''] = strings;
      this.#exploit('postgres-library-function', `${name} from ${library}`, []);
      const { instance } = this.#view;
      const path = [library, `${library}.so`].find((each) => instance.files.has(each));
      const isOwn = /^\$libdir|^\/lib|libc/.test(library);
      if (path === undefined && !isOwn)
        throw failureOf('58P01', `could not access file "${library}": No such file or directory`);
      if (path === undefined && library.includes('libc'))
        throw new StatementFailure(0, 'XX000', `incompatible library "${library}": missing magic block`, {
          hint: 'Extension libraries are required to use the PG_MODULE_MAGIC macro.',
        });
      if (instance.functions.has(name) && !orReplace)
        throw failureOf('42723', `function "${name}" already exists with same argument types`);
      if (instance.functions.size < 64) instance.functions.set(name, library);
      return done('CREATE FUNCTION');
    }
    if (/^(?:plpython3?u|plperlu?|pltclu?|plsh)$/.test(language)) {
      this.#exploit('postgres-untrusted-language', `${name} in ${language}: ${strings[0] ?? ''}`, []);
      throw new StatementFailure(0, '42704', `language "${language}" does not exist`, {
        hint: 'Use CREATE EXTENSION to load the language into the database.',
      });
    }
    if (!['sql', 'plpgsql', 'internal'].includes(language))
      throw failureOf('42704', `language "${language}" does not exist`);
    return done('CREATE FUNCTION');
  }

  #drop(cursor: Cursor): Answer {
    const kind = cursor.token.kind === 'word' ? cursor.next().text.toLowerCase() : '';
    const mayLack = cursor.take('if', 'exists');
    const { instance } = this.#view;
    switch (kind) {
      case 'database': {
        const name = cursor.name();
        cursor.finish();
        if (!instance.space.databases.has(name)) {
          if (mayLack) return done('DROP DATABASE');
          throw failureOf('3D000', `database "${name}" does not exist`);
        }
        if (name === this.#view.database) throw failureOf('55006', 'cannot drop the currently open database');
        if (name.startsWith('template')) throw failureOf('42809', 'cannot drop a template database');
        instance.space.databases.delete(name);
        this.#host.outputs.push(
          exploitSeen('postgres', {
            name: 'postgres-data-destruction',
            class: 'other',
            technique: 'T1485',
            detail: `DROP DATABASE ${name}`,
          }),
        );
        return done('DROP DATABASE');
      }
      case 'table':
      case 'view':
        do {
          const path = cursor.path();
          const name = path.at(-1) ?? '';
          if (instance.space.databases.get(this.#view.database)?.delete(name) !== true && !mayLack)
            throw failureOf('42P01', `${kind} "${path.join('.')}" does not exist`);
        } while (cursor.takeOperator(','));
        cursor.finish();
        return done(`DROP ${kind.toUpperCase()}`);
      case 'function': {
        const name = cursor.path().at(-1) ?? '';
        cursor.finish();
        if (!instance.functions.delete(name) && !mayLack)
          throw failureOf('42883', `could not find a function named "${name}"`);
        return done('DROP FUNCTION');
      }
      case 'user':
      case 'role': {
        const name = cursor.name();
        if (name === this.#view.user) throw failureOf('55006', 'current user cannot be dropped');
        if (!instance.roles.delete(name) && !mayLack)
          throw failureOf('42704', `role "${name}" does not exist`);
        return done('DROP ROLE');
      }
      default:
        if (kind === '' || cursor.isAtEnd) throw cursor.fail();
        cursor.finish();
        return done(`DROP ${kind.toUpperCase()}`);
    }
  }

  #insert(cursor: Cursor): Answer {
    cursor.expect('into');
    const at = cursor.token.start;
    const table = this.#table(cursor.path(), at);
    let places = table.columns.map((_, index) => index);
    if (cursor.isOperator('(') && !cursor.startsQuery()) {
      cursor.next();
      places = [];
      do {
        const position = cursor.token.start;
        const name = cursor.name();
        const place = table.columns.findIndex((each) => each.name === name);
        if (place < 0)
          throw failureOf('42703', `column "${name}" of relation "${table.name}" does not exist`, position);
        places.push(place);
      } while (cursor.takeOperator(','));
      cursor.expectOperator(')');
    }
    let given: readonly (readonly Value[])[];
    if (cursor.is('values')) {
      cursor.next();
      const parsed: Expression[][] = [];
      do parsed.push(parseRow(cursor));
      while (cursor.takeOperator(','));
      given = parsed.map((row) => row.map((each) => this.#runner.value(each)));
    } else if (cursor.take('default', 'values')) given = [[]];
    else given = this.#runner.run(parseQuery(cursor)).rows;
    cursor.take('on', 'conflict');
    cursor.finish();
    const rows = given.map((row) => {
      if (row.length > places.length)
        throw failureOf('42601', 'INSERT has more expressions than target columns');
      const full: Value[] = table.columns.map((each) => each.fallback);
      row.forEach((value, index) => {
        const place = places[index] ?? 0;
        const type = table.columns[place]?.declared ?? 'text';
        full[place] = value === null ? null : this.#host.cast(value, type.replace(/\(.*\)/, ''), -1);
      });
      table.columns.forEach((each, place) => {
        if (each.isCounter && full[place] === null) full[place] = table.nextCounter++;
      });
      return full;
    });
    this.#add(table, rows);
    if (table.name === 'pg_largeobject') this.#largeObjectPages(rows);
    return done(`INSERT 0 ${rows.length}`);
  }

  /** INSERT INTO pg_largeobject (loid, pageno, data): how libraries are carried over in pieces. */
  #largeObjectPages(rows: readonly (readonly Value[])[]): void {
    for (const [oid = null, , data = null] of rows) {
      const id = Number(oid);
      const { largeObjects, space } = this.#view.instance;
      const held = largeObjects.get(id) ?? '';
      const more = octetsOf(textOf(data)).toString('latin1');
      if (space.reserve(more.length)) largeObjects.set(id, held + more);
    }
  }

  #add(table: Table, rows: (readonly Value[])[]): void {
    if (!this.#view.instance.space.reserve(rows.reduce((sum, row) => sum + rowOctets(row), 0)))
      throw failureOf('53100', 'could not extend file: No space left on device');
    table.rows.push(...rows);
    for (const row of rows.slice(0, 16)) this.#note(table.name, row.map(textOf).join('\n'));
  }

  /** What those who take data for ransom leave behind. */
  #note(name: string, text: string): void {
    this.#host.outputs.push(...ransomNote('postgres', name, text));
  }

  #change(cursor: Cursor, verb: 'update' | 'delete'): Answer {
    if (verb === 'delete') cursor.expect('from');
    cursor.take('only');
    const at = cursor.token.start;
    const table = this.#table(cursor.path(), at);
    const columns = table.columns.map((each) => ({ name: each.name, type: each.type, table: table.name }));
    const changes: [number, Expression][] = [];
    if (verb === 'update') {
      if (!cursor.is('set')) cursor.name();
      cursor.expect('set');
      do {
        const position = cursor.token.start;
        const name = cursor.name();
        cursor.expectOperator('=');
        const place = table.columns.findIndex((each) => each.name === name);
        if (place < 0)
          throw failureOf('42703', `column "${name}" of relation "${table.name}" does not exist`, position);
        changes.push([place, parseExpression(cursor)]);
      } while (cursor.takeOperator(','));
    }
    const condition = cursor.take('where') ? parseExpression(cursor) : null;
    cursor.finish();
    let count = 0;
    const next: (readonly Value[])[] = [];
    for (const row of table.rows) {
      const scope = { ...emptyScope, columns, row };
      if (condition !== null && !isTrue(this.#runner.value(condition, scope))) {
        next.push(row);
        continue;
      }
      count += 1;
      if (verb === 'delete') continue;
      const changed = row.slice();
      for (const [place, value] of changes) changed[place] = this.#runner.value(value, scope);
      next.push(changed);
    }
    table.rows = next;
    return done(`${verb.toUpperCase()} ${count}`);
  }

  /** COPY t [(columns)] FROM | TO { 'file' | PROGRAM 'command' | STDIN | STDOUT }, COPY (query) TO … */
  #copy(cursor: Cursor): Answer {
    let table: Table | null = null;
    let relation: Relation;
    if (cursor.isOperator('(')) {
      cursor.next();
      relation = this.#runner.run(parseQuery(cursor));
      cursor.expectOperator(')');
    } else {
      const at = cursor.token.start;
      table = this.#table(cursor.path(), at);
      relation = table;
      if (cursor.isOperator('(')) parseRow(cursor);
    }
    const direction = cursor.takeOneOf('from', 'to');
    if (direction === '') throw cursor.fail();
    const isProgram = cursor.take('program');
    const standard = cursor.takeOneOf('stdin', 'stdout');
    const target = standard === '' ? cursor.string() : '';
    cursor.finish();
    if (standard !== '') {
      if (direction === 'to' || table === null) return { kind: 'out', relation };
      return { kind: 'in', table };
    }
    if (isProgram) {
      this.#exploit('postgres-copy-program', target, ['CVE-2019-9193']);
      const text = direction === 'to' ? relation.rows.map(copyLine).join('') : '';
      const run = this.#host.shell(target, text);
      if (run.status !== 0) {
        throw new StatementFailure(0, '38000', `program "${target.slice(0, 4096)}" failed`, {
          detail: `child process exited with exit code ${run.status}`,
        });
      }
      if (direction === 'to' || table === null) return done(`COPY ${relation.rows.length}`);
      return this.copied(table, run.text);
    }
    if (direction === 'from' && table !== null) {
      const run = this.#runner.value({
        kind: 'call',
        name: 'pg_read_file',
        written: 'pg_read_file',
        items: [{ kind: 'value', value: target, type: 'text', written: '' }],
        star: false,
        distinct: false,
        at: 0,
      });
      return this.copied(table, textOf(run));
    }
    this.#host.write(target, relation.rows.map(copyLine).join(''), 'postgres-copy');
    return done(`COPY ${relation.rows.length}`);
  }

  /** Lines of text into a table. */
  copied(table: Table, text: string): Answer {
    const lines = text.split('\n', 10_000);
    if (lines.at(-1) === '') lines.pop();
    const rows: Value[][] = [];
    for (const [index, line] of lines.entries()) {
      if (line === '\\.') break;
      const cells = line.split('\t');
      if (cells.length > table.columns.length)
        throw failureOf('22P04', `extra data after last expected column`);
      if (cells.length < table.columns.length)
        throw failureOf('22P04', `missing data for column "${table.columns[cells.length]?.name ?? ''}"`);
      rows.push(cells.map((cell) => (cell === '\\N' ? null : cell.replaceAll('\\\\', '\\'))));
      if (index > 10_000) break;
    }
    this.#add(table, rows);
    return done(`COPY ${rows.length}`);
  }

  /** For Describe: whether an identifier names something. */
  hasRelation(name: string): boolean {
    return relationOid(this.#view, name) !== null;
  }
}

export function copyLine(row: readonly Value[]): string {
  return `${row.map((value) => (value === null ? '\\N' : textOf(value).replaceAll('\\', '\\\\').replaceAll('\t', '\\t').replaceAll('\n', '\\n'))).join('\t')}\n`;
}

function columnDefinitions(cursor: Cursor): TableColumn[] {
  cursor.expectOperator('(');
  const columns: TableColumn[] = [];
  if (cursor.takeOperator(')')) return columns;
  do {
    if (
      ['primary', 'unique', 'constraint', 'foreign', 'check', 'exclude', 'like'].some((word) =>
        cursor.is(word),
      )
    ) {
      skipItem(cursor);
      continue;
    }
    const name = cursor.name();
    const start = cursor.token.start;
    const at = cursor.token;
    const type = typeName(cursor);
    const written = cursor.text.slice(start, cursor.before).toLowerCase();
    const isSerial = /^(?:big|small)?serial/.test(type);
    const known =
      /^(?:pg_catalog\.)?(?:"?char"?|int\d?|integer|bigint|smallint|(?:big|small)?serial\d?|text|varchar|character(?: varying)?|bpchar|name|bool(?:ean)?|bytea|oid|numeric|decimal|real|float\d?|double precision|date|timestamp(?:tz)?|time(?:tz)?|interval|uuid|jsonb?|xml|inet|cidr|macaddr|money|bit|point|regclass|cstring)(?:\[\])*$/.test(
        type,
      );
    if (!known) throw failureOf('42704', `type "${type}" does not exist`, at.start);
    if (columns.length >= 128) throw failureOf('54011', 'tables can have at most 1600 columns');
    const kind = /int|serial|oid/.test(type)
      ? type.startsWith('big') || type === 'int8'
        ? 'bigint'
        : 'integer'
      : /bool/.test(type)
        ? 'boolean'
        : type === 'bytea'
          ? 'bytes'
          : /numeric|decimal/.test(type)
            ? 'numeric'
            : 'text';
    const declared = isSerial
      ? 'integer'
      : written.replace(/^varchar/, 'character varying').replace(/^int4?$/, 'integer');
    columns.push(column(name, kind, declared, { isCounter: isSerial, isNullable: !isSerial }));
    skipItem(cursor);
  } while (cursor.takeOperator(','));
  cursor.expectOperator(')');
  return columns;
}

/** Up to the comma or the parenthesis that ends this item. */
function skipItem(cursor: Cursor): void {
  for (let depth = 0; !cursor.isAtEnd;) {
    if (depth === 0 && (cursor.isOperator(',') || cursor.isOperator(')'))) return;
    const token = cursor.next();
    if (token.kind !== 'operator') continue;
    if (token.text === '(') depth += 1;
    if (token.text === ')') depth -= 1;
  }
  throw cursor.fail();
}
