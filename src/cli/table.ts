/** Aligned columns with a head. */

export interface Column {
  readonly title: string;
  /** Numbers stand right. */
  readonly isNumber?: boolean;
}

/** Paints a cell that is padded already; `row` is -1 for the head. */
export type Paint = (cell: string, column: number, row: number) => string;

/** The lines of the table, its head first. Nothing for no rows. */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  paint: Paint,
): string[] {
  if (rows.length === 0) return [];
  const widths = columns.map(({ title }, column) => {
    let largest = title.length;
    for (const row of rows) largest = Math.max(largest, row[column]?.length ?? 0);
    return largest;
  });
  const line = (cells: readonly string[], row: number): string =>
    cells
      .map((cell, column) => {
        const width = column === cells.length - 1 ? 0 : (widths[column] ?? 0);
        const padded = columns[column]?.isNumber === true ? cell.padStart(width) : cell.padEnd(width);
        return paint(padded, column, row);
      })
      .join('  ')
      .trimEnd();
  return [
    line(
      columns.map(({ title }) => title),
      -1,
    ),
    ...rows.map((cells, row) => line(cells, row)),
  ];
}
