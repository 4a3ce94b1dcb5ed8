/** The files, folders and pipes that a visitor has open, by the ids of his dialect: what both dialects hold a file to be. */

import type { DecoyOutput } from '../../core/decoy.ts';
import type { Node } from '../../shell/files/node.ts';
import { commandFact } from './fact.ts';
import { mostGathered, type OpenedFile } from './opened-file.ts';
import type { ShareFiles } from './share-files.ts';
import { status } from './status.ts';

const mostOpen = 64;
/** Commands on files that are recorded; past it they are still answered. */
const recordedFiles = 500;

export class OpenFiles<Id> {
  readonly #files: () => ShareFiles;
  readonly #open = new Map<Id, OpenedFile>();
  #recorded = 0;

  constructor(files: () => ShareFiles) {
    this.#files = files;
  }

  /** True where no more can be opened. */
  get areMost(): boolean {
    return this.#open.size >= mostOpen;
  }

  /** Those that are open, in the order of their opening. */
  get ids(): Iterable<Id> {
    return this.#open.keys();
  }

  get(id: Id): OpenedFile | undefined {
    return this.#open.get(id);
  }

  add(id: Id, opened: OpenedFile): void {
    this.#open.set(id, opened);
  }

  /** Closed, by the visitor or by his going: what he wrote is put in its place and kept. */
  *close(id: Id): Generator<DecoyOutput, OpenedFile | null> {
    const opened = this.#open.get(id);
    if (opened === undefined) return null;
    this.#open.delete(id);
    const { gathered } = opened;
    if (opened.pipe === null && gathered !== null) {
      this.#files().put(opened.path, gathered);
      const name = `\\${opened.share.name}\\${opened.name}`;
      if (gathered.length > 0)
        yield { do: 'capture', bytes: new Uint8Array(gathered), how: 'smb-write', name };
    }
    return opened;
  }

  read(opened: OpenedFile, offset: number, count: number): Uint8Array {
    return (
      opened.gathered?.subarray(offset, offset + count) ?? this.#files().read(opened.path, offset, count)
    );
  }

  /** False where the visitor's files that are not closed would hold too much. */
  write(opened: OpenedFile, offset: number, bytes: Uint8Array): boolean {
    const end = offset + bytes.length;
    let held = opened.growth(end);
    for (const each of this.#open.values()) held += each.gathered?.length ?? 0;
    if (end > mostGathered || held > 2 * mostGathered) return false;
    opened.write(offset, bytes, () => this.#files().read(opened.path, 0, mostGathered));
    return true;
  }

  /**
   * Why a file cannot be opened as it is asked for, null where it can: `before` is what stands there. Dispositions: FILE_SUPERSEDE 0,
   * FILE_OPEN 1, FILE_CREATE 2, FILE_OPEN_IF 3, FILE_OVERWRITE 4, FILE_OVERWRITE_IF 5; options: FILE_DIRECTORY_FILE 1,
   * FILE_NON_DIRECTORY_FILE 0x40.
   */
  refusal(path: string, before: Node | null, disposition: number, options: number): number | null {
    if (before === null) {
      const folder = this.#files().find(path.slice(0, path.lastIndexOf('/')));
      if (folder?.kind !== 'directory') return status.pathNotFound;
      return disposition === 1 || disposition === 4 ? status.nameNotFound : null;
    }
    if (disposition === 2) return status.nameCollision;
    if ((options & 1) !== 0 && before.kind !== 'directory') return status.notADirectory;
    return before.kind === 'directory' && (options & 0x40) !== 0 ? status.isDirectory : null;
  }

  *record(input: string): Iterable<DecoyOutput> {
    this.#recorded += 1;
    if (this.#recorded <= recordedFiles) yield commandFact(input);
  }
}
