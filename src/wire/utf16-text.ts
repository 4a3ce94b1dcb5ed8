/** UTF-16 as Microsoft's protocols write it, little end first. */

import { Buffer } from 'node:buffer';

/**
 * The text of these octets; an odd one at the end is none. Use this and not `toString('utf16le')` on bytes of a visitor: of an odd number of
 * octets that begin at an odd address, Node (24.21, and others that copy them into place) writes the last one past the end of
 * its copy, which is the heap's.
 */
export function utf16Text(octets: Uint8Array): string {
  const even = octets.length & ~1;
  return Buffer.from(octets.buffer, octets.byteOffset, even).toString('utf16le');
}
