/** What the statements of one connection share: its settings, its transaction, and the table that is copied into. */

import type { DecoyContext, DecoyOutput } from '../../core/decoy.ts';
import { statementFact } from '../sql/fact.ts';
import { StatementFailure, SyntaxFailure } from '../sql/failure.ts';
import { cursorOf } from '../sql/query-parser.ts';
import type { Table } from '../sql/store.ts';
import type { Token } from '../sql/token.ts';
import type { Value } from '../sql/value.ts';
import type { PostgresView } from './view.ts';
import { cancelled, failureOf } from './errors.ts';
import { PostgresHost } from './host.ts';
import type { PostgresInstance } from './instance.ts';
import { initialSettings } from './settings.ts';
import { StatementRunner } from './statement.ts';
import type { Answer } from './statements/answer.ts';
import { syntaxError } from './syntax-error.ts';

const recordLimit = 1000;

export class Connection {
  /** Idle, in a transaction, or in one that failed. */
  state: 'I' | 'T' | 'E' = 'I';
  /** The text that is run, for error positions and the list of activities. */
  statement = '';
  /** Where lines of the client go until it ends COPY … FROM STDIN. */
  copying: { readonly table: Table; readonly pieces: string[]; octets: number } | null = null;
  readonly #context: DecoyContext;
  readonly #instance: PostgresInstance;
  readonly #process: number;
  readonly #user: string;
  readonly #database: string;
  readonly settings: Map<string, string>;
  #recorded = 0;

  constructor(
    context: DecoyContext,
    instance: PostgresInstance,
    process: number,
    user: string,
    database: string,
    application: string,
  ) {
    this.#context = context;
    this.#instance = instance;
    this.#process = process;
    this.#user = user;
    this.#database = database;
    this.settings = initialSettings(instance, user, application);
  }

  /** Changes a setting. */
  readonly set = (name: string, value: string): void => {
    if (this.settings.has(name) || this.settings.size < 128)
      this.settings.set(name.slice(0, 64), value.slice(0, 256));
  };

  *record(text: string): Iterable<DecoyOutput> {
    this.#recorded += 1;
    if (this.#recorded <= recordLimit) yield { do: 'saw', fact: statementFact('postgres', text) };
  }

  /** What a statement can see. */
  view(): PostgresView {
    return {
      instance: this.#instance,
      process: this.#process,
      user: this.#user,
      database: this.#database,
      application: this.settings.get('application_name') ?? '',
      source: this.#context.source,
      sourcePort: this.#context.sourcePort,
      statement: this.statement,
      settings: () => this.settings,
      now: () => this.#context.now(),
    };
  }

  /** Lines that the client gave for COPY … FROM STDIN, into the table. */
  *copied(table: Table, text: string): Generator<DecoyOutput, Answer | StatementFailure> {
    const host = new PostgresHost(this.view(), this.#context, this.set);
    try {
      const answer = new StatementRunner(this.view(), host, this.set).copied(table, text);
      yield* host.outputs;
      return answer;
    } catch (error) {
      if (!(error instanceof StatementFailure)) throw error;
      return error;
    }
  }

  /** Runs one statement; what it wants done comes first, then its answer or its error. */
  *run(
    text: string,
    tokens: readonly Token[],
    values: readonly Value[],
  ): Generator<DecoyOutput, Answer | StatementFailure> {
    const view = this.view();
    const host = new PostgresHost(view, this.#context, this.set);
    host.parameters = values;
    const isEnd = /^(?:rollback|commit|abort|end)$/i.test(tokens[0]?.text ?? '');
    let result: Answer | StatementFailure;
    if (this.state === 'E' && !isEnd) {
      result = failureOf(
        '25P02',
        'current transaction is aborted, commands ignored until end of transaction block',
      );
    } else {
      try {
        result = new StatementRunner(view, host, this.set).run(cursorOf(text, tokens, 'postgres'));
      } catch (error) {
        if (error instanceof SyntaxFailure) result = syntaxError(text, error, tokens);
        else if (error instanceof StatementFailure) result = error;
        else if (error instanceof RangeError) result = cancelled();
        else throw error;
      }
    }
    yield* host.outputs;
    if (result instanceof StatementFailure) {
      if (this.state === 'T') this.state = 'E';
    } else if (result.kind === 'done' && result.transaction !== undefined) {
      if (result.transaction === 'commit' && this.state === 'E') result = { ...result, tag: 'ROLLBACK' };
      this.state = result.kind === 'done' && result.transaction === 'begin' ? 'T' : 'I';
    }
    return result;
  }
}
