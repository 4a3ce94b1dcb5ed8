/** Commands of a connection that is logged in. */

import { Buffer } from 'node:buffer';
import type { DecoyContext, DecoyOutput } from '../../core/decoy.ts';
import { MysqlFields, mysqlPacket } from '../../wire/mysql-packet.ts';
import { statementFact } from '../sql/fact.ts';
import { StatementFailure, SyntaxFailure } from '../sql/failure.ts';
import { cursorOf } from '../sql/query-parser.ts';
import { statementsOf, type Token, tokensOf } from '../sql/token.ts';
import type { Column, Relation } from '../sql/value.ts';
import type { Connection } from './connection.ts';
import { isSystemDatabase } from './database-names.ts';
import { mysqlError } from './errors.ts';
import { fieldList } from './field-list.ts';
import type { MysqlInstance } from './instance.ts';
import { boundValues, type PreparedStatement } from './prepared-statement.ts';
import {
  capability,
  type Client,
  definitionPackets,
  errorPayload,
  okPayload,
  resultPackets,
} from './result.ts';
import { StatementRunner } from './statement.ts';
import type { Answer } from './statements/answer.ts';
import { statisticsText } from './statistics.ts';
import { syntaxError } from './syntax-error.ts';
import type { ConnectionView } from './view.ts';

const recordLimit = 1000;
const statementLimit = 64;
const fileLimit = 4 * 1024 * 1024;
/** Octets of answers after which a connection is ended: nobody reads so much of a server that holds so little. */
const replyLimit = 32 * 1024 * 1024;

export class Commands {
  isOver = false;
  readonly #context: DecoyContext;
  readonly #instance: MysqlInstance;
  readonly #client: Client;
  readonly #connection: Connection;
  readonly #prepared: Map<number, PreparedStatement> = new Map();
  #statements = 0;
  #recorded = 0;
  #replied = 0;
  /** A file that LOAD DATA LOCAL brings. */
  #file: { readonly name: string; pieces: Buffer[]; octets: number } | null = null;

  constructor(context: DecoyContext, instance: MysqlInstance, client: Client, thread: number, user: string) {
    this.#context = context;
    this.#instance = instance;
    this.#client = client;
    this.#connection = {
      context,
      thread,
      host: context.source,
      givesFiles: (client.capabilities & capability.localFiles) !== 0,
      user,
      database: '',
      statement: '',
      lastId: 0,
      affected: 0,
      found: 0,
      userVariables: new Map(),
      parameters: [],
    };
  }

  get wantsFile(): boolean {
    return this.#file !== null;
  }

  use(name: string): boolean {
    if (!isSystemDatabase(this.#instance, name) && !this.#instance.space.databases.has(name)) return false;
    this.#connection.database = name;
    return true;
  }

  *receive(payload: Buffer, sequence: number): Iterable<DecoyOutput> {
    for (const output of this.#file === null ? this.#command(payload) : this.#fileData(payload, sequence)) {
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

  #view(): ConnectionView {
    const context = this.#context;
    const connection = this.#connection;
    const host = context.source.includes(':') ? `[${context.source}]` : context.source;
    return {
      instance: this.#instance,
      thread: connection.thread,
      user: connection.user,
      peer: `${host}:${context.sourcePort}`,
      host: context.source,
      database: connection.database,
      statement: connection.statement,
      now: () => context.now(),
    };
  }

  #packet(payload: Uint8Array, sequence = 1): DecoyOutput {
    return { do: 'reply', bytes: mysqlPacket(payload, sequence) };
  }

  #failed(failure: StatementFailure, sequence = 1): DecoyOutput {
    return this.#packet(errorPayload(failure, true), sequence);
  }

  /** int<1> command; the rest depends on it. */
  *#command(payload: Buffer): Iterable<DecoyOutput> {
    this.#instance.questions += 1;
    const body = payload.subarray(1);
    switch (payload[0]) {
      case 0x01:
        yield { do: 'close' };
        return;
      case 0x02: {
        const name = body.toString('latin1');
        yield* this.#record(`USE ${name}`);
        yield this.use(name) ? this.#packet(okPayload()) : this.#failed(mysqlError.unknownDatabase(name));
        return;
      }
      case 0x03:
        yield* this.#query(body.toString('latin1'));
        return;
      case 0x04: {
        const found = fieldList(this.#view(), this.#client, body);
        yield Buffer.isBuffer(found) ? { do: 'reply', bytes: found } : this.#failed(found);
        return;
      }
      case 0x05:
      case 0x06:
        // COM_CREATE_DB and COM_DROP_DB, which only the oldest clients have.
        yield* this.#query(
          `${payload[0] === 5 ? 'CREATE' : 'DROP'} DATABASE \`${body.toString('latin1').replaceAll('`', '``')}\``,
        );
        return;
      case 0x07:
      case 0x0e:
      case 0x1f:
        // REFRESH, PING, RESET CONNECTION
        yield this.#packet(okPayload());
        return;
      case 0x08:
        yield* this.#record('SHUTDOWN');
        yield this.#packet(okPayload());
        yield { do: 'close' };
        return;
      case 0x09:
        yield this.#packet(Buffer.from(statisticsText(this.#instance, this.#context.now()), 'latin1'));
        return;
      case 0x0a:
        yield* this.#query('SHOW PROCESSLIST');
        return;
      case 0x0c:
        yield* this.#query(`KILL ${body.length >= 4 ? body.readUInt32LE(0) : 0}`);
        return;
      case 0x0d:
        yield this.#packet(Buffer.of(0xfe, 0, 0, 2, 0));
        return;
      case 0x11:
        // CHANGE USER asks for a proof anew; the servers hang up where the client does not go on with it.
        yield this.#failed(mysqlError.denied(new MysqlFields(body).zeroText(), this.#context.source, 'YES'));
        yield { do: 'close' };
        return;
      case 0x16:
        yield* this.#prepare(body.toString('latin1'));
        return;
      case 0x17:
        yield* this.#execute(body);
        return;
      case 0x18:
        return;
      case 0x19:
        this.#prepared.delete(body.length >= 4 ? body.readUInt32LE(0) : 0);
        return;
      case 0x1a:
        yield this.#packet(okPayload());
        return;
      case 0x1b:
        yield this.#packet(Buffer.of(0xfe, 0, 0, 2, 0));
        return;
      default:
        yield this.#failed(mysqlError.unknownCommand());
    }
  }

  *#record(text: string): Iterable<DecoyOutput> {
    this.#recorded += 1;
    if (this.#recorded <= recordLimit) yield { do: 'saw', fact: statementFact('mysql', text) };
  }

  /** COM_QUERY: one statement, or several where the client said that it sends several. */
  *#query(text: string): Iterable<DecoyOutput> {
    yield* this.#record(text);
    let statements: Token[][];
    try {
      statements = statementsOf(tokensOf(text, 'mysql'));
    } catch (error) {
      yield this.#failed(
        error instanceof SyntaxFailure
          ? syntaxError(this.#instance, text, error.at)
          : mysqlError.unknownError(),
      );
      return;
    }
    const [first] = statements;
    if (first === undefined) {
      // MariaDB takes a comment for a statement that does nothing.
      const isComment = this.#instance.identity.isMariaDb && /\S/.test(text.replaceAll(';', ' '));
      yield isComment ? this.#packet(okPayload()) : this.#failed(mysqlError.emptyQuery());
      return;
    }
    const second = statements[1]?.[0];
    if (second !== undefined && (this.#client.capabilities & capability.multiStatements) === 0) {
      yield this.#failed(syntaxError(this.#instance, text, second.start));
      return;
    }
    let sequence = 1;
    for (const [index, tokens] of statements.entries()) {
      const result = yield* this.#statement(text, tokens, sequence, index === statements.length - 1, false);
      if (result === null) return;
      sequence = result;
    }
  }

  /** Runs one statement and answers it; the next sequence number, or null after an error. */
  *#statement(
    text: string,
    tokens: readonly Token[],
    sequence: number,
    isLast: boolean,
    binary: boolean,
  ): Generator<DecoyOutput, number | null> {
    const connection = this.#connection;
    const from = tokens[0]?.start ?? 0;
    connection.statement = text.slice(from, tokens.at(-1)?.start ?? text.length).trimEnd();
    const runner = new StatementRunner(this.#view(), connection);
    let answer: Answer;
    let failure: StatementFailure | null = null;
    try {
      answer = runner.run(cursorOf(text, tokens, 'mysql'));
    } catch (error) {
      answer = { kind: 'ok' };
      if (error instanceof SyntaxFailure) failure = syntaxError(this.#instance, text, error.at);
      else if (error instanceof StatementFailure) failure = error;
      else if (error instanceof RangeError) failure = mysqlError.interrupted();
      else throw error;
    }
    yield* runner.outputs;
    if (failure !== null) {
      yield this.#failed(failure, sequence);
      return null;
    }
    switch (answer.kind) {
      case 'ok': {
        connection.affected = answer.affected ?? 0;
        yield this.#packet(okPayload(answer, isLast), sequence);
        return sequence + 1;
      }
      case 'file':
        this.#file = { name: answer.name, pieces: [], octets: 0 };
        yield this.#packet(Buffer.from(`\xfb${answer.name}`, 'latin1'), sequence);
        return null;
      case 'rows':
      default: {
        // Rows of a prepared statement are typed as the text that they are.
        const relation = binary ? asText(answer.relation) : answer.relation;
        for (const bytes of resultPackets(
          relation,
          this.#client,
          this.#instance.identity.collation,
          sequence,
          isLast,
          binary,
        )) {
          yield { do: 'reply', bytes };
        }
        return (
          sequence +
          relation.columns.length +
          relation.rows.length +
          ((this.#client.capabilities & capability.noEndOfFile) === 0 ? 3 : 2)
        );
      }
    }
  }

  /** The client's file, in packets that an empty one ends. */
  *#fileData(payload: Buffer, sequence: number): Iterable<DecoyOutput> {
    const file = this.#file;
    if (file === null) return;
    if (payload.length > 0) {
      if (file.octets + payload.length <= fileLimit) file.pieces.push(Buffer.from(payload));
      file.octets += payload.length;
      return;
    }
    this.#file = null;
    const bytes = Buffer.concat(file.pieces);
    if (bytes.length > 0)
      yield { do: 'capture', bytes, how: 'mysql-load-data', name: file.name.slice(0, 255) };
    const records = bytes
      .toString('latin1')
      .split('\n')
      .filter((line) => line !== '').length;
    yield this.#packet(
      okPayload({ affected: records, info: `Records: ${records}  Deleted: 0  Skipped: 0  Warnings: 0` }),
      sequence + 1,
    );
  }

  /** COM_STMT_PREPARE to int<1> 0; int<4> id; int<2> columns; int<2> parameters; int<1> 0; int<2> warnings; definitions */
  *#prepare(text: string): Iterable<DecoyOutput> {
    yield* this.#record(text);
    let parameters: number;
    let tokens: Token[];
    try {
      tokens = tokensOf(text, 'mysql');
      parameters = tokens.filter((token) => token.kind === 'parameter').length;
    } catch (error) {
      yield this.#failed(
        error instanceof SyntaxFailure
          ? syntaxError(this.#instance, text, error.at)
          : mysqlError.unknownError(),
      );
      return;
    }
    // What the columns are called is known from running it with nothing for the parameters; what that did is not kept.
    let columns: readonly Column[] = [];
    if (/^\s{0,64}(?:select|show|desc|explain|with)\b/i.test(text) && !/\binto\b/i.test(text)) {
      const connection = { ...this.#connection, parameters: [] };
      try {
        const [first] = statementsOf(tokens);
        const answer = new StatementRunner(this.#view(), connection).run(
          cursorOf(text, first ?? [], 'mysql'),
        );
        columns = answer.kind === 'rows' ? asText(answer.relation).columns : [];
      } catch (error) {
        const failure =
          error instanceof SyntaxFailure
            ? syntaxError(this.#instance, text, error.at)
            : error instanceof StatementFailure
              ? error
              : mysqlError.interrupted();
        yield this.#failed(failure);
        return;
      }
    }
    if (this.#prepared.size >= statementLimit) {
      yield this.#failed(
        new StatementFailure(
          1461,
          '42000',
          `Can't create more than max_prepared_stmt_count statements (current value: ${statementLimit})`,
        ),
      );
      return;
    }
    this.#statements += 1;
    this.#prepared.set(this.#statements, { text, parameters, types: [] });
    const head = Buffer.alloc(12);
    head.writeUInt32LE(this.#statements, 1);
    head.writeUInt16LE(columns.length, 5);
    head.writeUInt16LE(parameters & 0xffff, 7);
    const { collation } = this.#instance.identity;
    const asked = Array.from({ length: Math.min(parameters, 0xffff) }, (): Column => ({
      name: '?',
      type: 'text',
    }));
    const first = definitionPackets(asked, this.#client, collation, 2);
    const second = definitionPackets(columns, this.#client, collation, 2 + first.length);
    yield { do: 'reply', bytes: Buffer.concat([mysqlPacket(head, 1), ...first, ...second]) };
  }

  /** int<4> id; int<1> flags; int<4> 1; NULL bitmap; int<1> types follow; int<2> types; values */
  *#execute(body: Buffer): Iterable<DecoyOutput> {
    const fields = new MysqlFields(body);
    const id = fields.integer(4);
    const prepared = this.#prepared.get(id);
    if (prepared === undefined) {
      yield this.#failed(mysqlError.unknownStatement(String(id), 'mysqld_stmt_execute'));
      return;
    }
    const values = boundValues(fields, prepared);
    this.#connection.parameters = values;
    if (values.length > 0) yield* this.#record(`EXECUTE ${values.map((value) => String(value)).join(', ')}`);
    const [first] = statementsOf(tokensOf(prepared.text, 'mysql'));
    if (first === undefined) yield this.#failed(mysqlError.emptyQuery());
    else yield* this.#statement(prepared.text, first, 1, true, true);
    this.#connection.parameters = [];
  }
}

const asText = (relation: Relation): Relation => ({
  columns: relation.columns.map((column) => ({ ...column, type: 'text' })),
  rows: relation.rows,
});
