/**
 * The SFTP subsystem: version 3 as OpenSSH's sftp-server of the persona's version speaks it, over the files that the
 * visitor's shell shows. What is uploaded is handed over when its handle is closed.
 */

import { Buffer } from 'node:buffer';
import { PicketError } from '../../core/errors.ts';
import { decodeText } from '../../shell/byte-text.ts';
import type { ShellEvent } from '../../shell/event.ts';
import { FileFault } from '../../shell/files/fault.ts';
import { FileSystem } from '../../shell/files/file-system.ts';
import { contentOf, type FileNode } from '../../shell/files/node.ts';
import { SshReader, SshWriter } from '../../wire/ssh-bytes.ts';
import { attributesAnswer, dataAnswer, nameAnswer, statusAnswer } from './sftp-answer.ts';
import {
  longName,
  readAttributes,
  readUint64,
  uint64,
  type WantedAttributes,
  writeAttributes,
} from './sftp-attributes.ts';
import { expandedAnswer, namesAnswer, spaceAnswer } from './sftp-extension-answer.ts';
import { SftpFrames } from './sftp-frames.ts';
import { type OpenFile, type OpenFolder, SftpHandles } from './sftp-handles.ts';
import { extensionsOf, openFlag, packet, status, statusOf } from './sftp-protocol.ts';
import type { Visitor } from './visitor.ts';

const namesInAnswer = 100;
/** Octets that writes out of order may move; each costs as much as the whole file. */
const movedBytes = 536_870_912;

/** What sftp-server ends on: a message that cannot be read. */
class Fatal extends Error {
  readonly status: number;

  constructor(code: number) {
    super('sftp-server ends');
    this.status = code;
  }
}

export class SftpServer {
  readonly #visitor: Visitor;
  readonly #files: FileSystem;
  readonly #version: number;
  readonly #handles = new SftpHandles();
  readonly #frames = new SftpFrames();
  #moved = 0;
  #begun = false;
  #over = false;

  /** `version` is OpenSSH's, such as 804. */
  constructor(visitor: Visitor, version: number) {
    this.#visitor = visitor;
    this.#files = visitor.files;
    this.#version = version;
  }

  *start(): Iterable<ShellEvent> {}

  *receive(bytes: Uint8Array): Iterable<ShellEvent> {
    if (this.#over) return;
    this.#frames.push(bytes);
    while (!this.#over) {
      const message = this.#frames.next();
      if (message === null) return;
      if (message === 'empty' || message === 'too-long') yield* this.#exit(message === 'empty' ? 255 : 11);
      else yield* this.#message(message);
    }
  }

  /** The client has gone: what it was still writing is kept too. */
  *end(): Iterable<ShellEvent> {
    if (this.#over) return;
    yield* this.#exit(0);
  }

  *#exit(code: number): Iterable<ShellEvent> {
    this.#over = true;
    for (const handle of this.#handles.all)
      if (handle.kind === 'file' && handle.node.kind === 'file')
        yield* this.#visitor.capture(handle.node, handle.path);
    this.#handles.clear();
    yield { say: 'exit', status: code };
  }

  *#message(bytes: Buffer): Iterable<ShellEvent> {
    const reader = new SshReader(bytes);
    const events: ShellEvent[] = [];
    try {
      const answer = this.#serve(reader, events);
      yield* events;
      if (answer !== null) yield this.#output(answer);
    } catch (error) {
      if (error instanceof Fatal) yield* this.#exit(error.status);
      // sshbuf's faults: "parse: incomplete message".
      else if (error instanceof PicketError) yield* this.#exit(255);
      else throw error;
    }
  }

  #output(answer: Buffer): ShellEvent {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(answer.length);
    return { say: 'output', stream: 'stdout', bytes: Buffer.concat([length, answer]) };
  }

  #serve(reader: SshReader, events: ShellEvent[]): Buffer | null {
    const type = reader.uint8();
    if (type === packet.init) {
      reader.uint32();
      this.#begun = true;
      const writer = new SshWriter().uint8(packet.version).uint32(3);
      for (const [name, data] of extensionsOf(this.#version)) writer.string(name).string(data);
      return writer.finish();
    }
    if (!this.#begun) throw new Fatal(255);
    const id = reader.uint32();
    try {
      return this.#request(type, id, reader, events);
    } catch (error) {
      if (error instanceof FileFault) return statusAnswer(id, statusOf(error));
      throw error;
    }
  }

  /** sshbuf_get_cstring: no NUL within. */
  #path(reader: SshReader): string {
    const text = reader.string().toString('latin1');
    if (text.includes('\0')) throw new Fatal(255);
    return text;
  }

  #file(reader: SshReader): OpenFile {
    const handle = this.#handles.get(reader.string());
    // A handle that is none: sftp-server answers with SSH2_FX_FAILURE.
    if (handle?.kind !== 'file') throw new FileFault('EBUSY');
    return handle;
  }

  #record(events: ShellEvent[], text: string): void {
    events.push(...this.#visitor.record(`sftp ${decodeText(text)}`));
  }

  #request(type: number, id: number, reader: SshReader, events: ShellEvent[]): Buffer | null {
    const folder = this.#visitor.folder;
    switch (type) {
      case packet.open:
        return this.#open(id, this.#path(reader), reader.uint32(), readAttributes(reader), events);
      case packet.close: {
        const handle = this.#handles.remove(reader.string());
        if (handle === null) return statusAnswer(id, status.noSuchFile);
        if (handle.kind === 'file' && handle.node.kind === 'file')
          events.push(...this.#visitor.capture(handle.node, handle.path));
        return statusAnswer(id, status.ok);
      }
      case packet.read:
        return this.#read(id, this.#file(reader), readUint64(reader), reader.uint32());
      case packet.write:
        return this.#write(id, this.#file(reader), readUint64(reader), reader.string());
      case packet.lstat:
      case packet.stat:
        return attributesAnswer(id, this.#files.get(this.#path(reader), folder, type === packet.stat));
      case packet.fstat:
        return attributesAnswer(id, this.#file(reader).node);
      case packet.setstat:
        return this.#change(id, this.#path(reader), readAttributes(reader), null, events);
      case packet.fsetstat: {
        const handle = this.#file(reader);
        return this.#change(id, handle.path, readAttributes(reader), handle, events);
      }
      case packet.opendir:
        return this.#openFolder(id, this.#path(reader), events);
      case packet.readdir:
        return this.#readFolder(id, this.#handles.get(reader.string()));
      case packet.remove: {
        const path = this.#path(reader);
        this.#record(events, `remove ${path}`);
        if (this.#files.get(path, folder, false).kind === 'directory') throw new FileFault('EISDIR');
        this.#files.remove(path, folder);
        return statusAnswer(id, status.ok);
      }
      case packet.mkdir: {
        const path = this.#path(reader);
        const mode = readAttributes(reader).mode ?? 0o777;
        this.#record(events, `mkdir ${path}`);
        this.#files.makeDirectory(path, folder, mode & ~0o022);
        return statusAnswer(id, status.ok);
      }
      case packet.rmdir:
        return this.#removeFolder(id, this.#path(reader), events);
      case packet.realpath: {
        const path = this.#path(reader);
        return nameAnswer(id, this.#files.realPath(path === '' ? '.' : path, folder));
      }
      case packet.rename:
        return this.#rename(id, this.#path(reader), this.#path(reader), events);
      case packet.readlink: {
        const node = this.#files.get(this.#path(reader), folder, false);
        if (node.kind !== 'link') throw new FileFault('EINVAL');
        return nameAnswer(id, node.target);
      }
      case packet.symlink: {
        // OpenSSH has the two in the other order than the draft: string targetpath, string linkpath.
        const target = this.#path(reader);
        const path = this.#path(reader);
        this.#record(events, `symlink ${path} to ${target}`);
        this.#files.makeLink(target, path, folder);
        return statusAnswer(id, status.ok);
      }
      case packet.extended:
        return this.#extended(id, reader, events);
      default:
        throw new Fatal(255);
    }
  }

  // byte     SSH_FXP_HANDLE, uint32 id, string handle
  #give(id: number, handle: OpenFile | OpenFolder): Buffer {
    const bytes = this.#handles.add(handle);
    if (bytes === null) return statusAnswer(id, status.failure);
    return new SshWriter().uint8(packet.handle).uint32(id).string(bytes).finish();
  }

  // string   filename, uint32 pflags, ATTRS attrs
  #open(id: number, path: string, flags: number, wanted: WantedAttributes, events: ShellEvent[]): Buffer {
    const { folder } = this.#visitor;
    const writes = (flags & openFlag.write) !== 0;
    this.#record(events, `open ${path}${writes ? ' to write' : ''}`);
    let node = this.#files.find(path, folder);
    if (node === null) this.#files.realPath(path, folder);
    if ((flags & openFlag.create) !== 0 && (flags & openFlag.exclusive) !== 0 && node !== null)
      throw new FileFault('EEXIST');
    if (writes || (node === null && (flags & openFlag.create) !== 0)) {
      if (node === null && (flags & openFlag.create) === 0) throw new FileFault('ENOENT');
      const mode = (wanted.mode ?? 0o666) & ~0o022;
      const truncates = (flags & openFlag.truncate) !== 0;
      node = this.#files.open(path, folder, truncates ? 'truncate' : 'append', mode);
    } else {
      node = this.#files.get(path, folder);
      if (!this.#files.may(node, 4)) throw new FileFault('EACCES');
    }
    return this.#give(id, {
      kind: 'file',
      path: FileSystem.absolute(path, folder),
      node,
      flags,
      content: null,
    });
  }

  // string   handle, uint64 offset, uint32 len
  #read(id: number, handle: OpenFile, offset: number, length: number): Buffer {
    const { node } = handle;
    if (node.kind === 'directory') throw new FileFault('EISDIR');
    if ((handle.flags & openFlag.read) === 0) return statusAnswer(id, status.noSuchFile);
    const most = this.#version < 805 ? 65_536 : 261_120;
    let content = '';
    if (node.kind === 'file') {
      if (typeof node.content === 'function') handle.content ??= node.content();
      content = typeof node.content === 'function' ? (handle.content ?? '') : node.content;
    } else if (node.kind === 'device' && (node.device === 'zero' || node.device === 'random')) {
      const count = Math.min(length, most);
      return dataAnswer(
        id,
        node.device === 'zero' ? '\0'.repeat(count) : this.#visitor.machine.randomText(count),
      );
    }
    const piece = content.slice(offset, offset + Math.min(length, most));
    return piece === '' ? statusAnswer(id, status.endOfFile) : dataAnswer(id, piece);
  }

  // string   handle, uint64 offset, string data
  #write(id: number, handle: OpenFile, offset: number, data: Buffer): Buffer {
    const { node } = handle;
    if ((handle.flags & openFlag.write) === 0) return statusAnswer(id, status.noSuchFile);
    if (node.kind !== 'file') return statusAnswer(id, status.ok);
    const at = (handle.flags & openFlag.append) === 0 ? offset : contentOf(node).length;
    this.#spend(node, at);
    this.#files.writeAt(node, at, data.toString('latin1'), 'upload');
    return statusAnswer(id, status.ok);
  }

  #spend(node: FileNode, offset: number): void {
    const { length } = contentOf(node);
    if (offset !== length) this.#moved += length;
    if (this.#moved > movedBytes) throw new FileFault('ENOSPC');
  }

  #change(
    id: number,
    path: string,
    wanted: WantedAttributes,
    handle: OpenFile | null,
    events: ShellEvent[],
  ): Buffer {
    const { folder } = this.#visitor;
    if (handle === null) this.#record(events, `setstat ${path}`);
    if (wanted.size !== undefined) {
      const node = handle?.node ?? this.#files.open(path, folder, 'append');
      if (node.kind === 'file') {
        if (wanted.size > 8_388_608) throw new FileFault('ENOSPC');
        this.#spend(node, -1);
        this.#files.setContent(
          node,
          contentOf(node).slice(0, wanted.size).padEnd(wanted.size, '\0'),
          'upload',
        );
      }
    }
    const attributes = {
      ...(wanted.mode === undefined ? {} : { mode: wanted.mode }),
      ...(wanted.modified === undefined ? {} : { modified: wanted.modified * 1000 }),
      ...(wanted.owner === undefined ? {} : { uid: wanted.owner[0], gid: wanted.owner[1] }),
    };
    if (Object.keys(attributes).length === 0) return statusAnswer(id, status.ok);
    if (wanted.owner !== undefined && this.#files.uid !== 0) throw new FileFault('EPERM');
    if (handle !== null && this.#files.find(path, folder) !== handle.node)
      Object.assign(handle.node, attributes);
    else this.#files.change(path, folder, attributes);
    return statusAnswer(id, status.ok);
  }

  #openFolder(id: number, path: string, events: ShellEvent[]): Buffer {
    const { folder } = this.#visitor;
    this.#record(events, `opendir ${path}`);
    const node = this.#files.get(path, folder);
    const children = this.#files.list(path, folder);
    const absolute = this.#files.realPath(path, folder);
    const parent = this.#files.find(`${absolute}/..`, folder) ?? node;
    return this.#give(id, {
      kind: 'folder',
      path: absolute,
      entries: [['.', node], ['..', parent], ...children],
    });
  }

  // byte     SSH_FXP_NAME
  // uint32   id
  // uint32   count
  // repeats count times: string filename, string longname, ATTRS attrs
  #readFolder(id: number, handle: OpenFile | OpenFolder | null): Buffer {
    if (handle?.kind !== 'folder') return statusAnswer(id, status.failure);
    const entries = handle.entries.splice(0, namesInAnswer);
    if (entries.length === 0) return statusAnswer(id, status.endOfFile);
    const writer = new SshWriter().uint8(packet.name).uint32(id).uint32(entries.length);
    for (const [name, node] of entries) {
      writer.string(Buffer.from(name, 'latin1'));
      writer.string(Buffer.from(longName(this.#visitor, name, node), 'latin1'));
      writeAttributes(writer, node);
    }
    return writer.finish();
  }

  #removeFolder(id: number, path: string, events: ShellEvent[]): Buffer {
    const { folder } = this.#visitor;
    this.#record(events, `rmdir ${path}`);
    if (this.#files.get(path, folder, false).kind !== 'directory') throw new FileFault('ENOTDIR');
    if (this.#files.list(path, folder).size > 0) throw new FileFault('ENOTEMPTY');
    this.#files.remove(path, folder);
    return statusAnswer(id, status.ok);
  }

  /** A file keeps what is at its new name (link, then unlink); a folder moves only where nothing is. */
  #rename(id: number, from: string, to: string, events: ShellEvent[]): Buffer {
    const { folder } = this.#visitor;
    this.#record(events, `rename ${from} ${to}`);
    this.#files.get(from, folder, false);
    if (this.#files.find(to, folder, false) !== null) return statusAnswer(id, status.failure);
    this.#files.rename(from, to, folder);
    return statusAnswer(id, status.ok);
  }

  // uint32   id, string extended-request, ... any request-specific data
  #extended(id: number, reader: SshReader, events: ShellEvent[]): Buffer {
    const { folder } = this.#visitor;
    const name = this.#path(reader);
    if (!extensionsOf(this.#version).some(([each]) => each === name))
      return statusAnswer(id, status.unsupported);
    switch (name) {
      case 'posix-rename@openssh.com': {
        const [from, to] = [this.#path(reader), this.#path(reader)];
        this.#record(events, `posix-rename ${from} ${to}`);
        const node = this.#files.get(from, folder, false);
        const there = this.#files.find(to, folder, false);
        if (node.kind === 'directory' && there !== null) {
          if (there.kind !== 'directory') throw new FileFault('ENOTDIR');
          if (there !== node && this.#files.list(to, folder).size > 0) throw new FileFault('ENOTEMPTY');
        }
        this.#files.rename(from, to, folder);
        return statusAnswer(id, status.ok);
      }
      case 'statvfs@openssh.com':
        this.#files.get(this.#path(reader), folder);
        return spaceAnswer(this.#visitor.machine, id);
      case 'fstatvfs@openssh.com':
        if (this.#handles.get(reader.string()) === null) return statusAnswer(id, status.failure);
        return spaceAnswer(this.#visitor.machine, id);
      case 'hardlink@openssh.com': {
        const [from, to] = [this.#path(reader), this.#path(reader)];
        this.#record(events, `hardlink ${from} ${to}`);
        this.#files.addName(from, to, folder);
        return statusAnswer(id, status.ok);
      }
      case 'fsync@openssh.com':
        this.#file(reader);
        return statusAnswer(id, status.ok);
      case 'lsetstat@openssh.com':
        return this.#change(id, this.#path(reader), readAttributes(reader), null, events);
      case 'limits@openssh.com': {
        // uint64 max-packet-length, max-read-length, max-write-length, max-open-handles
        const writer = new SshWriter().uint8(packet.extendedReply).uint32(id);
        for (const value of [262_144, 261_120, 261_120, 1_019]) uint64(writer, value);
        return writer.finish();
      }
      case 'expand-path@openssh.com':
        return expandedAnswer(this.#visitor, id, this.#path(reader));
      case 'copy-data':
        return this.#copy(id, reader);
      case 'home-directory': {
        const user = this.#visitor.machine.users.find((each) => each.name === decodeText(this.#path(reader)));
        return user === undefined ? statusAnswer(id, status.failure) : nameAnswer(id, user.home);
      }
      default:
        return namesAnswer(this.#visitor, id, reader);
    }
  }

  // string   read-from-handle, uint64 read-from-offset, uint64 read-data-length (0: to the end), string write-to-handle, uint64 write-to-offset
  #copy(id: number, reader: SshReader): Buffer {
    const from = this.#file(reader);
    const start = readUint64(reader);
    const length = readUint64(reader);
    const to = this.#file(reader);
    const at = readUint64(reader);
    if (from.node === to.node || from.node.kind !== 'file' || to.node.kind !== 'file')
      throw new FileFault('EBUSY');
    if ((to.flags & openFlag.write) === 0) throw new FileFault('EBUSY');
    const content = contentOf(from.node).slice(start, length === 0 ? undefined : start + length);
    this.#spend(to.node, -1);
    this.#files.writeAt(to.node, at, content, 'upload');
    return statusAnswer(id, status.ok);
  }
}
