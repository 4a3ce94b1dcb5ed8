/** How far each followed file was read, kept over restarts. */

import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface FilePosition {
  readonly device: number;
  readonly inode: number;
  /** Octets, up to the end of a line. */
  readonly octets: number;
}

const writeAfterMilliseconds = 250;

function isPosition(value: unknown): value is FilePosition {
  return (
    typeof value === 'object' &&
    value !== null &&
    'device' in value &&
    'inode' in value &&
    'octets' in value &&
    [value.device, value.inode, value.octets].every((number) => Number.isSafeInteger(number))
  );
}

export class PositionBook {
  readonly #path: string;
  readonly #positions = new Map<string, FilePosition>();
  /** Cursors of the journal, which is no file. */
  readonly #cursors = new Map<string, string>();
  #timer: NodeJS.Timeout | null = null;

  constructor(folder: string) {
    this.#path = join(folder, 'positions.json');
  }

  /** Reads what an earlier run left; a file that can't be read counts as none. */
  load(): void {
    let value: unknown;
    try {
      value = JSON.parse(readFileSync(this.#path, 'utf8'));
    } catch {
      return;
    }
    if (typeof value !== 'object' || value === null) return;
    for (const [name, entry] of Object.entries(value)) {
      if (isPosition(entry)) this.#positions.set(name, entry);
      else if (typeof entry === 'string') this.#cursors.set(name, entry);
    }
  }

  get(name: string): FilePosition | undefined {
    return this.#positions.get(name);
  }

  cursor(name: string): string | undefined {
    return this.#cursors.get(name);
  }

  set(name: string, position: FilePosition): void {
    this.#positions.set(name, position);
    this.#later();
  }

  setCursor(name: string, cursor: string): void {
    this.#cursors.set(name, cursor);
    this.#later();
  }

  /** Writes at once. */
  save(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    try {
      const all = Object.fromEntries([...this.#positions, ...this.#cursors]);
      writeFileSync(`${this.#path}.new`, JSON.stringify(all), { mode: 0o600 });
      renameSync(`${this.#path}.new`, this.#path);
    } catch {
      // A full disk: the next save may succeed, and a restart reads some lines again.
    }
  }

  #later(): void {
    this.#timer ??= setTimeout(() => this.save(), writeAfterMilliseconds);
  }
}
