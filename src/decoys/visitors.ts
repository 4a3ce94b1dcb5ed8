/** What each source has made of a machine: a decoy's state by persona and source, so that visitors neither meet nor disturb each other. */

import type { Persona } from '../core/persona.ts';

/** Bounded in number: the visitor not seen for longest makes room. */
export class Visitors<State> {
  readonly #machines = new WeakMap<Persona, Map<string, State>>();
  readonly #most: number;

  /** `most` is the number of sources remembered on each persona. */
  constructor(most: number) {
    this.#most = most;
  }

  /** The state of a source on this persona; made when it is first asked for. */
  of(persona: Persona, source: string, make: () => State): State {
    let sources = this.#machines.get(persona);
    if (sources === undefined) {
      sources = new Map();
      this.#machines.set(persona, sources);
    }
    const state = sources.get(source) ?? make();
    sources.delete(source);
    sources.set(source, state);
    if (sources.size > this.#most) {
      const oldest = sources.keys().next();
      if (oldest.done !== true) sources.delete(oldest.value);
    }
    return state;
  }
}
