/** Searches: simple queries over the documents that are there. */

import { isObject, type JsonObject, type JsonValue, listOf, valueAt } from '../../wire/json-value.ts';
import type { Release } from './release.ts';
import type { Index } from './store.ts';

const hitLimit = 10_000;
const depthLimit = 8;

/** True where the document is what the query looks for; what it does not know matches. */
function fits(document: JsonObject, query: JsonValue | undefined, depth: number): boolean {
  if (!isObject(query) || depth > depthLimit) return true;
  for (const [kind, inner] of Object.entries(query)) {
    if (kind === 'match_none') return false;
    if (/^(?:match|term|match_phrase|wildcard|prefix)$/.test(kind) && isObject(inner)) {
      for (const [field, wanted] of Object.entries(inner)) {
        const value = isObject(wanted) ? (valueAt(wanted, 'query') ?? valueAt(wanted, 'value')) : wanted;
        if (!contains(valueAt(document, ...field.split('.', 8)), value)) return false;
      }
    } else if (kind === 'query_string' || kind === 'simple_query_string') {
      if (!containsText(document, valueAt(inner, 'query'))) return false;
    } else if (kind === 'filtered' || kind === 'constant_score') {
      if (!fits(document, valueAt(inner, 'query') ?? valueAt(inner, 'filter'), depth + 1)) return false;
    } else if (kind === 'bool' && isObject(inner)) {
      const every = [...clauses(inner['must']), ...clauses(inner['filter'])];
      const none = clauses(inner['must_not']);
      if (
        !every.every((clause) => fits(document, clause, depth + 1)) ||
        none.some((clause) => fits(document, clause, depth + 1))
      )
        return false;
    }
  }
  return true;
}

const clauses = (value: JsonValue | undefined): readonly JsonValue[] =>
  isObject(value) ? [value] : listOf(value).slice(0, 32);
const plain = (value: JsonValue | undefined): string =>
  value === undefined || value === null || typeof value === 'object' ? '' : String(value).toLowerCase();
const contains = (value: JsonValue | undefined, wanted: JsonValue | undefined): boolean =>
  value !== undefined && plain(value).includes(plain(wanted).replaceAll('*', ''));

/** `*`, `word`, `field:word`. */
function containsText(document: JsonObject, wanted: JsonValue | undefined): boolean {
  const text = plain(wanted);
  if (text === '' || text === '*' || text === '*:*') return true;
  const colon = text.indexOf(':');
  if (colon > 0) return contains(valueAt(document, text.slice(0, colon)), text.slice(colon + 1));
  return JSON.stringify(document).toLowerCase().includes(text.replaceAll('*', ''));
}

export interface SearchResult {
  readonly total: number;
  readonly hits: readonly { readonly index: Index; readonly id: string; readonly document: JsonObject }[];
}

export function search(
  indices: readonly Index[],
  body: JsonValue | undefined,
  query: ReadonlyMap<string, string>,
): SearchResult {
  const number = (name: string, otherwise: number): number => {
    const given = valueAt(body, name) ?? Number(query.get(name) ?? Number.NaN);
    return typeof given === 'number' && Number.isInteger(given) && given >= 0
      ? Math.min(given, hitLimit)
      : otherwise;
  };
  const from = number('from', 0);
  const size = number('size', 10);
  const text = query.get('q');
  const hits: { index: Index; id: string; document: JsonObject }[] = [];
  let total = 0;
  for (const index of indices) {
    for (const [id, document] of index.documents) {
      if (!fits(document, valueAt(body, 'query'), 0) || (text !== undefined && !containsText(document, text)))
        continue;
      if (total >= from && hits.length < size) hits.push({ index, id, document });
      total += 1;
    }
  }
  return { total, hits };
}

/** The answer to a search; `fields` are those that scripts give. */
export function searchView(
  release: Release,
  result: SearchResult,
  shards: number,
  took: number,
  fields: Readonly<Record<string, string>>,
): JsonObject {
  const hasFields = Object.keys(fields).length > 0;
  return {
    took,
    timed_out: false,
    _shards: { total: shards, successful: shards, ...(release.major >= 6 ? { skipped: 0 } : {}), failed: 0 },
    hits: {
      total: release.major >= 7 ? { value: result.total, relation: 'eq' } : result.total,
      max_score: result.total === 0 ? null : 1,
      hits: result.hits.map(({ index, id, document }) => {
        const shown = hasFields
          ? { fields: Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, [value]])) }
          : { _source: document };
        return Object.assign(
          { _index: index.name, _type: release.major >= 7 ? '_doc' : index.type, _id: id, _score: 1 },
          shown,
        );
      }),
    },
  };
}
