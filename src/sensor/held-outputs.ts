/** What a decoy's session has to say, done one after another: it waits for a pause, for the client to read, and for the turns of others. */

import type { DecoyOutput } from '../core/decoy.ts';

/** A visitor who sends much work at once gives way to the others after this long, and goes on when they had their turn. */
const turnMilliseconds = 10;
/** Time in which facts are still taken from a decoy after the client has gone. */
const recordHeldMilliseconds = 100;
/** What is still taken from a decoy after the client has gone: its facts come early, and an endless answer has no end. */
const mostHeldOutputs = 1_000;
const longestPauseMilliseconds = 5_000;

/** Who does what the outputs say. */
export interface OutputTaker {
  /** Nothing more is done. */
  readonly closing: boolean;
  /** Does one thing. False where what follows has to wait, until `resume` or the end of a pause. */
  take(output: DecoyOutput): boolean;
  /** The outputs at hand are done. */
  settled(): void;
  /** Outputs wait. */
  holding(): void;
  /** The session has thrown, and its outputs are gone. */
  failed(error: unknown): void;
}

export class HeldOutputs {
  readonly #taker: OutputTaker;
  #outputs: Iterator<DecoyOutput> | null = null;
  /** Ends the pause at hand. */
  #pausing: (() => void) | null = null;

  constructor(taker: OutputTaker) {
    this.#taker = taker;
  }

  /** True while outputs wait. */
  get areHeld(): boolean {
    return this.#outputs !== null;
  }

  /** Does these, which take the place of those at hand. */
  perform(outputs: Iterable<DecoyOutput>): void {
    this.#outputs = outputs[Symbol.iterator]();
    this.#pump();
  }

  /** Goes on, but for a pause, which ends by itself. */
  resume(): void {
    if (this.#pausing === null && this.#outputs !== null) this.#pump();
  }

  /** Goes on after this long, five seconds at most; with none at once, once whatever is ready for others is done. */
  pause(milliseconds: number): void {
    if (milliseconds <= 0) {
      this.#giveWay();
      return;
    }
    const timer = setTimeout(() => this.#goOn(), Math.min(milliseconds, longestPauseMilliseconds));
    this.#pausing = () => clearTimeout(timer);
  }

  /** Whatever comes, the pause at hand does not go on. */
  endPause(): void {
    this.#pausing?.();
    this.#pausing = null;
  }

  /** The client is gone: of what waits the facts are taken, within bounds, and the rest is dropped. */
  recordRest(): void {
    const outputs = this.#outputs;
    this.#outputs = null;
    if (outputs === null) return;
    const end = performance.now() + recordHeldMilliseconds;
    try {
      for (let count = 0; count < mostHeldOutputs && performance.now() < end; count += 1) {
        const next = outputs.next();
        if (next.done === true) return;
        const output = next.value;
        if (output.do === 'saw' || output.do === 'capture' || output.do === 'terminal')
          this.#taker.take(output);
      }
    } catch (error) {
      this.#taker.failed(error);
    }
  }

  #pump(): void {
    const outputs = this.#outputs;
    if (outputs === null) return;
    const taker = this.#taker;
    const end = performance.now() + turnMilliseconds;
    try {
      while (!taker.closing) {
        if (performance.now() > end) {
          this.#giveWay();
          taker.holding();
          return;
        }
        const next = outputs.next();
        if (next.done === true) break;
        if (!taker.take(next.value)) {
          taker.holding();
          return;
        }
      }
    } catch (error) {
      this.#outputs = null;
      taker.failed(error);
      return;
    }
    this.#outputs = null;
    taker.settled();
  }

  /** Whatever is ready for others is done before this goes on. */
  #giveWay(): void {
    const turn = setImmediate(() => this.#goOn());
    this.#pausing = () => clearImmediate(turn);
  }

  #goOn(): void {
    this.#pausing = null;
    this.#pump();
  }
}
