/** What a Perl program is made of. */

export type Expression =
  | { readonly kind: 'constant'; readonly value: string | number }
  | { readonly kind: 'text'; readonly pieces: readonly Expression[] }
  | { readonly kind: 'scalar' | 'array' | 'hash'; readonly name: string }
  | { readonly kind: 'my'; readonly targets: readonly Expression[]; readonly list: boolean }
  /** `@{…}`, `%{…}`, `${…}`. */
  | { readonly kind: 'dereference'; readonly sigil: '$' | '@' | '%'; readonly value: Expression }
  | { readonly kind: 'element'; readonly array: Expression; readonly index: Expression }
  | { readonly kind: 'entry'; readonly hash: Expression; readonly key: Expression }
  | { readonly kind: 'slice'; readonly array: Expression; readonly index: Expression }
  | { readonly kind: 'entries'; readonly hash: Expression; readonly keys: Expression }
  | { readonly kind: 'last'; readonly array: Expression }
  | { readonly kind: 'list'; readonly items: readonly Expression[] }
  | { readonly kind: 'newArray' | 'newHash'; readonly items: readonly Expression[] }
  | { readonly kind: 'sub'; readonly body: readonly Statement[] }
  | { readonly kind: 'unary'; readonly operator: string; readonly value: Expression }
  | { readonly kind: 'step'; readonly operator: string; readonly value: Expression; readonly before: boolean }
  | {
      readonly kind: 'binary';
      readonly operator: string;
      readonly left: Expression;
      readonly right: Expression;
    }
  | {
      readonly kind: 'assign';
      readonly operator: string;
      readonly target: Expression;
      readonly value: Expression;
    }
  | {
      readonly kind: 'conditional';
      readonly test: Expression;
      readonly yes: Expression;
      readonly no: Expression;
    }
  | {
      readonly kind: 'match';
      readonly pattern: readonly Expression[];
      readonly flags: string;
      readonly replacement: Expression | null;
      readonly target: Expression | null;
      readonly negated: boolean;
    }
  | {
      readonly kind: 'translate';
      readonly from: string;
      readonly to: string;
      readonly flags: string;
      readonly target: Expression | null;
    }
  | { readonly kind: 'command'; readonly value: Expression }
  | { readonly kind: 'readLine'; readonly handle: Expression }
  | { readonly kind: 'fileTest'; readonly letter: string; readonly value: Expression }
  | {
      readonly kind: 'call';
      readonly name: string;
      readonly items: readonly Expression[];
      readonly block: Expression | null;
      readonly handle: Expression | null;
      readonly line: number;
    }
  | {
      readonly kind: 'callValue';
      readonly value: Expression;
      readonly items: readonly Expression[];
      readonly line: number;
    }
  | {
      readonly kind: 'method';
      readonly value: Expression;
      readonly name: string;
      readonly items: readonly Expression[];
      readonly line: number;
    };

export type Statement =
  | { readonly kind: 'expression'; readonly value: Expression; readonly line: number }
  | {
      readonly kind: 'if';
      readonly branches: readonly { readonly test: Expression; readonly body: readonly Statement[] }[];
      readonly no: readonly Statement[];
    }
  | {
      readonly kind: 'while';
      readonly test: Expression | null;
      readonly body: readonly Statement[];
      readonly step: Expression | null;
      /** `do { … } while`: the body runs before the first test. */
      readonly first: boolean;
    }
  | {
      readonly kind: 'for';
      readonly variable: string;
      readonly own: boolean;
      readonly list: Expression;
      readonly body: readonly Statement[];
    }
  | { readonly kind: 'block'; readonly body: readonly Statement[] }
  | { readonly kind: 'sub'; readonly name: string; readonly body: readonly Statement[] }
  | { readonly kind: 'leave'; readonly how: 'next' | 'last' }
  | { readonly kind: 'return'; readonly value: Expression | null };
