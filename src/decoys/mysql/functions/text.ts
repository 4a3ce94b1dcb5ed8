/** Functions of text, octets and digests. */

import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import { commonFunctions } from '../../sql/functions.ts';
import { longestText, numberOf, textOf } from '../../sql/value.ts';
import { mysqlError } from '../errors.ts';
import { nativeHash } from '../native-hash.ts';
import type { FunctionFamily } from './family.ts';

export const textFunction: FunctionFamily = (_server, call, items) => {
  const [first = null, second = null] = items;
  switch (call.name) {
    case 'ucase':
      return commonFunctions['upper']?.(items);
    case 'lcase':
      return commonFunctions['lower']?.(items);
    case 'ord':
      return commonFunctions['ascii']?.(items);
    case 'hex':
      if (first === null) return null;
      return typeof first === 'number'
        ? Math.trunc(first).toString(16).toUpperCase()
        : Buffer.from(textOf(first), 'latin1').toString('hex').toUpperCase();
    case 'unhex': {
      const digits = textOf(first);
      return first === null || /[^0-9a-f]/i.test(digits)
        ? null
        : Buffer.from(digits.length % 2 === 0 ? digits : `0${digits}`, 'hex').toString('latin1');
    }
    case 'sha':
    case 'sha1':
      return first === null ? null : createHash('sha1').update(textOf(first), 'latin1').digest('hex');
    case 'sha2': {
      const bits = numberOf(second) === 0 ? 256 : numberOf(second);
      return first === null || ![224, 256, 384, 512].includes(bits)
        ? null
        : createHash(`sha${bits}`).update(textOf(first), 'latin1').digest('hex');
    }
    case 'password':
      return textOf(first) === '' ? '' : nativeHash(textOf(first));
    case 'char':
      return items
        .filter((item) => item !== null)
        .map((item) => String.fromCharCode(numberOf(item) & 0xff))
        .join('');
    case 'space':
      return ' '.repeat(Math.min(longestText, Math.max(0, numberOf(first))));
    case 'instr':
      return first === null || second === null
        ? null
        : textOf(first).toLowerCase().indexOf(textOf(second).toLowerCase()) + 1;
    case 'locate':
    case 'position':
      return first === null || second === null
        ? null
        : textOf(second).toLowerCase().indexOf(textOf(first).toLowerCase()) + 1;
    case 'to_base64':
      return first === null ? null : Buffer.from(textOf(first), 'latin1').toString('base64');
    case 'from_base64':
      return first === null ? null : Buffer.from(textOf(first), 'base64').toString('latin1');
    case 'updatexml':
    case 'extractvalue': {
      // The way by which injections read: what is no XPath comes back in the error.
      const path = textOf(second);
      if (/^[/\w@*[\]=.:()-]*$/.test(path)) return '';
      throw mysqlError.unknownError(`XPATH syntax error: '${path.slice(0, 32)}'`);
    }
    default:
      return undefined;
  }
};
