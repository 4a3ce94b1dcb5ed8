/** What a database gives to the evaluation of its queries: tables, functions, variables, and its own words for errors. */

import type { StatementFailure } from './failure.ts';
import type { Call, Expression } from './syntax.ts';
import type { Dialect } from './token.ts';
import type { Relation, SqlType, Value } from './value.ts';

export interface SqlHost {
  readonly dialect: Dialect;
  relation(path: readonly string[], at: number): Relation;
  call(call: Call, items: readonly Value[], types: readonly SqlType[]): Value;
  typeOfCall(name: string, types: readonly SqlType[]): SqlType;
  /** A function in FROM. */
  tableFunction(call: Call, items: readonly Value[]): Relation;
  variable(name: string, at: number): Value;
  typeOfVariable(name: string): SqlType;
  assign(name: string, value: Value): void;
  parameter(index: number): Value;
  cast(value: Value, type: string, at: number): Value;
  typeNamed(type: string): SqlType;
  /** `isKnown`: the table that the path names is there, only the column is not. */
  unknownColumn(path: readonly string[], at: number, place: string, isKnown?: boolean): StatementFailure;
  ambiguousColumn(name: string, at: number, place: string): StatementFailure;
  unionOfDifferent(operator: string): StatementFailure;
  divisionByZero(): StatementFailure | null;
  /** `operator` does not take these. */
  badOperands(
    expression: Expression & { readonly kind: 'binary' },
    left: SqlType,
    right: SqlType,
  ): StatementFailure | null;
  matches(text: string, pattern: string, ignoreCase: boolean): boolean;
  /** Counts work; throws where a statement has had its share. */
  spend(units: number): void;
}
