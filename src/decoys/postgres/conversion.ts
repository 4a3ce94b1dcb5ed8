/** Types by their names, and values brought from one to another. */

import { arrayOf } from '../sql/array-text.ts';
import { numberOf, textOf, type SqlType, type Value } from '../sql/value.ts';
import { relationName, relationOid } from './relation-oid.ts';
import type { PostgresView } from './view.ts';
import { failureOf, unknownRelation } from './errors.ts';
import { typeWord } from './type-word.ts';

export function typeNamed(type: string): SqlType {
  const name = type.replace(/^pg_catalog\./, '');
  if (name.endsWith('[]')) return 'array';
  if (/^(?:int|int4|integer|smallint|int2|serial)$/.test(name)) return 'integer';
  if (/^(?:bigint|int8|bigserial)$/.test(name)) return 'bigint';
  if (/^(?:numeric|decimal)/.test(name)) return 'numeric';
  if (/^(?:real|float|double)/.test(name)) return 'double';
  if (name.startsWith('bool')) return 'boolean';
  if (name.startsWith('timestamp')) return 'timestamp';
  if (name === 'bytea') return 'bytes';
  if (name === 'oid' || name === 'name' || name === 'date' || name === 'interval') return name;
  return 'text';
}

export function cast(view: PostgresView, value: Value, type: string, at: number): Value {
  if (value === null) return null;
  const name = type.replace(/^pg_catalog\./, '');
  const kind = typeNamed(type);
  if (name === 'regclass') {
    if (typeof value === 'number') return relationName(view, value) ?? String(value);
    const text = textOf(value).replace(/^pg_catalog\./, '');
    if (/^\d+$/.test(text)) return relationName(view, Number(text)) ?? text;
    if (relationOid(view, text) === null) throw unknownRelation(text, at);
    return text;
  }
  if (name.startsWith('reg')) return textOf(value);
  if (kind === 'integer' || kind === 'bigint' || kind === 'oid') {
    const text = textOf(value).trim();
    if (typeof value === 'boolean') return value ? 1 : 0;
    if (kind === 'oid' && relationOid(view, text) !== null) return relationOid(view, text);
    if (typeof value === 'string' && !/^[+-]?\d{1,20}$/.test(text))
      throw failureOf(
        '22P02',
        `invalid input syntax for type ${typeWord(kind)}: "${text.slice(0, 4096)}"`,
        at,
      );
    return Math.round(numberOf(value));
  }
  if (kind === 'numeric' || kind === 'double') {
    if (typeof value === 'string' && !/^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?\s*$/i.test(value))
      throw failureOf(
        '22P02',
        `invalid input syntax for type ${typeWord(kind)}: "${value.slice(0, 4096)}"`,
        at,
      );
    return numberOf(value);
  }
  if (kind === 'boolean') {
    const text = textOf(value).toLowerCase();
    if (/^(?:t|true|yes|y|on|1)$/.test(text)) return true;
    if (/^(?:f|false|no|n|off|0)$/.test(text)) return false;
    throw failureOf('22P02', `invalid input syntax for type boolean: "${text}"`, at);
  }
  if (kind === 'array') return Array.isArray(value) ? value : arrayOf(textOf(value));
  return typeof value === 'boolean' ? (value ? 'true' : 'false') : textOf(value);
}
