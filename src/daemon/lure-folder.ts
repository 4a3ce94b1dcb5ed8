/**
 * The folders of lures, watched while a process runs. A look every few seconds, not the kernel's notices: those miss files on network
 * folders and are lost when many change at once, and a look at ten thousand files takes a tenth of a second. Only what has changed is
 * read again, a few files between two turns of the event loop, so that the conversations go on.
 */

import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { LureDocument } from '../lures/document.ts';
import { installLures } from '../lures/installed.ts';
import { LureSet, prepareLure } from '../lures/lure-set.ts';
import { isLure, readLure } from '../lures/read-lure.ts';
import type { Configuration } from './configuration-type.ts';

export interface LureProblem {
  readonly file: string;
  readonly line: number;
  readonly why: string;
}

export interface LureFolderOptions {
  readonly folders: readonly string[];
  readonly log: (line: string) => void;
  readonly installed?: (set: LureSet, problems: readonly LureProblem[]) => void;
  readonly everyMilliseconds?: number;
}

interface KnownFile {
  /** Size, times and inode: another means another content. */
  readonly mark: string;
  readonly document: LureDocument | null;
  readonly problem: LureProblem | null;
}

const everyMilliseconds = 5_000;
const fileLimit = 50_000;
const depthLimit = 8;
const sizeLimit = 1_048_576;
const problemsLogged = 5;
/** Files read in one turn of the event loop: about 5 ms of templates, 1 ms of lures. */
const filesPerTurn = 4;

/** Where lures are looked for: the state's own folder, then those of the configuration. */
export const lureFolders = (configuration: Configuration): readonly string[] => [
  join(configuration.state, 'lures'),
  ...configuration.sensor.lures,
];

async function* filesIn(
  folder: string,
  depth: number,
  unreadable: (folder: string, code: string) => void,
): AsyncIterable<string> {
  const found = depth === 0 ? await stat(folder).catch(() => null) : null;
  if (found?.isFile() === true) yield folder;
  // A folder that is not there (yet) has no lures.
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR') unreadable(folder, error.code ?? String(error));
    return [];
  });
  for (const entry of entries.sort((one, other) => (one.name < other.name ? -1 : 1))) {
    if (entry.name.startsWith('.')) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory() && depth < depthLimit) yield* filesIn(path, depth + 1, unreadable);
    else if (/\.(?:json|ya?ml)$/i.test(entry.name)) yield path;
  }
}

export class LureFolder {
  readonly #options: LureFolderOptions;
  #files = new Map<string, KnownFile>();
  #timer: NodeJS.Timeout | null = null;
  #looking: Promise<void> = Promise.resolve();
  #isStopped = false;
  /** Folders that it has said it can't read, so that it says so once. */
  readonly #complained = new Set<string>();

  constructor(options: LureFolderOptions) {
    this.#options = options;
  }

  /** Begins to look; resolves when the lures that are there are installed. */
  async start(): Promise<void> {
    await this.look();
    this.#schedule();
  }

  #schedule(): void {
    if (this.#isStopped) return;
    this.#timer = setTimeout(() => void this.#again(), this.#options.everyMilliseconds ?? everyMilliseconds);
    this.#timer.unref();
  }

  async #again(): Promise<void> {
    await this.look();
    this.#schedule();
  }

  stop(): void {
    this.#isStopped = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  /** Looks once, after any look that is under way. Never rejects: a folder that can't be read keeps the lures that it had. */
  look(): Promise<void> {
    this.#looking = this.#looking.then(() =>
      this.#look().catch((error: unknown) => this.#options.log(`lures: ${String(error)}`)),
    );
    return this.#looking;
  }

  #complain(folder: string, code: string): void {
    if (this.#complained.has(folder)) return;
    this.#complained.add(folder);
    this.#options.log(
      `lures: ${folder} can't be read (${code}); the sensor's and the engine's user ids must be able to`,
    );
  }

  async #look(): Promise<void> {
    const files = new Map<string, KnownFile>();
    let changed = 0;
    for (const folder of this.#options.folders) {
      for await (const path of filesIn(folder, 0, (at, code) => this.#complain(at, code))) {
        if (files.size >= fileLimit || this.#isStopped) break;
        const found = await stat(path).catch(() => null);
        if (found === null || !found.isFile()) continue;
        const mark = `${found.ino} ${found.size} ${found.mtimeMs} ${found.ctimeMs}`;
        const known = this.#files.get(path);
        if (known?.mark === mark) {
          files.set(path, known);
          continue;
        }
        files.set(path, await this.#read(path, mark, found.size, known ?? null));
        changed += 1;
        if (changed % filesPerTurn === 0) await nextTurn();
      }
    }
    const removed = [...this.#files.keys()].filter((path) => !files.has(path)).length;
    this.#files = files;
    if (changed + removed > 0 && !this.#isStopped) this.#install(changed, removed);
  }

  async #read(path: string, mark: string, size: number, known: KnownFile | null): Promise<KnownFile> {
    const refused = (line: number, why: string): KnownFile => ({
      mark,
      // Half a file, or a slip of an editor: what it said before holds until it is mended or gone.
      document: known?.document ?? null,
      problem: { file: path, line, why },
    });
    if (size > sizeLimit) return refused(1, `larger than ${sizeLimit / 1_024} KiB`);
    try {
      const read = readLure(await readFile(path, 'utf8'));
      if (!isLure(read)) return refused(read.line, read.why);
      prepareLure(read);
      return { mark, document: read, problem: null };
    } catch (error) {
      return refused(1, error instanceof Error ? error.message : String(error));
    }
  }

  #install(changed: number, removed: number): void {
    const documents = new Map<string, LureDocument>();
    const problems: LureProblem[] = [];
    const owner = new Map<string, string>();
    for (const [path, { document, problem }] of this.#files) {
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
    const { log, installed } = this.#options;
    log(
      `lures: ${documents.size} in force (${changed} files new or changed, ${removed} gone, ${problems.length} refused)`,
    );
    for (const { file, line, why } of problems.slice(0, problemsLogged))
      log(`lures: ${file}:${line}: ${why}`);
    installed?.(set, problems);
  }
}
