import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import process from 'node:process';

/** The folder of recorded input that others made, or null where this machine has none. */
export function corporaFolder(): string | null {
  const folder = process.env['PICKET_CORPORA'] ?? resolve(import.meta.dirname, '../../../shared/corpora');
  return existsSync(folder) ? folder : null;
}
