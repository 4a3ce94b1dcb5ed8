/** What a test needs of its machine. Locally a test that lacks it is skipped with the reason; under CI it fails. */

import { accessSync, constants, existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import process from 'node:process';
import { it } from 'vitest';

/** Where Debian keeps the servers of PostgreSQL, off the path. */
const versions = '/usr/lib/postgresql';
if (existsSync(versions)) {
  const folders = readdirSync(versions).map((version) => join(versions, version, 'bin'));
  process.env['PATH'] = [process.env['PATH'] ?? '', ...folders].join(delimiter);
}

/** The tools of this list that are not on the machine's path. */
function missingTools(tools: readonly string[]): string[] {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  const found = (tool: string): boolean =>
    folders.some((folder) => {
      try {
        accessSync(join(folder, tool), constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
  return tools.filter((tool) => !found(tool));
}

/** Declares a test, or says why it is not run. */
type Declare = (name: string, body: () => void | Promise<void>, timeoutMilliseconds?: number) => void;

function unlessMissing(missing: string): Declare {
  if (missing === '') return (name, body, timeout) => it(name, { timeout: timeout ?? 60_000 }, body);
  if (process.env['CI'] === 'true') {
    return (name) =>
      it(name, () => {
        throw new Error(`this machine lacks ${missing}; scripts/setup.ts installs what the tests need`);
      });
  }
  return (name) => it.skip(`${name} (skipped: needs ${missing})`, () => {});
}

/** `it`, where all these tools are on the path; skipped under CI too, for tools that no package brings by themselves. */
export function toolsIfPresent(tools: readonly string[]): Declare {
  const missing = missingTools(tools).join(', ');
  if (missing === '') return unlessMissing('');
  return (name) => it.skip(`${name} (skipped: needs ${missing})`, () => {});
}

/** `it`, where all these tools are on the path. */
export function needTools(tools: readonly string[]): Declare {
  return unlessMissing(missingTools(tools).join(', '));
}

/** `it`, where the test runs as root and these tools are on the path. */
export function needRoot(tools: readonly string[] = []): Declare {
  const missing = missingTools(tools);
  if (process.getuid?.() !== 0) missing.unshift('root');
  return unlessMissing(missing.join(', '));
}
