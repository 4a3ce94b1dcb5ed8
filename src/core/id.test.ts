import { expect, it } from 'vitest';
import { IdSource } from './id.ts';

it('makes UUIDs of version 7 that are unique and sort by time', () => {
  const source = new IdSource();
  const ids = Array.from({ length: 40_000 }, (_, index) =>
    source.next(1_700_000_000_000 + Math.floor(index / 20_000)),
  );
  expect(new Set(ids).size).toBe(ids.length);
  for (const id of ids)
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(ids.toSorted()).toEqual(ids);
  expect(Number.parseInt((ids[0] ?? '').replaceAll('-', '').slice(0, 12), 16)).toBe(1_700_000_000_000);
});
