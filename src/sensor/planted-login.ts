/** Credentials that this sensor left lying about, where a login on any decoy offers them. */

import type { AuthFact, ExploitFact } from '../core/observation.ts';
import type { Persona } from '../core/persona.ts';
import { recognisePlanted } from '../wire/planted-credential.ts';

/** One fact for each. The class is `auth-bypass`: it gets past a login without a guess, by a valid account. */
export function plantedIn(persona: Persona, login: AuthFact): readonly ExploitFact[] {
  return recognisePlanted(persona, `${login.user}\n${login.password ?? ''}`).map(
    ({ form, place, source }) => ({
      kind: 'exploit',
      service: login.service,
      class: 'auth-bypass',
      name: 'planted-credential',
      cves: [],
      technique: 'T1078',
      detail: `${form} planted in ${place}${source === null ? '' : ` for ${source}`}`,
    }),
  );
}
