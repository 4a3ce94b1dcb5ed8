/** What the parser makes of a script. Every expression knows its line. */

/** What a script can write down as it is. */
type Scalar = null | boolean | bigint | number | string;

export interface Argument {
  readonly value: Expression;
  readonly spread: boolean;
  /** Empty where none is named. */
  readonly name: string;
}

export interface Item {
  readonly key: Expression | null;
  readonly value: Expression | null;
  readonly spread: boolean;
  readonly byReference: boolean;
}

/** `int|string`, `?Foo`: lower-case names, `null` among them. */
export interface Type {
  readonly names: readonly string[];
  readonly shown: string;
}

export interface Parameter {
  readonly name: string;
  readonly type: Type | null;
  readonly byReference: boolean;
  readonly variadic: boolean;
  readonly initial: Expression | null;
  /** Of a constructor: the property that it makes. */
  readonly promoted: string | null;
}

export interface FunctionCode {
  readonly name: string;
  readonly parameters: readonly Parameter[];
  readonly body: readonly Statement[];
  readonly returns: Type | null;
  readonly line: number;
  readonly isStatic: boolean;
  /** The file that messages name. */
  readonly place: string;
}

export interface Member {
  readonly visibility: 'public' | 'protected' | 'private';
  readonly isStatic: boolean;
  readonly isAbstract: boolean;
}

export interface ClassCode {
  readonly kind: 'class' | 'interface' | 'trait';
  readonly name: string;
  readonly parent: string | null;
  readonly interfaces: readonly string[];
  readonly traits: readonly string[];
  readonly isAbstract: boolean;
  readonly constants: readonly { readonly name: string; readonly value: Expression }[];
  readonly properties: readonly (Member & {
    readonly name: string;
    readonly value: Expression | null;
    readonly typed: boolean;
  })[];
  readonly methods: readonly (Member & { readonly code: FunctionCode })[];
  readonly line: number;
}

interface At {
  readonly line: number;
}

export type Expression = At &
  (
    | { readonly kind: 'constant'; readonly value: Scalar }
    | { readonly kind: 'text'; readonly pieces: readonly (string | Expression)[] }
    | { readonly kind: 'command'; readonly pieces: readonly (string | Expression)[] }
    | { readonly kind: 'variable'; readonly name: string | Expression }
    | { readonly kind: 'element'; readonly target: Expression; readonly key: Expression | null }
    | {
        readonly kind: 'property';
        readonly target: Expression;
        readonly name: string | Expression;
        readonly safe: boolean;
      }
    | { readonly kind: 'staticProperty'; readonly owner: string | Expression; readonly name: string }
    | { readonly kind: 'classConstant'; readonly owner: string | Expression; readonly name: string }
    | { readonly kind: 'name'; readonly name: string }
    | { readonly kind: 'call'; readonly callee: string | Expression; readonly items: readonly Argument[] }
    | {
        readonly kind: 'method';
        readonly target: Expression;
        readonly name: string | Expression;
        readonly items: readonly Argument[];
        readonly safe: boolean;
      }
    | {
        readonly kind: 'staticCall';
        readonly owner: string | Expression;
        readonly name: string | Expression;
        readonly items: readonly Argument[];
      }
    | {
        readonly kind: 'new';
        readonly owner: string | Expression | ClassCode;
        readonly items: readonly Argument[];
      }
    | { readonly kind: 'array'; readonly items: readonly Item[] }
    | { readonly kind: 'unary'; readonly operator: string; readonly value: Expression }
    | {
        readonly kind: 'binary';
        readonly operator: string;
        readonly left: Expression;
        readonly right: Expression;
      }
    | {
        readonly kind: 'logical';
        readonly operator: '&&' | '||' | '??';
        readonly left: Expression;
        readonly right: Expression;
      }
    | {
        readonly kind: 'assign';
        readonly operator: string;
        readonly target: Expression;
        readonly value: Expression;
      }
    | { readonly kind: 'bind'; readonly target: Expression; readonly value: Expression }
    | { readonly kind: 'step'; readonly by: 1 | -1; readonly prefix: boolean; readonly target: Expression }
    | {
        readonly kind: 'conditional';
        readonly test: Expression;
        readonly yes: Expression | null;
        readonly no: Expression;
      }
    | { readonly kind: 'isset'; readonly items: readonly Expression[] }
    | { readonly kind: 'empty'; readonly value: Expression }
    | {
        readonly kind: 'closure';
        readonly code: FunctionCode;
        readonly uses: readonly { readonly name: string; readonly byReference: boolean }[];
        readonly arrow: boolean;
      }
    | { readonly kind: 'cast'; readonly to: string; readonly value: Expression }
    | { readonly kind: 'silence'; readonly value: Expression }
    | { readonly kind: 'instanceof'; readonly value: Expression; readonly owner: string | Expression }
    | { readonly kind: 'include'; readonly word: string; readonly value: Expression }
    | { readonly kind: 'eval'; readonly value: Expression }
    | { readonly kind: 'exit'; readonly value: Expression | null }
    | { readonly kind: 'print'; readonly value: Expression }
    | { readonly kind: 'throw'; readonly value: Expression }
    | { readonly kind: 'clone'; readonly value: Expression }
    | {
        readonly kind: 'match';
        readonly value: Expression;
        readonly arms: readonly {
          readonly tests: readonly Expression[] | null;
          readonly value: Expression;
        }[];
      }
  );

export interface Case {
  /** Null for `default`. */
  readonly test: Expression | null;
  readonly body: readonly Statement[];
}

export type Statement = At &
  (
    | { readonly kind: 'expression'; readonly value: Expression }
    | { readonly kind: 'echo'; readonly values: readonly Expression[] }
    | { readonly kind: 'inline'; readonly text: string }
    | { readonly kind: 'block'; readonly body: readonly Statement[] }
    | {
        readonly kind: 'if';
        readonly test: Expression;
        readonly yes: readonly Statement[];
        readonly no: readonly Statement[];
      }
    | {
        readonly kind: 'while';
        readonly test: Expression;
        readonly body: readonly Statement[];
        readonly after: boolean;
      }
    | {
        readonly kind: 'for';
        readonly start: readonly Expression[];
        readonly tests: readonly Expression[];
        readonly steps: readonly Expression[];
        readonly body: readonly Statement[];
      }
    | {
        readonly kind: 'foreach';
        readonly source: Expression;
        readonly key: Expression | null;
        readonly value: Expression;
        readonly byReference: boolean;
        readonly body: readonly Statement[];
      }
    | { readonly kind: 'switch'; readonly value: Expression; readonly cases: readonly Case[] }
    | { readonly kind: 'leave'; readonly how: 'break' | 'continue'; readonly levels: number }
    | { readonly kind: 'return'; readonly value: Expression | null }
    | { readonly kind: 'function'; readonly code: FunctionCode }
    | { readonly kind: 'class'; readonly code: ClassCode }
    | {
        readonly kind: 'try';
        readonly body: readonly Statement[];
        readonly catches: readonly {
          readonly names: readonly string[];
          readonly variable: string | null;
          readonly body: readonly Statement[];
        }[];
        readonly last: readonly Statement[] | null;
      }
    | { readonly kind: 'global'; readonly names: readonly string[] }
    | { readonly kind: 'static'; readonly name: string; readonly value: Expression | null }
    | { readonly kind: 'unset'; readonly items: readonly Expression[] }
    | { readonly kind: 'const'; readonly name: string; readonly value: Expression }
  );
