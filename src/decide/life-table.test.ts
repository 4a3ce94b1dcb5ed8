import { expect, it } from 'vitest';
import { countPause, LifeTables, newLifeTable } from './life-table.ts';

it('counts who was away, span by span, and where they came', () => {
  const table = newLifeTable(4);
  countPause(table, 0, 3, 2);
  countPause(table, 0, 2, -1);
  countPause(table, 2, 4, -1);
  expect([...table.away]).toEqual([2, 2, 2, 1]);
  expect([...table.hits]).toEqual([0, 0, 1, 0]);
});

it('never stands still, however much it has counted: old counts weigh less', () => {
  const table = newLifeTable(1);
  for (let index = 0; index < 2 ** 21; index += 1) countPause(table, 0, 1, index % 2 === 0 ? 0 : -1);
  const [away = 0] = table.away;
  const [hits = 0] = table.hits;
  expect(away).toBeLessThanOrEqual(2 ** 20);
  expect(hits / away).toBeCloseTo(0.5, 2);
});

it('keeps so many tables and forgets the oldest', () => {
  const tables = new LifeTables(2, 3);
  for (const name of ['a', 'b', 'c', 'd']) countPause(tables.of(name), 0, 1, 0);
  expect(['a', 'b', 'c', 'd'].map((name) => tables.find(name)?.hits[0])).toEqual([undefined, 1, 1, 1]);
});
