/** Credentials that this sensor left lying about, where a login on any decoy offers them. */

import type { AuthFact, ExploitFact } from '../core/observation.ts';
import type { Persona } from '../core/persona.ts';
import { plantedUsed, recognisePlanted } from '../wire/planted-credential.ts';

/** One fact for each. */
export function plantedIn(persona: Persona, login: AuthFact): readonly ExploitFact[] {
  return recognisePlanted(persona, `${login.user}\n${login.password ?? ''}`).map((planted) =>
    plantedUsed(login.service, planted),
  );
}
