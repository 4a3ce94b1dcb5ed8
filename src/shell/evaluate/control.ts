/** Ways out of the normal course of a script. */

export class BreakLoop extends Error {
  levels: number;
  readonly goesOn: boolean;

  readonly status: number;

  /** `goesOn`: `continue` instead of `break`. */
  constructor(levels: number, goesOn: boolean, status = 0) {
    super();
    this.levels = levels;
    this.goesOn = goesOn;
    this.status = status;
  }
}

export class ReturnFunction extends Error {
  readonly status: number;

  constructor(status: number) {
    super();
    this.status = status;
  }
}

export class ExitShell extends Error {
  readonly status: number;

  constructor(status: number) {
    super();
    this.status = status;
  }
}

/**
 * An error in an expansion, an assignment or a special builtin: ends the line of an interactive shell, and a script.
 * An empty message was told already.
 */
export class ExpansionFault extends Error {
  readonly status: number;
  /** bash goes on with the next line after most such errors. */
  readonly final: boolean;

  constructor(message: string, status = 1, final: boolean = status !== 1) {
    super(message);
    this.status = status;
    this.final = final;
  }
}

/** A builtin was called wrongly: it fails, and where it is a special one dash and ash end the script (POSIX §2.8.1). */
export class BuiltinFault extends Error {
  readonly status: number;
  /** The name ahead of the message; null for the builtin's own. */
  readonly speaker: string | null;

  constructor(message: string, status = 2, speaker: string | null = null) {
    super(message);
    this.status = status;
    this.speaker = speaker;
  }
}
