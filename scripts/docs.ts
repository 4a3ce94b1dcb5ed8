/**
 * `node scripts/docs.ts` writes docs/reference from the parts lists, the configuration's schema and the command line's help.
 * `--check` writes nothing: it fails where one of those files is stale, where a link or a named path leads nowhere, or where the
 * error codes and docs/errors.md differ. Exit code 1, one line for each fault.
 */

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import process from 'node:process';
import { checkErrorCodes, checkPage } from './docs/pages.ts';
import { reference } from './docs/reference.ts';

const root = resolve(import.meta.dirname, '..');
const referenceFolder = join(root, 'docs', 'reference');

function* pages(folder: string): Iterable<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.name === 'node_modules' || entry.name === '.git' || entry.name === 'state') continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* pages(path);
    else if (entry.name.endsWith('.md')) yield path;
  }
}

function textOf(path: string): string | null {
  return existsSync(path) ? readFileSync(path, 'utf8') : null;
}

function write(files: ReadonlyMap<string, string>, surplus: readonly string[]): void {
  mkdirSync(referenceFolder, { recursive: true });
  for (const [name, text] of files) {
    const path = join(referenceFolder, name);
    if (textOf(path) === text) continue;
    writeFileSync(path, text);
    process.stdout.write(`wrote ${relative(root, path)}\n`);
  }
  for (const name of surplus) rmSync(join(referenceFolder, name));
}

function check(files: ReadonlyMap<string, string>, surplus: readonly string[]): string[] {
  const faults: string[] = [];
  for (const [name, text] of files) {
    if (textOf(join(referenceFolder, name)) !== text) {
      faults.push(`docs/reference/${name} is stale; run npm run docs`);
    }
  }
  for (const name of surplus) {
    faults.push(`docs/reference/${name} is made from nothing; run npm run docs`);
  }
  for (const path of pages(root)) {
    const page = { name: relative(root, path), folder: dirname(path), text: readFileSync(path, 'utf8') };
    faults.push(...checkPage(root, page));
  }
  faults.push(...checkErrorCodes(textOf(join(root, 'docs/errors.md')) ?? ''));
  return faults;
}

const files = reference(root);
const surplus = existsSync(referenceFolder)
  ? readdirSync(referenceFolder).filter((name) => !files.has(name))
  : [];
if (process.argv.includes('--check')) {
  const faults = check(files, surplus);
  for (const fault of faults) process.stderr.write(`${fault}\n`);
  if (faults.length > 0) process.exitCode = 1;
} else {
  write(files, surplus);
}
