import type { Reading } from '../../../stream.ts';
import type { Machine } from './machine.ts';
import { Unsupported } from '../script/unsupported.ts';
import { integerOf, isTrue, numberOf, textOf } from './conversion.ts';
import { type Signature, signatureOf } from './types.ts';
import { ArrayValue, Ref, type Value } from './value.ts';

/** What a function of PHP's own was given, each as its signature has it. */
export class Given {
  readonly values: readonly Value[];
  /** Holders of what is given by reference, by their place. */
  readonly refs: readonly (Ref | null)[];
  /** How many the script itself gave. */
  readonly count: number;

  constructor(values: readonly Value[], refs: readonly (Ref | null)[], count: number) {
    this.values = values;
    this.refs = refs;
    this.count = count;
  }

  value(at: number): Value {
    return this.values[at] ?? null;
  }

  isNull(at: number): boolean {
    return this.value(at) === null;
  }

  text(at: number): string {
    return textOf(this.value(at));
  }

  number(at: number): number {
    return Number(numberOf(this.value(at)));
  }

  integer(at: number): bigint {
    return integerOf(this.value(at));
  }

  flag(at: number): boolean {
    return isTrue(this.value(at));
  }

  array(at: number): ArrayValue {
    const value = this.value(at);
    if (!(value instanceof ArrayValue)) throw new Unsupported('array');
    return value;
  }

  ref(at: number): Ref {
    return this.refs[at] ?? new Ref();
  }

  rest(from: number): readonly Value[] {
    return this.values.slice(from);
  }
}

export type NativeRun = (machine: Machine, given: Given) => Value | Reading<Value>;

export interface Native {
  readonly signature: Signature;
  readonly run: NativeRun;
}

/** Functions by their names; what stands on the left is their signature. */
export type NativeTable = Readonly<Record<string, NativeRun>>;

export function nativesOf(...tables: readonly NativeTable[]): ReadonlyMap<string, Native> {
  const found = new Map<string, Native>();
  for (const table of tables)
    for (const [text, run] of Object.entries(table)) {
      const signature = signatureOf(text);
      found.set(signature.name, { signature, run });
    }
  return found;
}

export const isReading = (value: Value | Reading<Value>): value is Reading<Value> =>
  typeof value === 'object' && value !== null && 'next' in value && typeof value.next === 'function';
