/** Base64 (RFC 4648) in a value: decoded where it is plainly text. */

const alphabet = /^[A-Za-z0-9+/_-]{8,}={0,2}$/;
const mostCharacters = 65_536;

/**
 * The text within a value that is Base64 as a whole, or null where it is none or decodes to bytes that are no text.
 * Words, numbers and hex digits are passed over: short values must look mixed.
 */
export function decodeBase64Text(value: string): string | null {
  const length = value.length;
  if (length < 12 || length > mostCharacters) return null;
  if (!alphabet.test(value)) return null;
  // Plain words and hex are valid Base64 too; what was encoded from text of that length shows upper, lower and digit or padding.
  if (!/[A-Z]/.test(value) || !/[a-z]/.test(value) || !/[0-9=+/]/.test(value)) return null;
  const text = Buffer.from(value, 'base64').toString('latin1');
  let printable = 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if ((code >= 32 && code < 127) || code === 9 || code === 10 || code === 13) printable += 1;
  }
  return text.length > 0 && printable >= text.length * 0.96 ? text : null;
}
