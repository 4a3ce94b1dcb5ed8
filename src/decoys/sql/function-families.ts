import type { Value } from './value.ts';

/** A part of a server's functions; undefined where it has none of this name. */
type Family<Arguments extends readonly unknown[]> = (...given: Arguments) => Value | undefined;

/** What the first of the families makes of a call that has a function for it; undefined where there is no such function. */
export function callFirst<Arguments extends readonly unknown[]>(
  families: readonly Family<Arguments>[],
  ...given: Arguments
): Value | undefined {
  for (const family of families) {
    const value = family(...given);
    if (value !== undefined) return value;
  }
  return undefined;
}
