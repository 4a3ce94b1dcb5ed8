/** Values of parameters in their binary form. */

import type { MysqlFields } from '../../wire/mysql-packet.ts';
import type { Value } from '../sql/value.ts';

export function binaryValue(fields: MysqlFields, type: number): Value {
  switch (type) {
    case 1:
      return fields.integer(1);
    case 2:
      return fields.integer(2);
    case 3:
      return fields.integer(4) | 0;
    case 8: {
      const octets = fields.octets(8);
      return octets.length === 8 ? Number(octets.readBigInt64LE()) : 0;
    }
    case 4: {
      const octets = fields.octets(4);
      return octets.length === 4 ? octets.readFloatLE() : 0;
    }
    case 5: {
      const octets = fields.octets(8);
      return octets.length === 8 ? octets.readDoubleLE() : 0;
    }
    case 6:
      return null;
    case 7:
    case 10:
    case 11:
    case 12:
      return fields.octets(fields.integer(1)).toString('hex');
    default:
      return fields.octets(fields.lengthInteger()).toString('latin1');
  }
}
