/** The corpus: a folder for each target, a file for each input, named by the digest of what it holds. */

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Target } from './target.ts';

export const corpusFolder: string = resolve(import.meta.dirname, '../../test/fuzz/corpus');
/** Inputs that did not hold a promise: not part of the repository. */
export const findingsFolder: string = resolve(import.meta.dirname, '../../test/fuzz/findings');

/** Inputs of one target in the folder, and bytes of one: it is part of the repository and of every run of the tests. */
export const mostKept = 16;
export const mostKeptBytes = 4_096;

export const digestOf = (bytes: Uint8Array): string =>
  createHash('sha256').update(bytes).digest('hex').slice(0, 16);

function filesOf(name: string): Uint8Array[] {
  const folder = join(corpusFolder, name);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .sort()
    .map((file) => new Uint8Array(readFileSync(join(folder, file))));
}

/** The target's own inputs and those that it borrows. A datagram of a borrowed corpus keeps its length ahead. */
export function readCorpus(target: Target): { own: Uint8Array[]; borrowed: Uint8Array[] } {
  return { own: filesOf(target.name), borrowed: target.borrows.flatMap(filesOf) };
}

export function writeInput(folder: string, name: string, bytes: Uint8Array): string {
  mkdirSync(join(folder, name), { recursive: true });
  const path = join(folder, name, digestOf(bytes));
  writeFileSync(path, bytes);
  return path;
}
