/** How far each source has come with each lure, and the values that its requests brought. Bounded: the oldest is forgotten. */

import type { Persona } from '../core/persona.ts';

export interface Progress {
  readonly step: number;
  readonly at: number;
  readonly values: ReadonlyMap<string, string>;
}

const sourceLimit = 1_024;
const lureLimit = 512;
const valueLimit = 32;
const textLimit = 8_192;
/** Of all values of a source: with `sourceLimit` sources no more than 64 million characters. */
const sourceCharacters = 65_536;
export const progressMilliseconds = 900_000;

/** By persona, so that two machines of one sensor do not share what was done to one of them. */
const machines = new WeakMap<Persona, Map<string, Map<string, Progress>>>();

function keep<Item>(map: Map<string, Item>, key: string, item: Item, limit: number): void {
  map.delete(key);
  map.set(key, item);
  if (map.size <= limit) return;
  const oldest = map.keys().next().value;
  if (oldest !== undefined) map.delete(oldest);
}

export class ProgressBook {
  readonly #lures: Map<string, Progress>;

  /** Opened for one request of a source. */
  constructor(persona: Persona, source: string) {
    let sources = machines.get(persona);
    if (sources === undefined) {
      sources = new Map();
      machines.set(persona, sources);
    }
    this.#lures = sources.get(source) ?? new Map<string, Progress>();
    keep(sources, source, this.#lures, sourceLimit);
  }

  of(lure: string, now: number): Progress | null {
    const progress = this.#lures.get(lure);
    return progress === undefined || now - progress.at > progressMilliseconds ? null : progress;
  }

  note(lure: string, step: number, at: number, values: ReadonlyMap<string, string>): void {
    const bounded = new Map(
      [...values].slice(-valueLimit).map(([name, text]) => [name, text.slice(0, textLimit)] as const),
    );
    keep(this.#lures, lure, { step, at, values: bounded }, lureLimit);
    let characters = 0;
    for (const [name, progress] of [...this.#lures].toReversed()) {
      for (const text of progress.values.values()) characters += text.length;
      if (characters > sourceCharacters && name !== lure) this.#lures.delete(name);
    }
  }
}
