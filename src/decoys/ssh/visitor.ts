/** Who is logged in and what he sees of the machine, for the programs that move files. */

import { accountOf, type Account } from '../../shell/account.ts';
import { decodeText, textToBytes } from '../../shell/byte-text.ts';
import type { ShellEvent } from '../../shell/event.ts';
import { FileFault } from '../../shell/files/fault.ts';
import type { FileSystem } from '../../shell/files/file-system.ts';
import { contentOf, type FileNode } from '../../shell/files/node.ts';
import { visitMachine } from '../../shell/files/visit.ts';
import { limits } from '../../shell/limits.ts';
import type { Machine } from '../../shell/machine.ts';
import type { ShellOptions } from '../../shell/options.ts';

/** Facts that one session of moving files may state. */
const recordsLimit = 500;

export class Visitor {
  readonly machine: Machine;
  readonly files: FileSystem;
  readonly account: Account;
  /** Where the login puts him: his home, where it is there. */
  readonly folder: string;
  readonly now: () => number;
  readonly #tables = new Map<string, { readonly content: string; readonly names: Map<string, string> }>();
  #records = 0;
  #captures = 0;
  #captureBytes = 0;

  constructor(options: ShellOptions) {
    this.now = () => options.now();
    const { machine, files } = visitMachine(options, this.now);
    this.machine = machine;
    this.files = files;
    this.account = accountOf(machine, options.user);
    files.uid = this.account.uid;
    this.folder = files.find(this.account.home, '/')?.kind === 'directory' ? this.account.home : '/';
  }

  /** What was asked for, as a fact. */
  *record(input: string): Iterable<ShellEvent> {
    if (this.#records >= recordsLimit) return;
    this.#records += 1;
    yield { say: 'command', input: input.slice(0, 4096), urls: [] };
  }

  /** Hands over what was uploaded, once for each content. */
  *capture(file: FileNode, path: string): Iterable<ShellEvent> {
    const content = contentOf(file);
    if (file.how === '' || content === '' || content === file.captured) return;
    if (this.#captures >= limits.captures || this.#captureBytes + content.length > limits.captureBytes)
      return;
    this.#captures += 1;
    this.#captureBytes += content.length;
    file.captured = content;
    yield { say: 'capture', bytes: textToBytes(content), how: file.how, name: decodeText(path) };
  }

  /** A name by its number from `/etc/passwd` or `/etc/group`; empty where there is none. */
  nameOf(path: '/etc/passwd' | '/etc/group', id: number): string {
    const node = this.files.find(path, '/');
    if (node?.kind !== 'file') return '';
    const content = contentOf(node);
    let table = this.#tables.get(path);
    if (table === undefined || table.content !== content) {
      const rows = content
        .slice(0, 65_536)
        .split('\n')
        .map((line) => line.split(':', 3));
      table = {
        content,
        names: new Map(rows.map(([name = '', , number = '']) => [number, name.slice(0, 64)])),
      };
      this.#tables.set(path, table);
    }
    return table.names.get(String(id)) ?? '';
  }
}

/** Tries; a fault of the file system is its value. */
export function faultOf(action: () => void): FileFault | null {
  try {
    action();
    return null;
  } catch (error) {
    if (error instanceof FileFault) return error;
    throw error;
  }
}
