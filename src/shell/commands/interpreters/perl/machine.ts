import type { Reading } from '../../../stream.ts';
import type { ScriptWorld } from '../script/world.ts';
import type { Expression } from './syntax.ts';
import type { ArrayValue, Box, Code, Handle, HashValue, Value } from './value.ts';

/** `die`, on its way. */
export class Died extends Error {
  readonly value: Value;

  constructor(value: Value) {
    super('die');
    this.value = value;
  }
}

/** `exit`. */
export class Exited extends Error {
  readonly status: number;

  constructor(status: number) {
    super('exit');
    this.status = status;
  }
}

/** What the functions see of the evaluator. */
export interface Machine {
  readonly world: ScriptWorld;
  readonly place: string;
  /** A subroutine is being run: what has no array named means its arguments. */
  readonly inside: boolean;
  readonly handles: Map<string, Handle>;
  scalar(expression: Expression): Reading<Value>;
  list(expression: Expression): Reading<Value[]>;
  assign(target: Expression, value: Value): Reading<void>;
  arrayOf(expression: Expression): Reading<ArrayValue>;
  hashOf(expression: Expression): Reading<HashValue>;
  call(code: Code, values: readonly Value[], wantsList: boolean): Reading<Value[]>;
  run(code: Expression, wantsList: boolean): Reading<Value[]>;
  global(name: string): Box;
  evaluateText(source: string, line: number, wantsList: boolean): Reading<Value[]>;
  die(message: string, line: number): never;
  handleOf(value: Value): Handle | null;
  readLine(handle: Handle): Reading<string | undefined>;
  fault(code: string): void;
}
