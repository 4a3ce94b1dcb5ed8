import type { Reading } from '../../../stream.ts';
import type { ScriptWorld } from '../script/world.ts';
import type { ArrayValue, ClassInfo, ObjectValue, Ref, Resource, Value } from './value.ts';

/** What the functions see of the evaluator. */
export interface Machine {
  readonly world: ScriptWorld;
  readonly place: string;
  readonly version: string;
  readonly settings: Map<string, string>;
  readonly constants: Map<string, Value>;
  readonly classes: ReadonlyMap<string, ClassInfo>;
  /** The file that was called, as `__FILE__` would have it there. */
  readonly script: string;
  readonly buffers: string[];
  readonly finishers: { callback: Value; values: readonly Value[] }[];
  line: number;
  reporting: number;
  lastError: { message: string; line: number; place: string; type: number } | null;
  write(text: string): void;
  /** Counts what a function handles beyond its one step. */
  spend(bytes: number): void;
  step(): void;
  warn(text: string): void;
  notice(text: string): void;
  throwError(name: string, message: string): never;
  text(value: Value): Reading<string>;
  call(callback: Value, values: readonly Value[], references?: readonly Ref[]): Reading<Value>;
  isCallable(value: Value): boolean;
  functionExists(name: string): boolean;
  userFunctions(): string[];
  findClass(name: string): ClassInfo | null;
  make(name: string, values: readonly Value[]): Reading<ObjectValue>;
  newObject(info: ClassInfo): ObjectValue;
  method(object: ObjectValue, name: string, values: readonly Value[]): Reading<Value>;
  resource(type: string): Resource;
  /** The array itself, ready to be changed by the function that it was given to. */
  own(ref: Ref): ArrayValue;
  /** Variables of the function that called. */
  readonly variables: Map<string, Ref>;
  readonly arguments: readonly Value[];
  readonly scope: ClassInfo | null;
  readonly self: ObjectValue | null;
}
