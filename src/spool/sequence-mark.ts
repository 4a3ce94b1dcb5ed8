/**
 * The highest sequence number that may have been given out, in a file of fixed size beside the database.
 *
 * The engine sees an observation before it is on the disk. Were a number that it has seen given out a second time after a crash,
 * an acknowledgement of the first would pass for one of the second. So the mark runs ahead of the numbers: it is
 * written in place (which a full disk does not hinder) once for every `step` numbers, outlives the process, and the next
 * start goes on from it. Against the loss of power the database holds the mark of its last commit.
 */

import { closeSync, constants, fsyncSync, openSync, readSync, writeSync } from 'node:fs';

/** How far the mark runs ahead, and so the longest gap after a crash. One write of 3 µs in 64 observations. */
export const markStep = 64;

export class SequenceMark {
  readonly #file: number;
  #mark: number;

  /** Opens or makes the file. Throws what the file system says. */
  constructor(path: string) {
    this.#file = openSync(path, constants.O_RDWR | constants.O_CREAT, 0o600);
    const bytes = Buffer.alloc(8);
    const length = readSync(this.#file, bytes, 0, 8, 0);
    this.#mark = length === 8 ? Number(bytes.readBigUInt64LE() & 0x1fffffffffffffn) : 0;
    if (length !== 8) this.#write(0);
  }

  get value(): number {
    return this.#mark;
  }

  /** Called for every number given out; writes when the number passes the mark. */
  cover(sequence: number): void {
    if (sequence > this.#mark) this.#write(sequence + markStep - 1);
  }

  /** After a clean stop the next start goes on without a gap. */
  settle(sequence: number): void {
    this.#write(sequence);
    fsyncSync(this.#file);
  }

  close(): void {
    closeSync(this.#file);
  }

  #write(mark: number): void {
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64LE(BigInt(mark));
    writeSync(this.#file, bytes, 0, 8, 0);
    this.#mark = mark;
  }
}
