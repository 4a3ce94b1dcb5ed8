/** Words and operators of expressions: which are reserved, and how strongly they bind. */

const reserved = new Set(
  'select from where group having order limit offset union intersect except on using join left right inner outer cross natural full and or not in is like ilike between case when then else end as into for fetch desc asc distinct all any rlike regexp div mod xor procedure collate window returning values set by with similar escape straight_join'.split(
    ' ',
  ),
);

export function isReserved(word: string): boolean {
  return reserved.has(word.toLowerCase());
}

export const binding: Readonly<Record<string, number>> = {
  or: 1,
  xor: 1,
  and: 2,
  '&&': 2,
  '=': 4,
  '<=>': 4,
  '<>': 4,
  '!=': 4,
  '<': 4,
  '>': 4,
  '<=': 4,
  '>=': 4,
  '|': 6,
  '&': 7,
  '<<': 8,
  '>>': 8,
  '+': 9,
  '-': 9,
  '*': 10,
  '/': 10,
  '%': 10,
  div: 10,
  mod: 10,
  '^': 11,
};

/** Binding of the operators that only PostgreSQL has; all alike, as it wants. */
export const otherOperator = 5;
