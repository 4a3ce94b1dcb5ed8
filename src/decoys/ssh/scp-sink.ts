/**
 * `scp -t`: takes files. The client sends records and waits for an answer after each:
 *
 *     C<mode> <size> <name>\n     a file; size octets and a zero follow
 *     D<mode> 0 <name>\n          into a folder
 *     E\n                         out of it
 *     T<mtime> 0 <atime> 0\n      times of the next
 *     \1<text>\n, \2<text>\n      an error, a fatal error
 *
 * An answer is a zero, or \1 with a line of text.
 */

import { decodeText, textToBytes } from '../../shell/byte-text.ts';
import type { ShellEvent } from '../../shell/event.ts';
import { FileFault, fileFaults } from '../../shell/files/fault.ts';
import type { FileNode } from '../../shell/files/node.ts';
import type { ScpCommand } from './scp-command.ts';
import { faultOf, type Visitor } from './visitor.ts';

/** scp's own buffer for a record is 16 KiB on newer and 2 KiB on older systems. */
const recordBytes = 2048;
const depthLimit = 64;

export class ScpSink {
  readonly #visitor: Visitor;
  readonly #command: ScpCommand;
  /** The targets of the folders that were entered, the innermost last; an unreadable one is null. */
  readonly #targets: string[];
  #line = '';
  #file: { readonly node: FileNode | null; readonly path: string; fault: string } | null = null;
  #left = 0;
  #offset = 0;
  #modified = 0;
  #errors = 0;
  #stage: 'record' | 'data' | 'end of data' | 'over' = 'record';

  constructor(visitor: Visitor, command: ScpCommand) {
    this.#visitor = visitor;
    this.#command = command;
    this.#targets = [(command.paths[0] ?? '').replaceAll(/\\(.)/g, '$1')];
  }

  *start(): Iterable<ShellEvent> {
    if (this.#command.paths.length !== 1) {
      yield* this.#fail('ambiguous target');
      return;
    }
    if (this.#command.wantsFolder && !this.#isFolder(this.#target())) {
      const found = this.#visitor.files.find(this.#target(), this.#visitor.folder);
      yield* this.#fail(`${this.#target()}: ${found === null ? fileFaults.ENOENT : fileFaults.ENOTDIR}`);
      return;
    }
    yield this.#say('\0');
  }

  *receive(bytes: Uint8Array): Iterable<ShellEvent> {
    const text = Buffer.from(bytes).toString('latin1');
    for (let at = 0; at < text.length && this.#stage !== 'over';) {
      if (this.#stage === 'data') {
        const piece = text.slice(at, at + this.#left);
        at += piece.length;
        this.#left -= piece.length;
        this.#store(piece);
        if (this.#left === 0) this.#stage = 'end of data';
        continue;
      }
      const character = text.charAt(at);
      at += 1;
      if (this.#stage === 'end of data') {
        yield* this.#finishFile(character);
        continue;
      }
      if (character !== '\n') {
        this.#line += character;
        if (this.#line.length < recordBytes) continue;
      }
      const line = this.#line;
      this.#line = '';
      yield* this.#record(line);
    }
  }

  *end(): Iterable<ShellEvent> {
    if (this.#stage === 'over') return;
    const file = this.#file;
    if (file?.node !== null && file !== null) yield* this.#visitor.capture(file.node, file.path);
    yield* this.#exit(this.#stage === 'record' && this.#line === '' ? (this.#errors > 0 ? 1 : 0) : 1);
  }

  #target(): string {
    return this.#targets.at(-1) ?? '.';
  }

  #isFolder(path: string): boolean {
    return this.#visitor.files.find(path === '' ? '.' : path, this.#visitor.folder)?.kind === 'directory';
  }

  #say(text: string): ShellEvent {
    return { say: 'output', stream: 'stdout', bytes: textToBytes(text) };
  }

  *#exit(status: number): Iterable<ShellEvent> {
    this.#stage = 'over';
    yield { say: 'exit', status };
  }

  *#fail(text: string): Iterable<ShellEvent> {
    yield this.#say(`\x01scp: ${text}\n`);
    yield* this.#exit(1);
  }

  *#complain(text: string): Iterable<ShellEvent> {
    this.#errors += 1;
    yield this.#say(`\x01scp: ${text}\n`);
  }

  *#record(line: string): Iterable<ShellEvent> {
    const kind = line.charAt(0);
    if (kind === '\x01') {
      this.#errors += 1;
      return;
    }
    if (kind === '\x02') yield* this.#exit(1);
    else if (kind === 'E') {
      if (this.#targets.length > 1) {
        this.#targets.pop();
        yield this.#say('\0');
      } else yield* this.#exit(this.#errors > 0 ? 1 : 0);
    } else if (kind === 'T') {
      const times = /^T(\d{1,12}) (\d{1,9}) (\d{1,12}) (\d{1,9})$/.exec(line);
      if (times === null) {
        yield* this.#fail('protocol error: mtime.sec not delimited');
        return;
      }
      this.#modified = Number(times[1]) * 1000;
      yield this.#say('\0');
    } else if (kind === 'C' || kind === 'D') yield* this.#begin(kind, line);
    // scp.c: an old rcp may say why it cannot; otherwise the peer speaks another language.
    else yield* this.#fail('protocol error: expected control record');
  }

  *#begin(kind: 'C' | 'D', line: string): Iterable<ShellEvent> {
    const record = /^[CD]([0-7]{4}) (\d{1,18}) (.*)$/s.exec(line);
    if (record === null) {
      const isMode = /^[CD][0-7]{4}/.test(line);
      yield* this.#fail(`protocol error: ${isMode ? 'size not delimited' : 'bad mode'}`);
      return;
    }
    const mode = Number.parseInt(record[1] ?? '', 8);
    const size = Number(record[2]);
    const name = record[3] ?? '';
    if (name === '' || name.includes('/') || name === '.' || name === '..') {
      yield* this.#fail(`error: unexpected filename: ${name}`);
      return;
    }
    const target = this.#target();
    const path = this.#isFolder(target) ? `${target}${target.endsWith('/') ? '' : '/'}${name}` : target;
    const { files, folder } = this.#visitor;
    if (kind === 'D') {
      if (!this.#command.recursive) {
        yield* this.#fail('protocol error: received directory without -r');
        return;
      }
      const fault = faultOf(() => {
        const existing = files.find(path, folder);
        if (existing !== null && existing.kind !== 'directory') throw new FileFault('ENOTDIR');
        if (existing === null) files.makeDirectory(path, folder, mode);
        if (this.#targets.length > depthLimit) throw new FileFault('ENAMETOOLONG');
      });
      if (fault === null) {
        this.#targets.push(path);
        yield this.#say('\0');
      } else yield* this.#complain(`${path}: ${fault.message}`);
      return;
    }
    yield* this.#visitor.record(`scp to ${decodeText(path)}`);
    let node: FileNode | null = null;
    const fault = faultOf(() => {
      const opened = files.open(path, folder, 'truncate', mode & ~0o022);
      if (opened.kind === 'file') {
        node = opened;
        if (this.#command.preserves) files.change(path, folder, { mode });
      }
    });
    if (fault !== null) {
      this.#modified = 0;
      yield* this.#complain(`${path}: ${fault.message}`);
      return;
    }
    this.#file = { node, path, fault: '' };
    this.#left = size;
    this.#offset = 0;
    this.#stage = size === 0 ? 'end of data' : 'data';
    yield this.#say('\0');
  }

  #store(piece: string): void {
    const file = this.#file;
    if (file === null || file.node === null || file.fault !== '') return;
    const { node } = file;
    const fault = faultOf(() => this.#visitor.files.writeAt(node, this.#offset, piece, 'upload'));
    this.#offset += piece.length;
    if (fault !== null) file.fault = fault.message;
  }

  /** The zero behind the data: the client could read its file to the end. */
  *#finishFile(character: string): Iterable<ShellEvent> {
    const file = this.#file;
    this.#file = null;
    this.#stage = 'record';
    if (file === null) return;
    if (file.node !== null) {
      if (this.#modified > 0) file.node.modified = this.#modified;
      yield* this.#visitor.capture(file.node, file.path);
    }
    this.#modified = 0;
    if (file.fault !== '') yield* this.#complain(`${file.path}: ${file.fault}`);
    else if (character === '\0') yield this.#say('\0');
    else {
      // An error in place of the zero: its text is a record of its own.
      this.#line = character;
    }
  }
}
