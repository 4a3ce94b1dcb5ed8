/** Which parts of src have run, by V8's own counts: what tells an input that reached something new. */

import { Session } from 'node:inspector';

interface Range {
  readonly startOffset: number;
  readonly endOffset: number;
  readonly count: number;
}

const isWithin = (inner: Range, outer: Range): boolean =>
  inner.startOffset >= outer.startOffset && inner.endOffset <= outer.endOffset;

export class Coverage {
  readonly #session = new Session();
  readonly #seen = new Set<string>();
  /** The blocks of each function that a report has named so far. */
  readonly #blocks = new Map<string, Map<string, Range>>();

  /** Ahead of loading what is to be counted: blocks are known only of code that is compiled from here on. */
  start(): void {
    this.#session.connect();
    this.#session.post('Profiler.enable');
    this.#session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  }

  /** Nothing was seen yet. */
  begin(): void {
    this.#seen.clear();
    this.ranges();
  }

  /** The functions and blocks of src that ran since the last call. A millisecond or several. */
  ranges(): string[] {
    const reached: string[] = [];
    this.#session.post('Profiler.takePreciseCoverage', (error, { result }) => {
      if (error !== null) throw error;
      for (const { url, functions } of result) {
        const at = url.indexOf('/src/');
        if (at < 0 || url.includes('/node_modules/')) continue;
        for (const { ranges } of functions) this.#reachedIn(url.slice(at), ranges, reached);
      }
    });
    return reached;
  }

  /** The first range is the function. A block that ran as often as what is around it is not reported by itself. */
  #reachedIn(script: string, ranges: readonly Range[], reached: string[]): void {
    const [whole, ...inner] = ranges;
    if (whole === undefined || whole.count === 0) return;
    const name = `${script} ${whole.startOffset}-${whole.endOffset}`;
    reached.push(name);
    let blocks = this.#blocks.get(name);
    if (blocks === undefined) {
      blocks = new Map();
      this.#blocks.set(name, blocks);
    }
    for (const range of inner) blocks.set(`${range.startOffset}-${range.endOffset}`, range);
    const passedOver = inner.filter(({ count }) => count === 0);
    for (const [place, block] of blocks) {
      if (!passedOver.some((range) => isWithin(block, range))) reached.push(`${name} ${place}`);
    }
  }

  /** Takes these for seen. */
  note(ranges: readonly string[]): void {
    for (const range of ranges) this.#seen.add(range);
  }

  /** How many of these were not seen before. */
  countNew(ranges: readonly string[]): number {
    let count = 0;
    for (const range of ranges) if (!this.#seen.has(range)) count += 1;
    return count;
  }

  get size(): number {
    return this.#seen.size;
  }
}
