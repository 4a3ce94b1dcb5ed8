/** Functions over the rows of a group. */

import type { Call } from './syntax.ts';
import { compare, isTrue, numberOf, longestText, textOf, type Value } from './value.ts';

export const aggregates: ReadonlySet<string> = new Set([
  'count',
  'sum',
  'min',
  'max',
  'avg',
  'group_concat',
  'string_agg',
  'array_agg',
  'bool_and',
  'bool_or',
  'every',
]);

/** What becomes of the values of a group; those that are NULL are not among them. */
export function aggregated(call: Call, given: readonly Value[], separator: string): Value {
  const values = call.distinct ? [...new Map(given.map((value) => [textOf(value), value])).values()] : given;
  const [first = null] = values;
  switch (call.name) {
    case 'count':
      return values.length;
    case 'sum':
      return first === null ? null : values.reduce((sum: number, value) => sum + numberOf(value), 0);
    case 'avg':
      return first === null
        ? null
        : values.reduce((sum: number, value) => sum + numberOf(value), 0) / values.length;
    case 'min':
    case 'max': {
      const wanted = call.name === 'min' ? -1 : 1;
      return values.reduce(
        (best, value) => ((compare(value, best, false) ?? 0) * wanted > 0 ? value : best),
        first,
      );
    }
    case 'group_concat':
    case 'string_agg': {
      if (first === null) return null;
      return values
        .map((value) => textOf(value))
        .join(separator)
        .slice(0, longestText);
    }
    case 'array_agg':
      return first === null ? null : values;
    case 'bool_or':
      return first === null ? null : values.some((value) => isTrue(value));
    default:
      return first === null ? null : values.every((value) => isTrue(value));
  }
}
