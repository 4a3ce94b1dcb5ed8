import { limits } from '../limits.ts';
import { FileFault } from './fault.ts';
import type { FileLayer } from './layer.ts';
import {
  childrenOf,
  contentOf,
  type DirectoryNode,
  type FileNode,
  makeDirectory,
  makeFile,
  makeLink,
  type Node,
} from './node.ts';

const maximumLinks = 16;
const maximumName = 255;
/** PATH_MAX with its NUL. */
const maximumPath = 4095;

/**
 * A session's view of the machine's files: the base that all visitors share, and the visitor's own layer over it. A
 * directory of the base is copied when something in it first changes (path copying), so a session that writes nothing
 * costs nothing. Bounded by `limits.files` and `limits.fileBytes` for a layer.
 */
export class FileSystem {
  readonly #layer: FileLayer;
  readonly #proc: DirectoryNode;
  readonly #now: () => number;
  readonly #made = new Set<FileNode>();
  /** The user whose rights count. */
  uid = 0;

  /** `proc` is what this session sees as `/proc`, which no layer holds. */
  constructor(layer: FileLayer, proc: DirectoryNode, now: () => number) {
    this.#layer = layer;
    this.#proc = proc;
    this.#now = now;
  }

  /** The files whose content the visitor made in this session, in the order of their making. */
  get made(): Iterable<FileNode> {
    return this.#made;
  }

  /** An absolute path without `.`, `..` and doubled slashes; links are not followed. */
  static absolute(path: string, folder: string): string {
    const names: string[] = [];
    for (const name of (path.startsWith('/') ? path : `${folder}/${path}`).split('/')) {
      if (name === '..') names.pop();
      else if (name !== '' && name !== '.') names.push(name);
    }
    return `/${names.join('/')}`;
  }

  /**
   * The names from the root to the node that a path means, links followed; the last name need not exist.
   * Throws `FileFault` ENOENT, ENOTDIR, ELOOP.
   */
  #canonical(path: string, folder: string, followLast: boolean): string[] {
    if (path === '') throw new FileFault('ENOENT');
    if (path.length > maximumPath) throw new FileFault('ENAMETOOLONG');
    const pending = (path.startsWith('/') ? path : `${folder}/${path}`).split('/').reverse();
    const stack: { name: string; node: Node }[] = [];
    let links = 0;
    while (pending.length > 0) {
      const name = pending.pop() ?? '';
      if (name === '' || name === '.') continue;
      if (name === '..') {
        stack.pop();
        continue;
      }
      if (name.length > maximumName) throw new FileFault('ENAMETOOLONG');
      const here = stack.at(-1)?.node ?? this.#layer.root;
      if (here.kind !== 'directory') throw new FileFault('ENOTDIR');
      const node = this.#child(here, name);
      const last = !pending.some((rest) => rest !== '' && rest !== '.');
      if (node === undefined) {
        if (!last) throw new FileFault('ENOENT');
        return [...stack.map((entry) => entry.name), name];
      }
      if (node.kind === 'link' && (followLast || !last)) {
        links += 1;
        if (links > maximumLinks) throw new FileFault('ELOOP');
        if (node.target.startsWith('/')) stack.length = 0;
        pending.push(...node.target.split('/').reverse());
        continue;
      }
      stack.push({ name, node });
    }
    return stack.map((entry) => entry.name);
  }

  #child(directory: DirectoryNode, name: string): Node | undefined {
    if (name === 'proc' && directory === this.#layer.root) return this.#proc;
    return childrenOf(directory).get(name);
  }

  #at(names: readonly string[]): Node | null {
    let node: Node = this.#layer.root;
    for (const name of names) {
      if (node.kind !== 'directory') throw new FileFault('ENOTDIR');
      const next = this.#child(node, name);
      if (next === undefined) return null;
      node = next;
    }
    return node;
  }

  /** The node at a path. Throws `FileFault`. */
  get(path: string, folder: string, followLast = true): Node {
    const node = this.#at(this.#canonical(path, folder, followLast));
    if (node === null) throw new FileFault('ENOENT');
    if (path.endsWith('/') && node.kind !== 'directory' && followLast) throw new FileFault('ENOTDIR');
    return node;
  }

  find(path: string, folder: string, followLast = true): Node | null {
    try {
      return this.get(path, folder, followLast);
    } catch (error) {
      if (error instanceof FileFault) return null;
      throw error;
    }
  }

  /** The absolute path without links that a path means. Throws `FileFault`. */
  realPath(path: string, folder: string): string {
    return `/${this.#canonical(path, folder, true).join('/')}`;
  }

  /** True where the user may do this to the node: 4 read, 2 write, 1 execute. */
  may(node: Node, bit: 4 | 2 | 1): boolean {
    if (this.uid === 0) return bit !== 1 || node.kind === 'directory' || (node.mode & 0o111) !== 0;
    const shift = node.uid === this.uid ? 6 : node.gid === this.uid ? 3 : 0;
    return ((node.mode >> shift) & bit) !== 0;
  }

  /** Content of a file. Throws `FileFault`. */
  read(path: string, folder: string): string {
    const node = this.get(path, folder);
    if (node.kind === 'directory') throw new FileFault('EISDIR');
    if (!this.may(node, 4)) throw new FileFault('EACCES');
    return node.kind === 'file' ? contentOf(node) : '';
  }

  list(path: string, folder: string): ReadonlyMap<string, Node> {
    const node = this.get(path, folder);
    if (node.kind !== 'directory') throw new FileFault('ENOTDIR');
    if (!this.may(node, 4)) throw new FileFault('EACCES');
    return childrenOf(node);
  }

  /** The directory that holds the last name, copied into this layer all the way down, and that name. */
  #parent(names: readonly string[]): { directory: DirectoryNode; name: string } {
    const name = names.at(-1);
    if (name === undefined) throw new FileFault('EBUSY');
    const parent = this.#at(names.slice(0, -1));
    if (parent === null) throw new FileFault('ENOENT');
    if (parent.kind !== 'directory') throw new FileFault('ENOTDIR');
    if (names[0] === 'proc' || names[0] === 'sys') throw new FileFault('EACCES');
    if (!this.may(parent, 2)) throw new FileFault('EACCES');
    let directory = this.#ownRoot();
    for (const step of names.slice(0, -1)) directory = this.#ownChild(directory, step);
    return { directory, name };
  }

  #ownRoot(): DirectoryNode {
    if (!this.#layer.own.has(this.#layer.root)) this.#layer.root = this.#copyDirectory(this.#layer.root);
    return this.#layer.root;
  }

  #ownChild(directory: DirectoryNode, name: string): DirectoryNode {
    const children = childrenOf(directory);
    const child = children.get(name);
    if (child === undefined || child.kind !== 'directory') throw new FileFault('ENOTDIR');
    if (this.#layer.own.has(child)) return child;
    const copy = this.#copyDirectory(child);
    children.set(name, copy);
    return copy;
  }

  #copyDirectory(directory: DirectoryNode): DirectoryNode {
    const copy: DirectoryNode = { ...directory, children: new Map(childrenOf(directory)) };
    this.#layer.own.add(copy);
    return copy;
  }

  #place(directory: DirectoryNode, name: string, node: Node): void {
    const children = childrenOf(directory);
    if (!children.has(name)) {
      if (this.#layer.files >= limits.files) throw new FileFault('ENOSPC');
      this.#layer.files += 1;
    }
    children.set(name, node);
    this.#layer.own.add(node);
    directory.modified = this.#now();
  }

  /** The node in this layer, copied there first where it belongs to the base. */
  #ownNode(names: readonly string[]): Node {
    const { directory, name } = this.#parentOfExisting(names);
    const node = childrenOf(directory).get(name);
    if (node === undefined) throw new FileFault('ENOENT');
    if (this.#layer.own.has(node)) return node;
    if (node.kind === 'directory') return this.#ownChild(directory, name);
    const copy = { ...node };
    childrenOf(directory).set(name, copy);
    this.#layer.own.add(copy);
    return copy;
  }

  /** As `#parent`, for a change of the node itself: rights of the directory do not matter. */
  #parentOfExisting(names: readonly string[]): { directory: DirectoryNode; name: string } {
    const uid = this.uid;
    this.uid = 0;
    try {
      return this.#parent(names);
    } finally {
      this.uid = uid;
    }
  }

  /** Opens a file for writing, making it where it is missing. Throws `FileFault`. */
  open(path: string, folder: string, mode: 'truncate' | 'append', permissions = 0o644): Node {
    const names = this.#canonical(path, folder, true);
    const node = this.#at(names);
    if (node?.kind === 'directory' || path.endsWith('/')) throw new FileFault('EISDIR');
    if (node?.kind === 'device') return node;
    if (node === null) {
      const { directory, name } = this.#parent(names);
      const file = makeFile('', permissions, this.#now(), this.uid);
      this.#place(directory, name, file);
      return file;
    }
    if (!this.may(node, 2)) throw new FileFault('EACCES');
    const file = this.#ownNode(names);
    if (file.kind !== 'file') throw new FileFault('EINVAL');
    if (mode === 'truncate') this.setContent(file, '', '');
    return file;
  }

  /** Replaces a file's content. `how` names the command where it is the visitor's own bytes. Throws ENOSPC. */
  setContent(file: FileNode, content: string, how: string): void {
    const before = typeof file.content === 'string' && this.#layer.own.has(file) ? file.content.length : 0;
    this.#grow(content.length, before);
    file.content = content;
    file.size = -1;
    file.modified = this.#now();
    file.how = how;
    if (how === '') this.#made.delete(file);
    else this.#made.add(file);
  }

  append(file: FileNode, text: string, how: string): void {
    const before = contentOf(file);
    const owned = typeof file.content === 'string';
    this.#grow(before.length + text.length, owned ? before.length : 0);
    file.content = before + text;
    file.size = -1;
    file.modified = this.#now();
    if (file.how === '' && how !== '') file.how = how;
    if (how !== '') this.#made.add(file);
  }

  /** Writes at an offset, with zeros ahead of it where the file is shorter. Throws ENOSPC. */
  writeAt(file: FileNode, offset: number, text: string, how: string): void {
    const before = contentOf(file);
    if (offset > limits.oneFileBytes) throw new FileFault('ENOSPC');
    if (offset === before.length) this.append(file, text, how);
    else
      this.setContent(
        file,
        before.slice(0, offset).padEnd(offset, '\0') + text + before.slice(offset + text.length),
        how,
      );
  }

  #grow(after: number, before: number): void {
    if (after > limits.oneFileBytes || this.#layer.bytes + after - before > limits.fileBytes)
      throw new FileFault('ENOSPC');
    this.#layer.bytes += after - before;
  }

  makeDirectory(path: string, folder: string, mode = 0o755): void {
    const names = this.#canonical(path, folder, true);
    if (this.#at(names) !== null) throw new FileFault('EEXIST');
    const { directory, name } = this.#parent(names);
    this.#place(directory, name, makeDirectory(mode, this.#now(), this.uid));
  }

  makeLink(target: string, path: string, folder: string): void {
    const names = this.#canonical(path, folder, false);
    if (this.#at(names) !== null) throw new FileFault('EEXIST');
    const { directory, name } = this.#parent(names);
    this.#place(directory, name, makeLink(target, this.#now()));
  }

  /** Gives a file a second name (link(2)). Throws `FileFault`. */
  addName(from: string, to: string, folder: string): void {
    const source = this.#canonical(from, folder, false);
    const existing = this.#at(source);
    if (existing === null) throw new FileFault('ENOENT');
    if (existing.kind === 'directory') throw new FileFault('EPERM');
    const target = this.#canonical(to, folder, false);
    if (this.#at(target) !== null) throw new FileFault('EEXIST');
    const { directory, name } = this.#parent(target);
    const node = this.#ownNode(source);
    this.#place(directory, name, node);
    this.#layer.names.set(node, this.namesOf(node) + 1);
  }

  namesOf(node: Node): number {
    return this.#layer.names.get(node) ?? 1;
  }

  #dropName(node: Node): void {
    const names = this.namesOf(node);
    if (names > 1) this.#layer.names.set(node, names - 1);
  }

  /** Removes a file, link, or directory with all that is in it. */
  remove(path: string, folder: string): void {
    const names = this.#canonical(path, folder, false);
    const node = this.#at(names);
    if (node === null) throw new FileFault('ENOENT');
    const { directory, name } = this.#parent(names);
    childrenOf(directory).delete(name);
    const hadNames = this.namesOf(node);
    this.#dropName(node);
    directory.modified = this.#now();
    // Bytes come back only to a plain file: a tree's share is small and the bound stays a bound.
    if (
      node.kind === 'file' &&
      hadNames === 1 &&
      this.#layer.own.has(node) &&
      typeof node.content === 'string'
    ) {
      this.#layer.bytes -= node.content.length;
      if (!this.#made.has(node)) this.#layer.files -= 1;
    }
  }

  /** Moves a node; what is at the new path goes. */
  rename(from: string, to: string, folder: string): void {
    const source = this.#canonical(from, folder, false);
    const node = this.#at(source);
    if (node === null) throw new FileFault('ENOENT');
    const target = this.#canonical(to, folder, true);
    if (target.join('/') === source.join('/')) return;
    if (`${target.join('/')}/`.startsWith(`${source.join('/')}/`)) throw new FileFault('EINVAL');
    const existing = this.#at(target);
    if (existing?.kind === 'directory' && node.kind !== 'directory') throw new FileFault('EISDIR');
    const there = this.#parent(target);
    if (existing !== null) this.#dropName(existing);
    const here = this.#parent(source);
    childrenOf(here.directory).delete(here.name);
    const children = childrenOf(there.directory);
    children.set(there.name, node);
  }

  /** Changes rights, owner or time of a node. */
  change(
    path: string,
    folder: string,
    attributes: Partial<Pick<Node, 'mode' | 'uid' | 'gid' | 'modified'>>,
  ): Node {
    const names = this.#canonical(path, folder, true);
    const before = this.#at(names);
    if (before === null) throw new FileFault('ENOENT');
    if (this.uid !== 0 && before.uid !== this.uid) throw new FileFault('EPERM');
    if (names.length === 0) return Object.assign(this.#ownRoot(), attributes);
    return Object.assign(this.#ownNode(names), attributes);
  }
}
