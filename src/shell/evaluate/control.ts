/** Ways out of the normal course of a script. */

export class BreakLoop extends Error {
  levels: number;
  readonly goesOn: boolean;

  /** `goesOn`: `continue` instead of `break`. */
  constructor(levels: number, goesOn: boolean) {
    super();
    this.levels = levels;
    this.goesOn = goesOn;
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

/** An error in an expansion or assignment: ends the line of an interactive shell, and a script. */
export class ExpansionFault extends Error {
  readonly status: number;

  constructor(message: string, status = 1) {
    super(message);
    this.status = status;
  }
}
