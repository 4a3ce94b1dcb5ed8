/** What the server says of text that it cannot read. */

import type { StatementFailure, SyntaxFailure } from '../sql/failure.ts';
import type { Token } from '../sql/token.ts';
import { failureOf } from './errors.ts';

export function syntaxError(
  text: string,
  failure: SyntaxFailure,
  tokens: readonly Token[] | null,
): StatementFailure {
  if (failure.unterminated !== '') {
    return failureOf(
      '42601',
      `unterminated ${failure.unterminated} at or near "${text.slice(failure.at)}"`,
      failure.at,
    );
  }
  const token = tokens?.find((each) => each.start >= failure.at);
  if (token === undefined || token.start >= text.trimEnd().length)
    return failureOf('42601', 'syntax error at end of input', text.length);
  return failureOf(
    '42601',
    `syntax error at or near "${token.kind === 'end' ? ';' : text.slice(token.start, token.end)}"`,
    token.start,
  );
}
