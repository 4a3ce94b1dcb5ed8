/** Functions that choose and compare. */

import { isTrue, numberOf, textOf } from '../../sql/value.ts';
import { mysqlError } from '../errors.ts';
import type { FunctionFamily } from './family.ts';

export const conditionFunction: FunctionFamily = (_server, call, items) => {
  const [first = null, second = null, third = null] = items;
  switch (call.name) {
    case 'if':
      if (items.length !== 3) throw mysqlError.argumentCount(call.written);
      return isTrue(first) ? second : third;
    case 'ifnull':
      return first ?? second;
    case 'isnull':
      return first === null ? 1 : 0;
    case 'strcmp':
      return textOf(first) < textOf(second) ? -1 : textOf(first) > textOf(second) ? 1 : 0;
    case 'elt':
      return items[numberOf(first)] ?? null;
    case 'field':
      return items.slice(1).findIndex((item) => textOf(item) === textOf(first)) + 1;
    case 'find_in_set':
      return textOf(second).split(',').indexOf(textOf(first)) + 1;
    default:
      return undefined;
  }
};
