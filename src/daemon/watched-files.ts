/**
 * Folders of files that are watched while a process runs. A look every few seconds, not the kernel's notices: those miss files on
 * network folders and are lost when many change at once, and a look at ten thousand files takes a tenth of a second. Only what has changed
 * is read again, a few files between two turns of the event loop, so that what else goes on does so.
 */

import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { FileProblem } from '../lures/yaml-file.ts';

export interface NamedProblem extends FileProblem {
  readonly file: string;
}

export interface WatchedFile<Content> {
  readonly path: string;
  /** What the file says, or said before it was damaged; null where it never said anything. */
  readonly content: Content | null;
  readonly problem: NamedProblem | null;
}

export interface Changes {
  /** New or different since the last look. */
  readonly changed: number;
  readonly removed: number;
}

export interface WatchedFilesOptions<Content> {
  /** What is in them, for the log. */
  readonly what: string;
  readonly folders: readonly string[];
  readonly log: (line: string) => void;
  readonly everyMilliseconds?: number;
  /** The content of a file's text. A throw is a problem of its first line. */
  readonly read: (text: string) => Content | FileProblem;
  readonly isContent: (read: Content | FileProblem) => read is Content;
  /** Called after each look that found something else than the last. */
  readonly changed: (files: readonly WatchedFile<Content>[], changes: Changes) => void;
}

interface KnownFile<Content> extends WatchedFile<Content> {
  /** Size, times and inode: another means another content. */
  readonly mark: string;
}

const everyMilliseconds = 5_000;
const fileLimit = 50_000;
const depthLimit = 8;
const sizeLimit = 1_048_576;
/** Files read in one turn of the event loop: about 5 ms of templates, 1 ms of lures. */
const filesPerTurn = 4;

async function* filesIn(
  folder: string,
  depth: number,
  unreadable: (folder: string, code: string) => void,
): AsyncIterable<string> {
  const found = depth === 0 ? await stat(folder).catch(() => null) : null;
  if (found?.isFile() === true) yield folder;
  // A folder that is not there (yet) has no files.
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

export class WatchedFiles<Content> {
  readonly #options: WatchedFilesOptions<Content>;
  #files = new Map<string, KnownFile<Content>>();
  #timer: NodeJS.Timeout | null = null;
  #looking: Promise<void> = Promise.resolve();
  #isStopped = false;
  /** Folders that it has said it can't read, so that it says so once. */
  readonly #complained = new Set<string>();

  constructor(options: WatchedFilesOptions<Content>) {
    this.#options = options;
  }

  /** Begins to look; resolves when what is there has been told. */
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

  /** Looks once, after any look that is under way. Never rejects: a folder that can't be read keeps what it had. */
  look(): Promise<void> {
    const { log, what } = this.#options;
    this.#looking = this.#looking.then(() =>
      this.#look().catch((error: unknown) => log(`${what}: ${String(error)}`)),
    );
    return this.#looking;
  }

  #complain(folder: string, code: string): void {
    if (this.#complained.has(folder)) return;
    this.#complained.add(folder);
    const { log, what } = this.#options;
    log(`${what}: ${folder} can't be read (${code}); the sensor's and the engine's user ids must be able to`);
  }

  async #look(): Promise<void> {
    const files = new Map<string, KnownFile<Content>>();
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
    if (changed + removed > 0 && !this.#isStopped)
      this.#options.changed([...files.values()], { changed, removed });
  }

  async #read(
    path: string,
    mark: string,
    size: number,
    known: KnownFile<Content> | null,
  ): Promise<KnownFile<Content>> {
    const refused = (line: number, why: string): KnownFile<Content> => ({
      path,
      mark,
      // Half a file, or a slip of an editor: what it said before holds until it is mended or gone.
      content: known?.content ?? null,
      problem: { file: path, line, why },
    });
    if (size > sizeLimit) return refused(1, `larger than ${sizeLimit / 1_024} KiB`);
    try {
      const read = this.#options.read(await readFile(path, 'utf8'));
      if (!this.#options.isContent(read)) return refused(read.line, read.why);
      return { path, mark, content: read, problem: null };
    } catch (error) {
      return refused(1, error instanceof Error ? error.message : String(error));
    }
  }
}
