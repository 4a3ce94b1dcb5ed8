/** Bounds of one visitor's shell. Generous for any script that bots run, small beside a sensor with thousands of visitors. */
export const limits = {
  /** Units of work for one line of input, and for the whole session. A simple command costs 4, 256 bytes read or written cost 1. */
  workPerLine: 150_000,
  workPerSession: 2_000_000,
  /** Worth some milliseconds: then other visitors have their turn before the work goes on. */
  workPerTurn: 1_500,
  /** For a command whose decoy waits for its whole output and can let nobody in meanwhile: some tens of milliseconds. */
  workAtOnce: 15_000,
  /** What is left at most once the visitor has gone: nobody reads the outputs any more. */
  workAfterEnd: 50_000,
  /** Characters of a script that cost one unit to parse. */
  parsedPerUnit: 8,
  /** Another shell: as dear as the many objects that it is made of. */
  shellWork: 250,
  /** Bytes that one line of input, and a session, may print. */
  outputPerLine: 1_048_576,
  outputPerSession: 16_777_216,
  /** Bytes held between two commands of a pipeline; the writer then finds its pipe broken. */
  pipeBytes: 1_048_576,
  /** Bytes of one variable, one word, one line of input. */
  wordBytes: 262_144,
  inputLineBytes: 65_536,
  /** Bytes of an unfinished command that is read line by line. */
  commandBytes: 262_144,
  variables: 2_000,
  variableBytes: 2_097_152,
  /** Calls of functions, substitutions and nested shells within each other. */
  depth: 60,
  /** What a session may put into its layer of the file system. */
  files: 4_000,
  fileBytes: 16_777_216,
  oneFileBytes: 8_388_608,
  globMatches: 4_000,
  captures: 32,
  captureBytes: 8_388_608,
  historyLines: 200,
  addressesPerLine: 64,
} as const;

/** The work that is left is used up: the command dies as if the kernel had killed it for memory. */
export class Exhausted extends Error {}

/** Counts work. Time is not measured, so that the same input gives the same outputs on any machine. */
export class Budget {
  #line = 0;
  #session = 0;
  #turn = 0;
  #givesWay = false;
  readonly #most: number;

  /** `most` is the work of the whole session. */
  constructor(most: number = limits.workPerSession) {
    this.#most = Math.min(most, limits.workPerSession);
  }

  /** The work done so far. */
  get spent(): number {
    return this.#session;
  }

  /** A new line of input may work anew, within what is left of the session. */
  renew(): void {
    this.#line = 0;
  }

  /** The visitor has gone: what is still to do is wound up. */
  windUp(): void {
    this.#session = Math.max(this.#session, this.#most - limits.workAfterEnd);
  }

  /** Throws `Exhausted`. What is less than nothing costs nothing; what is no number, all. */
  spend(given: number): void {
    const units = Number.isNaN(given) ? this.#most + 1 : Math.max(0, given);
    this.#line += units;
    this.#session += units;
    this.#turn += units;
    if (this.#line > limits.workPerLine || this.#session > this.#most) throw new Exhausted();
  }

  /** True once for each turn's worth of work: whoever asks has to yield then, so that others come in between. */
  takeTurn(): boolean {
    if (this.#turn < limits.workPerTurn) return false;
    this.#turn = 0;
    this.#givesWay = true;
    return true;
  }

  /** Whether the last yield was for a turn, and not for input of the visitor. */
  gaveWay(): boolean {
    const gave = this.#givesWay;
    this.#givesWay = false;
    return gave;
  }

  /** The work of handling this many bytes. */
  spendBytes(bytes: number): void {
    // No shift: one of 32 bits turns negative beyond two gigabytes, and would give work back.
    this.spend(1 + Math.floor(bytes / 256));
  }
}
