/** Tables that a visitor can make, fill and drop; bounded in octets. */

import type { Column, Relation, Value } from './value.ts';

export interface TableColumn extends Column {
  /** As declared: `varchar(64)`. */
  readonly declared: string;
  readonly isNullable: boolean;
  readonly key: '' | 'PRI' | 'UNI' | 'MUL';
  readonly fallback: string | null;
  readonly isCounter: boolean;
}

export interface Table extends Relation {
  readonly name: string;
  readonly columns: readonly TableColumn[];
  rows: (readonly Value[])[];
  nextCounter: number;
}

export class TableSpace {
  readonly #limit: number;
  readonly databases: Map<string, Map<string, Table>> = new Map();
  #octets = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Counts octets about to be kept; false where there is no room. */
  reserve(octets: number): boolean {
    if (this.#octets + octets > this.#limit) this.#octets = this.#count();
    if (this.#octets + octets > this.#limit) return false;
    this.#octets += octets;
    return true;
  }

  #count(): number {
    let sum = 0;
    for (const tables of this.databases.values()) {
      sum += 256;
      for (const table of tables.values()) {
        sum += 512 + table.columns.length * 128;
        for (const row of table.rows) sum += rowOctets(row);
      }
    }
    return sum;
  }

  table(database: string, name: string): Table | undefined {
    return this.databases.get(database)?.get(name);
  }
}

export function rowOctets(row: readonly Value[]): number {
  return row.reduce((sum: number, value) => sum + 16 + (typeof value === 'string' ? value.length : 0), 32);
}

export function column(
  name: string,
  type: Column['type'],
  declared: string,
  more: Partial<Omit<TableColumn, 'name' | 'type' | 'declared'>> = {},
): TableColumn {
  return { name, type, declared, isNullable: true, key: '', fallback: null, isCounter: false, ...more };
}

export function tableOf(
  name: string,
  columns: readonly TableColumn[],
  rows: (readonly Value[])[] = [],
): Table {
  return { name, columns, rows, nextCounter: rows.length + 1 };
}
