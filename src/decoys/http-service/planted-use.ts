/** A credential that some decoy of this sensor left lying about, and that somebody now uses. */

import type { DecoyOutput } from '../../core/decoy.ts';
import type { Header } from '../../core/observation.ts';
import type { Persona } from '../../core/persona.ts';
import { credentialText, recognisePlanted } from '../../wire/planted-credential.ts';

const bodySearched = 8_192;

export interface UsedRequest {
  readonly target: string;
  readonly headers: readonly Header[];
  readonly body: string;
}

/**
 * One fact for each planted credential in a request. Its class is `auth-bypass`: it gets past a login without a guess, and the
 * technique says how, by valid accounts.
 */
export function* plantedUse(persona: Persona, service: string, request: UsedRequest): Iterable<DecoyOutput> {
  const fields = request.headers.map(([, value]) => credentialText(value)).join('\n');
  const text = `${request.target}\n${fields}\n${request.body.slice(0, bodySearched)}`;
  for (const { form, place, source } of recognisePlanted(persona, text)) {
    const detail = `${form} planted in ${place}${source === null ? '' : ` for ${source}`}`;
    yield {
      do: 'saw',
      fact: {
        kind: 'exploit',
        service,
        class: 'auth-bypass',
        name: 'planted-credential',
        cves: [],
        technique: 'T1078',
        detail,
      },
    };
  }
}
