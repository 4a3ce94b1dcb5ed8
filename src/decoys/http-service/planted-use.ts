/** A credential that some decoy of this sensor left lying about, and that somebody now uses. */

import type { DecoyOutput } from '../../core/decoy.ts';
import type { Header } from '../../core/observation.ts';
import type { Persona } from '../../core/persona.ts';
import { credentialText, plantedUsed, recognisePlanted } from '../../wire/planted-credential.ts';

const bodySearched = 8_192;

export interface UsedRequest {
  readonly target: string;
  readonly headers: readonly Header[];
  readonly body: string;
}

/** One fact for each planted credential in a request. */
export function* plantedUse(persona: Persona, service: string, request: UsedRequest): Iterable<DecoyOutput> {
  const fields = request.headers.map(([, value]) => credentialText(value)).join('\n');
  const text = `${request.target}\n${fields}\n${request.body.slice(0, bodySearched)}`;
  for (const planted of recognisePlanted(persona, text))
    yield { do: 'saw', fact: plantedUsed(service, planted) };
}
