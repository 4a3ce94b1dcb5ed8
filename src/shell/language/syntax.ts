/** The syntax tree of the shell's language (POSIX.1-2017 §2.10, with what bash adds and bots use). Text is byte text: one character a byte. */

export type Part =
  | { readonly kind: 'text'; readonly text: string; readonly quoted: boolean }
  | ParameterPart
  | { readonly kind: 'command'; readonly body: List; readonly quoted: boolean }
  /** Backquotes: parsed only when they are reached, as shells do. */
  | { readonly kind: 'backquote'; readonly text: string; readonly quoted: boolean }
  | { readonly kind: 'arithmetic'; readonly expression: Word; readonly quoted: boolean }
  /** `<(list)`, which bash gives as a file name. */
  | { readonly kind: 'process'; readonly body: List; readonly quoted: false };

export interface ParameterPart {
  readonly kind: 'parameter';
  /** A name, a digit sequence, or one of `@ * # ? - $ ! 0`. */
  readonly name: string;
  /** As of an assignment. */
  readonly subscript: Word | null;
  readonly operator: ParameterOperator;
  readonly argument: Word | null;
  /** The replacement of `${name/pattern/replacement}`, the length of `${name:offset:length}`. */
  readonly second: Word | null;
  readonly quoted: boolean;
}

export type ParameterOperator =
  | ''
  | ':-'
  | '-'
  | ':='
  | '='
  | ':?'
  | '?'
  | ':+'
  | '+'
  | '#'
  | '##'
  | '%'
  | '%%'
  | '/'
  | '//'
  | '/#'
  | '/%'
  | '^'
  | '^^'
  | ','
  | ',,'
  | 'length'
  | 'substring'
  | 'indirect'
  /** `${!name[@]}`: the keys of an array. */
  | 'keys'
  /** `${name@Q}` and its like; the letter is the argument. */
  | 'transform'
  /** None that the shell knows: the name is the whole source, and reaching it is an error. */
  | 'bad';

export interface Word {
  readonly parts: readonly Part[];
}

export interface Assignment {
  /** With the subscript of an element as it is written: `a[$i]`. */
  readonly name: string;
  /** The subscript, where it must be expanded to know the element; null for none and for plain ones, such as `a[3]`. */
  readonly subscript: Word | null;
  readonly append: boolean;
  readonly value: Word;
  /** Elements of `name=(a b c)`; null for a plain value. */
  readonly elements: readonly Word[] | null;
}

export interface Redirection {
  /** -1 for the operator's own: 0 for `<`, 1 for `>`. */
  readonly descriptor: number;
  readonly operator: '<' | '>' | '>>' | '>|' | '<>' | '<&' | '>&' | '&>' | '&>>' | '<<' | '<<<';
  readonly target: Word;
}

/** Line of the source on which a compound command begins, from 1. */
interface Placed {
  readonly line?: number;
}

export type Command =
  | SimpleCommand
  | {
      readonly kind: 'group';
      readonly body: List;
      readonly redirections: readonly Redirection[];
      readonly line?: number;
    }
  | {
      readonly kind: 'subshell';
      readonly body: List;
      readonly redirections: readonly Redirection[];
      readonly line?: number;
    }
  | IfCommand
  | ForCommand
  | LoopCommand
  | CaseCommand
  | { readonly kind: 'function'; readonly name: string; readonly body: Command; readonly redirections: [] }
  | {
      readonly kind: 'count';
      readonly expression: Word;
      readonly redirections: readonly Redirection[];
      readonly line?: number;
    }
  | {
      readonly kind: 'condition';
      readonly words: readonly Word[];
      readonly redirections: readonly Redirection[];
      readonly line?: number;
    };

export interface SimpleCommand {
  readonly kind: 'simple';
  readonly assignments: readonly Assignment[];
  readonly words: readonly Word[];
  readonly redirections: readonly Redirection[];
  /** `declare name=(a b)`: arrays among the words of bash's own declarations. */
  readonly arrays: readonly Assignment[];
  /** Line of the source on which it begins, from 1. */
  readonly line: number;
}

export interface IfCommand extends Placed {
  readonly kind: 'if';
  readonly branches: readonly { readonly condition: List; readonly body: List }[];
  readonly otherwise: List | null;
  readonly redirections: readonly Redirection[];
}

export interface ForCommand extends Placed {
  readonly kind: 'for';
  readonly name: string;
  /** Null for the positional parameters. */
  readonly words: readonly Word[] | null;
  /** The words as they were written, for `set -x` of bash. */
  readonly source: string;
  /** `for ((start; condition; next))` of bash; null for the other form. */
  readonly counting: readonly [start: Word, condition: Word, next: Word] | null;
  readonly body: List;
  readonly redirections: readonly Redirection[];
}

export interface LoopCommand extends Placed {
  readonly kind: 'loop';
  /** `until` runs while the condition fails. */
  readonly until: boolean;
  readonly condition: List;
  readonly body: List;
  readonly redirections: readonly Redirection[];
}

export interface CaseCommand extends Placed {
  readonly kind: 'case';
  readonly subject: Word;
  /** The subject as it was written, for `set -x` of bash. */
  readonly source: string;
  readonly branches: readonly {
    readonly patterns: readonly Word[];
    readonly body: List;
    /** `;;` stops, `;&` goes on into the next body. */
    readonly falls: boolean;
    /** `;;&` goes on to look for another pattern that matches. */
    readonly tests: boolean;
  }[];
  readonly redirections: readonly Redirection[];
}

export interface Pipeline {
  readonly negated: boolean;
  readonly commands: readonly Command[];
}

export interface ListItem {
  readonly first: Pipeline;
  readonly rest: readonly { readonly operator: '&&' | '||'; readonly pipeline: Pipeline }[];
  readonly background: boolean;
  /** The text it was read from, for job messages. */
  readonly source: string;
}

export interface List {
  readonly items: readonly ListItem[];
}
