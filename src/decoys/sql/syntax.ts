/** The parts of a query. Offsets (`at`) point into the statement's text, for errors that name a place. */

import type { SqlType, Value } from './value.ts';

export type Expression =
  | { readonly kind: 'value'; readonly value: Value; readonly type: SqlType; readonly written: string }
  /** `a`, `t.a`, `s.t.a` */
  | { readonly kind: 'column'; readonly path: readonly string[]; readonly at: number }
  | { readonly kind: 'star'; readonly table: string; readonly at: number }
  /** `@a`, `@@a`, `@@global.a` as written. */
  | { readonly kind: 'variable'; readonly name: string; readonly at: number }
  | { readonly kind: 'assign'; readonly name: string; readonly value: Expression }
  | { readonly kind: 'parameter'; readonly index: number }
  | Call
  | { readonly kind: 'unary'; readonly operator: string; readonly operand: Expression }
  | {
      readonly kind: 'binary';
      readonly operator: string;
      readonly left: Expression;
      readonly right: Expression;
      readonly at: number;
    }
  | {
      readonly kind: 'between';
      readonly operand: Expression;
      readonly low: Expression;
      readonly high: Expression;
      readonly negated: boolean;
    }
  | {
      readonly kind: 'in';
      readonly operand: Expression;
      readonly items: readonly Expression[] | Query;
      readonly negated: boolean;
    }
  | {
      readonly kind: 'is';
      readonly operand: Expression;
      readonly what: 'null' | 'true' | 'false';
      readonly negated: boolean;
    }
  | {
      readonly kind: 'any';
      readonly operator: string;
      readonly operand: Expression;
      readonly items: Expression | Query;
      readonly all: boolean;
    }
  | {
      readonly kind: 'case';
      readonly operand: Expression | null;
      readonly branches: readonly (readonly [when: Expression, then: Expression])[];
      readonly otherwise: Expression | null;
    }
  | { readonly kind: 'cast'; readonly operand: Expression; readonly type: string; readonly at: number }
  | { readonly kind: 'query'; readonly query: Query }
  | { readonly kind: 'exists'; readonly query: Query }
  | { readonly kind: 'array'; readonly items: readonly Expression[] | Query }
  | { readonly kind: 'row'; readonly items: readonly Expression[] }
  | { readonly kind: 'element'; readonly operand: Expression; readonly index: Expression };

export interface Call {
  readonly kind: 'call';
  /** Lower case, without a schema. */
  readonly name: string;
  /** With its schema, as written. */
  readonly written: string;
  readonly items: readonly Expression[];
  readonly star: boolean;
  readonly distinct: boolean;
  readonly at: number;
}

export interface SelectItem {
  readonly expression: Expression;
  /** Empty where none is given. */
  readonly alias: string;
  /** The expression as written, which MySQL names a column by. */
  readonly written: string;
}

export type Source =
  | { readonly kind: 'table'; readonly path: readonly string[]; readonly alias: string; readonly at: number }
  | {
      readonly kind: 'query';
      readonly query: Query;
      readonly alias: string;
      readonly names: readonly string[];
    }
  | {
      readonly kind: 'function';
      readonly call: Call;
      readonly alias: string;
      readonly names: readonly string[];
    }
  | {
      readonly kind: 'join';
      readonly left: Source;
      readonly right: Source;
      readonly outer: 'inner' | 'left' | 'right' | 'full';
      readonly on: Expression | null;
      readonly using: readonly string[];
    };

export interface Select {
  readonly kind: 'select';
  readonly distinct: boolean;
  readonly items: readonly SelectItem[];
  readonly from: readonly Source[];
  readonly where: Expression | null;
  readonly group: readonly Expression[];
  readonly having: Expression | null;
}

export interface Values {
  readonly kind: 'values';
  readonly rows: readonly (readonly Expression[])[];
}

export interface Union {
  readonly kind: 'union';
  readonly operator: 'union' | 'union all' | 'intersect' | 'except';
  readonly left: Body;
  readonly right: Body;
}

export type Body = Select | Values | Union | { readonly kind: 'nested'; readonly query: Query };

/** SELECT … INTO OUTFILE and DUMPFILE. */
export interface FileTarget {
  readonly how: 'outfile' | 'dumpfile';
  readonly name: string;
}

export interface Query {
  readonly with: readonly {
    readonly name: string;
    readonly names: readonly string[];
    readonly query: Query;
  }[];
  readonly body: Body;
  readonly order: readonly { readonly by: Expression; readonly descending: boolean }[];
  readonly limit: Expression | null;
  readonly offset: Expression | null;
  readonly into: FileTarget | null;
  /** INTO @a, @b */
  readonly variables: readonly string[];
}
