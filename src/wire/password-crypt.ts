/** Hashes of passwords as crypt(3) writes them: MD5 (`$1$`, `$apr1$`) and SHA-2 (`$5$`, `$6$`). */

import { createHash } from 'node:crypto';

const letters = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** Three octets as four letters, the low bits first. */
function spell(high: number, middle: number, low: number, count: number): string {
  let value = (high << 16) | (middle << 8) | low;
  let text = '';
  for (let index = 0; index < count; index += 1) {
    text += letters.charAt(value & 63);
    value >>>= 6;
  }
  return text;
}

const hashOf = (algorithm: string, parts: readonly Uint8Array[]): Buffer => {
  const hash = createHash(algorithm);
  for (const part of parts) hash.update(part);
  return hash.digest();
};

/** The first `length` octets of a block said over and over. */
function stretched(block: Uint8Array, length: number): Buffer {
  const out = Buffer.alloc(length);
  for (let at = 0; at < length; at += 1) out[at] = block[at % block.length] ?? 0;
  return out;
}

function md5Crypt(password: string, salt: string, magic: '1' | 'apr1'): string {
  const [key, grain] = [Buffer.from(password, 'latin1'), Buffer.from(salt.slice(0, 8), 'latin1')];
  const inner = hashOf('md5', [key, grain, key]);
  const parts: Uint8Array[] = [key, Buffer.from(`$${magic}$`), grain, stretched(inner, key.length)];
  for (let length = key.length; length > 0; length >>= 1)
    parts.push(length & 1 ? Buffer.alloc(1) : key.subarray(0, 1));
  let sum = hashOf('md5', parts);
  for (let round = 0; round < 1000; round += 1)
    sum = hashOf('md5', [
      round & 1 ? key : sum,
      ...(round % 3 === 0 ? [] : [grain]),
      ...(round % 7 === 0 ? [] : [key]),
      round & 1 ? sum : key,
    ]);
  const octet = (at: number): number => sum[at] ?? 0;
  let text = '';
  for (let at = 0; at < 5; at += 1) text += spell(octet(at), octet(at + 6), octet(at === 4 ? 5 : at + 12), 4);
  return `$${magic}$${grain.toString('latin1')}$${text}${spell(0, 0, octet(11), 2)}`;
}

function sha2Crypt(password: string, salt: string, magic: '5' | '6'): string {
  const algorithm = magic === '5' ? 'sha256' : 'sha512';
  const size = magic === '5' ? 32 : 64;
  const [key, grain] = [Buffer.from(password, 'latin1'), Buffer.from(salt.slice(0, 16), 'latin1')];
  const other = hashOf(algorithm, [key, grain, key]);
  const parts: Uint8Array[] = [key, grain, stretched(other, key.length)];
  for (let length = key.length; length > 0; length >>= 1) parts.push(length & 1 ? other : key);
  let sum = hashOf(algorithm, parts);
  const keys = stretched(
    hashOf(
      algorithm,
      Array.from({ length: key.length }, () => key),
    ),
    key.length,
  );
  const grains = stretched(
    hashOf(
      algorithm,
      Array.from({ length: 16 + (sum[0] ?? 0) }, () => grain),
    ),
    grain.length,
  );
  for (let round = 0; round < 5000; round += 1)
    sum = hashOf(algorithm, [
      round & 1 ? keys : sum,
      ...(round % 3 === 0 ? [] : [grains]),
      ...(round % 7 === 0 ? [] : [keys]),
      round & 1 ? sum : keys,
    ]);
  const octet = (at: number): number => sum[at] ?? 0;
  let text = '';
  const third = magic === '5' ? 10 : 21;
  let order: readonly [number, number, number] = [0, third, third * 2];
  for (let turn = 0; turn < third; turn += 1) {
    const [one, two, three] = order;
    text += spell(octet(one), octet(two), octet(three), 4);
    // The places go around by one each time: SHA-512 to the left, SHA-256 to the right.
    order = magic === '6' ? [two + 1, three + 1, one + 1] : [three + 1, one + 1, two + 1];
  }
  text += magic === '5' ? spell(0, octet(size - 1), octet(size - 2), 3) : spell(0, 0, octet(size - 1), 2);
  return `$${magic}$${grain.toString('latin1')}$${text}`;
}

export function passwordCrypt(password: string, salt: string, magic: '1' | 'apr1' | '5' | '6'): string {
  return magic === '1' || magic === 'apr1'
    ? md5Crypt(password, salt, magic)
    : sha2Crypt(password, salt, magic);
}
