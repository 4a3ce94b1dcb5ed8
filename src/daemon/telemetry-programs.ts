/** The programs whose output is telemetry, where this machine has them. */

import { accessSync, constants } from 'node:fs';

const folders = ['/usr/sbin', '/usr/bin', '/sbin', '/bin'];

function programAt(name: string): string | null {
  for (const folder of folders) {
    try {
      accessSync(`${folder}/${name}`, constants.X_OK);
      return `${folder}/${name}`;
    } catch {
      // Not here.
    }
  }
  return null;
}

export const journalProgram = (): string | null => programAt('journalctl');
export const conntrackProgram = (): string | null => programAt('conntrack');
