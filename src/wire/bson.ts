/** BSON (https://bsonspec.org/spec.html), as far as clients of a database send it. Bounded in depth and elements. */

import { Buffer } from 'node:buffer';

export type BsonValue =
  | null
  | boolean
  | string
  /** A double, or a 32-bit integer where `Int` below says nothing else. */
  | number
  /** A 64-bit integer. */
  | bigint
  | Date
  | Buffer
  | ObjectId
  | Double
  | readonly BsonValue[]
  | BsonDocument;

/** In the order of its elements. */
export type BsonDocument = ReadonlyMap<string, BsonValue>;

/** Twelve octets in hexadecimal digits. */
export class ObjectId {
  readonly hex: string;

  constructor(hex: string) {
    this.hex = hex;
  }
}

/** A number that is a double on the wire though it is whole. */
export class Double {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }
}

const depthLimit = 32;
const elementLimit = 50_000;

interface Place {
  at: number;
  left: number;
}

/** The document at this offset, and where it ends; null where it is none. */
export function readBson(
  bytes: Buffer,
  offset: number,
): { readonly document: BsonDocument; readonly end: number } | null {
  if (offset + 5 > bytes.length) return null;
  const length = bytes.readInt32LE(offset);
  if (length < 5 || offset + length > bytes.length) return null;
  try {
    const place: Place = { at: offset, left: elementLimit };
    const document = new Map(elements(bytes.subarray(0, offset + length), place, 0));
    return { document, end: offset + length };
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** int32 length; (int8 type; cstring name; value)*; int8 0. Throws RangeError where it does not hold together. */
function elements(bytes: Buffer, place: Place, depth: number): [string, BsonValue][] {
  if (depth > depthLimit) throw new RangeError('too deep');
  const start = place.at;
  const length = bytes.readInt32LE(start);
  const end = start + length;
  if (length < 5 || end > bytes.length || bytes[end - 1] !== 0) throw new RangeError('length');
  place.at += 4;
  const found: [string, BsonValue][] = [];
  while (place.at < end - 1) {
    place.left -= 1;
    if (place.left < 0) throw new RangeError('too many');
    const type = bytes.readUInt8(place.at);
    const nameEnd = bytes.indexOf(0, place.at + 1);
    if (nameEnd < 0 || nameEnd >= end) throw new RangeError('name');
    const name = bytes.toString('utf8', place.at + 1, nameEnd);
    place.at = nameEnd + 1;
    found.push([name, value(bytes, place, type, depth)]);
    if (place.at > end - 1) throw new RangeError('beyond');
  }
  place.at = end;
  return found;
}

function value(bytes: Buffer, place: Place, type: number, depth: number): BsonValue {
  const take = (count: number): number => {
    const at = place.at;
    if (count < 0 || at + count > bytes.length) throw new RangeError('value');
    place.at += count;
    return at;
  };
  switch (type) {
    case 0x01:
      return new Double(bytes.readDoubleLE(take(8)));
    case 0x02:
    case 0x0d:
    case 0x0e: {
      const length = bytes.readInt32LE(take(4));
      if (length < 1) throw new RangeError('text');
      const at = take(length);
      return bytes.toString('utf8', at, at + length - 1);
    }
    case 0x03:
      return new Map(elements(bytes, place, depth + 1));
    case 0x04:
      return elements(bytes, place, depth + 1).map(([, item]) => item);
    case 0x05: {
      const length = bytes.readInt32LE(take(4));
      take(1);
      const at = take(length);
      return Buffer.from(bytes.subarray(at, at + length));
    }
    case 0x06:
    case 0x0a:
    case 0x7f:
    case 0xff:
      return null;
    case 0x07: {
      const at = take(12);
      return new ObjectId(bytes.toString('hex', at, at + 12));
    }
    case 0x08:
      return bytes[take(1)] === 1;
    case 0x09: {
      const moment = Number(bytes.readBigInt64LE(take(8)));
      return new Date(Math.abs(moment) > 8.64e15 ? 0 : moment);
    }
    case 0x0b: {
      const pattern = bytes.indexOf(0, place.at);
      const options = bytes.indexOf(0, pattern + 1);
      if (pattern < 0 || options < 0) throw new RangeError('expression');
      const text = bytes.toString('utf8', place.at, pattern);
      place.at = options + 1;
      return `/${text}/`;
    }
    case 0x10:
      return bytes.readInt32LE(take(4));
    case 0x11:
    case 0x12:
      return bytes.readBigInt64LE(take(8));
    case 0x13: {
      const at = take(16);
      return bytes.toString('hex', at, at + 16);
    }
    default:
      throw new RangeError('type');
  }
}

const cstring = (text: string): Buffer => Buffer.from(`${text.replaceAll('\0', '')}\0`, 'utf8');

export function writeBson(document: BsonDocument): Buffer {
  const parts: Buffer[] = [];
  for (const [name, item] of document) parts.push(element(name, item));
  const body = Buffer.concat(parts);
  const head = Buffer.alloc(4);
  head.writeInt32LE(body.length + 5);
  return Buffer.concat([head, body, Buffer.of(0)]);
}

function element(name: string, item: BsonValue): Buffer {
  const typed = (type: number, ...rest: readonly Buffer[]): Buffer =>
    Buffer.concat([Buffer.of(type), cstring(name), ...rest]);
  const fixed = (count: number, write: (octets: Buffer) => void): Buffer => {
    const octets = Buffer.alloc(count);
    write(octets);
    return octets;
  };
  if (item === null) return typed(0x0a);
  if (typeof item === 'boolean') return typed(0x08, Buffer.of(item ? 1 : 0));
  if (typeof item === 'string') {
    const text = Buffer.from(item, 'utf8');
    return typed(
      0x02,
      fixed(4, (octets) => octets.writeInt32LE(text.length + 1)),
      text,
      Buffer.of(0),
    );
  }
  if (typeof item === 'bigint')
    return typed(
      0x12,
      fixed(8, (octets) => octets.writeBigInt64LE(BigInt.asIntN(64, item))),
    );
  if (typeof item === 'number') {
    return Number.isInteger(item) && Math.abs(item) <= 0x7fffffff
      ? typed(
          0x10,
          fixed(4, (octets) => octets.writeInt32LE(item)),
        )
      : typed(
          0x01,
          fixed(8, (octets) => octets.writeDoubleLE(item)),
        );
  }
  if (item instanceof Double)
    return typed(
      0x01,
      fixed(8, (octets) => octets.writeDoubleLE(item.value)),
    );
  if (item instanceof Date)
    return typed(
      0x09,
      fixed(8, (octets) => octets.writeBigInt64LE(BigInt(item.getTime()))),
    );
  if (item instanceof ObjectId)
    return typed(0x07, Buffer.from(item.hex.padStart(24, '0').slice(0, 24), 'hex'));
  if (Buffer.isBuffer(item))
    return typed(
      0x05,
      fixed(4, (octets) => octets.writeInt32LE(item.length)),
      Buffer.of(0),
      item,
    );
  if (item instanceof Map) return typed(0x03, writeBson(item));
  if (Array.isArray(item))
    return typed(0x04, writeBson(new Map(item.map((each, index) => [String(index), each]))));
  return typed(0x0a);
}

/** As a person writes it, at most so long. */
export function bsonText(item: BsonValue, most: number): string {
  const text = (each: BsonValue, depth: number): string => {
    if (each === null || typeof each === 'boolean') return String(each);
    if (typeof each === 'number' || typeof each === 'bigint') return String(each);
    if (typeof each === 'string') return JSON.stringify(each.slice(0, most));
    if (each instanceof Double) return String(each.value);
    if (each instanceof Date) return `ISODate("${each.toISOString()}")`;
    if (each instanceof ObjectId) return `ObjectId("${each.hex}")`;
    if (Buffer.isBuffer(each)) return `BinData(${each.length})`;
    if (depth > 8) return '…';
    if (each instanceof Map)
      return `{${[...each]
        .slice(0, 64)
        .map(([name, inner]) => `${name}: ${text(inner, depth + 1)}`)
        .join(', ')}}`;
    return Array.isArray(each)
      ? `[${each
          .slice(0, 64)
          .map((inner) => text(inner, depth + 1))
          .join(', ')}]`
      : '';
  };
  return text(item, 0).slice(0, most);
}
