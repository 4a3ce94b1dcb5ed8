/** What a Python program is made of. Each part knows its line. */

interface At {
  readonly line: number;
}

export interface Argument {
  readonly kind: 'plain' | 'star' | 'doubleStar';
  readonly name: string | null;
  readonly value: Expression;
}

export interface Comprehension {
  readonly target: Expression;
  readonly iterable: Expression;
  readonly conditions: readonly Expression[];
}

export interface Parameter {
  readonly name: string;
  readonly kind: 'plain' | 'star' | 'doubleStar' | 'keyword';
  readonly otherwise: Expression | null;
}

/** A piece of a formatted string: text, or a value with its conversion and format. */
export type TextPiece =
  | string
  | {
      readonly value: Expression;
      readonly conversion: string;
      readonly format: readonly TextPiece[];
      readonly shown: string;
    };

export type Expression = At &
  (
    | { readonly kind: 'constant'; readonly value: null | boolean | bigint | number | string }
    | { readonly kind: 'bytes'; readonly text: string }
    | { readonly kind: 'ellipsis' }
    | { readonly kind: 'formatted'; readonly pieces: readonly TextPiece[] }
    | { readonly kind: 'name'; readonly name: string }
    | { readonly kind: 'tuple' | 'list' | 'set'; readonly items: readonly Expression[] }
    | { readonly kind: 'starred'; readonly value: Expression }
    | {
        readonly kind: 'dictionary';
        readonly entries: readonly { readonly key: Expression | null; readonly value: Expression }[];
      }
    | { readonly kind: 'unary'; readonly operator: string; readonly value: Expression }
    | {
        readonly kind: 'binary';
        readonly operator: string;
        readonly left: Expression;
        readonly right: Expression;
      }
    | {
        readonly kind: 'logical';
        readonly operator: 'and' | 'or';
        readonly left: Expression;
        readonly right: Expression;
      }
    | {
        readonly kind: 'compare';
        readonly first: Expression;
        readonly rest: readonly { readonly operator: string; readonly value: Expression }[];
      }
    | {
        readonly kind: 'conditional';
        readonly test: Expression;
        readonly yes: Expression;
        readonly no: Expression;
      }
    | { readonly kind: 'lambda'; readonly parameters: readonly Parameter[]; readonly body: Expression }
    | { readonly kind: 'attribute'; readonly value: Expression; readonly name: string }
    | { readonly kind: 'index'; readonly value: Expression; readonly index: Expression }
    | {
        readonly kind: 'slice';
        readonly start: Expression | null;
        readonly stop: Expression | null;
        readonly step: Expression | null;
      }
    | { readonly kind: 'call'; readonly callee: Expression; readonly arguments: readonly Argument[] }
    | {
        readonly kind: 'comprehension';
        readonly of: 'list' | 'set' | 'dictionary' | 'generator';
        readonly key: Expression | null;
        readonly value: Expression;
        readonly loops: readonly Comprehension[];
      }
    | { readonly kind: 'yield'; readonly value: Expression | null; readonly from: boolean }
    | { readonly kind: 'walrus'; readonly name: string; readonly value: Expression }
  );

export interface Handler {
  readonly type: Expression | null;
  readonly name: string | null;
  readonly body: readonly Statement[];
}

export interface FunctionDefinition {
  readonly name: string;
  readonly parameters: readonly Parameter[];
  readonly body: readonly Statement[];
}

export type Statement = At &
  (
    | { readonly kind: 'expression'; readonly value: Expression }
    | { readonly kind: 'assign'; readonly targets: readonly Expression[]; readonly value: Expression }
    | {
        readonly kind: 'augmented';
        readonly target: Expression;
        readonly operator: string;
        readonly value: Expression;
      }
    | { readonly kind: 'delete'; readonly targets: readonly Expression[] }
    | { readonly kind: 'pass' | 'break' | 'continue' }
    | { readonly kind: 'return'; readonly value: Expression | null }
    | { readonly kind: 'raise'; readonly value: Expression | null; readonly cause: Expression | null }
    | { readonly kind: 'global' | 'nonlocal'; readonly names: readonly string[] }
    | {
        readonly kind: 'import';
        readonly names: readonly { readonly path: string; readonly as: string | null }[];
      }
    | {
        readonly kind: 'from';
        readonly path: string;
        readonly names: readonly { readonly path: string; readonly as: string | null }[];
      }
    | { readonly kind: 'assert'; readonly test: Expression; readonly message: Expression | null }
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
        readonly no: readonly Statement[];
      }
    | {
        readonly kind: 'for';
        readonly target: Expression;
        readonly iterable: Expression;
        readonly body: readonly Statement[];
        readonly no: readonly Statement[];
      }
    | {
        readonly kind: 'try';
        readonly body: readonly Statement[];
        readonly handlers: readonly Handler[];
        readonly no: readonly Statement[];
        readonly last: readonly Statement[];
      }
    | {
        readonly kind: 'with';
        readonly items: readonly { readonly value: Expression; readonly target: Expression | null }[];
        readonly body: readonly Statement[];
      }
    | {
        readonly kind: 'function';
        readonly definition: FunctionDefinition;
        readonly decorators: readonly Expression[];
      }
    | {
        readonly kind: 'class';
        readonly name: string;
        readonly bases: readonly Expression[];
        readonly body: readonly Statement[];
        readonly decorators: readonly Expression[];
      }
  );
