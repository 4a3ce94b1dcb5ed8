/**
 * Facts cut to what a record may hold. A visitor chooses how long his texts are: one that is too long must cost him the end of the
 * text and not the record, which the engine would refuse whole.
 */

import type { Fact } from './observation.ts';
import { factFields, type JsonSchema } from './observation-schema.ts';

/** A value cut to its schema; the same value where it fits. */
type Cut = (value: unknown) => unknown;

function cutOf(schema: JsonSchema): Cut | null {
  if (schema['type'] === 'string' && typeof schema['maxLength'] === 'number') {
    const longest = schema['maxLength'];
    return (value) => (typeof value === 'string' && value.length > longest ? cutText(value, longest) : value);
  }
  if (schema['type'] === 'array' && typeof schema['maxItems'] === 'number') {
    const most = schema['maxItems'];
    const items = typeof schema['items'] === 'object' && schema['items'] !== null ? schema['items'] : {};
    const cutItem = cutOf({ ...items });
    return (value) => {
      if (!Array.isArray(value)) return value;
      const kept: unknown[] = value.length > most ? value.slice(0, most) : value;
      const cut = cutItem === null ? kept : kept.map(cutItem);
      return cut.length === value.length && cut.every((item, index) => item === value[index]) ? value : cut;
    };
  }
  return null;
}

/** Not in the middle of a surrogate pair, which JSON could not carry as it is. */
function cutText(text: string, length: number): string {
  const last = text.charCodeAt(length - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? length - 1 : length);
}

const cuts = new Map<string, readonly (readonly [name: string, cut: Cut])[]>(
  Object.entries(factFields).map(([kind, { required, optional }]) => [
    kind,
    Object.entries({ ...required, ...optional }).flatMap(([name, schema]) => {
      const cut = cutOf(schema);
      return cut === null ? [] : [[name, cut] as const];
    }),
  ]),
);

/** The fact, its texts and lists cut where they are longer than a record may hold; the same object where none is. */
export function boundedFact(fact: Fact): Fact {
  const changes: Record<string, unknown> = {};
  let changed = false;
  for (const [name, cut] of cuts.get(fact.kind) ?? []) {
    const value: unknown = Reflect.get(fact, name);
    if (value === undefined) continue;
    const fitting = cut(value);
    if (fitting === value) continue;
    changes[name] = fitting;
    changed = true;
  }
  return changed ? Object.assign({}, fact, changes) : fact;
}
