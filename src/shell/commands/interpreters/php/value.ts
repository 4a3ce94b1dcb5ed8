import type { Expression, FunctionCode, Member } from './syntax.ts';

/** An integer is a bigint of 64 bits, a float a number; strings are byte text. */
export type Value = null | boolean | bigint | number | string | ArrayValue | ObjectValue | Resource;

export type Key = bigint | string;

/** What holds a value: a variable, or an element that a reference points to. */
export class Ref {
  value: Value;

  constructor(value: Value = null) {
    this.value = value;
  }
}

interface Store {
  readonly entries: Map<Key, Value | Ref>;
  /** More than one array has it: who writes copies it first. */
  shared: boolean;
}

/** An ordered map that is copied when one of its holders writes. */
export class ArrayValue {
  #store: Store = { entries: new Map(), shared: false };
  next = 0n;
  /** The internal pointer. */
  position = 0;

  static of(values: Iterable<Value>): ArrayValue {
    const made = new ArrayValue();
    for (const value of values) made.push(value);
    return made;
  }

  static from(entries: Iterable<readonly [Key, Value]>): ArrayValue {
    const made = new ArrayValue();
    for (const [key, value] of entries) made.set(key, value);
    return made;
  }

  get size(): number {
    return this.#store.entries.size;
  }

  get shared(): boolean {
    return this.#store.shared;
  }

  copy(): ArrayValue {
    const made = new ArrayValue();
    this.#store.shared = true;
    made.#store = this.#store;
    made.next = this.next;
    made.position = this.position;
    return made;
  }

  /** From here on nobody else sees what is written. */
  separate(): void {
    if (!this.#store.shared) return;
    const entries = new Map<Key, Value | Ref>();
    for (const [key, value] of this.#store.entries)
      entries.set(key, value instanceof ArrayValue ? value.copy() : value);
    this.#store = { entries, shared: false };
  }

  raw(key: Key): Value | Ref | undefined {
    return this.#store.entries.get(key);
  }

  get(key: Key): Value | undefined {
    const value = this.#store.entries.get(key);
    return value instanceof Ref ? value.value : value;
  }

  has(key: Key): boolean {
    return this.#store.entries.has(key);
  }

  set(key: Key, value: Value): void {
    this.separate();
    const before = this.#store.entries.get(key);
    if (before instanceof Ref) before.value = value;
    else this.bind(key, value);
  }

  /** As `set`, but a reference that stands there is replaced. */
  bind(key: Key, value: Value | Ref): void {
    this.separate();
    this.#store.entries.set(key, value);
    if (typeof key === 'bigint' && key >= this.next) this.next = key + 1n;
  }

  push(value: Value | Ref): void {
    this.bind(this.next, value);
  }

  delete(key: Key): void {
    this.separate();
    this.#store.entries.delete(key);
  }

  keys(): Key[] {
    return [...this.#store.entries.keys()];
  }

  *values(): Generator<Value> {
    for (const value of this.#store.entries.values()) yield value instanceof Ref ? value.value : value;
  }

  *entries(): Generator<[Key, Value]> {
    for (const [key, value] of this.#store.entries) yield [key, value instanceof Ref ? value.value : value];
  }

  /** Puts other entries in the place of all. */
  replace(entries: Iterable<readonly [Key, Value | Ref]>): void {
    const kept = [...entries];
    this.#store = { entries: new Map(), shared: false };
    this.next = 0n;
    this.position = 0;
    for (const [key, value] of kept) this.bind(key, value);
  }

  get isList(): boolean {
    let expected = 0n;
    for (const key of this.#store.entries.keys()) {
      if (key !== expected) return false;
      expected += 1n;
    }
    return true;
  }
}

export interface Property extends Member {
  readonly name: string;
  readonly value: Expression | null;
  readonly typed: boolean;
  readonly owner: ClassInfo;
}

export interface Method extends Member {
  readonly code: FunctionCode;
  readonly owner: ClassInfo;
}

/** A class as it stands once its parents are known. Methods are found by their names in lower case. */
export class ClassInfo {
  readonly name: string;
  readonly kind: 'class' | 'interface' | 'trait';
  readonly parent: ClassInfo | null;
  /** All that it is beside its parents' names, in lower case. */
  readonly interfaces: ReadonlySet<string>;
  readonly isAbstract: boolean;
  readonly constants: Map<string, Expression | { value: Value }> = new Map();
  readonly properties: Map<string, Property> = new Map();
  readonly statics: Map<string, Ref> = new Map();
  readonly methods: Map<string, Method> = new Map();

  constructor(
    name: string,
    kind: 'class' | 'interface' | 'trait',
    parent: ClassInfo | null,
    interfaces: ReadonlySet<string>,
    isAbstract: boolean,
  ) {
    this.name = name;
    this.kind = kind;
    this.parent = parent;
    this.interfaces = interfaces;
    this.isAbstract = isAbstract;
  }

  /** True for the class itself, its parents and interfaces. */
  is(name: string): boolean {
    const wanted = name.toLowerCase();
    if (this.name.toLowerCase() === wanted || this.interfaces.has(wanted)) return true;
    return this.parent !== null && this.parent.is(name);
  }
}

export class ObjectValue {
  readonly info: ClassInfo;
  readonly id: number;
  readonly properties: Map<string, Value | Ref> = new Map();

  constructor(info: ClassInfo, id: number) {
    this.info = info;
    this.id = id;
  }

  get(name: string): Value | undefined {
    const value = this.properties.get(name);
    return value instanceof Ref ? value.value : value;
  }

  set(name: string, value: Value): void {
    const before = this.properties.get(name);
    if (before instanceof Ref) before.value = value;
    else this.properties.set(name, value);
  }
}

/** A function without a name. */
export class ClosureValue extends ObjectValue {
  readonly code: FunctionCode;
  readonly captured: ReadonlyMap<string, Ref>;
  readonly self: ObjectValue | null;
  readonly scope: ClassInfo | null;

  constructor(
    info: ClassInfo,
    id: number,
    code: FunctionCode,
    captured: ReadonlyMap<string, Ref>,
    self: ObjectValue | null,
    scope: ClassInfo | null,
  ) {
    super(info, id);
    this.code = code;
    this.captured = captured;
    this.self = self;
    this.scope = scope;
  }
}

/** An open file, a pipe to or from a command, or a connection that was never made. */
export class Resource {
  readonly id: number;
  /** `stream`, `process`, `stream-context`. */
  readonly type: string;
  path = '';
  /** What can be read; null where nothing can. */
  content: string | null = null;
  position = 0;
  /** What is written to it is kept for this command. */
  command: string | null = null;
  pending = '';
  writes = false;
  standard: 'input' | 'output' | 'error' | null = null;
  open = true;
  status = 0;

  constructor(id: number, type: string) {
    this.id = id;
    this.type = type;
  }
}

/** An array is given away as a copy of its own. */
export const stored = (value: Value): Value => (value instanceof ArrayValue ? value.copy() : value);

/** As messages name types: `gettype` has other words. */
export function typeName(value: Value): string {
  if (value === null) return 'null';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'bigint') return 'int';
  if (typeof value === 'number') return 'float';
  if (typeof value === 'string') return 'string';
  if (value instanceof ArrayValue) return 'array';
  return value instanceof Resource ? 'resource' : value.info.name;
}

const [least, most] = [-(2n ** 63n), 2n ** 63n - 1n];

/** An integer that does not fit becomes a float. */
export const whole = (value: bigint): bigint | number =>
  value < least || value > most ? Number(value) : value;
