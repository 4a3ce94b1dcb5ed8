/**
 * The file service of adbd (system/core/adb/SYNC.TXT): requests of four letters and a length, little-endian.
 *
 *     STAT path            STAT mode size time
 *     LIST path            DENT mode size time length name …, DONE
 *     SEND path,mode       DATA length octets …, DONE time; OKAY or FAIL
 *     RECV path            DATA length octets …, DONE; or FAIL length text
 *     QUIT
 */

import { Buffer } from 'node:buffer';
import type { DecoyOutput } from '../../core/decoy.ts';
import { FileFault } from '../../shell/files/fault.ts';
import type { FileSystem } from '../../shell/files/file-system.ts';
import { contentOf, type FileNode, type Node, sizeOf } from '../../shell/files/node.ts';

const pathBytes = 1024;
const pieceBytes = 65_536;
const givenBytes = 67_108_864;

const modeBits: Readonly<Record<Node['kind'], number>> = {
  file: 0o100000,
  directory: 0o040000,
  link: 0o120000,
  device: 0o020000,
};

interface Upload {
  readonly path: string;
  readonly node: FileNode | null;
  fault: string;
}

export class SyncService {
  readonly #files: FileSystem;
  #held: Buffer = Buffer.alloc(0);
  #upload: Upload | null = null;
  #given = 0;
  /** True once the client or a fault has ended it. */
  over = false;

  constructor(files: FileSystem) {
    this.#files = files;
  }

  /** Answers to go to the client come as `Buffer`, the rest as outputs. */
  *receive(bytes: Uint8Array): Iterable<Buffer | DecoyOutput> {
    this.#held = Buffer.concat([this.#held, bytes]);
    while (this.#held.length >= 8 && !this.over) {
      const name = this.#held.toString('latin1', 0, 4);
      const length = this.#held.readUInt32LE(4);
      const isShort = name === 'DONE' || name === 'QUIT';
      if (!isShort && length > (name === 'DATA' ? pieceBytes : pathBytes)) {
        this.over = true;
        yield fail(name === 'DATA' ? 'oversize data message' : 'path too long');
        return;
      }
      const whole = isShort ? 8 : 8 + length;
      if (this.#held.length < whole) return;
      const body = Buffer.from(this.#held.subarray(8, whole));
      this.#held = Buffer.from(this.#held.subarray(whole));
      yield* this.#request(name, body, length);
    }
  }

  *end(): Iterable<DecoyOutput> {
    const upload = this.#upload;
    this.#upload = null;
    if (upload?.node != null) yield* this.#capture(upload.node, upload.path);
  }

  *#request(name: string, body: Buffer, number: number): Iterable<Buffer | DecoyOutput> {
    const path = body.toString('latin1');
    try {
      if (name === 'STAT') yield statOf(this.#files.find(path, '/', false));
      else if (name === 'LIST') yield* this.#list(path);
      else if (name === 'RECV') yield* this.#give(path);
      else if (name === 'SEND') this.#begin(path);
      else if (name === 'DATA') this.#store(body);
      else if (name === 'DONE') yield* this.#finish(number);
      else {
        this.over = true;
        if (name !== 'QUIT') yield fail(`unknown command ${name.replaceAll(/[^ -~]/g, '?')}`);
      }
    } catch (error) {
      if (!(error instanceof FileFault)) throw error;
      yield fail(error.message);
    }
  }

  *#list(path: string): Iterable<Buffer> {
    const node = this.#files.find(path, '/');
    if (node?.kind === 'directory') {
      for (const [name, child] of this.#files.list(path, '/')) {
        const head = Buffer.alloc(20);
        statOf(child).copy(head, 0);
        head.write('DENT', 0, 'latin1');
        head.writeUInt32LE(name.length, 16);
        yield Buffer.concat([head, Buffer.from(name, 'latin1')]);
      }
    }
    const done = Buffer.alloc(20);
    done.write('DONE', 0, 'latin1');
    yield done;
  }

  *#give(path: string): Iterable<Buffer> {
    const content = this.#files.read(path, '/');
    this.#given += content.length;
    if (this.#given > givenBytes) throw new FileFault('ENOSPC');
    for (let at = 0; at < content.length; at += pieceBytes) {
      const piece = Buffer.from(content.slice(at, at + pieceBytes), 'latin1');
      yield Buffer.concat([named('DATA', piece.length), piece]);
    }
    yield named('DONE', 0);
  }

  #begin(text: string): void {
    const comma = text.lastIndexOf(',');
    const path = comma < 0 ? text : text.slice(0, comma);
    const mode = Number(text.slice(comma + 1));
    let node: FileNode | null = null;
    let fault = '';
    try {
      const folders = path.split('/').slice(1, -1);
      for (const [index] of folders.entries()) {
        const folder = `/${folders.slice(0, index + 1).join('/')}`;
        if (this.#files.find(folder, '/') === null) this.#files.makeDirectory(folder, '/');
      }
      const opened = this.#files.open(path, '/', 'truncate', Number.isInteger(mode) ? mode & 0o777 : 0o644);
      if (opened.kind === 'file') node = opened;
    } catch (error) {
      if (!(error instanceof FileFault)) throw error;
      fault = `couldn't create file: ${error.message}`;
    }
    this.#upload = { path, node, fault };
  }

  #store(data: Buffer): void {
    const upload = this.#upload;
    if (upload === null || upload.node === null || upload.fault !== '') return;
    try {
      this.#files.append(upload.node, data.toString('latin1'), 'adb-push');
    } catch (error) {
      if (!(error instanceof FileFault)) throw error;
      upload.fault = `write failed: ${error.message}`;
    }
  }

  *#finish(seconds: number): Iterable<Buffer | DecoyOutput> {
    const upload = this.#upload;
    this.#upload = null;
    if (upload === null) {
      this.over = true;
      yield fail('invalid data message');
      return;
    }
    if (upload.node !== null) {
      upload.node.modified = seconds * 1000;
      yield* this.#capture(upload.node, upload.path);
    }
    yield upload.fault === '' ? named('OKAY', 0) : fail(upload.fault);
  }

  *#capture(node: FileNode, path: string): Iterable<DecoyOutput> {
    const content = contentOf(node);
    if (content === '' || content === node.captured) return;
    node.captured = content;
    const name = Buffer.from(path, 'latin1').toString('utf8');
    yield { do: 'capture', bytes: new Uint8Array(Buffer.from(content, 'latin1')), how: 'adb-push', name };
  }
}

function named(name: string, number: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.write(name, 0, 'latin1');
  bytes.writeUInt32LE(number, 4);
  return bytes;
}

function fail(text: string): Buffer {
  return Buffer.concat([named('FAIL', text.length), Buffer.from(text, 'latin1')]);
}

function statOf(node: Node | null): Buffer {
  const bytes = Buffer.alloc(16);
  bytes.write('STAT', 0, 'latin1');
  if (node === null) return bytes;
  bytes.writeUInt32LE(modeBits[node.kind] | (node.mode & 0o7777), 4);
  bytes.writeUInt32LE(sizeOf(node), 8);
  bytes.writeUInt32LE(Math.floor(node.modified / 1000) >>> 0, 12);
  return bytes;
}
