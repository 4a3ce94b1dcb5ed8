/** The sensor's id: made once, kept in its folder, and never anything that tells of the machine. */

import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const form = /^s-[0-9a-f]{16}$/;

/** The id in this folder, such as `s-3f9a0c…`; made where there is none. Throws what the file system says. */
export function sensorIdentity(folder: string): string {
  const path = join(folder, 'sensor-id');
  try {
    const id = readFileSync(path, 'utf8').trim();
    if (form.test(id)) return id;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
  }
  const id = `s-${randomBytes(8).toString('hex')}`;
  const file = openSync(`${path}.new`, 'w', 0o600);
  writeSync(file, `${id}\n`);
  fsyncSync(file);
  closeSync(file);
  renameSync(`${path}.new`, path);
  return id;
}
