import type { Reading } from '../../../stream.ts';
import type { Machinery } from './machinery.ts';
import type { Expression, Statement } from './syntax.ts';
import type { ClassValue, PythonError, Scope, Value } from './value.ts';

/** What a generator hands out, on the frame of its body. */
export interface Handover {
  ready: boolean;
  value: Value;
}

/** A call that is under way. */
export interface Frame {
  readonly name: string;
  readonly file: string;
  line: number;
  scope: Scope;
  /** The exception that a handler works on. */
  handling: PythonError | null;
  readonly handover: Handover | null;
  readonly owner: ClassValue | null;
  readonly first: Value;
}

export class Returned {
  readonly value: Value;

  constructor(value: Value) {
    this.value = value;
  }
}

/** How a block ended: by itself, or by what it said. */
export type Flow = null | 'break' | 'continue' | Returned;

/** What the parts of the evaluator see of each other. */
export interface Engine extends Machinery {
  frame: Frame;
  evaluate(expression: Expression): Reading<Value>;
  block(statements: readonly Statement[]): Reading<Flow>;
  lookUp(name: string): Value;
  store(name: string, value: Value): void;
  unbind(name: string): void;
  setAttribute(value: Value, name: string, item: Value): Reading<void>;
  resume(frame: Frame, body: Reading<unknown>): Reading<Value | undefined>;
}
