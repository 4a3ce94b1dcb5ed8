/**
 * Byte text: a string with one character (U+0000 to U+00FF) for each byte. The interpreter works on it throughout, so
 * that binary droppers pass through words, variables and files without loss, and text costs one byte a character.
 */

export function bytesToText(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}

export function textToBytes(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'latin1'));
}

/** Byte text of a string of characters: its UTF-8. */
export function encodeText(characters: string): string {
  return Buffer.from(characters, 'utf8').toString('latin1');
}

/** The characters that byte text spells in UTF-8; what is not UTF-8 becomes U+FFFD. */
export function decodeText(text: string): string {
  return Buffer.from(text, 'latin1').toString('utf8');
}
