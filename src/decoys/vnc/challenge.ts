/** VNC Authentication (RFC 6143 §7.2.2): the challenge, encrypted with DES under the password. */

import { Buffer } from 'node:buffer';
import { createCipheriv } from 'node:crypto';

const mirrored = Uint8Array.from({ length: 256 }, (_, value) => {
  let turned = 0;
  for (let bit = 0; bit < 8; bit += 1) if ((value & (1 << bit)) !== 0) turned |= 0x80 >> bit;
  return turned;
});

/** The 16 octets with which a client that knows this password answers. */
export function responseTo(challenge: Uint8Array, password: string): Buffer {
  const key = Buffer.alloc(8);
  Buffer.from(password, 'latin1').copy(key, 0, 0, 8);
  // Each octet of the key is taken with its lowest bit first.
  for (let index = 0; index < 8; index += 1) key[index] = mirrored[key[index] ?? 0] ?? 0;
  // Triple DES with one key three times is DES, which OpenSSL 3 no longer has by itself.
  const cipher = createCipheriv('des-ede3-ecb', Buffer.concat([key, key, key]), null).setAutoPadding(false);
  return Buffer.concat([cipher.update(challenge), cipher.final()]);
}

/** What guessers try first; a VNC password has eight characters at most. */
const commonPasswords: readonly string[] = (
  '|password|123456|12345678|1234|12345|1234567|admin|root|vnc|vncpass|vnc123|vncvnc|test|guest|letmein|qwerty|' +
  'abc123|111111|11111111|000000|00000000|123123|123321|654321|87654321|666666|888888|88888888|1111|0000|secret|' +
  'pass|passw0rd|Password|P@ssw0rd|pass123|pass1234|admin123|root123|user|user123|changeme|default|welcome|monkey|' +
  'dragon|master|login|access|server|desktop|windows|linux|ubuntu|debian|raspberry|pi|kali|toor|support|service|' +
  'scada|plc|hmi|operator|control|siemens|system|manager|office|company|backup|remote|remote1|teamview|realvnc|' +
  'tightvnc|ultravnc|tigervnc|x11vnc|1q2w3e4r|1qaz2wsx|qazwsx|zxcvbnm|asdfgh|asdf1234|q1w2e3r4|a123456|112233|' +
  '121212|147258|159753|aaaaaa|p@ssword|FELDTECH|MEGA|fidel123|Wyse#123|wyse|ADMIN|100|xxxx'
).split('|');

/** The password behind a response, where it is one that is tried often or one of `more`; null for another. */
export function passwordBehind(
  challenge: Uint8Array,
  response: Uint8Array,
  more: readonly string[],
): string | null {
  for (const password of [...more, ...commonPasswords])
    if (responseTo(challenge, password).equals(response)) return password;
  return null;
}
