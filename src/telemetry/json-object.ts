/** JSON objects of lines, and their fields. */

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

const none: Fields = {};

/** The object in a field; an empty one where there is none. */
export function objectIn(fields: Fields, name: string): Fields {
  const value = fields[name];
  return isObject(value) ? value : none;
}

/** The text in a field, a number's digits too; empty where there is none. */
export function textIn(fields: Fields, name: string): string {
  const value = fields[name];
  if (typeof value === 'string') return value;
  return typeof value === 'number' ? String(value) : '';
}

/** The number in a field, a text's digits too; 0 where there is none. */
export function numberIn(fields: Fields, name: string): number {
  const value = Number(textIn(fields, name));
  return Number.isFinite(value) ? value : 0;
}
