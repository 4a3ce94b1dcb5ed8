/** Values of SQL. Text is Latin-1, so that every octet survives. */

/** Longest text that a function or an operator may make. */
export const longestText = 1_048_576;

export type Value = null | boolean | number | bigint | string | readonly Value[];

/** Types that the decoys tell apart on the wire. */
export type SqlType =
  | 'boolean'
  | 'integer'
  | 'bigint'
  | 'double'
  | 'numeric'
  | 'text'
  | 'name'
  | 'char'
  | 'oid'
  | 'bytes'
  | 'timestamp'
  | 'date'
  | 'interval'
  | 'array'
  | 'unknown'
  | 'void';

export interface Column {
  readonly name: string;
  readonly type: SqlType;
}

export interface Relation {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Value[])[];
}

/** The leading number of a text, as MySQL takes it; 0 where there is none. */
export function numberOf(value: Value): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value !== 'string') return 0;
  const found = /^\s{0,64}[+-]?(?:\d{1,64}(?:\.\d{0,64})?|\.\d{1,64})(?:[eE][+-]?\d{1,3})?/.exec(value);
  return found === null ? 0 : Number(found[0]);
}

export function isTrue(value: Value): boolean {
  if (value === null) return false;
  if (typeof value === 'string') return numberOf(value) !== 0 || value === 't' || value === 'true';
  return typeof value === 'boolean' ? value : numberOf(value) !== 0;
}

export function textOf(value: Value): string {
  if (value === null) return '';
  if (typeof value === 'boolean') return value ? 't' : 'f';
  if (Array.isArray(value)) return arrayText(value);
  return String(value);
}

/** PostgreSQL's text of an array. */
function arrayText(items: readonly Value[]): string {
  const inside = items.map((item) => {
    if (item === null) return 'NULL';
    const text = textOf(item);
    return text === '' || /[{},"\\\s]/.test(text) || /^null$/i.test(text)
      ? `"${text.replaceAll(/["\\]/g, '\\$&')}"`
      : text;
  });
  return `{${inside.join(',')}}`;
}

/** Less, equal or greater; null where either is NULL. */
export function compare(left: Value, right: Value, ignoreCase: boolean): number | null {
  if (left === null || right === null) return null;
  if (typeof left === 'string' && typeof right === 'string') {
    const [a, b] = ignoreCase ? [left.toLowerCase(), right.toLowerCase()] : [left, right];
    return a < b ? -1 : a > b ? 1 : 0;
  }
  if (Array.isArray(left) || Array.isArray(right)) {
    const [a, b] = [textOf(left), textOf(right)];
    return a < b ? -1 : a > b ? 1 : 0;
  }
  if (typeof left === 'boolean' || typeof right === 'boolean') {
    const [a, b] = [isTrue(left) ? 1 : 0, isTrue(right) ? 1 : 0];
    return a - b;
  }
  const [a, b] = [numberOf(left), numberOf(right)];
  return a < b ? -1 : a > b ? 1 : 0;
}

/** SQL's LIKE: `%` any text, `_` any character, backslash escapes. Work at most pattern times text, both bounded. */
export function isLike(text: string, pattern: string, ignoreCase: boolean): boolean {
  const subject = (ignoreCase ? text.toLowerCase() : text).slice(0, 4096);
  const wanted = (ignoreCase ? pattern.toLowerCase() : pattern).slice(0, 512);
  let row = new Uint8Array(subject.length + 1);
  row[0] = 1;
  for (let index = 0; index < wanted.length; index += 1) {
    let character = wanted[index] ?? '';
    const next = new Uint8Array(subject.length + 1);
    if (character === '%') {
      let seen = 0;
      for (let at = 0; at <= subject.length; at += 1) {
        seen |= row[at] ?? 0;
        next[at] = seen;
      }
    } else {
      const any = character === '_';
      if (character === '\\' && index + 1 < wanted.length) {
        index += 1;
        character = wanted[index] ?? '';
      }
      for (let at = 0; at < subject.length; at += 1) {
        if ((row[at] ?? 0) === 1 && (any || subject[at] === character)) next[at + 1] = 1;
      }
    }
    row = next;
  }
  return row[subject.length] === 1;
}
