/** JSON as the command line prints it: times in ISO 8601 everywhere, also those that the API counts in milliseconds. */

/** The fields that hold a time, wherever they stand. */
const timeFields: ReadonlySet<string> = new Set([
  'at',
  'firstSeen',
  'from',
  'lastSeen',
  'startedAt',
  'to',
  'until',
]);

/** The latest time that has a date (ECMA-262 §21.4.1.1). */
const latest = 8_640_000_000_000_000;

export function json(value: unknown): string {
  return JSON.stringify(value, (key, inner: unknown) =>
    typeof inner === 'number' && timeFields.has(key) && Math.abs(inner) <= latest
      ? new Date(inner).toISOString()
      : inner,
  );
}
