/** MySQL's functions, variables and errors, for the evaluation of queries. */

import { createHash } from 'node:crypto';
import { Buffer } from 'node:buffer';
import { RE2JS } from 're2js';
import type { DecoyContext, DecoyOutput } from '../../core/decoy.ts';
import { hexDigits } from '../../core/random.ts';
import { exploitSeen } from '../sql/fact.ts';
import type { StatementFailure } from '../sql/failure.ts';
import { commonFunctions, dateTime, longestText } from '../sql/functions.ts';
import type { SqlHost } from '../sql/host.ts';
import { fileOf, runInShell } from '../sql/machine-shell.ts';
import type { Call } from '../sql/syntax.ts';
import { isTrue, numberOf, textOf, type Relation, type SqlType, type Value } from '../sql/value.ts';
import { catalogTable, isSystemDatabase, type ConnectionView } from './catalog.ts';
import { mysqlError } from './errors.ts';
import { variablesOf } from './variables.ts';

/** What one connection knows of itself. */
export interface Connection {
  readonly context: DecoyContext;
  readonly thread: number;
  readonly host: string;
  /** The client said that it gives files to LOAD DATA LOCAL. */
  readonly givesFiles: boolean;
  user: string;
  database: string;
  statement: string;
  lastId: number;
  affected: number;
  found: number;
  readonly userVariables: Map<string, Value>;
  parameters: readonly Value[];
}

/** Work that one statement may do: some tens of milliseconds. */
const workLimit = 400_000;
const variableLimit = 64;
const runLimit = 16;

const places: Readonly<Record<string, string>> = {
  'field list': 'SELECT',
  'where clause': 'WHERE',
  'order clause': 'ORDER BY',
  'group statement': 'GROUP BY',
  'having clause': 'HAVING',
  'on clause': 'ON',
  'insert list': 'INSERT INTO',
  'set list': 'SET',
};

/** How a name is given in an error that depends on the version. */
export function placeName(view: ConnectionView, place: string): string {
  const older = place === 'insert list' || place === 'set list' ? 'field list' : place;
  return view.instance.identity.namesClauses ? (places[place] ?? place) : older;
}

export class MysqlHost implements SqlHost {
  readonly dialect = 'mysql' as const;
  /** What the functions want done: pauses, facts, captures. */
  readonly outputs: DecoyOutput[] = [];
  readonly #view: ConnectionView;
  readonly #connection: Connection;
  #work = 0;
  #runs = 0;

  constructor(view: ConnectionView, connection: Connection) {
    this.#view = view;
    this.#connection = connection;
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
    if (integers.has(name)) return 'bigint';
    if (reals.has(name)) return 'double';
    if (name === 'now' || name === 'sysdate' || name === 'current_timestamp' || name === 'from_unixtime')
      return 'timestamp';
    if (name === 'curdate' || name === 'current_date') return 'date';
    if (name === 'load_file' || name === 'unhex' || name === 'from_base64' || name === 'char') return 'bytes';
    if (['round', 'abs', 'ceil', 'floor', 'mod', 'greatest', 'least'].includes(name))
      return types[0] ?? 'numeric';
    if (name === 'if') return types[1] ?? 'text';
    if (name === 'ifnull' || name === 'coalesce' || name === 'nullif')
      return types.find((type) => type !== 'unknown') ?? 'text';
    return 'text';
  }

  call(call: Call, items: readonly Value[]): Value {
    const { name } = call;
    const own = this.#own(call, items);
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

  /** Undefined where there is no such function. */
  #own(call: Call, items: readonly Value[]): Value | undefined {
    const { instance } = this.#view;
    const connection = this.#connection;
    const [first = null, second = null, third = null] = items;
    const now = connection.context.now();
    switch (call.name) {
      case 'version':
        return instance.identity.version;
      case 'user':
      case 'session_user':
      case 'system_user':
        return `${connection.user}@${connection.host}`;
      case 'current_user':
        return `${connection.user}@%`;
      case 'database':
      case 'schema':
        return connection.database === '' ? null : connection.database;
      case 'connection_id':
        return connection.thread;
      case 'last_insert_id':
        return connection.lastId;
      case 'row_count':
        return connection.affected;
      case 'found_rows':
        return connection.found;
      case 'now':
      case 'sysdate':
      case 'current_timestamp':
      case 'localtime':
      case 'localtimestamp':
      case 'utc_timestamp':
        return dateTime(now);
      case 'curdate':
      case 'current_date':
      case 'utc_date':
        return dateTime(now).slice(0, 10);
      case 'curtime':
      case 'current_time':
        return dateTime(now).slice(11);
      case 'unix_timestamp':
        return items.length === 0
          ? Math.floor(now / 1000)
          : Math.floor((Date.parse(`${textOf(first).replace(' ', 'T')}Z`) || 0) / 1000);
      case 'from_unixtime':
        return first === null ? null : dateTime(Math.min(Math.max(0, numberOf(first)), 2_147_483_647) * 1000);
      case 'sleep':
        if (items.length !== 1) throw mysqlError.argumentCount(call.written);
        this.outputs.push({ do: 'pause', milliseconds: Math.min(5000, Math.max(0, numberOf(first) * 1000)) });
        return 0;
      case 'benchmark':
        if (items.length !== 2) throw mysqlError.argumentCount(call.written);
        this.outputs.push({ do: 'pause', milliseconds: Math.min(5000, Math.max(0, numberOf(first) / 5000)) });
        return 0;
      case 'load_file': {
        if (first === null) return null;
        const path = textOf(first);
        this.outputs.push(
          exploitSeen('mysql', { name: 'mysql-file-read', class: 'lfi', technique: 'T1005', detail: path }),
        );
        return instance.files.get(path) ?? fileOf(connection.context, 'mysql', 'mysql', path);
      }
      case 'if':
        if (items.length !== 3) throw mysqlError.argumentCount(call.written);
        return isTrue(first) ? second : third;
      case 'ifnull':
        return first ?? second;
      case 'isnull':
        return first === null ? 1 : 0;
      case 'ucase':
        return commonFunctions['upper']?.(items);
      case 'lcase':
        return commonFunctions['lower']?.(items);
      case 'ord':
        return commonFunctions['ascii']?.(items);
      case 'rand':
        return (
          (connection.context.randomBytes(4)[0] ?? 0) / 256 +
          (connection.context.randomBytes(4)[1] ?? 0) / 65_536
        );
      case 'hex':
        if (first === null) return null;
        return typeof first === 'number'
          ? Math.trunc(first).toString(16).toUpperCase()
          : Buffer.from(textOf(first), 'latin1').toString('hex').toUpperCase();
      case 'unhex': {
        const digits = textOf(first);
        return first === null || /[^0-9a-f]/i.test(digits)
          ? null
          : Buffer.from(digits.length % 2 === 0 ? digits : `0${digits}`, 'hex').toString('latin1');
      }
      case 'sha':
      case 'sha1':
        return first === null ? null : createHash('sha1').update(textOf(first), 'latin1').digest('hex');
      case 'sha2': {
        const bits = numberOf(second) === 0 ? 256 : numberOf(second);
        return first === null || ![224, 256, 384, 512].includes(bits)
          ? null
          : createHash(`sha${bits}`).update(textOf(first), 'latin1').digest('hex');
      }
      case 'password':
        return textOf(first) === '' ? '' : nativeHash(textOf(first));
      case 'char':
        return items
          .filter((item) => item !== null)
          .map((item) => String.fromCharCode(numberOf(item) & 0xff))
          .join('');
      case 'space':
        return ' '.repeat(Math.min(longestText, Math.max(0, numberOf(first))));
      case 'instr':
        return first === null || second === null
          ? null
          : textOf(first).toLowerCase().indexOf(textOf(second).toLowerCase()) + 1;
      case 'locate':
      case 'position':
        return first === null || second === null
          ? null
          : textOf(second).toLowerCase().indexOf(textOf(first).toLowerCase()) + 1;
      case 'strcmp':
        return textOf(first) < textOf(second) ? -1 : textOf(first) > textOf(second) ? 1 : 0;
      case 'elt':
        return items[numberOf(first)] ?? null;
      case 'field':
        return items.slice(1).findIndex((item) => textOf(item) === textOf(first)) + 1;
      case 'find_in_set':
        return textOf(second).split(',').indexOf(textOf(first)) + 1;
      case 'to_base64':
        return first === null ? null : Buffer.from(textOf(first), 'latin1').toString('base64');
      case 'from_base64':
        return first === null ? null : Buffer.from(textOf(first), 'base64').toString('latin1');
      case 'bin':
        return first === null ? null : Math.trunc(numberOf(first)).toString(2);
      case 'conv':
        return first === null
          ? null
          : (Number.parseInt(textOf(first), Math.min(36, Math.max(2, numberOf(second)))) || 0)
              .toString(Math.min(36, Math.max(2, numberOf(third))))
              .toUpperCase();
      case 'inet_aton':
        return textOf(first)
          .split('.')
          .reduce((sum, part) => sum * 256 + (Number(part) & 0xff), 0);
      case 'inet_ntoa':
        return [24, 16, 8, 0].map((shift) => Math.floor(numberOf(first) / 2 ** shift) % 256).join('.');
      case 'uuid': {
        const random = Buffer.from(connection.context.randomBytes(8)).toString('hex');
        return `${random.slice(0, 8)}-${random.slice(8, 12)}-11ee-${hexDigits(instance.persona.random('mysql uuid'), 4)}-${instance.persona.mac.replaceAll(':', '').toLowerCase()}`;
      }
      case 'charset':
        return 'utf8mb4';
      case 'collation':
        return 'utf8mb4_general_ci';
      case 'updatexml':
      case 'extractvalue': {
        // The way by which injections read: what is no XPath comes back in the error.
        const path = textOf(second);
        if (/^[/\w@*[\]=.:()-]*$/.test(path)) return '';
        throw mysqlError.unknownError(`XPATH syntax error: '${path.slice(0, 32)}'`);
      }
      case 'date_format':
        return first === null ? null : textOf(first);
      case 'interval':
        return numberOf(first);
      default:
        return this.#loaded(call, items);
    }
  }

  /** A function of a library that the visitor brought. */
  #loaded(call: Call, items: readonly Value[]): Value | undefined {
    const loaded = this.#view.instance.functions.get(call.name);
    if (loaded === undefined) return undefined;
    const argument = textOf(items[0] ?? '');
    this.outputs.push(
      exploitSeen('mysql', {
        name: 'mysql-udf-command',
        class: 'rce',
        technique: 'T1059.004',
        detail: `${call.name}(${argument})`,
      }),
    );
    if (
      /^(?:sys_bineval|sys_exec|sys_eval|cmdshell|exec|shell|do_system|backshell|downloader|cmd|xpdl3|\w*eval\w*|\w*exec\w*|\w*sys\w*)$/.test(
        call.name,
      )
    ) {
      if (this.#runs >= runLimit) return 0;
      this.#runs += 1;
      if (call.name === 'sys_bineval') {
        this.outputs.push({
          do: 'capture',
          bytes: Buffer.from(argument, 'latin1'),
          how: 'mysql-udf',
          name: 'sys_bineval',
        });
        return 0;
      }
      const run = runInShell(this.#connection.context, 'mysql', 'mysql', argument);
      this.outputs.push(...run.outputs);
      this.spend(20_000);
      return loaded.returns === 'string' ? run.text : run.status * 256;
    }
    return loaded.returns === 'string' ? '' : 0;
  }

  /** Whether a database is there. */
  hasDatabase(name: string): boolean {
    return isSystemDatabase(this.#view.instance, name) || this.#view.instance.space.databases.has(name);
  }
}

/** `*` and SHA-1 of SHA-1, as mysql.user keeps it. */
export function nativeHash(password: string): string {
  const once = createHash('sha1').update(password, 'latin1').digest();
  return `*${createHash('sha1').update(once).digest('hex').toUpperCase()}`;
}

const integers = new Set(
  'connection_id last_insert_id row_count found_rows unix_timestamp sleep benchmark isnull ord ascii length char_length character_length octet_length bit_length instr locate position strcmp field find_in_set inet_aton sys_exec'.split(
    ' ',
  ),
);
const reals = new Set('rand sqrt pow power exp ln pi'.split(' '));
