/** Credentials that this sensor left lying about, where a login on any decoy offers them. */

import type { AuthFact, ExploitFact, Fact } from '../core/observation.ts';
import type { Persona } from '../core/persona.ts';
import { plantedUsed, recognisePlanted } from '../wire/planted-credential.ts';

const mostKept = 64;
const none: readonly ExploitFact[] = [];

/** Those of one conversation, each told once; what a decoy has told of by itself is not repeated. */
export class PlantedLogins {
  /** Null until there is one: most conversations have none. */
  #told: Set<string> | null = null;

  /** The facts that this one of the decoy's leads to. */
  newIn(persona: Persona, fact: Fact): readonly ExploitFact[] {
    if (fact.kind === 'exploit' && fact.name === 'planted-credential') this.#isNew(fact.detail);
    if (fact.kind !== 'auth') return none;
    return plantedIn(persona, fact).filter((planted) => this.#isNew(planted.detail));
  }

  /** True where this one has not been told. */
  #isNew(detail: string): boolean {
    this.#told ??= new Set();
    if (this.#told.has(detail)) return false;
    if (this.#told.size < mostKept) this.#told.add(detail);
    return true;
  }
}

/** One fact for each. */
function plantedIn(persona: Persona, login: AuthFact): readonly ExploitFact[] {
  return recognisePlanted(persona, `${login.user}\n${login.password ?? ''}`).map((planted) =>
    plantedUsed(login.service, planted),
  );
}
