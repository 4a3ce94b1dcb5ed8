/** SPNEGO tokens of a server that knows NTLM alone (RFC 4178 §4.2, [MS-SPNG]). */

import { derContext, derObjectIdentifier, derOctetString, derSequence } from './der-writer.ts';

const spnego = '1.3.6.1.5.5.2';
const ntlm = '1.3.6.1.4.1.311.2.2.10';

/** `[APPLICATION 0] { OID, [0] NegTokenInit { [0] mechTypes, [3] negHints } }`: what a server opens with. */
export function spnegoHint(): Uint8Array {
  // GeneralString, tag 27; the writer has no other use for it.
  const name = 'not_defined_in_RFC4178@please_ignore';
  const general = Uint8Array.of(0x1b, name.length, ...new TextEncoder().encode(name));
  const init = derSequence(
    derContext(0, derSequence(derObjectIdentifier(ntlm))),
    derContext(3, derSequence(derContext(0, general))),
  );
  const contents = [...derObjectIdentifier(spnego), ...derContext(0, init)];
  return Uint8Array.of(0x60, contents.length, ...contents);
}

/** `[1] NegTokenResp { [0] negState, [1] supportedMech, [2] responseToken }`. */
export function spnegoResponse(state: 'completed' | 'incomplete', token: Uint8Array | null): Uint8Array {
  const number = state === 'completed' ? 0 : 1;
  const parts = [derContext(0, Uint8Array.of(0x0a, 1, number))];
  if (token !== null)
    parts.push(derContext(1, derObjectIdentifier(ntlm)), derContext(2, derOctetString(token)));
  return derContext(1, derSequence(...parts));
}
