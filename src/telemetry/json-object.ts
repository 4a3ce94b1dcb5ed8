/** JSON objects of lines. */

export type Fields = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}

/** The JSON object of a line, or null where it is none. */
export function jsonObject(line: string): Fields | null {
  if (line.charCodeAt(0) !== 123) return null;
  try {
    const value: unknown = JSON.parse(line);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}
