/** Machines for tests that go over all decoys. */

import type { Decoy } from '../../src/core/decoy.ts';
import type { Persona } from '../../src/core/persona.ts';
import { createPersona, personaNames } from '../../src/personas/index.ts';

const now = 1_772_366_400_000;
const machines = new Map<string, Persona>();

function machineNamed(name: string): Persona {
  const known = machines.get(name);
  if (known !== undefined) return known;
  const persona = createPersona(name, 'machine for a test', { now });
  machines.set(name, persona);
  return persona;
}

/** Copies of the first machine that has this decoy, with keys that are made once. */
const copied = new Map<string, Persona>();

/**
 * A new machine of the first kind that has this decoy: nothing is left on it of earlier visitors. Anybody may log in, which is where
 * most of the code lies.
 */
export function machineFor(decoy: Decoy): Persona {
  const has = (name: string): boolean =>
    machineNamed(name).services.some((service) => service.decoy === decoy.name);
  const name = personaNames.find(has) ?? personaNames[0] ?? '';
  let base = copied.get(name);
  if (base === undefined) {
    // The spread reads the keys, which takes a while.
    base = { ...machineNamed(name) };
    copied.set(name, base);
  }
  return { ...base, login: { accepted: [['*', '*']], acceptAfter: 0 } };
}
