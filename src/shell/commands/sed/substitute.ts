import { Exhausted, limits, type Budget } from '../../limits.ts';
import type { Expression } from '../../regular-expression.ts';
import type { Reading } from '../../stream.ts';
import { expand } from './replacement.ts';
import type { Substitution } from './script.ts';

/** The text after an `s`; null where nothing matched. Throws `Exhausted`. */
export function* substitute(
  text: string,
  { pieces, nth, global }: Substitution,
  expression: Expression,
  budget: Budget,
): Reading<string | null> {
  // What is copied whole at each change is paid for, though nearly nothing of it was looked at.
  budget.spend(text.length >> 8);
  let out = '';
  let position = 0;
  let copied = 0;
  let seen = 0;
  let changed = false;
  let lastEnd = -1;
  const grow = (length: number): void => {
    budget.spend(length >> 8);
    if (out.length + length > limits.oneFileBytes) throw new Exhausted();
  };
  while (position <= text.length) {
    const match = expression.find(text, position, budget);
    if (match === null) break;
    const empty = match.end === match.start;
    // An empty match right behind another is none.
    if (!empty || match.start !== lastEnd) {
      seen += 1;
      if (seen % 4 === 0) budget.spend(1 + (pieces.length >> 2));
      if (budget.takeTurn()) yield;
      if (seen >= nth) {
        out += text.slice(copied, match.start);
        out += expand(pieces, match.groups, grow);
        if (out.length > limits.oneFileBytes) throw new Exhausted();
        copied = match.end;
        changed = true;
        if (!global) break;
      }
    }
    lastEnd = match.end;
    position = empty ? match.end + 1 : match.end;
  }
  return changed ? out + text.slice(copied) : null;
}
