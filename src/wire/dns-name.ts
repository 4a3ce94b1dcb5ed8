/**
 * Domain names (RFC 1035 §3.1, §4.1.4).
 *
 *     { uint8 length 1 to 63, octets } … uint8 0          at most 255 octets
 *     or, in place of what is left: uint16 0xc000 | offset of an earlier place
 */

import { Buffer } from 'node:buffer';

const nameLimit = 255;
const pointerLimit = 64;

export interface ReadName {
  /** The labels, their octets kept. */
  readonly labels: readonly Uint8Array[];
  /** Where what follows begins. */
  readonly next: number;
}

/** The name at this place; null where it is malformed. Each pointer must lead back before where it stands, so that none goes round. */
export function readDnsName(bytes: Uint8Array, offset: number): ReadName | null {
  const labels: Uint8Array[] = [];
  let at = offset;
  let lowest = offset;
  let next = -1;
  let size = 1;
  for (let pointers = 0; pointers <= pointerLimit;) {
    const length = bytes[at];
    if (length === undefined) return null;
    if (length === 0) return { labels, next: next < 0 ? at + 1 : next };
    if (length >= 0xc0) {
      const low = bytes[at + 1];
      if (low === undefined) return null;
      if (next < 0) next = at + 2;
      at = (length & 0x3f) * 256 + low;
      if (at >= lowest) return null;
      lowest = at;
      pointers += 1;
      continue;
    }
    if (length > 63 || at + 1 + length > bytes.length) return null;
    size += length + 1;
    if (size > nameLimit) return null;
    labels.push(bytes.subarray(at + 1, at + 1 + length));
    at += 1 + length;
  }
  return null;
}

/** As master files write it (RFC 1035 §5.1): `www.example.`, `.` for the root; octets outside ASCII letters as `\ddd`. */
export function dnsNameText(labels: readonly Uint8Array[]): string {
  if (labels.length === 0) return '.';
  return labels
    .map((label) =>
      Array.from(label, (octet) =>
        octet === 0x2e || octet === 0x5c
          ? `\\${String.fromCharCode(octet)}`
          : octet > 0x20 && octet < 0x7f
            ? String.fromCharCode(octet)
            : `\\${String(octet).padStart(3, '0')}`,
      ).join(''),
    )
    .map((label) => `${label}.`)
    .join('');
}

/** A name of plain labels, such as `localhost.`, written whole. */
export function encodeDnsName(text: string): Uint8Array {
  const labels = text.split('.').filter((label) => label !== '');
  return new Uint8Array(
    Buffer.concat([
      ...labels.map((label) => Buffer.concat([Uint8Array.of(label.length), Buffer.from(label, 'latin1')])),
      Uint8Array.of(0),
    ]),
  );
}
