/** Values in their binary form. */

import { Buffer } from 'node:buffer';
import { int32 } from '../../wire/postgres-message.ts';
import { type SqlType, textOf, type Value } from '../sql/value.ts';

export function binaryOctets(value: Value, type: SqlType): Buffer {
  switch (type) {
    case 'integer':
    case 'oid':
      return int32(Number(textOf(value)) || 0);
    case 'boolean':
      return Buffer.of(value === true || value === 't' ? 1 : 0);
    case 'bigint': {
      const octets = Buffer.alloc(8);
      octets.writeBigInt64BE(BigInt.asIntN(64, BigInt(Math.trunc(Number(textOf(value))) || 0)));
      return octets;
    }
    case 'double': {
      const octets = Buffer.alloc(8);
      octets.writeDoubleBE(Number(textOf(value)) || 0);
      return octets;
    }
    default:
      return Buffer.from(textOf(value), 'latin1');
  }
}

/** A parameter in binary form whose type is not known here: numbers by their length, text where it reads as such. */
export function binaryValue(octets: Buffer): Value {
  const text = octets.toString('latin1');
  if (/^[\x20-\x7e]+$/.test(text)) return text;
  if (octets.length === 4) return octets.readInt32BE();
  if (octets.length === 8) return Number(octets.readBigInt64BE());
  return octets.length === 2 ? octets.readInt16BE() : text;
}
