/** What the file system is made of. Contents are byte text; a function gives the content of files that are made when read. */

interface Attributes {
  /** Permission bits, such as 0o755. */
  mode: number;
  uid: number;
  gid: number;
  /** Milliseconds since the epoch. */
  modified: number;
}

export interface FileNode extends Attributes {
  readonly kind: 'file';
  content: string | (() => string);
  /** The command by which the visitor made it; empty for a file of the system or of an emulated download. */
  how: string;
  /** The content that was handed over as a capture last, so that it is not handed over twice. */
  captured: string;
  /** Size to show where the content is not worth making; -1 to count it. */
  size: number;
}

export interface DirectoryNode extends Attributes {
  readonly kind: 'directory';
  children: Map<string, Node> | (() => Map<string, Node>);
}

export interface LinkNode extends Attributes {
  readonly kind: 'link';
  target: string;
}

export interface DeviceNode extends Attributes {
  readonly kind: 'device';
  readonly device: 'null' | 'zero' | 'random' | 'tty' | 'block' | 'full';
  readonly numbers: readonly [major: number, minor: number];
}

export type Node = FileNode | DirectoryNode | LinkNode | DeviceNode;

export function contentOf(file: FileNode): string {
  return typeof file.content === 'function' ? file.content() : file.content;
}

export function sizeOf(node: Node): number {
  switch (node.kind) {
    case 'file':
      return node.size >= 0 ? node.size : contentOf(node).length;
    case 'directory':
      return 4096;
    case 'link':
      return node.target.length;
    default:
      return 0;
  }
}

export function childrenOf(directory: DirectoryNode): Map<string, Node> {
  if (typeof directory.children === 'function') directory.children = directory.children();
  return directory.children;
}

export function makeFile(content: FileNode['content'], mode: number, modified: number, uid = 0): FileNode {
  return { kind: 'file', content, mode, uid, gid: uid, modified, how: '', captured: '', size: -1 };
}

export function makeDirectory(mode: number, modified: number, uid = 0): DirectoryNode {
  return { kind: 'directory', children: new Map(), mode, uid, gid: uid, modified };
}

export function makeLink(target: string, modified: number): LinkNode {
  return { kind: 'link', target, mode: 0o777, uid: 0, gid: 0, modified };
}
