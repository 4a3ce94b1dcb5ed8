import { generalText } from '../script/number-text.ts';
import type { Statement } from './syntax.ts';

/** A scalar. */
export type Value = undefined | number | string | Box | ArrayValue | HashValue | Code | Handle;

/** What holds a scalar: a variable, or the target of a reference. */
export class Box {
  value: Value = undefined;
}

export class ArrayValue {
  readonly items: Value[] = [];
}

export class HashValue {
  readonly entries: Map<string, Value> = new Map();
}

export class Code {
  readonly body: readonly Statement[];
  readonly scope: Scope;

  constructor(body: readonly Statement[], scope: Scope) {
    this.body = body;
    this.scope = scope;
  }
}

/** An open file, or a pipe to or from a command. */
export class Handle {
  readonly name: string;
  path = '';
  /** What can be read; null where nothing can. */
  content: string | null = null;
  position = 0;
  /** What was written to a pipe's command. */
  command: string | null = null;
  pending = '';
  writes = false;
  standard: 'input' | 'output' | 'error' | null = null;

  constructor(name: string) {
    this.name = name;
  }
}

/** The variables of a block. */
export class Scope {
  readonly outer: Scope | null;
  readonly names: Map<string, Box | ArrayValue | HashValue> = new Map();

  constructor(outer: Scope | null) {
    this.outer = outer;
  }

  find(name: string): Box | ArrayValue | HashValue | undefined {
    return this.names.get(name) ?? this.outer?.find(name);
  }
}

let identities = 0;
const identity = new WeakMap<object, number>();

const kindOf = (value: object): string =>
  value instanceof ArrayValue
    ? 'ARRAY'
    : value instanceof HashValue
      ? 'HASH'
      : value instanceof Code
        ? 'CODE'
        : value instanceof Handle
          ? 'GLOB'
          : 'SCALAR';

export const referenceKind = (value: Value): string => (typeof value === 'object' ? kindOf(value) : '');

export function textOf(value: Value): string {
  if (value === undefined) return '';
  if (typeof value === 'string') return value;
  if (typeof value === 'number') {
    if (Number.isInteger(value) && Math.abs(value) < 1e15) return String(value === 0 ? 0 : value);
    if (Number.isNaN(value)) return 'NaN';
    if (!Number.isFinite(value)) return value < 0 ? '-Inf' : 'Inf';
    return Number.isInteger(value) && Math.abs(value) < 1.8e19
      ? BigInt(value).toString()
      : generalText(value, 15);
  }
  let number = identity.get(value);
  if (number === undefined) {
    identities += 1;
    number = identities;
    identity.set(value, number);
  }
  return `${kindOf(value)}(0x55${(0xa0_0000_0000 + ((number * 2_654_435_761) % 0xfff_ffff) * 8).toString(16)})`;
}

export function numberOf(value: Value): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'string') {
    const match = /^\s*[-+]?(?:\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?|inf(?:inity)?|nan)/i.exec(
      value.slice(0, 400),
    );
    if (match === null) return 0;
    const text = match[0].trim().toLowerCase();
    return text.includes('inf')
      ? text.startsWith('-')
        ? -Infinity
        : Infinity
      : text.includes('nan')
        ? NaN
        : Number(text);
  }
  return value === undefined ? 0 : Number.parseInt(textOf(value).replace(/^\w+\(0x/, ''), 16);
}

export const isTrue = (value: Value): boolean =>
  typeof value === 'string'
    ? value !== '' && value !== '0'
    : typeof value === 'number'
      ? value !== 0
      : value !== undefined;
