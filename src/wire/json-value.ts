/** JSON (RFC 8259) from hostile hands: bounded in size and depth, read without a throw. */

export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;
export interface JsonObject {
  readonly [name: string]: JsonValue | undefined;
}

const textLimit = 4_194_304;
const depthLimit = 64;

/** Nesting counted without building anything, so that what comes later may recurse. */
function isShallow(text: string): boolean {
  let depth = 0;
  let quoted = false;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (quoted) {
      if (code === 92) index += 1;
      else if (code === 34) quoted = false;
    } else if (code === 34) quoted = true;
    else if (code === 91 || code === 123) {
      depth += 1;
      if (depth > depthLimit) return false;
    } else if (code === 93 || code === 125) depth -= 1;
  }
  return true;
}

/** The value of this text; undefined where it is none, or too long or too deep. */
export function parseJson(text: string): JsonValue | undefined {
  if (text.length > textLimit || !isShallow(text)) return undefined;
  try {
    const value: JsonValue = JSON.parse(text);
    return value;
  } catch {
    return undefined;
  }
}

export const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The value under these names, one below the other; undefined where one is missing. */
export function valueAt(
  value: JsonValue | undefined,
  ...names: readonly (string | number)[]
): JsonValue | undefined {
  let here = value;
  for (const name of names) {
    if (typeof name === 'number') here = listOf(here)[name];
    else here = isObject(here) && Object.hasOwn(here, name) ? here[name] : undefined;
  }
  return here;
}

/** The text there, or an empty one. */
export function textAt(value: JsonValue | undefined, ...names: readonly (string | number)[]): string {
  const found = valueAt(value, ...names);
  return typeof found === 'string' ? found : '';
}

/** The items of a list; none where it is no list. */
export function listOf(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? value : [];
}

/** The texts in a list, or the one text that stands in its place. */
export function textsOf(value: JsonValue | undefined): readonly string[] {
  if (typeof value === 'string') return [value];
  return listOf(value).filter((item) => typeof item === 'string');
}
