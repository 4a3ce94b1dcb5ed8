/** The simple and the extended query protocol. */

import { Buffer } from 'node:buffer';
import type { DecoyOutput } from '../../core/decoy.ts';
import { PostgresFields, postgresMessage } from '../../wire/postgres-message.ts';
import { readable } from '../sql/fact.ts';
import { StatementFailure, SyntaxFailure } from '../sql/failure.ts';
import { statementsOf, type Token, tokensOf } from '../sql/token.ts';
import { answerMessages } from './answer-message.ts';
import type { Connection } from './connection.ts';
import { cancelled, errorMessage, failureOf } from './errors.ts';
import { ExtendedQueries } from './extended-queries.ts';
import { replyOf } from './reply.ts';
import { copyHead, rowDescription } from './row-message.ts';
import { syntaxError } from './syntax-error.ts';

const copyLimit = 2 * 1024 * 1024;
const replyLimit = 32 * 1024 * 1024;

export class Queries {
  isOver = false;
  readonly #connection: Connection;
  readonly #extended: ExtendedQueries;
  #replied = 0;
  /** After an error in the extended protocol all is skipped up to Sync. */
  #skipping = false;

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#extended = new ExtendedQueries(connection);
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

  #ready(): DecoyOutput {
    return replyOf(postgresMessage('Z', Buffer.from(this.#connection.state)));
  }

  *#message(type: string, body: Buffer): Iterable<DecoyOutput> {
    if (this.#connection.copying !== null) {
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
        yield* this.#step(this.#extended.parse(fields));
        return;
      case 'B':
        yield* this.#step(this.#extended.bind(fields));
        return;
      case 'D':
        yield* this.#step(this.#extended.describe(fields));
        return;
      case 'E':
        yield* this.#step(this.#extended.execute(fields));
        return;
      case 'C':
        this.#extended.close(fields);
        yield replyOf(postgresMessage('3'));
        return;
      case 'S':
        this.#skipping = false;
        this.#extended.sync();
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
        yield replyOf(
          errorMessage(failureOf('42883', `function with OID ${fields.int32()} does not exist`), ''),
        );
        yield this.#ready();
        return;
      default:
        yield replyOf(
          errorMessage(
            failureOf('08P01', `invalid frontend message type ${type.charCodeAt(0)}`),
            '',
            'FATAL',
          ),
        );
        yield { do: 'close' };
    }
  }

  /** String query; the answer of each statement, then ReadyForQuery. */
  *#simple(text: string): Iterable<DecoyOutput> {
    yield* this.#connection.record(text);
    this.#connection.statement = text;
    let statements: Token[][];
    try {
      statements = statementsOf(tokensOf(text, 'postgres'));
    } catch (error) {
      yield replyOf(
        errorMessage(error instanceof SyntaxFailure ? syntaxError(text, error, null) : cancelled(), text),
      );
      if (this.#connection.state === 'T') this.#connection.state = 'E';
      yield this.#ready();
      return;
    }
    if (statements.length === 0) yield replyOf(postgresMessage('I'));
    for (const tokens of statements) {
      const result = yield* this.#connection.run(text, tokens, []);
      if (result instanceof StatementFailure) {
        yield replyOf(errorMessage(result, text));
        break;
      }
      if (result.kind === 'in') {
        this.#connection.copying = { table: result.table, pieces: [], octets: 0 };
        yield replyOf(copyHead('G', result.table.columns.length));
        return;
      }
      if (result.kind === 'rows') yield replyOf(rowDescription(result.relation.columns, []));
      yield* answerMessages(result, []);
    }
    yield this.#ready();
  }

  /** CopyData, CopyDone or CopyFail from the client. */
  *#copyData(type: string, body: Buffer): Iterable<DecoyOutput> {
    const copying = this.#connection.copying;
    if (copying === null) return;
    if (type === 'd') {
      if (copying.octets + body.length <= copyLimit) copying.pieces.push(body.toString('latin1'));
      copying.octets += body.length;
      return;
    }
    if (type === 'H' || type === 'S') return;
    this.#connection.copying = null;
    if (type === 'X') {
      yield { do: 'close' };
      return;
    }
    if (type === 'f') {
      yield replyOf(
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
      const result = yield* this.#connection.copied(copying.table, text);
      if (result instanceof StatementFailure) yield replyOf(errorMessage(result, ''));
      else yield* answerMessages(result, []);
    }
    yield this.#ready();
  }

  *#step(step: Generator<DecoyOutput, StatementFailure | null>): Iterable<DecoyOutput> {
    const failure = yield* step;
    if (failure === null) return;
    this.#skipping = true;
    if (this.#connection.state === 'T') this.#connection.state = 'E';
    yield replyOf(errorMessage(failure, this.#connection.statement));
  }
}
