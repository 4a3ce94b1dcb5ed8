/** What ends a program while it runs; the message follows `run time error: `, or the name where it is `plain`. */
export class AwkFault extends Error {
  readonly plain: boolean;

  constructor(message: string, plain = false) {
    super(message);
    this.plain = plain;
  }
}
