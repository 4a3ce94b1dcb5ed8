/** What each source did before, for exploits of several steps. Bounded: the oldest source is forgotten. */

import type { Persona } from '../../core/persona.ts';

const sourceLimit = 1_024;
const entryLimit = 32;
const valueLimit = 65_536;

class BoundedMemory extends Map<string, string> {
  override set(key: string, value: string): this {
    if (!this.has(key) && this.size >= entryLimit) {
      const oldest = this.keys().next().value;
      if (oldest !== undefined) this.delete(oldest);
    }
    return super.set(key.slice(0, 1_024), value.slice(0, valueLimit));
  }
}

/** By persona, so that two machines of one sensor do not share what was done to one of them. */
const machines = new WeakMap<Persona, Map<string, BoundedMemory>>();

/** The memory of a source on this machine; made when first asked for. */
export function memoryOf(persona: Persona, source: string): Map<string, string> {
  let sources = machines.get(persona);
  if (sources === undefined) {
    sources = new Map();
    machines.set(persona, sources);
  }
  const memory = sources.get(source) ?? new BoundedMemory();
  sources.delete(source);
  sources.set(source, memory);
  if (sources.size > sourceLimit) {
    const oldest = sources.keys().next().value;
    if (oldest !== undefined) sources.delete(oldest);
  }
  return memory;
}
