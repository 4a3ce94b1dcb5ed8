import type { Reading } from '../../../stream.ts';
import { Unsupported } from '../script/unsupported.ts';
import { fail, type Machinery } from './machinery.ts';
import { order } from './truth.ts';
import { typeName } from './types.ts';
import { Instance, type Keywords, type Value } from './value.ts';

/** The items in order, stable, by `key` and `reverse`. */
export function* sorted(machinery: Machinery, items: readonly Value[], keywords: Keywords): Reading<Value[]> {
  const key = keywords.get('key') ?? null;
  const keyed: { item: Value; key: Value }[] = [];
  for (const item of items)
    keyed.push({ item, key: key === null ? item : yield* machinery.call(key, [item]) });
  machinery.world.spend(items.length * 64);
  if (keyed.some((one) => one.key instanceof Instance)) throw new Unsupported('order');
  const direction = yield* machinery.truth(keywords.get('reverse') ?? false);
  keyed.sort((one, other) => {
    const found = order(machinery.world, one.key, other.key);
    if (found === null)
      return fail(
        machinery,
        'TypeError',
        `'<' not supported between instances of '${typeName(other.key)}' and '${typeName(one.key)}'`,
      );
    return direction ? -found : found;
  });
  return keyed.map((one) => one.item);
}
