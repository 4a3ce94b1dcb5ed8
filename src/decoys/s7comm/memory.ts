/** Reading and writing of variables. */

import { octets, uint16 } from '../../wire/big-endian.ts';
import { ByteCursor } from '../../wire/byte-cursor.ts';
import type { Station } from './station.ts';

export const notThere = 0x0a;
const outside = 5;
const wrongType = 6;

interface Place {
  readonly memory: Uint8Array;
  readonly octet: number;
  readonly bit: number;
  readonly length: number;
  readonly isBit: boolean;
}

const areaNames: Readonly<Record<number, string>> = {
  0x81: 'I',
  0x82: 'Q',
  0x83: 'M',
  0x84: 'DB',
  0x1c: 'C',
  0x1d: 'T',
};
/** Octets of each transport size: bit, byte, char, word, int, dword, dint, real, counter, timer. */
const sizes: Readonly<Record<number, number>> = {
  1: 1,
  2: 1,
  3: 1,
  4: 2,
  5: 2,
  6: 4,
  7: 4,
  8: 4,
  0x1c: 2,
  0x1d: 2,
};

/**
 *     uint8    0x12, uint8 length 10, uint8 syntax 0x10 (“any”)
 *     uint8    transport size
 *     uint16   count
 *     uint16   data block
 *     uint8    area
 *     uint24   address in bits
 */
export function readPlace(
  cursor: ByteCursor,
  station: Station,
): { readonly place: Place | number; readonly said: string } {
  const kind = cursor.uint8();
  const item = new ByteCursor(cursor.take(cursor.uint8()));
  const syntax = item.uint8();
  const size = item.uint8();
  const count = item.uint16();
  const block = item.uint16();
  const area = item.uint8();
  const address = item.uint8() * 65_536 + item.uint16();
  if (cursor.failed || item.failed || kind !== 0x12 || syntax !== 0x10)
    return { place: wrongType, said: 'an item of another syntax' };
  const counted = area === 0x1c || area === 0x1d;
  const octet = counted ? address * 2 : address >> 3;
  const said = `${areaNames[area] ?? `area 0x${area.toString(16)}`}${area === 0x84 ? block : ''} ${octet}.${address & 7} x${count}`;
  const memory = area === 0x84 ? station.blocks.get(block) : station.areas.get(area);
  const each = sizes[size];
  if (memory === undefined) return { place: notThere, said };
  if (each === undefined || (size === 1 && count !== 1)) return { place: wrongType, said };
  const length = each * count;
  if (count === 0 || octet + length > memory.length) return { place: outside, said };
  return { place: { memory, octet, bit: address & 7, length, isBit: size === 1 }, said };
}

/** uint8 result; uint8 transport size 3 (bit), 4 (counted in bits), 9 (in octets); uint16 length; data, padded to an even length but at the end. */
export function readItem(place: Place | number, last: boolean): Uint8Array {
  if (typeof place === 'number') return octets(place, 0, uint16(0));
  if (place.isBit)
    return octets(
      0xff,
      3,
      uint16(1),
      ((place.memory[place.octet] ?? 0) >> place.bit) & 1,
      ...(last ? [] : [0]),
    );
  const data = place.memory.slice(place.octet, place.octet + place.length);
  return octets(0xff, 4, uint16(data.length * 8), data, ...(data.length % 2 === 1 && !last ? [0] : []));
}

/** Writes what the item carries; returns the result's code and the data. */
export function writeItem(
  cursor: ByteCursor,
  place: Place | number,
): { readonly code: number; readonly data: Uint8Array } {
  cursor.uint8();
  const size = cursor.uint8();
  const told = cursor.uint16();
  // Bits and what is counted in bits; reals and octet strings are counted in octets.
  const length = size === 3 ? told : size === 4 || size === 5 || size === 6 ? Math.ceil(told / 8) : told;
  const data = cursor.take(length);
  if (length % 2 === 1 && cursor.left > 0) cursor.uint8();
  if (typeof place === 'number') return { code: place, data };
  if (cursor.failed || data.length !== place.length) return { code: 7, data };
  if (place.isBit) {
    const mask = 1 << place.bit;
    const before = place.memory[place.octet] ?? 0;
    place.memory[place.octet] = (data[0] ?? 0) & 1 ? before | mask : before & ~mask;
  } else place.memory.set(data, place.octet);
  return { code: 0xff, data };
}
