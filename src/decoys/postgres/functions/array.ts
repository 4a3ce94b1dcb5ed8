/** Functions of arrays. */

import { arrayOf } from '../../sql/array-text.ts';
import { textOf } from '../../sql/value.ts';
import type { FunctionFamily } from './family.ts';

export const arrayFunction: FunctionFamily = (_server, name, items) => {
  const [first = null, second = null] = items;
  switch (name) {
    case 'array_to_string':
      return first === null
        ? null
        : (Array.isArray(first) ? first : arrayOf(textOf(first)))
            .filter((item) => item !== null)
            .map(textOf)
            .join(textOf(second));
    case 'array_length':
    case 'cardinality':
      return first === null ? null : (Array.isArray(first) ? first : arrayOf(textOf(first))).length || null;
    case 'array_upper':
      return first === null ? null : (Array.isArray(first) ? first : arrayOf(textOf(first))).length;
    case 'array_lower':
      return 1;
    case 'string_to_array':
      return first === null ? null : textOf(first).split(textOf(second)).slice(0, 10_000);
    default:
      return undefined;
  }
};
