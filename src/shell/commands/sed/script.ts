import type { Expression } from '../../regular-expression.ts';

/** An expression of a script; null for the empty one, which stands for the last that was used. */
export interface Pattern {
  readonly expression: Expression | null;
}

export type Address =
  | { readonly is: 'line'; readonly line: number }
  /** `first~step`. */
  | { readonly is: 'step'; readonly first: number; readonly step: number }
  /** `+N` lines after the first address. */
  | { readonly is: 'after'; readonly count: number }
  /** `~N`: up to a multiple of it. */
  | { readonly is: 'multiple'; readonly of: number }
  | { readonly is: 'last' }
  | { readonly is: 'match'; readonly pattern: Pattern };

/** How letters are changed: for what follows, or for one letter. */
export type LetterCase = 'U' | 'L' | 'E' | 'u' | 'l';

export type Piece =
  | { readonly is: 'text'; readonly text: string }
  /** 0 is the whole match. */
  | { readonly is: 'group'; readonly group: number }
  | { readonly is: 'case'; readonly to: LetterCase };

export interface Substitution {
  readonly pattern: Pattern;
  readonly pieces: readonly Piece[];
  readonly global: boolean;
  readonly print: boolean;
  readonly evaluate: boolean;
  /** The match from which on they are replaced, from 1. */
  readonly nth: number;
  readonly file: string | null;
}

export interface Step {
  readonly from: Address | null;
  readonly to: Address | null;
  readonly negated: boolean;
  readonly letter: string;
  /** Text of `a`, `i`, `c`; file of `r`, `w`; label of `b`, `t`; command of `e`. */
  text: string;
  /** Number of `q`, `l`; -1 where none is given. */
  readonly number: number;
  readonly substitution: Substitution | null;
  /** `y`: what each character becomes. */
  readonly letters: ReadonlyMap<string, string> | null;
  /** Where a jump, or a `{` that does not apply, goes on. */
  target: number;
}

export interface Script {
  readonly steps: readonly Step[];
  /** `#n` on the first line. */
  readonly quiet: boolean;
}

/** A part of a script: an `-e`, or the text of a file of `-f`. */
export interface Source {
  readonly text: string;
  /** Null for `-e`. */
  readonly file: string | null;
}

/** The script is none; the message is complete but for the program's name. */
export class ScriptFault extends Error {
  readonly status: 1 | 4;

  /** 4 for what is seen only once all is read. */
  constructor(message: string, status: 1 | 4 = 1) {
    super(message);
    this.status = status;
  }
}
