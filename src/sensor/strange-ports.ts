/**
 * How many ports beside its own a machine answers to one visitor, where it is told to be reserved. A host on which every port speaks is known as a decoy by that alone, so a
 * visitor who walks the ports finds a handful that speak, a number that the machine's seed gives, and all others accept, hear and hang up, as
 * ports behind a firewall's proxy do. Which ports speak is the visitor's own choice: those that were asked first, and they go on speaking. What
 * comes to the others is recorded all the same.
 *
 * Bounded: the 65,536 pairs of visitor and address that were here last, with at most a dozen ports each.
 */

import type { Persona } from '../core/persona.ts';
import { below } from '../core/random.ts';

const mostPairs = 65_536;
const fewest = 6;
const spread = 7;

const counts = new WeakMap<Persona, number>();

/** Of this machine: from 6 to 12. */
export function strangePortsOf(persona: Persona): number {
  let count = counts.get(persona);
  if (count === undefined) {
    count = fewest + below(persona.random('strange ports'), spread);
    counts.set(persona, count);
  }
  return count;
}

export class StrangePorts {
  readonly #answered = new Map<string, number[]>();

  /** Whether the machine speaks on this port to this visitor. `source` is the source key. Counts the port. */
  speaks(source: string, destination: string, port: number, persona: Persona): boolean {
    const pair = `${source} ${destination}`;
    const ports = this.#answered.get(pair) ?? [];
    // The pair was here last now.
    this.#answered.delete(pair);
    this.#answered.set(pair, ports);
    if (this.#answered.size > mostPairs) {
      const oldest = this.#answered.keys().next();
      if (oldest.done !== true) this.#answered.delete(oldest.value);
    }
    if (ports.includes(port)) return true;
    if (ports.length >= strangePortsOf(persona)) return false;
    ports.push(port);
    return true;
  }
}
