import { Buffer } from 'node:buffer';

/** The octets of a bytea in its hex form, or of plain text. */
export function octetsOf(text: string): Buffer {
  return text.startsWith('\\x') ? Buffer.from(text.slice(2), 'hex') : Buffer.from(text, 'latin1');
}
