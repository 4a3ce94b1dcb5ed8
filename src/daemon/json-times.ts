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
  return terminalJson(
    JSON.stringify(value, (key, inner: unknown) =>
      typeof inner === 'number' && timeFields.has(key) && Math.abs(inner) <= latest
        ? new Date(inner).toISOString()
        : inner,
    ),
  );
}

/**
 * The same JSON, fit for a terminal: what it may show holds text of attackers, and JSON itself escapes neither the controls from
 * U+007F on, one of which begins a sequence as ESC [ does, nor characters that turn the direction or hide.
 */
export function terminalJson(text: string): string {
  if (!/[\u007f-\uffff]/.test(text)) return text;
  return text.replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, (character) =>
    Array.from(
      { length: character.length },
      (_, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`,
    ).join(''),
  );
}
