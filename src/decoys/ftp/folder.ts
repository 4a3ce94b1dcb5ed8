/** The files that an FTP session sees: the machine's own, or for anonymous visitors those below one folder. */

import type { DecoyContext } from '../../core/decoy.ts';
import { bytesToText } from '../../shell/byte-text.ts';
import { FileFault } from '../../shell/files/fault.ts';
import { FileSystem } from '../../shell/files/file-system.ts';
import { contentOf, type Node } from '../../shell/files/node.ts';
import { layerOf, visitMachine } from '../../shell/files/visit.ts';

export class FtpFolder {
  readonly #files: FileSystem;
  /** Empty, or the folder that is `/` to this session. */
  #root = '';
  current = '/';

  constructor(context: DecoyContext) {
    const { persona, source, sourcePort } = context;
    const visit = {
      persona,
      source,
      sourcePort,
      now: () => context.now(),
      layer: layerOf(persona, source),
    };
    this.#files = visitMachine(visit, () => context.now()).files;
  }

  /** `root` below which the session stays; it is made where the machine has none. */
  confine(root: string, mayWrite: boolean): void {
    this.#files.uid = 0;
    try {
      let path = '';
      for (const name of root.split('/').filter((part) => part !== '')) {
        path += `/${name}`;
        if (this.#files.find(path, '/') === null) this.#files.makeDirectory(path, '/', 0o755);
      }
      if (mayWrite && this.#files.find(`${path}/incoming`, '/') === null)
        this.#files.makeDirectory(`${path}/incoming`, '/', 0o777);
    } catch (error) {
      if (!(error instanceof FileFault)) throw error;
    }
    this.#root = root;
    this.#files.uid = 65_534;
    this.current = '/';
  }

  enter(uid: number, home: string): void {
    this.#root = '';
    this.#files.uid = uid;
    this.current = this.#files.find(home, '/')?.kind === 'directory' ? home : '/';
  }

  /** As seen by the session: absolute, without `.` and `..`. */
  path(argument: string): string {
    return FileSystem.absolute(argument, this.current);
  }

  #real(argument: string): string {
    return `${this.#root}${this.path(argument)}`;
  }

  /** Throws `FileFault`, as all below do. */
  get(argument: string): Node {
    return this.#files.get(this.#real(argument), '/');
  }

  list(argument: string): ReadonlyMap<string, Node> {
    return this.#files.list(this.#real(argument), '/');
  }

  read(argument: string): string {
    return this.#files.read(this.#real(argument), '/');
  }

  change(argument: string): void {
    const node = this.get(argument);
    if (node.kind !== 'directory') throw new FileFault('ENOTDIR');
    if (!this.#files.may(node, 1)) throw new FileFault('EACCES');
    this.current = this.path(argument);
  }

  /** Finds out whether a file may be written, and makes it. */
  create(argument: string, append: boolean): void {
    this.#files.open(this.#real(argument), '/', append ? 'append' : 'truncate');
  }

  /** What was uploaded, from this offset on. */
  write(argument: string, bytes: Uint8Array, offset: number): void {
    const node = this.#files.open(this.#real(argument), '/', 'append');
    if (node.kind !== 'file') return;
    const before = offset > 0 ? contentOf(node).slice(0, offset).padEnd(Math.min(offset, 65_536), '\0') : '';
    this.#files.setContent(node, before + bytesToText(bytes), 'ftp');
  }

  append(argument: string, bytes: Uint8Array): void {
    const node = this.#files.open(this.#real(argument), '/', 'append');
    if (node.kind === 'file') this.#files.append(node, bytesToText(bytes), 'ftp');
  }

  remove(argument: string, kind: 'file' | 'directory'): void {
    const node = this.get(argument);
    if ((node.kind === 'directory') !== (kind === 'directory'))
      throw new FileFault(kind === 'directory' ? 'ENOTDIR' : 'EISDIR');
    if (node.kind === 'directory' && this.list(argument).size > 0) throw new FileFault('ENOTEMPTY');
    this.#files.remove(this.#real(argument), '/');
  }

  make(argument: string): void {
    this.#files.makeDirectory(this.#real(argument), '/');
  }

  rename(from: string, to: string): void {
    this.#files.rename(this.#real(from), this.#real(to), '/');
  }

  changeMode(argument: string, mode: number): void {
    this.#files.change(this.#real(argument), '/', { mode });
  }

  /** mod_copy's weakness: whoever asks, before any login. */
  copy(from: string, to: string): void {
    const uid = this.#files.uid;
    this.#files.uid = 0;
    try {
      const content = this.#files.read(this.#real(from), '/');
      const node = this.#files.open(this.#real(to), '/', 'truncate');
      if (node.kind === 'file') this.#files.setContent(node, content, '');
    } finally {
      this.#files.uid = uid;
    }
  }
}
