/** Picket's version, from its package description. Read when the module is loaded: later the process may not be able to. */

import { readFileSync } from 'node:fs';

function read(): string {
  const value: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  return typeof value === 'object' && value !== null && 'version' in value ? String(value.version) : '';
}

export const version: string = read();
