/** Functions of time, and those that take time. */

import { dateTime } from '../../sql/functions.ts';
import { numberOf, textOf } from '../../sql/value.ts';
import { mysqlError } from '../errors.ts';
import type { FunctionFamily } from './family.ts';

export const timeFunction: FunctionFamily = ({ connection, outputs }, call, items) => {
  const [first = null] = items;
  const now = connection.context.now();
  switch (call.name) {
    case 'now':
    case 'sysdate':
    case 'current_timestamp':
    case 'localtime':
    case 'localtimestamp':
    case 'utc_timestamp':
      return dateTime(now);
    case 'curdate':
    case 'current_date':
    case 'utc_date':
      return dateTime(now).slice(0, 10);
    case 'curtime':
    case 'current_time':
      return dateTime(now).slice(11);
    case 'unix_timestamp':
      return items.length === 0
        ? Math.floor(now / 1000)
        : Math.floor((Date.parse(`${textOf(first).replace(' ', 'T')}Z`) || 0) / 1000);
    case 'from_unixtime':
      return first === null ? null : dateTime(Math.min(Math.max(0, numberOf(first)), 2_147_483_647) * 1000);
    case 'sleep':
      if (items.length !== 1) throw mysqlError.argumentCount(call.written);
      outputs.push({ do: 'pause', milliseconds: Math.min(5000, Math.max(0, numberOf(first) * 1000)) });
      return 0;
    case 'benchmark':
      if (items.length !== 2) throw mysqlError.argumentCount(call.written);
      outputs.push({ do: 'pause', milliseconds: Math.min(5000, Math.max(0, numberOf(first) / 5000)) });
      return 0;
    case 'date_format':
      return first === null ? null : textOf(first);
    case 'interval':
      return numberOf(first);
    default:
      return undefined;
  }
};
