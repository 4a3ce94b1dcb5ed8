/** The files of YAML or JSON that a person means by the name of a folder or of a file. */

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { PicketError } from '../core/errors.ts';
import type { FileProblem } from '../lures/yaml-file.ts';

const depthLimit = 16;
const fileLimit = 200_000;
const sizeLimit = 1_048_576;

export const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : String(error);

function* filesIn(path: string, depth: number, left: { count: number }): Iterable<string> {
  const entries = readdirSync(path, { withFileTypes: true }).sort((one, other) =>
    one.name < other.name ? -1 : 1,
  );
  for (const entry of entries) {
    if (left.count <= 0) return;
    const inner = join(path, entry.name);
    if (entry.isDirectory() && !entry.name.startsWith('.') && depth < depthLimit)
      yield* filesIn(inner, depth + 1, left);
    else if (entry.isFile() && !entry.name.startsWith('.') && /\.(?:ya?ml|json)$/i.test(entry.name)) {
      left.count -= 1;
      yield inner;
    }
  }
}

/** Those of a folder, in the order of their names, or the one that is named. Throws PICKET_INPUT_UNREADABLE. */
export function* namedFiles(path: string): Iterable<string> {
  let isFolder: boolean;
  try {
    isFolder = statSync(path).isDirectory();
  } catch (error) {
    const why =
      codeOf(error) === 'ENOENT' ? 'is not there; check the name' : `can't be read (${codeOf(error)})`;
    throw new PicketError('PICKET_INPUT_UNREADABLE', `${path} ${why}`, { cause: error });
  }
  if (isFolder) yield* filesIn(path, 0, { count: fileLimit });
  else yield path;
}

/** What `read` makes of a file's text, or why it can't be had. */
export function readNamed<Content>(
  path: string,
  read: (text: string) => Content | FileProblem,
): Content | FileProblem {
  try {
    if (statSync(path).size > sizeLimit) return { line: 1, why: `larger than ${sizeLimit / 1_024} KiB` };
    return read(readFileSync(path, 'utf8'));
  } catch (error) {
    return { line: 1, why: `can't be read (${codeOf(error)})` };
  }
}
