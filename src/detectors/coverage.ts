/**
 * Whether visits go through a network without coming to any address twice: a hunt in which the addresses were dealt out, in any order.
 *
 * Held against: visitors who choose their addresses independently of each other, by whatever preferences. Of n such visits to a block of 256
 * neighbours none repeats another with at most the chance Π (1 − i/256), i < n: equal preferences make repetitions rarest (the
 * elementary symmetric polynomials are Schur-concave). That holds within each block however the visits fall on blocks, so the chances of blocks
 * multiply. A run ends with the first repetition. So of runs of honest visitors at most one in 10⁹ is called a hunt: 97 visits to a /24, 204 to a
 * /22, 414 to a /20.
 *
 * Customers who each come to an address of their own repeat nobody and choose nothing. So a run must have two visits for each source.
 *
 * Memory: 16 blocks with a bit for each address, the block that came first goes when another comes; larger networks in which the visits
 * fall on all blocks alike are not told.
 */

import { FanOut } from './fan-out.ts';

const blockSize = 256;
const blocksKept = 16;
const wordsOfBlock = blockSize / 32;
const leastSurprise = Math.log(1e9);
const leastSources = 16;
const leastVisitsOfSource = 2;

/** Natural logarithm of one by the chance that so many visits to a block repeat none. */
const surpriseOf = new Float64Array(blockSize + 1);
for (let visits = 1; visits <= blockSize; visits += 1)
  surpriseOf[visits] = (surpriseOf[visits - 1] ?? 0) - Math.log1p(-(visits - 1) / blockSize);

export class Coverage {
  /** Blocks in a ring, the place of the next; -1 where there is none. */
  readonly #blocks = new Float64Array(blocksKept).fill(-1);
  readonly #counts = new Uint16Array(blocksKept);
  readonly #bits = new Uint32Array(blocksKept * wordsOfBlock);
  #next = 0;
  #surprise = 0;
  #visits = 0;
  #sources = new FanOut();
  #began = 0;

  /** Of the present run. */
  get visits(): number {
    return this.#visits;
  }

  get sources(): number {
    return this.#sources.size;
  }

  /** A visit: the source's hash, the target's number, milliseconds. True where the run with it is no chance. */
  add(source: number, target: number, at: number, longestMilliseconds: number): boolean {
    if (at - this.#began > longestMilliseconds) this.#beginAnew(at);
    if (!this.#mark(target)) {
      this.#beginAnew(at);
      this.#mark(target);
    }
    this.#visits += 1;
    this.#sources.add(source);
    return (
      this.#surprise >= leastSurprise &&
      this.#sources.size >= leastSources &&
      this.#visits >= this.#sources.size * leastVisitsOfSource
    );
  }

  #beginAnew(at: number): void {
    this.#blocks.fill(-1);
    this.#counts.fill(0);
    this.#bits.fill(0);
    this.#next = 0;
    this.#surprise = 0;
    this.#visits = 0;
    this.#sources = new FanOut();
    this.#began = at;
  }

  /** False where the target had been visited. */
  #mark(target: number): boolean {
    const block = Math.floor(target / blockSize);
    let place = this.#blocks.indexOf(block);
    if (place < 0) place = this.#takePlace(block);
    const inBlock = target % blockSize;
    const word = place * wordsOfBlock + (inBlock >>> 5);
    const bit = 1 << (inBlock & 31);
    const held = this.#bits[word] ?? 0;
    if ((held & bit) !== 0) return false;
    this.#bits[word] = held | bit;
    const count = this.#counts[place] ?? 0;
    this.#counts[place] = count + 1;
    this.#surprise += (surpriseOf[count + 1] ?? 0) - (surpriseOf[count] ?? 0);
    return true;
  }

  #takePlace(block: number): number {
    const place = this.#next;
    this.#next = (place + 1) % blocksKept;
    this.#surprise -= surpriseOf[this.#counts[place] ?? 0] ?? 0;
    this.#blocks[place] = block;
    this.#counts[place] = 0;
    this.#bits.fill(0, place * wordsOfBlock, (place + 1) * wordsOfBlock);
    return place;
  }
}
