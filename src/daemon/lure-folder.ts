/** The folders of lures, watched while a process runs. */

import { join } from 'node:path';
import type { LureDocument } from '../lures/document.ts';
import { installLures } from '../lures/installed.ts';
import { LureSet, prepareLure } from '../lures/lure-set.ts';
import { isLure, readLure } from '../lures/read-lure.ts';
import type { Configuration } from './configuration-type.ts';
import { type Changes, type NamedProblem, type WatchedFile, WatchedFiles } from './watched-files.ts';

export interface LureFolderOptions {
  readonly folders: readonly string[];
  readonly log: (line: string) => void;
  readonly installed?: (set: LureSet, problems: readonly NamedProblem[]) => void;
  readonly everyMilliseconds?: number;
}

const problemsLogged = 5;

/** Where lures are looked for: the state's own folder, then those of the configuration. */
export const lureFolders = (configuration: Configuration): readonly string[] => [
  join(configuration.state, 'lures'),
  ...configuration.sensor.lures,
];

export class LureFolder extends WatchedFiles<LureDocument> {
  constructor(options: LureFolderOptions) {
    super({
      ...options,
      what: 'lures',
      read: (text) => {
        const read = readLure(text);
        if (isLure(read)) prepareLure(read);
        return read;
      },
      isContent: isLure,
      changed: (files, changes) => install(options, files, changes),
    });
  }
}

function install(
  { log, installed }: LureFolderOptions,
  files: readonly WatchedFile<LureDocument>[],
  { changed, removed }: Changes,
): void {
  const documents = new Map<string, LureDocument>();
  const problems: NamedProblem[] = [];
  const owner = new Map<string, string>();
  for (const { path, content: document, problem } of files) {
    if (problem !== null) problems.push(problem);
    if (document === null) continue;
    const other = owner.get(document.name);
    if (other !== undefined && problem === null)
      problems.push({
        file: path,
        line: 1,
        why: `${other} has a lure of the name ${document.name} too, and comes first`,
      });
    if (other !== undefined) continue;
    owner.set(document.name, path);
    documents.set(document.name, document);
  }
  const set = new LureSet([...documents.values()]);
  installLures(set);
  log(
    `lures: ${documents.size} in force (${changed} files new or changed, ${removed} gone, ${problems.length} refused)`,
  );
  for (const { file, line, why } of problems.slice(0, problemsLogged)) log(`lures: ${file}:${line}: ${why}`);
  installed?.(set, problems);
}
