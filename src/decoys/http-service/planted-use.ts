/** A credential that some decoy of this sensor left lying about, and that somebody now uses. */

import type { DecoyContext, DecoyOutput } from '../../core/decoy.ts';
import type { Header } from '../../core/observation.ts';
import type { Persona } from '../../core/persona.ts';
import { digestResponse, parseDigest } from '../../wire/digest-access.ts';
import {
  credentialText,
  plantedPasswords,
  plantedUsed,
  recognisePlanted,
} from '../../wire/planted-credential.ts';

const bodySearched = 8_192;

export interface UsedRequest {
  readonly method: string;
  readonly target: string;
  readonly headers: readonly Header[];
  readonly body: string;
}

/** The planted password that a digest (RFC 7616) proves; empty where it proves none. */
function digested(persona: Persona, source: string, request: UsedRequest): string {
  const value = request.headers.find(([name]) => name.toLowerCase() === 'authorization')?.[1] ?? '';
  const digest = parseDigest(value);
  if (digest === null) return '';
  const proves = (password: string): boolean =>
    digestResponse(digest, request.method, password) === digest.response;
  return plantedPasswords(persona, source).find(proves) ?? '';
}

/** One fact for each planted credential in a request, shown or proved. */
export function* plantedUse(
  { persona, source }: Pick<DecoyContext, 'persona' | 'source'>,
  service: string,
  request: UsedRequest,
): Iterable<DecoyOutput> {
  const shown = request.headers.map(([, value]) => credentialText(value));
  const fields = [...shown, digested(persona, source, request)].join('\n');
  const text = `${request.target}\n${fields}\n${request.body.slice(0, bodySearched)}`;
  for (const planted of recognisePlanted(persona, text))
    yield { do: 'saw', fact: plantedUsed(service, planted) };
}
