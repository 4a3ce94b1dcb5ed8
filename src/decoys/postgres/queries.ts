/** The simple and the extended query protocol. */

import { Buffer } from 'node:buffer';
import type { DecoyContext, DecoyOutput } from '../../core/decoy.ts';
import { int16, int32, postgresMessage, PostgresFields, zeroText } from '../../wire/postgres-message.ts';
import { readable, statementFact } from '../sql/fact.ts';
import { StatementFailure, SyntaxFailure } from '../sql/failure.ts';
import { cursorOf } from '../sql/query-parser.ts';
import type { Table } from '../sql/store.ts';
import { statementsOf, tokensOf, type Token } from '../sql/token.ts';
import { textOf, type Column, type SqlType, type Value } from '../sql/value.ts';
import type { PostgresView } from './catalog.ts';
import { cancelled, errorMessage, failureOf } from './errors.ts';
import { PostgresHost } from './host.ts';
import type { PostgresInstance } from './instance.ts';
import { StatementRunner } from './statement.ts';
import type { Answer } from './statements/answer.ts';
import { copyLine } from './statements/copy.ts';

const recordLimit = 1000;
const preparedLimit = 64;
const copyLimit = 2 * 1024 * 1024;
const replyLimit = 32 * 1024 * 1024;

/** Object identifier and length of each type on the wire. */
const wireTypes: Readonly<Record<SqlType, readonly [oid: number, length: number]>> = {
  boolean: [16, 1],
  integer: [23, 4],
  bigint: [20, 8],
  double: [701, 8],
  numeric: [1700, -1],
  text: [25, -1],
  name: [19, 64],
  char: [18, 1],
  oid: [26, 4],
  bytes: [17, -1],
  timestamp: [1184, 8],
  date: [1082, 4],
  interval: [1186, 16],
  array: [1009, -1],
  unknown: [25, -1],
  void: [2278, 4],
};

interface Prepared {
  readonly text: string;
  readonly tokens: readonly Token[];
  readonly parameters: number;
}

interface Portal {
  readonly prepared: Prepared;
  readonly values: readonly Value[];
  readonly formats: readonly number[];
  answer: Answer | null;
}

export class Queries {
  isOver = false;
  readonly #context: DecoyContext;
  readonly #instance: PostgresInstance;
  readonly #process: number;
  readonly #user: string;
  readonly #database: string;
  readonly #settings: Map<string, string>;
  readonly #prepared: Map<string, Prepared> = new Map();
  readonly #portals: Map<string, Portal> = new Map();
  #state: 'I' | 'T' | 'E' = 'I';
  #statement = '';
  #recorded = 0;
  #replied = 0;
  /** After an error in the extended protocol all is skipped up to Sync. */
  #skipping = false;
  #copying: { readonly table: Table; pieces: string[]; octets: number } | null = null;

  constructor(
    context: DecoyContext,
    instance: PostgresInstance,
    process: number,
    user: string,
    database: string,
    parameters: ReadonlyMap<string, string>,
  ) {
    this.#context = context;
    this.#instance = instance;
    this.#process = process;
    this.#user = user;
    this.#database = database;
    const { major, version } = instance;
    const number = /^(\d+)(?:\.(\d+))?/.exec(version);
    this.#settings = new Map([
      ['application_name', parameters.get('application_name') ?? ''],
      ['client_encoding', 'UTF8'],
      ['client_min_messages', 'notice'],
      ['config_file', `/etc/postgresql/${major}/main/postgresql.conf`],
      ['data_directory', `/var/lib/postgresql/${major}/main`],
      ['datestyle', 'ISO, MDY'],
      ['default_transaction_read_only', 'off'],
      ['extra_float_digits', '1'],
      ['hba_file', `/etc/postgresql/${major}/main/pg_hba.conf`],
      ['in_hot_standby', 'off'],
      ['integer_datetimes', 'on'],
      ['intervalstyle', 'postgres'],
      ['is_superuser', user === 'postgres' ? 'on' : 'off'],
      ['lc_collate', 'en_US.UTF-8'],
      ['listen_addresses', '*'],
      ['lock_timeout', '0'],
      ['idle_in_transaction_session_timeout', '0'],
      ['log_statement', 'none'],
      ['logging_collector', 'off'],
      ['max_connections', '100'],
      ['password_encryption', major < 14 ? 'md5' : 'scram-sha-256'],
      ['port', '5432'],
      ['row_security', 'on'],
      ['search_path', '"$user", public'],
      ['server_encoding', 'UTF8'],
      ['server_version', version],
      ['server_version_num', String(Number(number?.[1] ?? 13) * 10_000 + Number(number?.[2] ?? 0))],
      ['session_authorization', user],
      ['shared_buffers', '128MB'],
      ['shared_preload_libraries', ''],
      ['ssl', context.persona.tls === null ? 'off' : 'on'],
      ['standard_conforming_strings', 'on'],
      ['statement_timeout', '0'],
      ['synchronize_seqscans', 'on'],
      ['timezone', 'Etc/UTC'],
      ['transaction_isolation', 'read committed'],
      ['transaction_read_only', 'off'],
      ['xmloption', 'content'],
      ['default_table_access_method', 'heap'],
      ['default_tablespace', ''],
      ['check_function_bodies', 'on'],
      ['quote_all_identifiers', 'off'],
    ]);
  }

  /** ParameterStatus of each setting that clients are told of: String name, String value. */
  parameterStatus(): Buffer {
    const names = [
      'application_name',
      'client_encoding',
      'DateStyle',
      ...(this.#instance.major < 14 ? [] : ['default_transaction_read_only', 'in_hot_standby']),
      'integer_datetimes',
      'IntervalStyle',
      'is_superuser',
      'server_encoding',
      'server_version',
      'session_authorization',
      'standard_conforming_strings',
      'TimeZone',
    ];
    return Buffer.concat(
      names.map((name) =>
        postgresMessage('S', zeroText(name), zeroText(this.#settings.get(name.toLowerCase()) ?? '')),
      ),
    );
  }

  *receive(type: string, body: Buffer): Iterable<DecoyOutput> {
    for (const output of this.#message(type, body)) {
      if (output.do === 'reply') this.#replied += output.bytes.length;
      if (output.do === 'close') this.isOver = true;
      yield output;
      if (this.#replied > replyLimit && !this.isOver) {
        this.isOver = true;
        yield { do: 'close' };
        return;
      }
    }
  }

  #reply(...messages: readonly Buffer[]): DecoyOutput {
    return { do: 'reply', bytes: Buffer.concat(messages) };
  }

  #ready(): DecoyOutput {
    return this.#reply(postgresMessage('Z', Buffer.from(this.#state)));
  }

  *#message(type: string, body: Buffer): Iterable<DecoyOutput> {
    if (this.#copying !== null) {
      yield* this.#copyData(type, body);
      return;
    }
    if (this.#skipping && type !== 'S' && type !== 'X') return;
    const fields = new PostgresFields(body);
    switch (type) {
      case 'Q':
        yield* this.#simple(fields.text());
        return;
      case 'P':
        yield* this.#extended(() => this.#parse(fields));
        return;
      case 'B':
        yield* this.#extended(() => this.#bind(fields));
        return;
      case 'D':
        yield* this.#extended(() => this.#describe(fields));
        return;
      case 'E':
        yield* this.#extended(() => this.#execute(fields));
        return;
      case 'C': {
        const kind = fields.octets(1).toString('latin1');
        if (kind === 'S') this.#prepared.delete(fields.text());
        else this.#portals.delete(fields.text());
        yield this.#reply(postgresMessage('3'));
        return;
      }
      case 'S':
        this.#skipping = false;
        this.#portals.clear();
        yield this.#ready();
        return;
      case 'H':
      case 'd':
      case 'c':
      case 'f':
        return;
      case 'X':
        yield { do: 'close' };
        return;
      case 'F':
        yield this.#reply(
          errorMessage(failureOf('42883', `function with OID ${fields.int32()} does not exist`), ''),
        );
        yield this.#ready();
        return;
      default:
        yield this.#reply(
          errorMessage(
            failureOf('08P01', `invalid frontend message type ${type.charCodeAt(0)}`),
            '',
            'FATAL',
          ),
        );
        yield { do: 'close' };
    }
  }

  *#record(text: string): Iterable<DecoyOutput> {
    this.#recorded += 1;
    if (this.#recorded <= recordLimit) yield { do: 'saw', fact: statementFact('postgres', text) };
  }

  #syntaxError(text: string, failure: SyntaxFailure, tokens: readonly Token[] | null): StatementFailure {
    if (failure.unterminated !== '') {
      const isComment = failure.unterminated.includes('comment');
      return failureOf(
        '42601',
        `unterminated ${failure.unterminated} at or near "${text.slice(failure.at)}"`,
        isComment ? failure.at : failure.at,
      );
    }
    const token = tokens?.find((each) => each.start >= failure.at);
    if (token === undefined || token.start >= text.trimEnd().length)
      return failureOf('42601', 'syntax error at end of input', text.length);
    return failureOf(
      '42601',
      `syntax error at or near "${token.kind === 'end' ? ';' : text.slice(token.start, token.end)}"`,
      token.start,
    );
  }

  #view(): PostgresView {
    return {
      instance: this.#instance,
      process: this.#process,
      user: this.#user,
      database: this.#database,
      application: this.#settings.get('application_name') ?? '',
      source: this.#context.source,
      sourcePort: this.#context.sourcePort,
      statement: this.#statement,
      settings: () => this.#settings,
      now: () => this.#context.now(),
    };
  }

  readonly #set = (name: string, value: string): void => {
    if (this.#settings.has(name) || this.#settings.size < 128)
      this.#settings.set(name.slice(0, 64), value.slice(0, 256));
  };

  /** Runs one statement; what it wants done comes first, then its answer or its error. */
  *#run(
    text: string,
    tokens: readonly Token[],
    values: readonly Value[],
  ): Generator<DecoyOutput, Answer | StatementFailure> {
    const view = this.#view();
    const host = new PostgresHost(view, this.#context, this.#set);
    host.parameters = values;
    const isEnd = /^(?:rollback|commit|abort|end)$/i.test(tokens[0]?.text ?? '');
    let result: Answer | StatementFailure;
    if (this.#state === 'E' && !isEnd) {
      result = failureOf(
        '25P02',
        'current transaction is aborted, commands ignored until end of transaction block',
      );
    } else {
      try {
        result = new StatementRunner(view, host, this.#set).run(cursorOf(text, tokens, 'postgres'));
      } catch (error) {
        if (error instanceof SyntaxFailure) result = this.#syntaxError(text, error, tokens);
        else if (error instanceof StatementFailure) result = error;
        else if (error instanceof RangeError) result = cancelled();
        else throw error;
      }
    }
    yield* host.outputs;
    if (result instanceof StatementFailure) {
      if (this.#state === 'T') this.#state = 'E';
    } else if (result.kind === 'done' && result.transaction !== undefined) {
      if (result.transaction === 'commit' && this.#state === 'E') result = { ...result, tag: 'ROLLBACK' };
      this.#state = result.kind === 'done' && result.transaction === 'begin' ? 'T' : 'I';
    }
    return result;
  }

  /** String query; the answer of each statement, then ReadyForQuery. */
  *#simple(text: string): Iterable<DecoyOutput> {
    yield* this.#record(text);
    this.#statement = text;
    let statements: Token[][];
    try {
      statements = statementsOf(tokensOf(text, 'postgres'));
    } catch (error) {
      yield this.#reply(
        errorMessage(
          error instanceof SyntaxFailure ? this.#syntaxError(text, error, null) : cancelled(),
          text,
        ),
      );
      if (this.#state === 'T') this.#state = 'E';
      yield this.#ready();
      return;
    }
    if (statements.length === 0) yield this.#reply(postgresMessage('I'));
    for (const tokens of statements) {
      const result = yield* this.#run(text, tokens, []);
      if (result instanceof StatementFailure) {
        yield this.#reply(errorMessage(result, text));
        break;
      }
      if (result.kind === 'in') {
        this.#copying = { table: result.table, pieces: [], octets: 0 };
        yield this.#reply(copyHead('G', result.table.columns.length));
        return;
      }
      if (result.kind === 'rows') yield this.#reply(rowDescription(result.relation.columns, []));
      yield* this.#rows(result, []);
    }
    yield this.#ready();
  }

  *#rows(result: Answer, formats: readonly number[]): Iterable<DecoyOutput> {
    switch (result.kind) {
      case 'rows': {
        let pieces: Buffer[] = [];
        for (const row of result.relation.rows) {
          pieces.push(dataRow(row, result.relation.columns, formats));
          if (pieces.length >= 64) {
            yield this.#reply(...pieces);
            pieces = [];
          }
        }
        yield this.#reply(...pieces, postgresMessage('C', zeroText(result.tag)));
        return;
      }
      case 'out':
        yield this.#reply(
          copyHead('H', result.relation.columns.length),
          ...result.relation.rows.map((row) => postgresMessage('d', Buffer.from(copyLine(row), 'latin1'))),
          postgresMessage('c'),
          postgresMessage('C', zeroText(`COPY ${result.relation.rows.length}`)),
        );
        return;
      case 'done':
        yield this.#reply(postgresMessage('C', zeroText(result.tag)));
        return;
      default:
    }
  }

  /** CopyData, CopyDone or CopyFail from the client. */
  *#copyData(type: string, body: Buffer): Iterable<DecoyOutput> {
    const copying = this.#copying;
    if (copying === null) return;
    if (type === 'd') {
      if (copying.octets + body.length <= copyLimit) copying.pieces.push(body.toString('latin1'));
      copying.octets += body.length;
      return;
    }
    if (type === 'H' || type === 'S') return;
    this.#copying = null;
    if (type === 'X') {
      yield { do: 'close' };
      return;
    }
    if (type === 'f') {
      yield this.#reply(
        errorMessage(
          failureOf('57014', `COPY from stdin failed: ${readable(new PostgresFields(body).text(), 200)}`),
          '',
        ),
      );
    } else {
      const text = copying.pieces.join('');
      if (text !== '')
        yield {
          do: 'capture',
          bytes: Buffer.from(text, 'latin1'),
          how: 'postgres-copy-in',
          name: copying.table.name.slice(0, 255),
        };
      const host = new PostgresHost(this.#view(), this.#context, this.#set);
      try {
        const answer = new StatementRunner(this.#view(), host, this.#set).copied(copying.table, text);
        yield* host.outputs;
        yield* this.#rows(answer, []);
      } catch (error) {
        if (!(error instanceof StatementFailure)) throw error;
        yield this.#reply(errorMessage(error, ''));
      }
    }
    yield this.#ready();
  }

  *#extended(step: () => Generator<DecoyOutput, StatementFailure | null>): Iterable<DecoyOutput> {
    const failure = yield* step();
    if (failure === null) return;
    this.#skipping = true;
    if (this.#state === 'T') this.#state = 'E';
    yield this.#reply(errorMessage(failure, this.#statement));
  }

  /** String name, String query, Int16 number of types, Int32 types */
  *#parse(fields: PostgresFields): Generator<DecoyOutput, StatementFailure | null> {
    const name = fields.text();
    const text = fields.text();
    yield* this.#record(text);
    this.#statement = text;
    try {
      const tokens = tokensOf(text, 'postgres');
      const statements = statementsOf(tokens);
      if (statements.length > 1)
        return failureOf('42601', 'cannot insert multiple commands into a prepared statement');
      if (name !== '' && this.#prepared.has(name))
        return failureOf('42P05', `prepared statement "${name}" already exists`);
      if (this.#prepared.size >= preparedLimit && !this.#prepared.has(name))
        return failureOf('53200', 'out of memory');
      const parameters = Math.min(
        1000,
        Math.max(
          0,
          ...tokens
            .filter((token) => token.kind === 'parameter')
            .map((token) => Number(token.text.slice(0, 5))),
        ),
      );
      this.#prepared.set(name, { text, tokens: statements[0] ?? [], parameters });
    } catch (error) {
      if (error instanceof SyntaxFailure) return this.#syntaxError(text, error, null);
      throw error;
    }
    yield this.#reply(postgresMessage('1'));
    return null;
  }

  /** String portal, String statement, Int16 n, Int16 formats, Int16 n, (Int32 length, value), Int16 n, Int16 result formats */
  *#bind(fields: PostgresFields): Generator<DecoyOutput, StatementFailure | null> {
    const portal = fields.text();
    const name = fields.text();
    const prepared = this.#prepared.get(name);
    if (prepared === undefined)
      return failureOf(
        '26000',
        name === ''
          ? 'unnamed prepared statement does not exist'
          : `prepared statement "${name}" does not exist`,
      );
    const formats = Array.from({ length: count(fields) }, () => fields.int16());
    const values: Value[] = [];
    const given = count(fields);
    for (let index = 0; index < given && !fields.failed; index += 1) {
      const length = fields.int32();
      const octets = length < 0 ? null : fields.octets(length);
      const isBinary = (formats[formats.length === 1 ? 0 : index] ?? 0) === 1;
      values.push(octets === null ? null : isBinary ? binaryValue(octets) : octets.toString('latin1'));
    }
    const results = Array.from({ length: count(fields) }, () => fields.int16());
    if (fields.failed) return failureOf('08P01', 'insufficient data left in message');
    if (given !== prepared.parameters) {
      return failureOf(
        '08P01',
        `bind message supplies ${given} parameters, but prepared statement "${name}" requires ${prepared.parameters}`,
      );
    }
    if (this.#portals.size >= preparedLimit) this.#portals.clear();
    if (values.length > 0) yield* this.#record(`BIND ${values.map((value) => textOf(value)).join(', ')}`);
    this.#portals.set(portal, { prepared, values, formats: results, answer: null });
    yield this.#reply(postgresMessage('2'));
    return null;
  }

  /** Byte1 'S' or 'P', String name. The columns of a portal are known by running it, once. */
  *#describe(fields: PostgresFields): Generator<DecoyOutput, StatementFailure | null> {
    const kind = fields.octets(1).toString('latin1');
    const name = fields.text();
    if (kind === 'S') {
      const prepared = this.#prepared.get(name);
      if (prepared === undefined) return failureOf('26000', `prepared statement "${name}" does not exist`);
      yield this.#reply(
        postgresMessage(
          't',
          int16(prepared.parameters),
          ...Array.from({ length: prepared.parameters }, () => int32(25)),
        ),
      );
      // Only what reads is run for its columns; its outputs are for the execution.
      const reads = /^(?:select|values|with|show)$/i.test(prepared.tokens[0]?.text ?? '');
      if (reads) {
        const state = this.#state;
        const run = this.#run(prepared.text, prepared.tokens, []);
        let step = run.next();
        while (step.done !== true) step = run.next();
        this.#state = state;
        if (step.value instanceof StatementFailure && prepared.parameters === 0) return step.value;
        if (!(step.value instanceof StatementFailure) && step.value.kind === 'rows') {
          yield this.#reply(rowDescription(step.value.relation.columns, []));
          return null;
        }
      }
      yield this.#reply(postgresMessage('n'));
      return null;
    }
    const portal = this.#portals.get(name);
    if (portal === undefined) return failureOf('34000', `portal "${name}" does not exist`);
    const failure = yield* this.#fill(portal);
    if (failure !== null) return failure;
    const { answer } = portal;
    yield this.#reply(
      answer?.kind === 'rows'
        ? rowDescription(answer.relation.columns, portal.formats)
        : postgresMessage('n'),
    );
    return null;
  }

  *#fill(portal: Portal): Generator<DecoyOutput, StatementFailure | null> {
    if (portal.answer !== null || portal.prepared.tokens.length === 0) return null;
    this.#statement = portal.prepared.text;
    const result = yield* this.#run(portal.prepared.text, portal.prepared.tokens, portal.values);
    if (result instanceof StatementFailure) return result;
    portal.answer = result;
    return null;
  }

  /** String portal, Int32 most rows (0 for all) */
  *#execute(fields: PostgresFields): Generator<DecoyOutput, StatementFailure | null> {
    const name = fields.text();
    const portal = this.#portals.get(name);
    if (portal === undefined) return failureOf('34000', `portal "${name}" does not exist`);
    if (portal.prepared.tokens.length === 0) {
      yield this.#reply(postgresMessage('I'));
      return null;
    }
    const failure = yield* this.#fill(portal);
    if (failure !== null) return failure;
    const { answer } = portal;
    if (answer === null) return null;
    if (answer.kind === 'in') {
      this.#copying = { table: answer.table, pieces: [], octets: 0 };
      yield this.#reply(copyHead('G', answer.table.columns.length));
    } else yield* this.#rows(answer, portal.formats);
    portal.answer = null;
    this.#portals.delete(name);
    return null;
  }
}

const count = (fields: PostgresFields): number => Math.max(0, Math.min(1000, fields.int16()));

/** Int8 format, Int16 columns, Int16 formats */
function copyHead(type: 'G' | 'H', columns: number): Buffer {
  return postgresMessage(
    type,
    Buffer.of(0),
    int16(columns),
    ...Array.from({ length: columns }, () => int16(0)),
  );
}

/** Int16 columns; of each String name, Int32 table, Int16 place, Int32 type, Int16 length, Int32 modifier, Int16 format */
function rowDescription(columns: readonly Column[], formats: readonly number[]): Buffer {
  const parts = columns.flatMap((column, index) => {
    const [oid, length] = wireTypes[column.type];
    return [
      zeroText(column.name.slice(0, 63)),
      int32(0),
      int16(0),
      int32(oid),
      int16(length),
      int32(-1),
      int16(formatOf(formats, index, column.type)),
    ];
  });
  return postgresMessage('T', int16(columns.length), ...parts);
}

/** Binary where the client wants it and the type has a form here; text is the same either way. */
function formatOf(formats: readonly number[], index: number, type: SqlType): number {
  const wanted = formats[formats.length === 1 ? 0 : index] ?? 0;
  return wanted === 1 &&
    ['integer', 'bigint', 'boolean', 'oid', 'double', 'text', 'name', 'unknown'].includes(type)
    ? 1
    : 0;
}

/** Int16 columns; of each Int32 length (-1 for NULL) and the value */
function dataRow(row: readonly Value[], columns: readonly Column[], formats: readonly number[]): Buffer {
  const parts = row.flatMap((value, index): Buffer[] => {
    if (value === null) return [int32(-1)];
    const type = columns[index]?.type ?? 'text';
    const octets =
      formatOf(formats, index, type) === 1 ? binaryOctets(value, type) : Buffer.from(textOf(value), 'latin1');
    return [int32(octets.length), octets];
  });
  return postgresMessage('D', int16(row.length), ...parts);
}

function binaryOctets(value: Value, type: SqlType): Buffer {
  switch (type) {
    case 'integer':
    case 'oid':
      return int32(Number(textOf(value)) || 0);
    case 'boolean':
      return Buffer.of(value === true || value === 't' ? 1 : 0);
    case 'bigint': {
      const octets = Buffer.alloc(8);
      octets.writeBigInt64BE(BigInt.asIntN(64, BigInt(Math.trunc(Number(textOf(value))) || 0)));
      return octets;
    }
    case 'double': {
      const octets = Buffer.alloc(8);
      octets.writeDoubleBE(Number(textOf(value)) || 0);
      return octets;
    }
    default:
      return Buffer.from(textOf(value), 'latin1');
  }
}

/** A parameter in binary form whose type is not known here: numbers by their length, text where it reads as such. */
function binaryValue(octets: Buffer): Value {
  const text = octets.toString('latin1');
  if (/^[\x20-\x7e]+$/.test(text)) return text;
  if (octets.length === 4) return octets.readInt32BE();
  if (octets.length === 8) return Number(octets.readBigInt64BE());
  return octets.length === 2 ? octets.readInt16BE() : text;
}
