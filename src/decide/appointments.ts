/** When to look at which source again: at most one time each, the earliest first. As large as the sources that have one. */

import { networkContains, parseNetwork } from '../core/address.ts';

interface Appointment {
  readonly source: string;
  readonly at: number;
}

/** Entries that were put off or cancelled stay in the heap until they are this many more than half of it. */
const leastCleaned = 64;

export class Appointments {
  readonly #times = new Map<string, number>();
  #heap: Appointment[] = [];

  get size(): number {
    return this.#times.size;
  }

  /** In place of the one that the source has. */
  set(source: string, at: number): void {
    if (this.#times.get(source) === at) return;
    this.#times.set(source, at);
    if (this.#heap.length > 2 * this.#times.size + leastCleaned) {
      this.#heap = [...this.#times].map(([held, time]) => ({ source: held, at: time }));
      // Sorted is a heap.
      this.#heap.sort((left, right) => left.at - right.at);
    } else this.#push({ source, at });
  }

  cancel(source: string): void {
    this.#times.delete(source);
  }

  /** Those of all addresses of a network, in CIDR. */
  cancelWithin(cidr: string): void {
    const network = parseNetwork(cidr);
    if (network === null) return;
    for (const source of this.#times.keys()) {
      const held = parseNetwork(source);
      if (held !== null && networkContains(network, held)) this.#times.delete(source);
    }
  }

  /** The time of the earliest, null where there is none. */
  next(): number | null {
    for (let first = this.#heap[0]; first !== undefined; first = this.#heap[0]) {
      if (this.#times.get(first.source) === first.at) return first.at;
      this.#pop();
    }
    return null;
  }

  /** Takes the earliest that is due at this time; null where none is. */
  take(at: number): Appointment | null {
    const next = this.next();
    if (next === null || next > at) return null;
    const first = this.#pop();
    if (first !== undefined) this.#times.delete(first.source);
    return first ?? null;
  }

  #push(appointment: Appointment): void {
    const heap = this.#heap;
    let index = heap.push(appointment) - 1;
    while (index > 0) {
      const parentIndex = (index - 1) >> 1;
      const parent = heap[parentIndex];
      if (parent === undefined || parent.at <= appointment.at) break;
      heap[index] = parent;
      index = parentIndex;
    }
    heap[index] = appointment;
  }

  #pop(): Appointment | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first;
    let index = 0;
    for (;;) {
      const left = 2 * index + 1;
      const right = left + 1;
      const child = (heap[right]?.at ?? Number.POSITIVE_INFINITY) < (heap[left]?.at ?? 0) ? right : left;
      const below = heap[child];
      if (below === undefined || below.at >= last.at) break;
      heap[index] = below;
      index = child;
    }
    heap[index] = last;
    return first;
  }
}
