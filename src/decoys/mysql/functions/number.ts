/** Functions that write numbers otherwise. */

import { numberOf, textOf } from '../../sql/value.ts';
import type { FunctionFamily } from './family.ts';

export const numberFunction: FunctionFamily = (_server, call, items) => {
  const [first = null, second = null, third = null] = items;
  switch (call.name) {
    case 'bin':
      return first === null ? null : Math.trunc(numberOf(first)).toString(2);
    case 'conv':
      return first === null
        ? null
        : (Number.parseInt(textOf(first), Math.min(36, Math.max(2, numberOf(second)))) || 0)
            .toString(Math.min(36, Math.max(2, numberOf(third))))
            .toUpperCase();
    case 'inet_aton':
      return textOf(first)
        .split('.')
        .reduce((sum, part) => sum * 256 + (Number(part) & 0xff), 0);
    case 'inet_ntoa':
      return [24, 16, 8, 0].map((shift) => Math.floor(numberOf(first) / 2 ** shift) % 256).join('.');
    default:
      return undefined;
  }
};
