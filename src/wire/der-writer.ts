/**
 * Distinguished Encoding Rules (X.690 §10): each value is a tag, a definite length in the fewest octets, and contents.
 *
 *   octet    identifier     class (2 bits), constructed (1 bit), number (5 bits)
 *   octets   length         one octet below 128, else 0x80 | count and that many octets, big-endian
 *   octets   contents
 */

import { Buffer } from 'node:buffer';

/** One encoded value. */
function derValue(tag: number, contents: Uint8Array): Uint8Array {
  const length = contents.length;
  let head: number[];
  if (length < 0x80) head = [tag, length];
  else {
    const octets: number[] = [];
    for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) octets.unshift(rest % 256);
    head = [tag, 0x80 | octets.length, ...octets];
  }
  const value = new Uint8Array(head.length + length);
  value.set(head);
  value.set(contents, head.length);
  return value;
}

const joined = (parts: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts));

export function derSequence(...parts: readonly Uint8Array[]): Uint8Array {
  return derValue(0x30, joined(parts));
}

/** SET OF with one member, the only kind that names need (their members would have to be sorted). */
export function derSetOfOne(member: Uint8Array): Uint8Array {
  return derValue(0x31, member);
}

/** INTEGER, non-negative: a leading zero keeps the top bit from reading as a sign. */
export function derInteger(value: bigint): Uint8Array {
  let hex = value.toString(16);
  if (hex.length % 2 === 1) hex = `0${hex}`;
  const magnitude = Uint8Array.from(Buffer.from(hex, 'hex'));
  if ((magnitude[0] ?? 0) < 0x80) return derValue(0x02, magnitude);
  return derValue(0x02, joined([Uint8Array.of(0), magnitude]));
}

export function derBoolean(value: boolean): Uint8Array {
  return derValue(0x01, Uint8Array.of(value ? 0xff : 0));
}

export function derNull(): Uint8Array {
  return derValue(0x05, new Uint8Array(0));
}

export function derOctetString(contents: Uint8Array): Uint8Array {
  return derValue(0x04, contents);
}

/** BIT STRING of whole octets: the leading octet counts the unused bits. */
export function derBitString(contents: Uint8Array): Uint8Array {
  return derValue(0x03, joined([Uint8Array.of(0), contents]));
}

/** BIT STRING of named bits (X.690 §11.2.2): trailing zero bits are left off. */
export function derNamedBits(bits: readonly number[]): Uint8Array {
  const last = Math.max(-1, ...bits);
  if (last < 0) return derValue(0x03, Uint8Array.of(0));
  const octets = new Uint8Array(Math.floor(last / 8) + 1);
  for (const bit of bits) octets[bit >> 3] = (octets[bit >> 3] ?? 0) | (0x80 >> (bit & 7));
  return derValue(0x03, joined([Uint8Array.of(7 - (last & 7)), octets]));
}

/** OBJECT IDENTIFIER from dotted text: the first two arcs share an octet, the others go in base 128. */
export function derObjectIdentifier(dotted: string): Uint8Array {
  const arcs = dotted.split('.').map(Number);
  const octets: number[] = [];
  const put = (arc: number): void => {
    const digits = [arc % 128];
    for (let rest = Math.floor(arc / 128); rest > 0; rest = Math.floor(rest / 128)) {
      digits.unshift((rest % 128) | 0x80);
    }
    octets.push(...digits);
  };
  put((arcs[0] ?? 0) * 40 + (arcs[1] ?? 0));
  for (const arc of arcs.slice(2)) put(arc);
  return derValue(0x06, Uint8Array.from(octets));
}

export function derUtf8String(text: string): Uint8Array {
  return derValue(0x0c, new TextEncoder().encode(text));
}

export function derPrintableString(text: string): Uint8Array {
  return derValue(0x13, Buffer.from(text, 'latin1'));
}

export function derIa5String(text: string): Uint8Array {
  return derValue(0x16, Buffer.from(text, 'latin1'));
}

/** UTCTime through 2049, GeneralizedTime from then (RFC 5280 §4.1.2.5). Milliseconds since the epoch. */
export function derTime(milliseconds: number): Uint8Array {
  const digits = new Date(milliseconds).toISOString().replace(/[-:T]/g, '').slice(0, 14);
  const year = Number(digits.slice(0, 4));
  if (year >= 1950 && year < 2050) return derValue(0x17, Buffer.from(`${digits.slice(2)}Z`, 'latin1'));
  return derValue(0x18, Buffer.from(`${digits}Z`, 'latin1'));
}

/** `[number] EXPLICIT` or a constructed `[number] IMPLICIT`, by what the contents are. */
export function derContext(number: number, ...parts: readonly Uint8Array[]): Uint8Array {
  return derValue(0xa0 | number, joined(parts));
}

/** A primitive `[number] IMPLICIT`. */
export function derContextPrimitive(number: number, contents: Uint8Array): Uint8Array {
  return derValue(0x80 | number, contents);
}
