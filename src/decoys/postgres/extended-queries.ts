/** The extended query protocol: statements that are prepared, bound to values and then executed. */

import type { DecoyOutput } from '../../core/decoy.ts';
import { int16, int32, type PostgresFields, postgresMessage } from '../../wire/postgres-message.ts';
import { StatementFailure, SyntaxFailure } from '../sql/failure.ts';
import { statementsOf, type Token, tokensOf } from '../sql/token.ts';
import { textOf, type Value } from '../sql/value.ts';
import { answerMessages } from './answer-message.ts';
import { binaryValue } from './binary-value.ts';
import type { Connection } from './connection.ts';
import { failureOf } from './errors.ts';
import { replyOf } from './reply.ts';
import { copyHead, rowDescription } from './row-message.ts';
import type { Answer } from './statements/answer.ts';
import { syntaxError } from './syntax-error.ts';

const preparedLimit = 64;

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

const count = (fields: PostgresFields): number => Math.max(0, Math.min(1000, fields.int16()));

/** Each step ends with null or with why it failed. */
type Step = Generator<DecoyOutput, StatementFailure | null>;

export class ExtendedQueries {
  readonly #connection: Connection;
  readonly #prepared: Map<string, Prepared> = new Map();
  readonly #portals: Map<string, Portal> = new Map();

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** At the end of each group of messages no portal is left. */
  sync(): void {
    this.#portals.clear();
  }

  /** Byte1 'S' or 'P', String name */
  close(fields: PostgresFields): void {
    const kind = fields.octets(1).toString('latin1');
    if (kind === 'S') this.#prepared.delete(fields.text());
    else this.#portals.delete(fields.text());
  }

  /** String name, String query, Int16 number of types, Int32 types */
  *parse(fields: PostgresFields): Step {
    const name = fields.text();
    const text = fields.text();
    yield* this.#connection.record(text);
    this.#connection.statement = text;
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
      if (error instanceof SyntaxFailure) return syntaxError(text, error, null);
      throw error;
    }
    yield replyOf(postgresMessage('1'));
    return null;
  }

  /** String portal, String statement, Int16 n, Int16 formats, Int16 n, (Int32 length, value), Int16 n, Int16 result formats */
  *bind(fields: PostgresFields): Step {
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
    if (values.length > 0)
      yield* this.#connection.record(`BIND ${values.map((value) => textOf(value)).join(', ')}`);
    this.#portals.set(portal, { prepared, values, formats: results, answer: null });
    yield replyOf(postgresMessage('2'));
    return null;
  }

  /** Byte1 'S' or 'P', String name. The columns of a portal are known by running it, once. */
  *describe(fields: PostgresFields): Step {
    const kind = fields.octets(1).toString('latin1');
    const name = fields.text();
    if (kind === 'S') {
      const prepared = this.#prepared.get(name);
      if (prepared === undefined) return failureOf('26000', `prepared statement "${name}" does not exist`);
      yield replyOf(
        postgresMessage(
          't',
          int16(prepared.parameters),
          ...Array.from({ length: prepared.parameters }, () => int32(25)),
        ),
      );
      // Only what reads is run for its columns; its outputs are for the execution.
      const reads = /^(?:select|values|with|show)$/i.test(prepared.tokens[0]?.text ?? '');
      if (reads) {
        const state = this.#connection.state;
        const run = this.#connection.run(prepared.text, prepared.tokens, []);
        let step = run.next();
        while (step.done !== true) step = run.next();
        this.#connection.state = state;
        if (step.value instanceof StatementFailure && prepared.parameters === 0) return step.value;
        if (!(step.value instanceof StatementFailure) && step.value.kind === 'rows') {
          yield replyOf(rowDescription(step.value.relation.columns, []));
          return null;
        }
      }
      yield replyOf(postgresMessage('n'));
      return null;
    }
    const portal = this.#portals.get(name);
    if (portal === undefined) return failureOf('34000', `portal "${name}" does not exist`);
    const failure = yield* this.#fill(portal);
    if (failure !== null) return failure;
    const { answer } = portal;
    yield replyOf(
      answer?.kind === 'rows'
        ? rowDescription(answer.relation.columns, portal.formats)
        : postgresMessage('n'),
    );
    return null;
  }

  *#fill(portal: Portal): Step {
    if (portal.answer !== null || portal.prepared.tokens.length === 0) return null;
    this.#connection.statement = portal.prepared.text;
    const result = yield* this.#connection.run(portal.prepared.text, portal.prepared.tokens, portal.values);
    if (result instanceof StatementFailure) return result;
    portal.answer = result;
    return null;
  }

  /** String portal, Int32 most rows (0 for all) */
  *execute(fields: PostgresFields): Step {
    const name = fields.text();
    const portal = this.#portals.get(name);
    if (portal === undefined) return failureOf('34000', `portal "${name}" does not exist`);
    if (portal.prepared.tokens.length === 0) {
      yield replyOf(postgresMessage('I'));
      return null;
    }
    const failure = yield* this.#fill(portal);
    if (failure !== null) return failure;
    const { answer } = portal;
    if (answer === null) return null;
    if (answer.kind === 'in') {
      this.#connection.copying = { table: answer.table, pieces: [], octets: 0 };
      yield replyOf(copyHead('G', answer.table.columns.length));
    } else yield* answerMessages(answer, portal.formats);
    portal.answer = null;
    this.#portals.delete(name);
    return null;
  }
}
