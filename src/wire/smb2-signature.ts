/** Signatures of SMB 2 and 3 ([MS-SMB2] §3.1.4.1, §3.1.4.2). */

import { Buffer } from 'node:buffer';
import { createCipheriv, createHmac } from 'node:crypto';

/** AES-128-CMAC, RFC 4493. */
export function aesCmac(key: Uint8Array, message: Uint8Array): Buffer {
  const encrypt = (block: Uint8Array): Buffer => {
    const cipher = createCipheriv('aes-128-ecb', key, null).setAutoPadding(false);
    return Buffer.concat([cipher.update(block), cipher.final()]);
  };
  const double = (block: Buffer): Buffer => {
    const doubled = Buffer.alloc(16);
    for (let index = 0; index < 16; index += 1) {
      const next = block[index + 1] ?? 0;
      doubled[index] = (((block[index] ?? 0) << 1) | (next >> 7)) & 0xff;
    }
    if (((block[0] ?? 0) & 0x80) !== 0) doubled[15] = (doubled[15] ?? 0) ^ 0x87;
    return doubled;
  };
  const first = double(encrypt(Buffer.alloc(16)));
  const isWhole = message.length > 0 && message.length % 16 === 0;
  const mask = isWhole ? first : double(first);
  const padded = Buffer.alloc(isWhole ? message.length : (Math.floor(message.length / 16) + 1) * 16);
  padded.set(message);
  if (!isWhole) padded[message.length] = 0x80;
  const start = padded.length - 16;
  for (let index = 0; index < 16; index += 1)
    padded[start + index] = (padded[start + index] ?? 0) ^ (mask[index] ?? 0);
  const cipher = createCipheriv('aes-128-cbc', key, Buffer.alloc(16)).setAutoPadding(false);
  return Buffer.concat([cipher.update(padded), cipher.final()]).subarray(-16);
}

/** SP 800-108 in counter mode with HMAC-SHA256, 128 bits, as SMB 3 derives its keys. */
function deriveKey(key: Uint8Array, label: string, context: Uint8Array): Buffer {
  return createHmac('sha256', key)
    .update(Buffer.of(0, 0, 0, 1))
    .update(`${label}\0`, 'latin1')
    .update(Buffer.of(0))
    .update(context)
    .update(Buffer.of(0, 0, 0, 0x80))
    .digest()
    .subarray(0, 16);
}

export function signingKey(dialect: number, sessionKey: Uint8Array, preauthentication: Uint8Array): Buffer {
  if (dialect >= 0x0311) return deriveKey(sessionKey, 'SMBSigningKey', preauthentication);
  if (dialect >= 0x0300) return deriveKey(sessionKey, 'SMB2AESCMAC', Buffer.from('SmbSign\0', 'latin1'));
  return Buffer.from(sessionKey.subarray(0, 16));
}

/** Puts flag and signature into a message with its header. */
export function signMessage(dialect: number, key: Uint8Array, message: Buffer): void {
  message.writeUInt32LE((message.readUInt32LE(16) | 8) >>> 0, 16);
  message.fill(0, 48, 64);
  const signature =
    dialect >= 0x0300
      ? aesCmac(key, message)
      : createHmac('sha256', key).update(message).digest().subarray(0, 16);
  signature.copy(message, 48);
}
