/** PostgreSQL's functions, settings and errors, for the evaluation of queries. */

import { RE2JS } from 're2js';
import type { DecoyContext, DecoyOutput } from '../../core/decoy.ts';
import { arrayOf } from '../sql/array-text.ts';
import type { StatementFailure } from '../sql/failure.ts';
import { commonFunctions } from '../sql/functions.ts';
import type { SqlHost } from '../sql/host.ts';
import type { Call, Expression } from '../sql/syntax.ts';
import { numberOf, textOf, type Relation, type SqlType, type Value } from '../sql/value.ts';
import { typeOfCall } from './call-type.ts';
import { catalogTable } from './catalog.ts';
import type { PostgresView } from './view.ts';
import { cast, typeNamed } from './conversion.ts';
import { cancelled, failureOf, unknownColumn, unknownFunction, unknownRelation } from './errors.ts';
import { callOwn } from './functions/families.ts';
import type { Server } from './functions/family.ts';
import { ServerMachine } from './machine.ts';
import { badOperands } from './operands.ts';
import { typeWord } from './type-word.ts';

const workLimit = 600_000;
/** Functions that both decoys with SQL share, but for names that PostgreSQL does not have. */
const mysqlOnly = new Set('mid concat_ws_ ceiling_ pow_'.split(' '));

export class PostgresHost implements SqlHost {
  readonly dialect = 'postgres' as const;
  readonly machine: ServerMachine;
  readonly #server: Server;
  parameters: readonly Value[] = [];
  #work = 0;

  constructor(view: PostgresView, context: DecoyContext, set: (name: string, value: string) => void) {
    this.machine = new ServerMachine(view.instance, context, (units) => this.spend(units));
    this.#server = { view, context, machine: this.machine, set };
  }

  /** What the statement does beside its answer. */
  get outputs(): DecoyOutput[] {
    return this.machine.outputs;
  }

  spend(units: number): void {
    this.#work += units;
    if (this.#work > workLimit) throw cancelled();
  }

  relation(path: readonly string[], at: number): Relation {
    const name = path.at(-1) ?? '';
    const schema = path.at(-2) ?? '';
    if (schema === '' || schema === 'public') {
      const own = this.#server.view.instance.space.table(this.#server.view.database, name);
      if (own !== undefined) return own;
    }
    const found =
      schema === 'public'
        ? null
        : catalogTable(this.#server.view, schema === '' ? 'pg_catalog' : schema, name);
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
      case 'pg_ls_dir':
        return single('text', this.machine.list(textOf(first)));
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
    return cast(this.#server.view, value, type, at);
  }

  typeNamed(type: string): SqlType {
    return typeNamed(type);
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
    return badOperands(this.#server.view, expression, left, right);
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
    return typeOfCall(name, types);
  }

  call(call: Call, items: readonly Value[], types: readonly SqlType[]): Value {
    const own = callOwn(this.#server, call.name, items);
    if (own !== undefined) return own;
    const common = commonFunctions[call.name];
    if (common !== undefined && !mysqlOnly.has(call.name)) {
      this.spend(
        items.reduce((sum: number, item) => sum + (typeof item === 'string' ? item.length >> 5 : 0), 0),
      );
      return common(items);
    }
    throw unknownFunction(`${call.written}(${types.map((type) => typeWord(type)).join(', ')})`, call.at);
  }
}
