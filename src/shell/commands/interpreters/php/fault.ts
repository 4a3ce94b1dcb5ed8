import type { ObjectValue } from './value.ts';

/** A throwable, on its way. */
export class Thrown extends Error {
  readonly value: ObjectValue;

  constructor(value: ObjectValue) {
    super('throw');
    this.value = value;
  }
}

/** `exit`. */
export class Exited extends Error {
  readonly status: number;

  constructor(status: number) {
    super('exit');
    this.status = status;
  }
}

/** An error that no `catch` sees. */
export class Fatal extends Error {
  readonly line: number;

  constructor(message: string, line: number) {
    super(message);
    this.line = line;
  }
}

/** The script is none. */
export class ParseFault extends Error {
  readonly line: number;

  constructor(message: string, line: number) {
    super(message);
    this.line = line;
  }
}
