/** MySQL's functions, variables and errors, for the evaluation of queries. */

import { RE2JS } from 're2js';
import type { DecoyOutput } from '../../core/decoy.ts';
import type { StatementFailure } from '../sql/failure.ts';
import { commonFunctions } from '../sql/functions.ts';
import type { SqlHost } from '../sql/host.ts';
import type { Call } from '../sql/syntax.ts';
import { numberOf, type Relation, type SqlType, textOf, type Value } from '../sql/value.ts';
import { typeOfCall } from './call-type.ts';
import { catalogTable } from './catalog.ts';
import type { ConnectionView } from './view.ts';
import { isSystemDatabase } from './database-names.ts';
import type { Connection } from './connection.ts';
import { mysqlError } from './errors.ts';
import { callOwn } from './functions/families.ts';
import type { Server } from './functions/family.ts';
import { placeName } from './place-name.ts';
import { variablesOf } from './variables.ts';

/** Work that one statement may do: some tens of milliseconds. */
const workLimit = 400_000;
const variableLimit = 64;

export class MysqlHost implements SqlHost {
  readonly dialect = 'mysql' as const;
  readonly #view: ConnectionView;
  readonly #connection: Connection;
  #work = 0;
  readonly #server: Server;

  constructor(view: ConnectionView, connection: Connection) {
    this.#view = view;
    this.#connection = connection;
    this.#server = { view, connection, outputs: [], spend: (units) => this.spend(units), runs: 0 };
  }

  /** What the statement does beside its answer. */
  get outputs(): DecoyOutput[] {
    return this.#server.outputs;
  }

  spend(units: number): void {
    this.#work += units;
    if (this.#work > workLimit) throw mysqlError.interrupted();
  }

  relation(path: readonly string[]): Relation {
    const name = path.at(-1) ?? '';
    const database = path.at(-2) ?? this.#connection.database;
    if (name.toLowerCase() === 'dual' && path.length === 1) return { columns: [], rows: [[]] };
    if (database === '') throw mysqlError.noDatabase();
    const found = catalogTable(this.#view, database, name);
    if (found !== null) return found;
    if (database.toLowerCase() === 'information_schema') {
      throw mysqlError.unknownInformation(this.#view.instance.identity.isMariaDb ? name : name.toUpperCase());
    }
    throw mysqlError.unknownTable(`${database}.${name}`);
  }

  tableFunction(call: Call): Relation {
    throw mysqlError.unknownFunction(call.written);
  }

  variable(name: string): Value {
    if (!name.startsWith('@@'))
      return this.#connection.userVariables.get(name.slice(1).toLowerCase()) ?? null;
    const plain = name
      .slice(2)
      .toLowerCase()
      .replace(/^(?:global|session|local)\./, '');
    switch (plain) {
      case 'identity':
      case 'last_insert_id':
        return this.#connection.lastId;
      case 'pseudo_thread_id':
        return this.#connection.thread;
      case 'warning_count':
      case 'error_count':
        return 0;
      default: {
        const value = variablesOf(this.#view.instance).get(plain);
        if (value === undefined) throw mysqlError.unknownVariable(plain);
        if (plain === 'secure_file_priv' && this.#view.instance.identity.secureFolder === null) return null;
        if (value === 'ON' || value === 'OFF') return value === 'ON' ? 1 : 0;
        return /^\d{1,15}$/.test(value) ? Number(value) : value;
      }
    }
  }

  typeOfVariable(name: string): SqlType {
    const value = this.variable(name);
    return typeof value === 'number' ? 'bigint' : 'text';
  }

  assign(name: string, value: Value): void {
    const key = name.slice(1).toLowerCase();
    const { userVariables } = this.#connection;
    if (!userVariables.has(key) && userVariables.size >= variableLimit) return;
    const held = textOf(value);
    if (this.#view.instance.space.reserve(held.length + 64)) userVariables.set(key, value);
  }

  parameter(index: number): Value {
    return this.#connection.parameters[index - 1] ?? null;
  }

  cast(value: Value, type: string): Value {
    if (value === null) return null;
    if (type.startsWith('unsigned') || type.startsWith('signed') || type.startsWith('int'))
      return Math.trunc(numberOf(value));
    if (type.startsWith('decimal') || type.startsWith('double') || type.startsWith('float'))
      return numberOf(value);
    return typeof value === 'boolean' ? (value ? '1' : '0') : textOf(value);
  }

  typeNamed(type: string): SqlType {
    if (/^(?:un)?signed|^int/.test(type)) return 'bigint';
    if (/^(?:decimal|double|float)/.test(type)) return 'numeric';
    if (type === 'binary') return 'bytes';
    return type.startsWith('datetime') ? 'timestamp' : 'text';
  }

  unknownColumn(path: readonly string[], _at: number, place: string): StatementFailure {
    const [first = ''] = path;
    if (path.at(-1) === '*') {
      const { database } = this.#connection;
      if (first === '' || first === '*') return mysqlError.noTables();
      return database === ''
        ? mysqlError.noDatabase()
        : mysqlError.unknownTableToDrop(`${database}.${first}`);
    }
    return mysqlError.unknownColumn(path.join('.'), placeName(this.#view, place));
  }

  ambiguousColumn(name: string, _at: number, place: string): StatementFailure {
    return mysqlError.ambiguousColumn(name, placeName(this.#view, place));
  }

  unionOfDifferent(): StatementFailure {
    return mysqlError.differentColumns();
  }

  divisionByZero(): null {
    return null;
  }

  badOperands(): null {
    return null;
  }

  matches(text: string, pattern: string, ignoreCase: boolean): boolean {
    try {
      return RE2JS.compile(pattern.slice(0, 256), ignoreCase ? RE2JS.CASE_INSENSITIVE : 0)
        .matcher(text.slice(0, 4096))
        .find();
    } catch {
      return false;
    }
  }

  typeOfCall(name: string, types: readonly SqlType[]): SqlType {
    return typeOfCall(name, types);
  }

  call(call: Call, items: readonly Value[]): Value {
    const { name } = call;
    const own = callOwn(this.#server, call, items);
    if (own !== undefined) return own;
    const common = commonFunctions[name];
    if (common !== undefined && !call.written.includes('.')) {
      if (items.length === 0 && name !== 'pi') throw mysqlError.argumentCount(call.written);
      if ((name === 'concat' || name === 'greatest' || name === 'least') && items.includes(null)) return null;
      this.spend(
        items.reduce((sum: number, item) => sum + (typeof item === 'string' ? item.length >> 5 : 0), 0),
      );
      return common(items);
    }
    const { database } = this.#connection;
    throw mysqlError.unknownFunction(
      call.written.includes('.') || database === '' ? call.written : `${database}.${call.written}`,
    );
  }

  /** Whether a database is there. */
  hasDatabase(name: string): boolean {
    return isSystemDatabase(this.#view.instance, name) || this.#view.instance.space.databases.has(name);
  }
}
