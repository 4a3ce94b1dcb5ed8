/** Names the protocol that a client's first bytes speak. */

import { Buffer } from 'node:buffer';
import { binaryProtocols } from './protocol-binary.ts';
import type { ProtocolRule } from './protocol-rule.ts';
import { textProtocols } from './protocol-text.ts';

export interface ProtocolGuess {
  /** Lower case, such as `tls`; `unknown` where nothing fits. */
  readonly name: string;
  /** 0 for `unknown`, up to 1 for bytes that can be nothing else. */
  readonly confidence: number;
}

const seenBytes = 512;
const rules: readonly ProtocolRule[] = [...textProtocols, ...binaryProtocols];

/** The rule that is surest of these bytes; of equals the one that stands first. Never throws. */
export function nameProtocol(bytes: Uint8Array, transport: 'tcp' | 'udp'): ProtocolGuess {
  const head = bytes.subarray(0, seenBytes);
  const first = { bytes: head, text: Buffer.from(head).toString('latin1') };
  let name = 'unknown';
  let confidence = 0;
  for (const rule of rules) {
    if (rule.transport !== 'both' && rule.transport !== transport) continue;
    const sure = rule.fits(first);
    if (sure > confidence) {
      name = rule.name;
      confidence = sure;
    }
  }
  return { name, confidence };
}

/** How sure the rules are that these bytes are of this protocol and of no other: 0 to 1. */
export function confidenceIn(name: string, bytes: Uint8Array, transport: 'tcp' | 'udp'): number {
  const guess = nameProtocol(bytes, transport);
  return guess.name === name ? guess.confidence : 0;
}
