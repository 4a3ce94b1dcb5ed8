/** A decoy's conversation without a socket: bytes in, outputs out. */

import { Buffer } from 'node:buffer';
import type { Decoy, DecoyContext, DecoyOutput } from '../../src/core/decoy.ts';
import type { Persona } from '../../src/core/persona.ts';

/** A context whose clock stands still and whose random octets are counted. */
export function stillContext(persona: Persona, more: Partial<DecoyContext> = {}): DecoyContext {
  let attempts = 0;
  return {
    persona,
    source: '198.51.100.7',
    sourcePort: 40_000,
    destination: '203.0.113.5',
    destinationPort: 4_000,
    transport: 'tcp',
    tls: false,
    session: 'session',
    now: () => Date.parse('2026-03-01T12:00:00Z'),
    randomBytes: (count) => Uint8Array.from({ length: count }, (_, index) => (index * 7 + 5) & 0xff),
    countAttempt: () => (attempts += 1),
    ...more,
  };
}

/**
 * Everything that a new session says to these pieces, with neighbouring replies joined: where one ends and the next begins is the
 * network's business. What `secure` has left unread is left out, since it depends on the pieces.
 */
export function talk(decoy: Decoy, context: DecoyContext, pieces: readonly Uint8Array[]): DecoyOutput[] {
  const session = decoy.open(context);
  const outputs: DecoyOutput[] = [...(session.start?.() ?? [])];
  for (const piece of pieces) {
    if (outputs.some((output) => output.do === 'close' || output.do === 'secure')) break;
    outputs.push(...session.receive(piece));
  }
  outputs.push(...(session.end?.() ?? []));
  const joined: DecoyOutput[] = [];
  for (const output of outputs) {
    const last = joined.at(-1);
    if (output.do === 'reply' && last?.do === 'reply') {
      joined[joined.length - 1] = { do: 'reply', bytes: Buffer.concat([last.bytes, output.bytes]) };
    } else if (output.do === 'secure') joined.push({ do: 'secure', rest: new Uint8Array() });
    else joined.push(output.do === 'reply' ? { do: 'reply', bytes: Buffer.from(output.bytes) } : output);
  }
  return joined;
}

export const replyText = (outputs: readonly DecoyOutput[]): string =>
  outputs
    .map((output) => (output.do === 'reply' ? Buffer.from(output.bytes).toString('latin1') : ''))
    .join('');

export const exploitNames = (outputs: readonly DecoyOutput[]): string[] =>
  outputs.flatMap((output) =>
    output.do === 'saw' && output.fact.kind === 'exploit' ? [output.fact.name] : [],
  );

/** Bytes cut at these places (taken modulo their number). */
export function cut(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const ends = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort((a, b) => a - b);
  const pieces: Uint8Array[] = [];
  let start = 0;
  for (const end of [...ends, bytes.length]) {
    pieces.push(bytes.subarray(start, end));
    start = end;
  }
  return pieces;
}
