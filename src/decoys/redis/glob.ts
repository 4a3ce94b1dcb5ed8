const patternLimit = 1024;

/** Steps that are left to a command for all the keys that it matches; at none, nothing more matches. */
export interface GlobBudget {
  steps: number;
}

/** Octets of other work that a step is reckoned as, towards the bound of a connection. */
export const octetsOfStep = 16;

export const globSteps = 500_000;

export const globBudget = (): GlobBudget => ({ steps: globSteps });

/**
 * Redis's glob (`*`, `?`, `[a-c]`, `[^a]`, `\x`), for KEYS, SCAN and CONFIG GET. Goes back to the last star only, which
 * is enough and keeps the time to the product of both lengths; longer patterns match nothing.
 */
export function globMatches(pattern: string, text: string, budget: GlobBudget = globBudget()): boolean {
  if (pattern.length > patternLimit) return false;
  let at = 0;
  let index = 0;
  let star = -1;
  let resume = 0;
  for (;;) {
    budget.steps -= 1;
    if (budget.steps < 0) return false;
    if (at < pattern.length && pattern[at] === '*') {
      star = at;
      resume = index;
      at += 1;
      continue;
    }
    if (index < text.length) {
      const next = at < pattern.length ? step(pattern, at, text.charAt(index)) : -1;
      if (next >= 0) {
        at = next;
        index += 1;
        continue;
      }
    } else if (at >= pattern.length) return true;
    if (star < 0 || resume >= text.length) return false;
    resume += 1;
    index = resume;
    at = star + 1;
  }
}

/** Where the pattern goes on after this character, or -1 where it does not fit. */
function step(pattern: string, at: number, character: string): number {
  const token = pattern.charAt(at);
  if (token === '?') return at + 1;
  if (token === '\\' && at + 1 < pattern.length) return pattern.charAt(at + 1) === character ? at + 2 : -1;
  if (token !== '[') return token === character ? at + 1 : -1;
  let index = at + 1;
  const negated = pattern.charAt(index) === '^';
  if (negated) index += 1;
  let found = false;
  while (index < pattern.length && pattern.charAt(index) !== ']') {
    if (pattern.charAt(index) === '\\' && index + 1 < pattern.length) index += 1;
    if (pattern.charAt(index + 1) === '-' && index + 2 < pattern.length) {
      const [low, high] = [pattern.charAt(index), pattern.charAt(index + 2)].sort();
      if (low !== undefined && high !== undefined && character >= low && character <= high) found = true;
      index += 3;
    } else {
      if (pattern.charAt(index) === character) found = true;
      index += 1;
    }
  }
  return found === negated ? -1 : index + 1;
}
