/** PostgreSQL's functions, settings and errors, for the evaluation of queries. */

import { createHash } from 'node:crypto';
import { Buffer } from 'node:buffer';
import { RE2JS } from 're2js';
import type { DecoyContext, DecoyOutput } from '../../core/decoy.ts';
import { exploitSeen } from '../sql/fact.ts';
import type { StatementFailure } from '../sql/failure.ts';
import { arrayOf } from '../sql/evaluate.ts';
import { commonFunctions, longestText } from '../sql/functions.ts';
import type { SqlHost } from '../sql/host.ts';
import { fileOf, runInShell } from '../sql/machine-shell.ts';
import type { Call, Expression } from '../sql/syntax.ts';
import { numberOf, textOf, type Relation, type SqlType, type Value } from '../sql/value.ts';
import {
  catalogTable,
  relationName,
  relationOid,
  timestamp,
  typeNames,
  type PostgresView,
} from './catalog.ts';
import { cancelled, failureOf, unknownColumn, unknownFunction, unknownRelation } from './errors.ts';

const workLimit = 600_000;
const objectLimit = 64;

const typeWords: Readonly<Partial<Record<SqlType, string>>> = {
  integer: 'integer',
  bigint: 'bigint',
  numeric: 'numeric',
  double: 'double precision',
  boolean: 'boolean',
  text: 'text',
  name: 'name',
  oid: 'oid',
  char: '"char"',
  bytes: 'bytea',
  timestamp: 'timestamp with time zone',
  date: 'date',
  array: 'text[]',
  unknown: 'unknown',
  interval: 'interval',
};

const numeric = new Set<SqlType>(['integer', 'bigint', 'numeric', 'double', 'oid']);

export class PostgresHost implements SqlHost {
  readonly dialect = 'postgres' as const;
  readonly outputs: DecoyOutput[] = [];
  readonly #view: PostgresView;
  readonly #context: DecoyContext;
  readonly #set: (name: string, value: string) => void;
  parameters: readonly Value[] = [];
  #work = 0;
  #runs = 0;

  constructor(view: PostgresView, context: DecoyContext, set: (name: string, value: string) => void) {
    this.#view = view;
    this.#context = context;
    this.#set = set;
  }

  spend(units: number): void {
    this.#work += units;
    if (this.#work > workLimit) throw cancelled();
  }

  relation(path: readonly string[], at: number): Relation {
    const name = path.at(-1) ?? '';
    const schema = path.at(-2) ?? '';
    if (schema === '' || schema === 'public') {
      const own = this.#view.instance.space.table(this.#view.database, name);
      if (own !== undefined) return own;
    }
    const found =
      schema === 'public' ? null : catalogTable(this.#view, schema === '' ? 'pg_catalog' : schema, name);
    if (found === null || (schema !== '' && schema !== 'pg_catalog' && schema !== 'information_schema'))
      throw unknownRelation(path.join('.'), at);
    return found;
  }

  tableFunction(call: Call, items: readonly Value[]): Relation {
    const [first = null, second = null, third = null] = items;
    const single = (type: SqlType, values: readonly Value[]): Relation => ({
      columns: [{ name: call.name, type }],
      rows: values.map((value) => [value]),
    });
    switch (call.name) {
      case 'generate_series': {
        const [from, to, step] = [numberOf(first), numberOf(second), third === null ? 1 : numberOf(third)];
        const count = step === 0 ? 0 : Math.max(0, Math.floor((to - from) / step) + 1);
        this.spend(count);
        return single(
          'integer',
          Array.from({ length: count }, (_, index) => from + index * step),
        );
      }
      case 'unnest':
        return single('text', Array.isArray(first) ? first : arrayOf(textOf(first)));
      case 'generate_subscripts':
        return single(
          'integer',
          (Array.isArray(first) ? first : arrayOf(textOf(first))).map((_, index) => index + 1),
        );
      case 'regexp_split_to_table':
      case 'string_to_table':
        return single(
          'text',
          textOf(first)
            .split(textOf(second) || '\n')
            .slice(0, 10_000),
        );
      case 'pg_ls_dir': {
        const path = textOf(first);
        this.outputs.push(
          exploitSeen('postgres', {
            name: 'postgres-file-read',
            class: 'lfi',
            technique: 'T1083',
            detail: path,
          }),
        );
        const run = runInShell(
          this.#context,
          'postgres',
          'postgres',
          /^[\w./-]{1,255}$/.test(path) ? `ls -a ${path}` : 'false',
        );
        if (run.status !== 0)
          throw failureOf('58P01', `could not open directory "${path}": No such file or directory`);
        return single(
          'text',
          run.text.split('\n').filter((line) => line !== '' && line !== '.' && line !== '..'),
        );
      }
      default:
        return single(this.typeOfCall(call.name, []), [
          this.call(
            call,
            items,
            items.map((item) => (typeof item === 'number' ? 'integer' : 'unknown')),
          ),
        ]);
    }
  }

  variable(): Value {
    return null;
  }

  typeOfVariable(): SqlType {
    return 'text';
  }

  assign(): void {}

  parameter(index: number): Value {
    return this.parameters[index - 1] ?? null;
  }

  cast(value: Value, type: string, at: number): Value {
    if (value === null) return null;
    const name = type.replace(/^pg_catalog\./, '');
    const kind = this.typeNamed(type);
    if (name === 'regclass') {
      if (typeof value === 'number') return relationName(this.#view, value) ?? String(value);
      const text = textOf(value).replace(/^pg_catalog\./, '');
      if (/^\d+$/.test(text)) return relationName(this.#view, Number(text)) ?? text;
      if (relationOid(this.#view, text) === null) throw unknownRelation(text, at);
      return text;
    }
    if (name.startsWith('reg')) return textOf(value);
    if (kind === 'integer' || kind === 'bigint' || kind === 'oid') {
      const text = textOf(value).trim();
      if (typeof value === 'boolean') return value ? 1 : 0;
      if (kind === 'oid' && relationOid(this.#view, text) !== null) return relationOid(this.#view, text);
      if (typeof value === 'string' && !/^[+-]?\d{1,20}$/.test(text))
        throw failureOf(
          '22P02',
          `invalid input syntax for type ${typeWords[kind] ?? kind}: "${text.slice(0, 4096)}"`,
          at,
        );
      return Math.round(numberOf(value));
    }
    if (kind === 'numeric' || kind === 'double') {
      if (typeof value === 'string' && !/^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?\s*$/i.test(value))
        throw failureOf(
          '22P02',
          `invalid input syntax for type ${typeWords[kind] ?? kind}: "${value.slice(0, 4096)}"`,
          at,
        );
      return numberOf(value);
    }
    if (kind === 'boolean') {
      const text = textOf(value).toLowerCase();
      if (/^(?:t|true|yes|y|on|1)$/.test(text)) return true;
      if (/^(?:f|false|no|n|off|0)$/.test(text)) return false;
      throw failureOf('22P02', `invalid input syntax for type boolean: "${text}"`, at);
    }
    if (kind === 'array') return Array.isArray(value) ? value : arrayOf(textOf(value));
    return typeof value === 'boolean' ? (value ? 'true' : 'false') : textOf(value);
  }

  typeNamed(type: string): SqlType {
    const name = type.replace(/^pg_catalog\./, '');
    if (name.endsWith('[]')) return 'array';
    if (/^(?:int|int4|integer|smallint|int2|serial)$/.test(name)) return 'integer';
    if (/^(?:bigint|int8|bigserial)$/.test(name)) return 'bigint';
    if (/^(?:numeric|decimal)/.test(name)) return 'numeric';
    if (/^(?:real|float|double)/.test(name)) return 'double';
    if (name.startsWith('bool')) return 'boolean';
    if (name.startsWith('timestamp')) return 'timestamp';
    if (name === 'bytea') return 'bytes';
    if (name === 'oid' || name === 'name' || name === 'date' || name === 'interval') return name;
    return 'text';
  }

  unknownColumn(path: readonly string[], at: number, _place: string, isKnown = false): StatementFailure {
    if (path.at(-1) === '*') {
      return path.length < 2 || path[0] === ''
        ? failureOf('42601', 'SELECT * with no tables specified is not valid', at)
        : failureOf('42P01', `missing FROM-clause entry for table "${path[0] ?? ''}"`, at);
    }
    if (path.length > 1 && isKnown) return unknownColumn(path.slice(-2).join('.'), at);
    if (path.length > 1)
      return failureOf('42P01', `missing FROM-clause entry for table "${path.at(-2) ?? ''}"`, at);
    return unknownColumn(path[0] ?? '', at);
  }

  ambiguousColumn(name: string, at: number): StatementFailure {
    return failureOf('42702', `column reference "${name}" is ambiguous`, at);
  }

  unionOfDifferent(operator: string): StatementFailure {
    return failureOf(
      '42601',
      `each ${operator.replace(' all', '').toUpperCase()} query must have the same number of columns`,
    );
  }

  divisionByZero(): StatementFailure {
    return failureOf('22012', 'division by zero');
  }

  badOperands(
    expression: Expression & { readonly kind: 'binary' },
    left: SqlType,
    right: SqlType,
  ): StatementFailure | null {
    const { operator, at } = expression;
    if (['=', '<', '>', '<=', '>=', '<>', '+', '-', '*', '/'].includes(operator)) {
      // A text without a type is read as what stands beside it.
      for (const [side, other] of [
        [expression.left, right],
        [expression.right, left],
      ] as const) {
        if (
          side.kind === 'value' &&
          side.type === 'unknown' &&
          typeof side.value === 'string' &&
          numeric.has(other)
        ) {
          const place =
            expression.at - (side === expression.left ? side.written.length + 3 : -operator.length - 1);
          this.cast(side.value, other, Math.max(0, place));
        }
      }
    }
    if (
      ['+', '-', '*', '/', '%'].includes(operator) ||
      ['=', '<', '>', '<=', '>=', '<>'].includes(operator)
    ) {
      // What no implicit cast brings together.
      const isText = (type: SqlType): boolean => type === 'text' || type === 'name';
      const bad =
        (numeric.has(left) && left !== 'oid' && isText(right)) ||
        (isText(left) && numeric.has(right) && right !== 'oid');
      if (bad) {
        return Object.assign(
          failureOf(
            '42883',
            `operator does not exist: ${typeWords[left] ?? left} ${operator} ${typeWords[right] ?? right}`,
            at,
          ),
          {
            hint: 'No operator matches the given name and argument types. You might need to add explicit type casts.',
          },
        );
      }
    }
    return null;
  }

  matches(text: string, pattern: string, ignoreCase: boolean): boolean {
    try {
      return RE2JS.compile(pattern.slice(0, 256), ignoreCase ? RE2JS.CASE_INSENSITIVE : 0)
        .matcher(text.slice(0, 4096))
        .find();
    } catch {
      throw failureOf('2201B', 'invalid regular expression: invalid escape \\ sequence');
    }
  }

  typeOfCall(name: string, types: readonly SqlType[]): SqlType {
    if (names.has(name)) return 'name';
    if (booleans.has(name) || name.startsWith('has_')) return 'boolean';
    if (integers.has(name)) return 'integer';
    if (oids.has(name)) return 'oid';
    if (
      name === 'now' ||
      name === 'current_timestamp' ||
      name === 'clock_timestamp' ||
      name === 'pg_postmaster_start_time'
    )
      return 'timestamp';
    if (name === 'pg_sleep') return 'void';
    if (name === 'random' || name === 'pi') return 'double';
    if (name === 'pg_database_size' || name === 'pg_total_relation_size') return 'bigint';
    if (name === 'decode' || name === 'pg_read_binary_file' || name === 'lo_get') return 'bytes';
    if (name === 'string_to_array' || name === 'current_schemas') return 'array';
    if (['coalesce', 'nullif', 'greatest', 'least', 'abs', 'mod', 'round', 'ceil', 'floor'].includes(name))
      return types.find((type) => type !== 'unknown') ?? 'text';
    return 'text';
  }

  call(call: Call, items: readonly Value[], types: readonly SqlType[]): Value {
    const own = this.#own(call, items);
    if (own !== undefined) return own;
    const common = commonFunctions[call.name];
    if (common !== undefined && !mysqlOnly.has(call.name)) {
      this.spend(
        items.reduce((sum: number, item) => sum + (typeof item === 'string' ? item.length >> 5 : 0), 0),
      );
      return common(items);
    }
    throw unknownFunction(
      `${call.written}(${types.map((type) => typeWords[type] ?? type).join(', ')})`,
      call.at,
    );
  }

  #file(path: string): string {
    this.outputs.push(
      exploitSeen('postgres', { name: 'postgres-file-read', class: 'lfi', technique: 'T1005', detail: path }),
    );
    const text = this.#view.instance.files.get(path) ?? fileOf(this.#context, 'postgres', 'postgres', path);
    if (text === null)
      throw failureOf('58P01', `could not open file "${path}" for reading: No such file or directory`);
    return text;
  }

  /** Undefined where there is no such function. */
  #own(call: Call, items: readonly Value[]): Value | undefined {
    const { instance } = this.#view;
    const [first = null, second = null] = items;
    const now = this.#context.now();
    switch (call.name) {
      case 'version':
        return instance.banner;
      case 'current_database':
      case 'current_catalog':
        return this.#view.database;
      case 'current_user':
      case 'session_user':
      case 'user':
        return this.#view.user;
      case 'current_schema':
        return 'public';
      case 'current_schemas':
        return first === true ? ['pg_catalog', 'public'] : ['public'];
      case 'pg_backend_pid':
        return this.#view.process;
      case 'inet_server_addr':
        return this.#context.destination;
      case 'inet_server_port':
        return this.#context.destinationPort;
      case 'inet_client_addr':
        return this.#context.source;
      case 'inet_client_port':
        return this.#context.sourcePort;
      case 'now':
      case 'current_timestamp':
      case 'clock_timestamp':
      case 'statement_timestamp':
      case 'transaction_timestamp':
      case 'localtimestamp':
        return timestamp(now);
      case 'current_date':
        return timestamp(now).slice(0, 10);
      case 'pg_postmaster_start_time':
        return timestamp(instance.startedAt);
      case 'pg_sleep':
        this.outputs.push({ do: 'pause', milliseconds: Math.min(5000, Math.max(0, numberOf(first) * 1000)) });
        return '';
      case 'current_setting': {
        const name = textOf(first).toLowerCase();
        const value = this.#view.settings().get(name);
        if (value === undefined && second !== true)
          throw failureOf('42704', `unrecognized configuration parameter "${name}"`);
        return value ?? null;
      }
      case 'set_config':
        this.#set(textOf(first).toLowerCase(), textOf(second));
        return textOf(second);
      case 'pg_get_userbyid': {
        if (numberOf(first) === 3373) return 'pg_database_owner';
        const role = [...instance.roles].find(([, each]) => each.oid === numberOf(first));
        return role?.[0] ?? `unknown (OID=${numberOf(first)})`;
      }
      case 'pg_encoding_to_char':
        return numberOf(first) === 6 ? 'UTF8' : 'SQL_ASCII';
      case 'array_to_string':
        return first === null
          ? null
          : (Array.isArray(first) ? first : arrayOf(textOf(first)))
              .filter((item) => item !== null)
              .map(textOf)
              .join(textOf(second));
      case 'array_length':
      case 'cardinality':
        return first === null ? null : (Array.isArray(first) ? first : arrayOf(textOf(first))).length || null;
      case 'array_upper':
        return first === null ? null : (Array.isArray(first) ? first : arrayOf(textOf(first))).length;
      case 'array_lower':
        return 1;
      case 'string_to_array':
        return first === null ? null : textOf(first).split(textOf(second)).slice(0, 10_000);
      case 'format_type': {
        const name = typeNames[numberOf(first)] ?? '???';
        const length = numberOf(second);
        return name === 'character varying' && length > 4 ? `${name}(${length - 4})` : name;
      }
      case 'pg_table_is_visible':
      case 'pg_type_is_visible':
      case 'pg_function_is_visible':
      case 'has_database_privilege':
      case 'has_table_privilege':
      case 'has_schema_privilege':
      case 'has_column_privilege':
      case 'has_any_column_privilege':
      case 'has_function_privilege':
      case 'pg_has_role':
        return true;
      case 'pg_is_in_recovery':
      case 'pg_relation_is_publishable':
        return false;
      case 'pg_reload_conf':
      case 'pg_cancel_backend':
      case 'pg_terminate_backend':
        return call.name === 'pg_reload_conf';
      case 'obj_description':
      case 'col_description':
      case 'shobj_description':
      case 'pg_get_expr':
      case 'pg_get_constraintdef':
      case 'pg_get_indexdef':
      case 'pg_get_viewdef':
      case 'pg_get_partkeydef':
      case 'pg_get_statisticsobjdef_columns':
        return null;
      case 'to_regclass':
        return relationOid(this.#view, textOf(first)) === null ? null : textOf(first);
      case 'pg_database_size':
        return 8_000_000 + (textOf(first).length + instance.nextOid) * 311;
      case 'pg_total_relation_size':
      case 'pg_table_size':
      case 'pg_relation_size':
        return 16_384;
      case 'pg_size_pretty':
        return numberOf(first) < 10_240
          ? `${numberOf(first)} bytes`
          : `${Math.round(numberOf(first) / 1024)} kB`;
      case 'txid_current':
        return 740 + instance.nextOid;
      case 'random':
        return Buffer.from(this.#context.randomBytes(4)).readUInt32BE() / 4_294_967_296;
      case 'chr':
        return first === null
          ? null
          : Buffer.from(
              String.fromCodePoint(Math.min(0x10ffff, Math.max(1, numberOf(first)))),
              'utf8',
            ).toString('latin1');
      case 'strpos':
      case 'position': {
        // position(a IN b) comes as the truth of `a IN b`, which no client of ours asks for; strpos(b, a) is what is used.
        return first === null || second === null ? null : textOf(first).indexOf(textOf(second)) + 1;
      }
      case 'split_part':
        return textOf(first).split(textOf(second))[numberOf(items[2] ?? 1) - 1] ?? '';
      case 'quote_ident':
        return /^[a-z_][a-z0-9_]*$/.test(textOf(first))
          ? textOf(first)
          : `"${textOf(first).replaceAll('"', '""')}"`;
      case 'quote_literal':
        return `'${textOf(first).replaceAll("'", "''")}'`;
      case 'initcap':
        return textOf(first)
          .toLowerCase()
          .replaceAll(/\b[a-z]/g, (letter) => letter.toUpperCase());
      case 'btrim':
        return textOf(first).trim();
      case 'to_hex':
        return Math.trunc(numberOf(first)).toString(16);
      case 'to_char':
        return textOf(first);
      case 'sha256':
        return `\\x${createHash('sha256')
          .update(octetsOf(textOf(first)))
          .digest('hex')}`;
      case 'regexp_replace':
        return first === null ? null : textOf(first);
      case 'decode': {
        const text = textOf(first);
        const kind = textOf(second).toLowerCase();
        const octets =
          kind === 'base64'
            ? Buffer.from(text, 'base64')
            : kind === 'hex'
              ? Buffer.from(text.replaceAll(/\s/g, ''), 'hex')
              : Buffer.from(text, 'latin1');
        return `\\x${octets.toString('hex')}`;
      }
      case 'encode': {
        const octets = octetsOf(textOf(first));
        const kind = textOf(second).toLowerCase();
        return kind === 'base64'
          ? octets.toString('base64')
          : kind === 'hex'
            ? octets.toString('hex')
            : octets.toString('latin1');
      }
      case 'convert_from':
        return first === null ? null : octetsOf(textOf(first)).toString('latin1').slice(0, longestText);
      case 'convert_to':
        return first === null ? null : `\\x${Buffer.from(textOf(first), 'latin1').toString('hex')}`;
      case 'pg_read_file':
        return this.#file(textOf(first)).slice(
          items.length > 2 ? numberOf(second) : 0,
          items.length > 2 ? numberOf(second) + numberOf(items[2] ?? 0) : undefined,
        );
      case 'pg_read_binary_file':
        return `\\x${Buffer.from(this.#file(textOf(first)), 'latin1').toString('hex')}`;
      case 'pg_ls_dir':
        return this.tableFunction(call, items).rows[0]?.[0] ?? null;
      case 'lo_creat':
      case 'lo_create':
        return this.#object(numberOf(first), '');
      case 'lo_from_bytea':
        return this.#object(numberOf(first), octetsOf(textOf(second)).toString('latin1'));
      case 'lo_import':
        return this.#object(numberOf(second), this.#file(textOf(first)));
      case 'lo_put': {
        const oid = numberOf(first);
        const held = instance.largeObjects.get(oid);
        if (held === undefined) throw failureOf('42704', `large object ${oid} does not exist`);
        const offset = Math.min(held.length, Math.max(0, numberOf(second)));
        const more = octetsOf(textOf(items[2] ?? '')).toString('latin1');
        if (!instance.space.reserve(more.length))
          throw failureOf('53100', 'could not extend file: No space left on device');
        instance.largeObjects.set(oid, held.slice(0, offset) + more + held.slice(offset + more.length));
        return '';
      }
      case 'lo_get': {
        const text = instance.largeObjects.get(numberOf(first));
        if (text === undefined) throw failureOf('42704', `large object ${numberOf(first)} does not exist`);
        return `\\x${Buffer.from(text, 'latin1').toString('hex')}`;
      }
      case 'lo_unlink':
        return instance.largeObjects.delete(numberOf(first)) ? 1 : -1;
      case 'lo_export': {
        const text = instance.largeObjects.get(numberOf(first));
        if (text === undefined) throw failureOf('42704', `large object ${numberOf(first)} does not exist`);
        this.write(textOf(second), text, 'postgres-lo-export');
        return 1;
      }
      default:
        return this.#loaded(call, items);
    }
  }

  #object(wanted: number, text: string): number {
    const { instance } = this.#view;
    let oid = Math.trunc(wanted);
    if (oid <= 0) {
      instance.nextOid += 1;
      oid = instance.nextOid;
    }
    if (instance.largeObjects.has(oid))
      throw failureOf(
        '23505',
        'duplicate key value violates unique constraint "pg_largeobject_metadata_oid_index"',
      );
    if (instance.largeObjects.size >= objectLimit || !instance.space.reserve(text.length + 64))
      throw failureOf('53100', 'could not extend file: No space left on device');
    instance.largeObjects.set(oid, text);
    return oid;
  }

  /** A file written by the server. */
  write(path: string, text: string, how: string): void {
    if (!this.#view.instance.keepFile(path, text))
      throw failureOf('53100', `could not write to file "${path}": No space left on device`);
    const isLibrary = /\.(?:so|dll)$/.test(path) || text.startsWith('\x7fELF');
    const name = isLibrary
      ? 'postgres-library-drop'
      : /cron/.test(path)
        ? 'postgres-cron-drop'
        : path.includes('.ssh')
          ? 'postgres-ssh-key-drop'
          : 'postgres-file-write';
    this.outputs.push(
      { do: 'capture', bytes: Buffer.from(text, 'latin1'), how, name: path.slice(0, 255) },
      exploitSeen('postgres', {
        name,
        class: 'rce',
        technique: isLibrary ? 'T1129' : 'T1105',
        detail: `${text.length} bytes into ${path}`,
      }),
    );
  }

  /** Runs a command as the server does for COPY … PROGRAM and for functions in C. */
  shell(command: string, input = ''): { readonly text: string; readonly status: number } {
    if (this.#runs >= 16) return { text: '', status: 0 };
    this.#runs += 1;
    this.spend(20_000);
    const run = runInShell(this.#context, 'postgres', 'postgres', command, input);
    this.outputs.push(...run.outputs);
    return { text: run.text, status: run.status };
  }

  #loaded(call: Call, items: readonly Value[]): Value | undefined {
    if (!this.#view.instance.functions.has(call.name)) return undefined;
    const command = textOf(items[0] ?? '');
    this.outputs.push(
      exploitSeen('postgres', {
        name: 'postgres-library-command',
        class: 'rce',
        technique: 'T1059.004',
        detail: `${call.name}(${command})`,
      }),
    );
    const run = this.shell(command);
    return /eval|text|shell/.test(call.name) ? run.text : run.status * 256;
  }
}

/** The octets of a bytea in its hex form, or of plain text. */
export function octetsOf(text: string): Buffer {
  return text.startsWith('\\x') ? Buffer.from(text.slice(2), 'hex') : Buffer.from(text, 'latin1');
}

const names = new Set(
  'current_database current_catalog current_user session_user user current_schema pg_get_userbyid pg_encoding_to_char'.split(
    ' ',
  ),
);
const booleans = new Set(
  'pg_table_is_visible pg_type_is_visible pg_function_is_visible pg_is_in_recovery pg_reload_conf pg_cancel_backend pg_terminate_backend pg_has_role pg_relation_is_publishable'.split(
    ' ',
  ),
);
const integers = new Set(
  'pg_backend_pid length char_length octet_length array_length array_upper array_lower cardinality strpos position ascii inet_server_port inet_client_port lo_unlink lo_export sign'.split(
    ' ',
  ),
);
const oids = new Set('lo_create lo_creat lo_import lo_from_bytea'.split(' '));
const mysqlOnly = new Set('mid concat_ws_ ceiling_ pow_'.split(' '));
