/** What an operator says of operands that it does not take. */

import type { StatementFailure } from '../sql/failure.ts';
import type { Expression } from '../sql/syntax.ts';
import type { SqlType } from '../sql/value.ts';
import type { PostgresView } from './view.ts';
import { cast } from './conversion.ts';
import { failureOf } from './errors.ts';
import { typeWord } from './type-word.ts';

const numeric = new Set<SqlType>(['integer', 'bigint', 'numeric', 'double', 'oid']);

export function badOperands(
  view: PostgresView,
  expression: Expression & { readonly kind: 'binary' },
  left: SqlType,
  right: SqlType,
): StatementFailure | null {
  const { operator, at } = expression;
  if (['=', '<', '>', '<=', '>=', '<>', '+', '-', '*', '/'].includes(operator)) {
    // A text without a type is read as what stands beside it.
    for (const [side, other] of [
      [expression.left, right],
      [expression.right, left],
    ] as const) {
      if (
        side.kind === 'value' &&
        side.type === 'unknown' &&
        typeof side.value === 'string' &&
        numeric.has(other)
      ) {
        const place =
          expression.at - (side === expression.left ? side.written.length + 3 : -operator.length - 1);
        cast(view, side.value, other, Math.max(0, place));
      }
    }
  }
  if (['+', '-', '*', '/', '%'].includes(operator) || ['=', '<', '>', '<=', '>=', '<>'].includes(operator)) {
    // What no implicit cast brings together.
    const isText = (type: SqlType): boolean => type === 'text' || type === 'name';
    const bad =
      (numeric.has(left) && left !== 'oid' && isText(right)) ||
      (isText(left) && numeric.has(right) && right !== 'oid');
    if (bad) {
      return Object.assign(
        failureOf('42883', `operator does not exist: ${typeWord(left)} ${operator} ${typeWord(right)}`, at),
        {
          hint: 'No operator matches the given name and argument types. You might need to add explicit type casts.',
        },
      );
    }
  }
  return null;
}
