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
import { contentOf, type FileNode, type Node } from '../../shell/files/node.ts';
import { SshReader, SshWriter } from '../../wire/ssh-bytes.ts';
import {
  longName,
  readAttributes,
  readUint64,
  uint64,
  writeAttributes,
  type WantedAttributes,
} from './sftp-attributes.ts';
import { extensionsOf, openFlag, packet, status, statusOf, statusTexts } from './sftp-protocol.ts';
import type { Visitor } from './visitor.ts';

/** SFTP_MAX_MSG_LENGTH. */
const messageBytes = 262_144;
const handlesLimit = 200;
const namesInAnswer = 100;
/** Octets that writes out of order may move; each costs as much as the whole file. */
const movedBytes = 536_870_912;

interface OpenFile {
  readonly kind: 'file';
  readonly path: string;
  readonly node: Node;
  readonly flags: number;
  /** Of a file that is made when read: made once a handle. */
  content: string | null;
}

interface OpenFolder {
  readonly kind: 'folder';
  readonly path: string;
  readonly entries: (readonly [name: string, node: Node])[];
}

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
  readonly #handles = new Map<number, OpenFile | OpenFolder>();
  #chunks: Buffer[] = [];
  #held = 0;
  /** It looks at a message once there are five octets. */
  #needed = 5;
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

  // uint32   length
  // byte     type
  // uint32   request-id
  // ...      type specific fields
  *receive(bytes: Uint8Array): Iterable<ShellEvent> {
    if (this.#over) return;
    this.#chunks.push(Buffer.from(bytes));
    this.#held += bytes.length;
    while (this.#held >= this.#needed && !this.#over) {
      const whole =
        this.#chunks.length === 1 ? (this.#chunks[0] ?? Buffer.alloc(0)) : Buffer.concat(this.#chunks);
      const length = whole.readUInt32BE(0);
      if (length > messageBytes || length < 1) {
        yield* this.#exit(length < 1 ? 255 : 11);
        return;
      }
      this.#needed = 4 + length;
      this.#chunks = [whole];
      if (whole.length < this.#needed) return;
      const rest = whole.subarray(this.#needed);
      this.#chunks = rest.length > 0 ? [rest] : [];
      this.#held = rest.length;
      this.#needed = 5;
      yield* this.#message(whole.subarray(4, 4 + length));
    }
  }

  /** The client has gone: what it was still writing is kept too. */
  *end(): Iterable<ShellEvent> {
    if (this.#over) return;
    yield* this.#exit(0);
  }

  *#exit(code: number): Iterable<ShellEvent> {
    this.#over = true;
    for (const handle of this.#handles.values())
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
      if (error instanceof FileFault) return this.#status(id, statusOf(error));
      throw error;
    }
  }

  // byte     SSH_FXP_STATUS
  // uint32   id
  // uint32   error/status code
  // string   error message (ISO-10646 UTF-8 [RFC-2279])
  // string   language tag (as defined in [RFC-1766])
  #status(id: number, code: number, text: string = statusTexts[code] ?? 'Unknown error'): Buffer {
    return new SshWriter().uint8(packet.status).uint32(id).uint32(code).string(text).string('').finish();
  }

  /** sshbuf_get_cstring: no NUL within. */
  #path(reader: SshReader): string {
    const text = reader.string().toString('latin1');
    if (text.includes('\0')) throw new Fatal(255);
    return text;
  }

  #handle(reader: SshReader): OpenFile | OpenFolder | null {
    const bytes = reader.string();
    return bytes.length === 4 ? (this.#handles.get(bytes.readUInt32BE(0)) ?? null) : null;
  }

  #file(reader: SshReader): OpenFile {
    const handle = this.#handle(reader);
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
        const bytes = reader.string();
        const number = bytes.length === 4 ? bytes.readUInt32BE(0) : -1;
        const handle = this.#handles.get(number);
        if (handle === undefined) return this.#status(id, status.noSuchFile);
        this.#handles.delete(number);
        if (handle.kind === 'file' && handle.node.kind === 'file')
          events.push(...this.#visitor.capture(handle.node, handle.path));
        return this.#status(id, status.ok);
      }
      case packet.read:
        return this.#read(id, this.#file(reader), readUint64(reader), reader.uint32());
      case packet.write:
        return this.#write(id, this.#file(reader), readUint64(reader), reader.string());
      case packet.lstat:
      case packet.stat:
        return this.#attributes(id, this.#files.get(this.#path(reader), folder, type === packet.stat));
      case packet.fstat:
        return this.#attributes(id, this.#file(reader).node);
      case packet.setstat:
        return this.#change(id, this.#path(reader), readAttributes(reader), null, events);
      case packet.fsetstat: {
        const handle = this.#file(reader);
        return this.#change(id, handle.path, readAttributes(reader), handle, events);
      }
      case packet.opendir:
        return this.#openFolder(id, this.#path(reader), events);
      case packet.readdir:
        return this.#readFolder(id, this.#handle(reader));
      case packet.remove: {
        const path = this.#path(reader);
        this.#record(events, `remove ${path}`);
        if (this.#files.get(path, folder, false).kind === 'directory') throw new FileFault('EISDIR');
        this.#files.remove(path, folder);
        return this.#status(id, status.ok);
      }
      case packet.mkdir: {
        const path = this.#path(reader);
        const mode = readAttributes(reader).mode ?? 0o777;
        this.#record(events, `mkdir ${path}`);
        this.#files.makeDirectory(path, folder, mode & ~0o022);
        return this.#status(id, status.ok);
      }
      case packet.rmdir:
        return this.#removeFolder(id, this.#path(reader), events);
      case packet.realpath: {
        const path = this.#path(reader);
        return this.#name(id, this.#files.realPath(path === '' ? '.' : path, folder));
      }
      case packet.rename:
        return this.#rename(id, this.#path(reader), this.#path(reader), events);
      case packet.readlink: {
        const node = this.#files.get(this.#path(reader), folder, false);
        if (node.kind !== 'link') throw new FileFault('EINVAL');
        return this.#name(id, node.target);
      }
      case packet.symlink: {
        // OpenSSH has the two in the other order than the draft: string targetpath, string linkpath.
        const target = this.#path(reader);
        const path = this.#path(reader);
        this.#record(events, `symlink ${path} to ${target}`);
        this.#files.makeLink(target, path, folder);
        return this.#status(id, status.ok);
      }
      case packet.extended:
        return this.#extended(id, reader, events);
      default:
        throw new Fatal(255);
    }
  }

  // byte     SSH_FXP_HANDLE, uint32 id, string handle
  #give(id: number, handle: OpenFile | OpenFolder): Buffer {
    let number = 0;
    while (this.#handles.has(number)) number += 1;
    if (number >= handlesLimit) return this.#status(id, status.failure);
    this.#handles.set(number, handle);
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(number);
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
    if ((handle.flags & openFlag.read) === 0) return this.#status(id, status.noSuchFile);
    const most = this.#version < 805 ? 65_536 : 261_120;
    let content = '';
    if (node.kind === 'file') {
      if (typeof node.content === 'function') handle.content ??= node.content();
      content = typeof node.content === 'function' ? (handle.content ?? '') : node.content;
    } else if (node.kind === 'device' && (node.device === 'zero' || node.device === 'random')) {
      const count = Math.min(length, most);
      return this.#data(
        id,
        node.device === 'zero' ? '\0'.repeat(count) : this.#visitor.machine.randomText(count),
      );
    }
    const piece = content.slice(offset, offset + Math.min(length, most));
    return piece === '' ? this.#status(id, status.endOfFile) : this.#data(id, piece);
  }

  #data(id: number, text: string): Buffer {
    return new SshWriter().uint8(packet.data).uint32(id).string(Buffer.from(text, 'latin1')).finish();
  }

  // string   handle, uint64 offset, string data
  #write(id: number, handle: OpenFile, offset: number, data: Buffer): Buffer {
    const { node } = handle;
    if ((handle.flags & openFlag.write) === 0) return this.#status(id, status.noSuchFile);
    if (node.kind !== 'file') return this.#status(id, status.ok);
    const at = (handle.flags & openFlag.append) === 0 ? offset : contentOf(node).length;
    this.#spend(node, at);
    this.#files.writeAt(node, at, data.toString('latin1'), 'upload');
    return this.#status(id, status.ok);
  }

  #spend(node: FileNode, offset: number): void {
    const { length } = contentOf(node);
    if (offset !== length) this.#moved += length;
    if (this.#moved > movedBytes) throw new FileFault('ENOSPC');
  }

  #attributes(id: number, node: Node): Buffer {
    return writeAttributes(new SshWriter().uint8(packet.attributes).uint32(id), node).finish();
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
    if (Object.keys(attributes).length === 0) return this.#status(id, status.ok);
    if (wanted.owner !== undefined && this.#files.uid !== 0) throw new FileFault('EPERM');
    if (handle !== null && this.#files.find(path, folder) !== handle.node)
      Object.assign(handle.node, attributes);
    else this.#files.change(path, folder, attributes);
    return this.#status(id, status.ok);
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
    if (handle?.kind !== 'folder') return this.#status(id, status.failure);
    const entries = handle.entries.splice(0, namesInAnswer);
    if (entries.length === 0) return this.#status(id, status.endOfFile);
    const writer = new SshWriter().uint8(packet.name).uint32(id).uint32(entries.length);
    for (const [name, node] of entries) {
      writer.string(Buffer.from(name, 'latin1'));
      writer.string(Buffer.from(longName(this.#visitor, name, node), 'latin1'));
      writeAttributes(writer, node);
    }
    return writer.finish();
  }

  /** One name, without attributes. */
  #name(id: number, path: string): Buffer {
    const bytes = Buffer.from(path, 'latin1');
    const writer = new SshWriter().uint8(packet.name).uint32(id).uint32(1);
    return writer.string(bytes).string(bytes).uint32(0).finish();
  }

  #removeFolder(id: number, path: string, events: ShellEvent[]): Buffer {
    const { folder } = this.#visitor;
    this.#record(events, `rmdir ${path}`);
    if (this.#files.get(path, folder, false).kind !== 'directory') throw new FileFault('ENOTDIR');
    if (this.#files.list(path, folder).size > 0) throw new FileFault('ENOTEMPTY');
    this.#files.remove(path, folder);
    return this.#status(id, status.ok);
  }

  /** A file keeps what is at its new name (link, then unlink); a folder moves only where nothing is. */
  #rename(id: number, from: string, to: string, events: ShellEvent[]): Buffer {
    const { folder } = this.#visitor;
    this.#record(events, `rename ${from} ${to}`);
    this.#files.get(from, folder, false);
    if (this.#files.find(to, folder, false) !== null) return this.#status(id, status.failure);
    this.#files.rename(from, to, folder);
    return this.#status(id, status.ok);
  }

  // uint32   id, string extended-request, ... any request-specific data
  #extended(id: number, reader: SshReader, events: ShellEvent[]): Buffer {
    const { folder } = this.#visitor;
    const name = this.#path(reader);
    if (!extensionsOf(this.#version).some(([each]) => each === name))
      return this.#status(id, status.unsupported);
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
        return this.#status(id, status.ok);
      }
      case 'statvfs@openssh.com':
        this.#files.get(this.#path(reader), folder);
        return this.#space(id);
      case 'fstatvfs@openssh.com':
        if (this.#handle(reader) === null) return this.#status(id, status.failure);
        return this.#space(id);
      case 'hardlink@openssh.com': {
        const [from, to] = [this.#path(reader), this.#path(reader)];
        this.#record(events, `hardlink ${from} ${to}`);
        this.#files.addName(from, to, folder);
        return this.#status(id, status.ok);
      }
      case 'fsync@openssh.com':
        this.#file(reader);
        return this.#status(id, status.ok);
      case 'lsetstat@openssh.com':
        return this.#change(id, this.#path(reader), readAttributes(reader), null, events);
      case 'limits@openssh.com': {
        // uint64 max-packet-length, max-read-length, max-write-length, max-open-handles
        const writer = new SshWriter().uint8(packet.extendedReply).uint32(id);
        for (const value of [262_144, 261_120, 261_120, 1_019]) uint64(writer, value);
        return writer.finish();
      }
      case 'expand-path@openssh.com':
        return this.#expand(id, this.#path(reader));
      case 'copy-data':
        return this.#copy(id, reader);
      case 'home-directory': {
        const user = this.#visitor.machine.users.find((each) => each.name === decodeText(this.#path(reader)));
        return user === undefined ? this.#status(id, status.failure) : this.#name(id, user.home);
      }
      default:
        return this.#names(id, reader);
    }
  }

  // uint64   f_bsize, f_frsize, f_blocks, f_bfree, f_bavail, f_files, f_ffree, f_favail, f_fsid, f_flag, f_namemax
  #space(id: number): Buffer {
    const { machine } = this.#visitor;
    const blocks = Math.floor(machine.diskKilobytes / 4);
    const free = Math.floor((machine.diskKilobytes - machine.diskUsedKilobytes) / 4);
    const inodes = Math.floor(machine.diskKilobytes / 16);
    const spare = Math.floor(inodes * 0.8);
    const writer = new SshWriter().uint8(packet.extendedReply).uint32(id);
    const fields = [
      4096,
      4096,
      blocks,
      free,
      Math.floor(free * 0.95),
      inodes,
      spare,
      spare,
      machine.diskKilobytes,
      0,
      255,
    ];
    for (const value of fields) uint64(writer, value);
    return writer.finish();
  }

  /** `~`, `~user` and what is relative, made absolute. */
  #expand(id: number, path: string): Buffer {
    const { account, folder, machine } = this.#visitor;
    const tilde = /^~([^/]*)/.exec(path);
    if (tilde === null) return this.#name(id, this.#files.realPath(path === '' ? '.' : path, folder));
    const name = tilde[1] ?? '';
    const home = name === '' ? account.home : machine.users.find((each) => each.name === name)?.home;
    if (home === undefined) return this.#status(id, status.noSuchFile, 'no such user');
    return this.#name(id, this.#files.realPath(home + path.slice(tilde[0].length), folder));
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
    return this.#status(id, status.ok);
  }

  // string   uids (uint32 each), string gids
  // string   usernames (string each), string groupnames
  #names(id: number, reader: SshReader): Buffer {
    const list = (path: '/etc/passwd' | '/etc/group'): Buffer => {
      const ids = new SshReader(reader.string());
      const writer = new SshWriter();
      for (let left = 256; ids.remaining > 0 && left > 0; left -= 1)
        writer.string(Buffer.from(this.#visitor.nameOf(path, ids.uint32()), 'latin1'));
      return writer.finish();
    };
    const users = list('/etc/passwd');
    const groups = list('/etc/group');
    return new SshWriter().uint8(packet.extendedReply).uint32(id).string(users).string(groups).finish();
  }
}
