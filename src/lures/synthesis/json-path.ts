/** The paths by which scanners take a value out of JSON, a small part of jq: `.data.token`, `.["values"] | .[] | .slug`. */

const stepPattern =
  /\s*(?:\|\s*)?(?:\.?\[\s*"([^"\]]{1,128})"\s*\]|\.?\[(\d{0,4})\]|\.([A-Za-z_][\w-]{0,127})|\.)/y;

/** Keys from the outermost in; `[]` for the first item of a list. Null where the path is of another kind. */
export function jsonPath(text: string): readonly string[] | null {
  const keys: string[] = [];
  let at = 0;
  const path = text.trim();
  while (at < path.length) {
    stepPattern.lastIndex = at;
    const step = stepPattern.exec(path);
    if (step === null || keys.length > 16) return null;
    at = stepPattern.lastIndex;
    const key = step[1] ?? step[3];
    if (key !== undefined) keys.push(key);
    else if (step[2] !== undefined) keys.push('[]');
  }
  return keys.length === 0 ? null : keys;
}

const shownScalar = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';

/** The value at a path, as text; null where there is none. */
export function valueAt(document: unknown, keys: readonly string[]): string | null {
  let value: unknown = document;
  for (const key of keys) {
    if (Array.isArray(value)) value = value[key === '[]' ? 0 : Number(key)];
    else if (typeof value === 'object' && value !== null)
      value = Object.entries(value).find(([name]) => name === key)?.[1];
    else return null;
  }
  if (value === undefined || value === null) return null;
  return typeof value === 'object' ? JSON.stringify(value) : shownScalar(value);
}
