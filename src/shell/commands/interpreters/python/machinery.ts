import type { FileFault, FileFaultCode } from '../../../files/fault.ts';
import type { Reading } from '../../../stream.ts';
import type { ScriptWorld } from '../script/world.ts';
import { integerOf, isNumber } from './truth.ts';
import { type Types, typeName } from './types.ts';
import {
  Builtin,
  Bytes,
  type Dictionary,
  Instance,
  type Keywords,
  type Lazy,
  ModuleValue,
  type Native,
  PythonError,
  type Scope,
  Tuple,
  type Value,
} from './value.ts';

/** What the library sees of the evaluator. */
export interface Machinery {
  readonly world: ScriptWorld;
  readonly types: Types;
  /** Minor version of Python 3, and the whole. */
  readonly minor: number;
  readonly version: string;
  readonly globals: Scope;
  readonly environment: Dictionary;
  readonly arguments: readonly string[];
  readonly scope: Scope;
  call(callee: Value, values: readonly Value[], keywords?: Keywords): Reading<Value>;
  attribute(value: Value, name: string): Reading<Value>;
  text(value: Value): Reading<string>;
  represent(value: Value): Reading<string>;
  truth(value: Value): Reading<boolean>;
  iterate(value: Value): Reading<Lazy>;
  items(value: Value): Reading<Value[]>;
  binary(operator: string, left: Value, right: Value): Reading<Value>;
  execute(source: string, file: string, scope: Scope, single: boolean): Reading<Value>;
  importModule(path: string): Reading<ModuleValue>;
}

export function makeError(
  machinery: Pick<Machinery, 'types'>,
  type: string,
  ...values: readonly Value[]
): PythonError {
  const value = new Instance(machinery.types.get(type));
  value.fields.set('args', new Tuple(values));
  return new PythonError(value);
}

export function fail(machinery: Pick<Machinery, 'types'>, type: string, message: string): never {
  throw makeError(machinery, type, message);
}

const numbers: Readonly<Record<FileFaultCode, readonly [number: bigint, type: string]>> = {
  ENOENT: [2n, 'FileNotFoundError'],
  ENOTDIR: [20n, 'NotADirectoryError'],
  EISDIR: [21n, 'IsADirectoryError'],
  EACCES: [13n, 'PermissionError'],
  EPERM: [1n, 'PermissionError'],
  EEXIST: [17n, 'FileExistsError'],
  ENOTEMPTY: [39n, 'OSError'],
  ELOOP: [40n, 'OSError'],
  ENOSPC: [28n, 'OSError'],
  EROFS: [30n, 'OSError'],
  EINVAL: [22n, 'OSError'],
  EBUSY: [16n, 'OSError'],
  EBADF: [9n, 'OSError'],
  ENAMETOOLONG: [36n, 'OSError'],
};

export function systemError(
  machinery: Pick<Machinery, 'types'>,
  type: string,
  code: bigint,
  message: string,
  path: string | null,
): PythonError {
  const error = makeError(machinery, type, code, message);
  error.value.fields.set('errno', code);
  error.value.fields.set('strerror', message);
  error.value.fields.set('filename', path);
  return error;
}

export function faultError(machinery: Pick<Machinery, 'types'>, fault: FileFault, path: string): PythonError {
  const [code, type] = numbers[fault.code];
  return systemError(machinery, type, code, fault.message, path);
}

/** A module from its functions and its other members. */
export function makeModule(
  name: string,
  functions: Readonly<Record<string, Native>>,
  members: Readonly<Record<string, Value>> = {},
): ModuleValue {
  const found = new Map<string, Value>(Object.entries(members));
  for (const [member, native] of Object.entries(functions)) found.set(member, new Builtin(member, native));
  return new ModuleValue(name, found);
}

/** The argument at a place or of a name. */
export const argument = (
  values: readonly Value[],
  keywords: Keywords,
  index: number,
  name: string,
): Value | undefined => values[index] ?? (values[index] === null ? null : keywords.get(name));

export function integer(machinery: Machinery, value: Value | undefined): bigint {
  const found = integerOf(value ?? null);
  if (found === null)
    fail(machinery, 'TypeError', `'${typeName(value ?? null)}' object cannot be interpreted as an integer`);
  return found;
}

export function float(machinery: Machinery, value: Value | undefined): number {
  if (value === undefined || !isNumber(value))
    fail(machinery, 'TypeError', `must be real number, not ${typeName(value ?? null)}`);
  return Number(value);
}

/** An integer small enough for a count. */
export function count(machinery: Machinery, value: Value | undefined): number {
  const found = integer(machinery, value);
  if (found > 9_007_199_254_740_991n || found < -9_007_199_254_740_991n)
    fail(machinery, 'OverflowError', 'Python int too large to convert to C ssize_t');
  return Number(found);
}

/** The bytes of what is like bytes. */
export function bytesOf(machinery: Machinery, value: Value | undefined): string {
  if (value instanceof Bytes) return value.text;
  return fail(machinery, 'TypeError', `a bytes-like object is required, not '${typeName(value ?? null)}'`);
}

export function string(machinery: Machinery, value: Value | undefined, what = 'expected str'): string {
  if (typeof value === 'string') return value;
  return fail(machinery, 'TypeError', `${what}, not ${typeName(value ?? null)}`);
}

/** A path, of text or bytes. */
export function pathOf(machinery: Machinery, value: Value | undefined): string {
  if (typeof value === 'string') return value;
  if (value instanceof Bytes) return value.text;
  return fail(
    machinery,
    'TypeError',
    `expected str, bytes or os.PathLike object, not ${typeName(value ?? null)}`,
  );
}
