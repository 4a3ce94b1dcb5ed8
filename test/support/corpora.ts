import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import process from 'node:process';

/** The folder of recorded input that others made, or null where this machine has none. */
export function corporaFolder(): string | null {
  const folder = process.env['PICKET_CORPORA'] ?? resolve(import.meta.dirname, '../../../shared/corpora');
  return existsSync(folder) ? folder : null;
}

/** The records of a corpus file of JSON lines; none where the corpora are absent. */
export function corpusLines<Line>(name: string): Line[] {
  const folder = corporaFolder();
  if (folder === null) return [];
  return readFileSync(join(folder, name), 'utf8')
    .trim()
    .split('\n')
    .map((line): Line => JSON.parse(line));
}

/** `found of all (percent)`, as the table in test/corpora/README.md has it. */
export function share(found: number, all: number): string {
  return `${found} of ${all} (${((100 * found) / Math.max(1, all)).toFixed(1)} %)`;
}
