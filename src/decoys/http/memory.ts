/** What each source did before, for exploits of several steps. Bounded: the oldest source is forgotten. */

import type { Persona } from '../../core/persona.ts';
import { Visitors } from '../visitors.ts';

const sourceLimit = 1_024;
const entryLimit = 32;
const valueLimit = 65_536;
/** All that is kept of one source, in characters: with the most sources, some 64 MiB on a persona. */
const sumLimit = 65_536;

class BoundedMemory extends Map<string, string> {
  override set(key: string, value: string): this {
    if (!this.has(key) && this.size >= entryLimit) {
      const oldest = this.keys().next().value;
      if (oldest !== undefined) this.delete(oldest);
    }
    super.set(key.slice(0, 1_024), value.slice(0, valueLimit));
    let sum = 0;
    for (const [name, text] of this) sum += name.length + text.length;
    for (const [name, text] of this) {
      if (sum <= sumLimit) break;
      if (name === key) continue;
      sum -= name.length + text.length;
      this.delete(name);
    }
    return this;
  }
}

const memories = new Visitors<BoundedMemory>(sourceLimit);

/** The memory of a source on this machine; made when first asked for. */
export function memoryOf(persona: Persona, source: string): Map<string, string> {
  return memories.of(persona, source, () => new BoundedMemory());
}
