import type { Reading } from '../../../stream.ts';
import { Unsupported } from '../script/unsupported.ts';
import type { FunctionDefinition } from './syntax.ts';

/** What a name of Python can stand for. Integers are `bigint`, floats `number`; None is `null`. */
export type Value =
  | null
  | boolean
  | bigint
  | number
  | string
  | Bytes
  | List
  | Tuple
  | Dictionary
  | SetValue
  | Range
  | Slice
  | Lazy
  | FunctionValue
  | Builtin
  | ClassValue
  | Instance
  | ModuleValue
  | Ellipsis;

export type Keywords = ReadonlyMap<string, Value>;
export type Native = (values: readonly Value[], keywords: Keywords) => Value | Reading<Value>;

/** `bytes` and `bytearray`, one character for each byte. */
export class Bytes {
  text: string;
  readonly mutable: boolean;

  constructor(text: string, mutable = false) {
    this.text = text;
    this.mutable = mutable;
  }
}

export class List {
  readonly items: Value[];
  /** `dict_keys` and its like; empty for a list. */
  view = '';

  constructor(items: Value[]) {
    this.items = items;
  }
}

export class Tuple {
  readonly items: readonly Value[];

  constructor(items: readonly Value[]) {
    this.items = items;
  }
}

export interface Entry {
  readonly key: Value;
  value: Value;
}

/** Entries by `keyOf` their key, in the order of their making. */
export class Dictionary {
  readonly entries: Map<string, Entry> = new Map();
}

export class SetValue {
  readonly items: Map<string, Value> = new Map();
  readonly frozen: boolean;

  constructor(frozen = false) {
    this.frozen = frozen;
  }
}

export class Range {
  readonly start: bigint;
  readonly stop: bigint;
  readonly step: bigint;

  constructor(start: bigint, stop: bigint, step: bigint) {
    this.start = start;
    this.stop = stop;
    this.step = step;
  }

  get length(): number {
    const { start, stop, step } = this;
    const span = step > 0n ? stop - start : start - stop;
    const size = step > 0n ? step : -step;
    return span <= 0n ? 0 : Number((span + size - 1n) / size);
  }
}

export class Slice {
  readonly start: Value;
  readonly stop: Value;
  readonly step: Value;

  constructor(start: Value, stop: Value, step: Value) {
    this.start = start;
    this.stop = stop;
    this.step = step;
  }
}

/** An iterator; `undefined` is its end. */
export class Lazy {
  readonly type: string;
  readonly advance: () => Reading<Value | undefined>;

  constructor(type: string, advance: () => Reading<Value | undefined>) {
    this.type = type;
    this.advance = advance;
  }
}

/** Names of a block of code. */
export class Scope {
  readonly names: Map<string, Value> = new Map();
  readonly outer: Scope | null;
  readonly globals: Scope;
  readonly outside: Map<string, 'global' | 'nonlocal'> = new Map();
  readonly isClass: boolean;
  /** Names that the block assigns to: unbound until it does. */
  readonly locals: ReadonlySet<string>;

  constructor(outer: Scope | null, isClass: boolean, locals: ReadonlySet<string>) {
    this.outer = outer;
    this.globals = outer?.globals ?? this;
    this.isClass = isClass;
    this.locals = locals;
  }
}

export class FunctionValue {
  readonly definition: FunctionDefinition;
  readonly scope: Scope;
  readonly defaults: ReadonlyMap<string, Value>;
  readonly locals: ReadonlySet<string>;
  readonly generates: boolean;
  readonly file: string;
  /** The class whose method it is. */
  owner: ClassValue | null = null;

  constructor(
    definition: FunctionDefinition,
    scope: Scope,
    defaults: ReadonlyMap<string, Value>,
    locals: ReadonlySet<string>,
    generates: boolean,
    file: string,
  ) {
    this.definition = definition;
    this.scope = scope;
    this.defaults = defaults;
    this.locals = locals;
    this.generates = generates;
    this.file = file;
  }
}

export class Builtin {
  readonly name: string;
  readonly native: Native;

  constructor(name: string, native: Native) {
    this.name = name;
    this.native = native;
  }
}

export class ClassValue {
  readonly name: string;
  readonly bases: readonly ClassValue[];
  readonly members: Map<string, Value> = new Map();
  readonly module: string;
  /** How a class of the system makes its values. */
  construct: Native | null = null;

  constructor(name: string, bases: readonly ClassValue[], module = 'builtins') {
    this.name = name;
    this.bases = bases;
    this.module = module;
  }

  find(name: string): Value | undefined {
    const own = this.members.get(name);
    if (own !== undefined) return own;
    for (const base of this.bases) {
      const found = base.find(name);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  is(other: ClassValue): boolean {
    return this === other || this.bases.some((base) => base.is(other));
  }
}

export class Instance {
  readonly type: ClassValue;
  readonly fields: Map<string, Value> = new Map();
  /** How its `repr` looks; empty for the usual. */
  shown = '';

  constructor(type: ClassValue) {
    this.type = type;
  }
}

export class ModuleValue {
  readonly name: string;
  readonly members: Map<string, Value>;

  constructor(name: string, members: Map<string, Value>) {
    this.name = name;
    this.members = members;
  }
}

export class Ellipsis {
  readonly text = 'Ellipsis';
}

/** An exception on its way. */
export class PythonError extends Error {
  readonly value: Instance;
  /** From the innermost frame out. */
  readonly trace: { readonly file: string; readonly line: number; readonly name: string }[] = [];
  /** The exception that was being handled, or that is the cause of this one. */
  context: PythonError | null = null;
  caused = false;

  constructor(value: Instance) {
    super(value.type.name);
    this.value = value;
  }
}

let identities = 0;
const identity = new WeakMap<object, number>();

/** A number that no other object has. */
export function identityOf(value: object): number {
  let found = identity.get(value);
  if (found === undefined) {
    identities += 1;
    found = identities;
    identity.set(value, found);
  }
  return found;
}

const longestKey = 1_048_576;

/** The keys in one, each with its length ahead, so that no two lists of keys have the same. Tuples within tuples can be many more than were made. */
function joined(mark: string, keys: Iterable<string>): string {
  let text = mark;
  for (const key of keys) {
    text += `${key.length}:${key}`;
    if (text.length > longestKey) throw new Unsupported('large');
  }
  return text;
}

function keyOfItems(items: readonly Value[]): string | null {
  const keys: string[] = [];
  for (const item of items) {
    const key = keyOf(item);
    if (key === null) return null;
    keys.push(key);
  }
  return joined('t', keys);
}

/** What equal keys have in common; null for a value that cannot be one. */
export function keyOf(value: Value): string | null {
  switch (typeof value) {
    case 'string':
      return `s${value}`;
    case 'bigint':
      // Base 16 takes time as the number is long, base 10 as its square.
      return `i${value.toString(16)}`;
    case 'boolean':
      return `i${Number(value)}`;
    case 'number':
      return Number.isInteger(value) ? `i${BigInt(value).toString(16)}` : `f${value}`;
    default:
  }
  if (value === null) return 'n';
  if (value instanceof Bytes) return value.mutable ? null : `b${value.text}`;
  if (value instanceof Tuple) return keyOfItems(value.items);
  if (value instanceof SetValue) return value.frozen ? joined('z', [...value.items.keys()].sort()) : null;
  if (value instanceof List || value instanceof Dictionary || value instanceof Slice) return null;
  return `o${identityOf(value)}`;
}

export function isReading(value: Value | Reading<Value>): value is Reading<Value> {
  return typeof value === 'object' && value !== null && 'next' in value && Symbol.iterator in value;
}
