/** Follows a log file: what is appended, over rotation (by renaming or by truncating) and over restarts. */

import { constants } from 'node:fs';
import { open, readdir, stat, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { performance } from 'node:perf_hooks';
import type { Reader } from '../core/reader.ts';
import { detectReader } from '../telemetry/detect-reader.ts';
import { FileChanges } from './file-changes.ts';
import { LineReading } from './line-reading.ts';
import type { PositionBook } from './position-book.ts';
import type { SourceOptions, TelemetrySource } from './source.ts';

const chunkBytes = 262_144;
const sampleBytes = 65_536;
const lineFeed = 10;
/** Files in the folder that are looked at for the one that was rotated away. */
const mostSiblings = 1000;

export interface FollowedFile {
  readonly path: string;
  /** Null: by content. */
  readonly reader: Reader | null;
  readonly readers: readonly Reader[];
  readonly positions: PositionBook;
  /** Between two looks at the file where the kernel tells of no change, and at whether another has taken its place. Default 200. */
  readonly everyMilliseconds?: number;
}

export class FileFollower implements TelemetrySource {
  readonly #file: FollowedFile;
  readonly #options: SourceOptions;
  #handle: FileHandle | null = null;
  #device = 0;
  #inode = 0;
  /** Read up to here. */
  #position = 0;
  /** Begins the line that is not complete. */
  #lineStart = 0;
  #reading: LineReading | null = null;
  #looked = false;
  /** True once the file at the path was seen to be another, and this one read to its end since. */
  #isReplaced = false;
  #stopping = false;
  readonly #changes = new FileChanges();
  #rotationChecked = 0;
  #running: Promise<void> = Promise.resolve();

  constructor(file: FollowedFile, options: SourceOptions) {
    this.#file = file;
    this.#options = options;
    options.report.count('rotations', 0);
    options.report.count('truncations', 0);
  }

  async start(): Promise<void> {
    // The first look belongs to the start: what is written after it is read.
    await this.#look();
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    this.#changes.stop();
    await this.#running;
    await this.#reading?.end();
    this.#remember();
    await this.#handle?.close();
    this.#handle = null;
  }

  async #run(): Promise<void> {
    while (!this.#stopping) {
      await this.#changes.next(this.#everyMilliseconds);
      if (!this.#stopping) await this.#look();
    }
  }

  get #everyMilliseconds(): number {
    return this.#file.everyMilliseconds ?? 200;
  }

  async #look(): Promise<void> {
    const { report } = this.#options;
    try {
      if (this.#handle === null && !(await this.#open())) return;
      await this.#readOn();
      await this.#checkRotation();
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
      report.problem(
        code === 'ENOENT'
          ? `${this.#file.path} is not there`
          : code === 'EACCES'
            ? `${this.#file.path} may not be read by the telemetry process; give its group to it (processes.telemetryGroups)`
            : `${this.#file.path} can't be read (${code})`,
      );
    }
    this.#looked = true;
  }

  /** Opens the file where it is. False where it can't be followed yet. */
  async #open(): Promise<boolean> {
    const { path, positions } = this.#file;
    const known = this.#looked ? undefined : positions.get(path);
    const renamed = known === undefined ? null : await this.#renamed(known.device, known.inode);
    // Not waiting for the other end, should somebody have put a pipe there.
    const handle = await open(renamed ?? path, constants.O_RDONLY | constants.O_NONBLOCK);
    const stats = await handle.stat();
    if (!stats.isFile()) {
      await handle.close();
      this.#options.report.problem(`${path} is no file`);
      return false;
    }
    const isKnown = known !== undefined && known.inode === stats.ino && known.device === stats.dev;
    this.#handle = handle;
    this.#changes.watch(handle.fd);
    this.#device = stats.dev;
    this.#inode = stats.ino;
    this.#isReplaced = false;
    // A file that was there at the start is followed from its end; one that came later is new as a whole.
    this.#position = isKnown
      ? Math.min(known.octets, stats.size)
      : known !== undefined || this.#looked
        ? 0
        : stats.size;
    if (isKnown && known.octets > stats.size) this.#position = 0;
    this.#lineStart = this.#position;
    this.#options.report.problem('');
    this.#remember();
    return true;
  }

  /** Where the file that was followed last is now, if it was rotated away while nobody looked; null where it is at its place or gone. */
  async #renamed(device: number, inode: number): Promise<string | null> {
    const { path } = this.#file;
    const here = await stat(path).catch(() => null);
    if (here !== null && here.ino === inode && here.dev === device) return null;
    const names = await readdir(dirname(path)).catch(() => []);
    for (const name of names.filter((each) => each.startsWith(basename(path))).slice(0, mostSiblings)) {
      const candidate = join(dirname(path), name);
      const stats = await stat(candidate).catch(() => null);
      if (stats !== null && stats.ino === inode && stats.dev === device) return candidate;
    }
    return null;
  }

  async #readOn(): Promise<void> {
    const handle = this.#handle;
    if (handle === null) return;
    const { size } = await handle.stat();
    if (size < this.#position) {
      this.#options.report.count('truncations');
      this.#endLine();
      this.#position = 0;
      this.#lineStart = 0;
    }
    if (size === this.#position) return;
    this.#reading ??= await this.#startReading(handle);
    const reading = this.#reading;
    if (reading === null) return;
    while (!this.#stopping && this.#position < size) {
      await this.#options.room();
      const wanted = Math.min(chunkBytes, size - this.#position);
      const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(wanted), 0, wanted, this.#position);
      if (bytesRead === 0) break;
      const bytes = buffer.subarray(0, bytesRead);
      const feed = bytes.lastIndexOf(lineFeed);
      reading.push(bytes);
      await reading.drained();
      if (feed >= 0) this.#lineStart = this.#position + feed + 1;
      this.#position += bytesRead;
      this.#remember();
    }
  }

  /** A line that will not be completed is read as it is. */
  #endLine(): void {
    if (this.#lineStart < this.#position) this.#reading?.push(Buffer.from('\n'));
  }

  async #startReading(handle: FileHandle): Promise<LineReading | null> {
    const { path, readers } = this.#file;
    let { reader } = this.#file;
    if (reader === null) {
      const { bytesRead, buffer } = await handle.read(Buffer.alloc(sampleBytes), 0, sampleBytes, 0);
      reader = detectReader(buffer.subarray(0, bytesRead), readers);
      if (reader === null) {
        this.#options.report.problem(`the content of ${path} is of no known format; name one with "format"`);
        return null;
      }
      this.#options.report.problem('');
    }
    return new LineReading(reader, this.#options, (line) => `${path}, line ${line} since the start`);
  }

  /** Goes over to the file that has taken this one's place, once this one grows no more: its writer may hold it open for a moment. */
  async #checkRotation(): Promise<void> {
    // Not at each change: a file that has been renamed is written on for a moment.
    const now = performance.now();
    if (now - this.#rotationChecked < this.#everyMilliseconds) return;
    this.#rotationChecked = now;
    const here = await stat(this.#file.path).catch(() => null);
    if (here === null || (here.ino === this.#inode && here.dev === this.#device)) {
      this.#isReplaced = false;
      return;
    }
    const handle = this.#handle;
    const size = (await handle?.stat())?.size ?? 0;
    if (!this.#isReplaced || size > this.#position) {
      this.#isReplaced = true;
      return;
    }
    this.#endLine();
    this.#options.report.count('rotations');
    this.#handle = null;
    await handle?.close();
    this.#looked = true;
    if (await this.#open()) await this.#readOn();
  }

  #remember(): void {
    if (this.#handle === null) return;
    this.#file.positions.set(this.#file.path, {
      device: this.#device,
      inode: this.#inode,
      octets: this.#lineStart,
    });
  }
}
