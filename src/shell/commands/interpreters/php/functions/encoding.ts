/** Bytes in other clothes, and their fingerprints. */

import { createHash, createHmac, getHashes } from 'node:crypto';
import {
  crc32,
  deflateRawSync,
  deflateSync,
  gunzipSync,
  gzipSync,
  inflateRawSync,
  inflateSync,
} from 'node:zlib';
import { bytesToText, decodeText, encodeText, textToBytes } from '../../../../byte-text.ts';
import { limits } from '../../../../limits.ts';
import { pack, unpack } from '../../perl/packing.ts';
import { Unsupported } from '../../script/unsupported.ts';
import { textKey, textOf } from '../conversion.ts';
import type { Machine } from '../machine.ts';
import type { Given, NativeTable } from '../native.ts';
import { ArrayValue, type Value } from '../value.ts';

const known: ReadonlySet<string> = new Set([
  'md5',
  'sha1',
  'sha224',
  'sha256',
  'sha384',
  'sha512',
  'ripemd160',
  'sha3-256',
  'sha3-512',
]);

/** The algorithm of Node's by PHP's name; null for one that PHP has not. Throws for what only PHP has. */
function algorithm(name: string): string | null {
  const lower = name.toLowerCase();
  if (known.has(lower) && getHashes().includes(lower)) return lower;
  if (
    /^(?:md[24]|sha512\/|whirlpool|tiger|snefru|gost|adler32|crc32|fnv|joaat|murmur|xxh|haval|ripemd|sha3)/.test(
      lower,
    )
  )
    throw new Unsupported(lower);
  return null;
}

function digest(machine: Machine, name: string, text: string, raw: boolean): string {
  machine.spend(text.length * 2);
  return createHash(name)
    .update(text, 'latin1')
    .digest()
    .toString(raw ? 'latin1' : 'hex');
}

function hashed(machine: Machine, given: Given): Value {
  const name = given.text(0).toLowerCase();
  if (name === 'crc32b') return checksum(machine, given.text(1)).toString(16).padStart(8, '0');
  const found = algorithm(name);
  if (found === null)
    return machine.throwError('ValueError', 'hash(): Argument #1 ($algo) must be a valid hashing algorithm');
  return digest(machine, found, given.text(1), given.flag(2));
}

const checksum = (machine: Machine, text: string): number => {
  machine.spend(text.length);
  return crc32(textToBytes(text));
};

/** Unpacks within the bound of a file; a warning for what is none. */
const unpacked =
  (name: string, run: (bytes: Uint8Array, options: { maxOutputLength: number }) => Buffer) =>
  (machine: Machine, given: Given): Value => {
    machine.spend(given.text(0).length * 2);
    try {
      const text = bytesToText(run(textToBytes(given.text(0)), { maxOutputLength: limits.oneFileBytes }));
      machine.spend(text.length * 4);
      return text;
    } catch (error) {
      if (error instanceof RangeError) throw new Unsupported('large');
      if (!(error instanceof Error)) throw error;
      machine.warn(`${name}(): data error`);
      return false;
    }
  };

const packed =
  (name: string, run: (bytes: Uint8Array, options: { level: number }) => Buffer) =>
  (machine: Machine, given: Given): Value => {
    machine.spend(given.text(0).length * 16);
    if (given.number(1) < -1 || given.number(1) > 9)
      machine.throwError('ValueError', `${name}(): Argument #2 ($level) must be between -1 and 9`);
    return bytesToText(run(textToBytes(given.text(0)), { level: given.number(1) }));
  };

/** RFC 3986, or `+` for a blank. */
const urlEncoded = (text: string, raw: boolean): string =>
  text.replaceAll(raw ? /[^A-Za-z0-9_.~-]/g : /[^A-Za-z0-9_.-]/g, (character) =>
    character === ' ' && !raw
      ? '+'
      : `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );

const urlDecoded = (text: string): string =>
  text.replaceAll(/%([0-9A-Fa-f]{2})/g, (_all, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  );

/** What is no letter of the alphabet is passed over; strict, it is an error. */
function fromBase64(machine: Machine, text: string, strict: boolean): Value {
  machine.spend(text.length * 2);
  const plain = text.replaceAll(/[\s]/g, '');
  if (strict && (!/^[A-Za-z0-9+/]*={0,2}$/.test(plain) || plain.replaceAll('=', '').length % 4 === 1))
    return false;
  return bytesToText(Buffer.from(text.replaceAll(/[^A-Za-z0-9+/]/g, ''), 'base64'));
}

export const encodingFunctions: NativeTable = {
  'base64_encode(string $string)': (machine, given) => (
    machine.spend(given.text(0).length * 2),
    Buffer.from(given.text(0), 'latin1').toString('base64')
  ),
  'base64_decode(string $string, bool $strict = false)': (machine, given) =>
    fromBase64(machine, given.text(0), given.flag(1)),
  'bin2hex(string $string)': (machine, given) => (
    machine.spend(given.text(0).length * 2),
    Buffer.from(given.text(0), 'latin1').toString('hex')
  ),
  'hex2bin(string $string)': (machine, given) => {
    machine.spend(given.text(0).length);
    if (given.text(0).length % 2 === 1) {
      machine.warn('hex2bin(): Hexadecimal input string must have an even length');
      return false;
    }
    if (!/^[0-9a-fA-F]*$/.test(given.text(0))) {
      machine.warn('hex2bin(): Input string must be hexadecimal string');
      return false;
    }
    return bytesToText(Buffer.from(given.text(0), 'hex'));
  },
  'pack(string $format, mixed ...$values)': (machine, given) => {
    machine.spend(given.rest(1).reduce<number>((sum, value) => sum + textOf(value).length * 2, 0));
    return pack(
      given.text(0),
      given
        .rest(1)
        .map((value) =>
          typeof value === 'bigint' || typeof value === 'number' ? Number(value) : textOf(value),
        ),
    );
  },
  'unpack(string $format, string $string, int $offset = 0)': (machine, given) => {
    // One kind with one name; more would each have to say where the next begins.
    const match = /^([A-Za-z])(\*|\d{1,6})?(\w*)$/.exec(given.text(0));
    if (match === null) throw new Unsupported('unpack');
    machine.spend(given.text(1).length * 16);
    const [, letter = '', count = '', name = ''] = match;
    const found = unpack(letter + count, given.text(1).slice(given.number(2)));
    return ArrayValue.from(
      found.map((value, at): [bigint | string, Value] => [
        /[HhaAZ]/.test(letter) || count === '' ? (name === '' ? 1n : name) : textKey(`${name}${at + 1}`),
        typeof value === 'number' ? BigInt(value) : typeof value === 'string' ? value : '',
      ]),
    );
  },
  'str_rot13(string $string)': (machine, given) => {
    machine.spend(given.text(0).length * 2);
    return given
      .text(0)
      .replaceAll(/[A-Za-z]/g, (letter) =>
        String.fromCharCode(letter.charCodeAt(0) + (letter.toLowerCase() < 'n' ? 13 : -13)),
      );
  },
  'md5(string $string, bool $binary = false)': (machine, given) =>
    digest(machine, 'md5', given.text(0), given.flag(1)),
  'sha1(string $string, bool $binary = false)': (machine, given) =>
    digest(machine, 'sha1', given.text(0), given.flag(1)),
  'crc32(string $string)': (machine, given) => BigInt(checksum(machine, given.text(0))),
  'hash(string $algo, string $data, bool $binary = false, array $options = [])': hashed,
  'hash_algos()': () => ArrayValue.of([...known]),
  'hash_hmac(string $algo, string $data, string $key, bool $binary = false)': (machine, given) => {
    const found = algorithm(given.text(0));
    if (found === null)
      return machine.throwError(
        'ValueError',
        'hash_hmac(): Argument #1 ($algo) must be a valid cryptographic hashing algorithm',
      );
    machine.spend(given.text(1).length * 2 + given.text(2).length);
    return createHmac(found, Buffer.from(given.text(2), 'latin1'))
      .update(given.text(1), 'latin1')
      .digest()
      .toString(given.flag(3) ? 'latin1' : 'hex');
  },
  'hash_equals(string $known_string, string $user_string)': (machine, given) => (
    machine.spend(given.text(0).length),
    given.text(0) === given.text(1)
  ),
  'gzinflate(string $data, int $max_length = 0)': unpacked('gzinflate', inflateRawSync),
  'gzuncompress(string $data, int $max_length = 0)': unpacked('gzuncompress', inflateSync),
  'gzdecode(string $data, int $max_length = 0)': unpacked('gzdecode', gunzipSync),
  'gzdeflate(string $data, int $level = -1, int $encoding = -15)': packed('gzdeflate', deflateRawSync),
  'gzcompress(string $data, int $level = -1, int $encoding = 15)': packed('gzcompress', deflateSync),
  'gzencode(string $data, int $level = -1, int $encoding = 31)': packed('gzencode', gzipSync),
  'urlencode(string $string)': (machine, given) => (
    machine.spend(given.text(0).length * 3),
    urlEncoded(given.text(0), false)
  ),
  'rawurlencode(string $string)': (machine, given) => (
    machine.spend(given.text(0).length * 3),
    urlEncoded(given.text(0), true)
  ),
  'urldecode(string $string)': (machine, given) => (
    machine.spend(given.text(0).length),
    urlDecoded(given.text(0).replaceAll('+', ' '))
  ),
  'rawurldecode(string $string)': (machine, given) => (
    machine.spend(given.text(0).length),
    urlDecoded(given.text(0))
  ),
  'convert_uuencode(string $string)': (machine, given) => {
    machine.spend(given.text(0).length * 4);
    let out = '';
    const letter = (value: number): string => (value === 0 ? '`' : String.fromCharCode(value + 32));
    for (let at = 0; at < given.text(0).length; at += 45) {
      const line = given.text(0).slice(at, at + 45);
      out += letter(line.length);
      for (let place = 0; place < line.length; place += 3) {
        const [one, two, three] = [0, 1, 2].map((more) =>
          place + more < line.length ? line.charCodeAt(place + more) : 0,
        );
        out +=
          letter((one ?? 0) >> 2) +
          letter((((one ?? 0) & 3) << 4) | ((two ?? 0) >> 4)) +
          letter((((two ?? 0) & 15) << 2) | ((three ?? 0) >> 6)) +
          letter((three ?? 0) & 63);
      }
      out += '\n';
    }
    return given.text(0) === '' ? '' : `${out}\`\n`;
  },
  'convert_uudecode(string $string)': (machine, given) => {
    machine.spend(given.text(0).length * 4);
    let out = '';
    for (const line of given.text(0).split('\n')) {
      const length = ((line.charCodeAt(0) || 32) - 32) & 63;
      let part = '';
      for (let at = 1; at + 3 < line.length; at += 4) {
        const [one = 0, two = 0, three = 0, four = 0] = [0, 1, 2, 3].map(
          (more) => (line.charCodeAt(at + more) - 32) & 63,
        );
        part += String.fromCharCode(
          (one << 2) | (two >> 4),
          ((two & 15) << 4) | (three >> 2),
          ((three & 3) << 6) | four,
        );
      }
      if (length > 0) out += part.slice(0, length);
    }
    return out;
  },
  'utf8_encode(string $string)': (machine, given) => (
    machine.spend(given.text(0).length * 2),
    encodeText(given.text(0))
  ),
  'utf8_decode(string $string)': (machine, given) => {
    machine.spend(given.text(0).length * 2);
    return Array.from(decodeText(given.text(0)), (character) =>
      (character.codePointAt(0) ?? 63) > 255 ? '?' : character,
    ).join('');
  },
};
