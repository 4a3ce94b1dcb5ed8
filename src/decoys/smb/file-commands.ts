/** The commands of SMB 2 that work on files and pipes ([MS-SMB2] §2.2.13 to §2.2.40). Offsets count from the header. */

import { Buffer } from 'node:buffer';
import type { DecoyContext, DecoyOutput } from '../../core/decoy.ts';
import { below } from '../../core/random.ts';
import type { Node } from '../../shell/files/node.ts';
import { type LittleReader, LittleWriter } from '../../wire/little-endian.ts';
import {
  attributesOf,
  directoryEntry,
  fileInformation,
  lengthOf,
  putSizes,
  putTimes,
  volumeInformation,
} from './file-information.ts';
import { ioctlBody } from './reply.ts';
import { OpenFiles } from './open-files.ts';
import { mostGathered, OpenedFile } from './opened-file.ts';
import { openPipe, pipeNameOf } from './pipe.ts';
import { matches } from './search-pattern.ts';
import { volumeSerial, type FileServer, type Share } from './server.ts';
import type { ShareFiles } from './share-files.ts';
import { status } from './status.ts';

export interface Answer {
  readonly code: number;
  /** What follows the header; null for the body of an error. */
  readonly body: Buffer | null;
}

export interface Tree {
  readonly share: Share;
  readonly isPipe: boolean;
  /** Logged in as somebody, not anonymous. */
  readonly isKnown: boolean;
}

const mostRead = 1_048_576;

const refuse = (code: number): Answer => ({ code, body: null });
const done = (body: Buffer): Answer => ({ code: status.success, body });
const two = (): Answer => done(Buffer.of(2, 0));
const four = (): Answer => done(Buffer.of(4, 0, 0, 0));

export class FileCommands {
  readonly #context: DecoyContext;
  readonly #server: FileServer;
  readonly #shareFiles: () => ShareFiles;
  readonly #open: OpenFiles<bigint>;
  #next = 1n;
  #last = 0n;

  constructor(context: DecoyContext, server: FileServer, shareFiles: () => ShareFiles) {
    this.#context = context;
    this.#server = server;
    this.#shareFiles = shareFiles;
    this.#open = new OpenFiles(shareFiles);
  }

  *answer(
    command: number,
    request: LittleReader,
    tree: Tree,
    isRelated: boolean,
  ): Generator<DecoyOutput, Answer> {
    switch (command) {
      case 5:
        return yield* this.#create(request, tree);
      case 6:
        return yield* this.#close(request, isRelated);
      case 7:
        return four();
      case 8:
        return this.#read(request, isRelated);
      case 9:
        return yield* this.#write(request, isRelated);
      case 10:
        return four();
      case 11:
        return yield* this.#control(request, isRelated);
      case 14:
        return this.#list(request, isRelated);
      case 16:
        return this.#inform(request, isRelated);
      case 17:
        return yield* this.#change(request, isRelated);
      default:
        return refuse(status.notSupported);
    }
  }

  *closeAll(): Iterable<DecoyOutput> {
    for (const id of this.#open.ids) yield* this.#end(id);
  }

  #opened(request: LittleReader, at: number, isRelated: boolean): { id: bigint; opened: OpenedFile } | null {
    let id = request.uint64(at + 8);
    // All ones: the file that the compound request before has opened.
    if (isRelated && id === 0xffff_ffff_ffff_ffffn) id = this.#last;
    const opened = this.#open.get(id);
    return opened === undefined ? null : { id, opened };
  }

  // StructureSize (2) 57, SecurityFlags (1), RequestedOplockLevel (1), ImpersonationLevel (4), SmbCreateFlags (8), Reserved (8),
  // DesiredAccess (4), FileAttributes (4), ShareAccess (4), CreateDisposition (4), CreateOptions (4), NameOffset (2), NameLength (2)
  *#create(request: LittleReader, tree: Tree): Generator<DecoyOutput, Answer> {
    this.#last = 0n;
    const name = request.wide(request.uint16(108), request.uint16(110)).replace(/^\\+/, '').slice(0, 1_024);
    if (this.#open.areMost) return refuse(status.insufficientServerResources);
    if (tree.isPipe) return yield* this.#openPipe(tree, name);
    const disposition = request.uint32(100);
    const options = request.uint32(104);
    const wantsFolder = (options & 1) !== 0;
    const files = this.#shareFiles();
    const path = files.resolve(tree.share.folder, name);
    const before = files.find(path);
    const refused = this.#open.refusal(path, before, disposition, options);
    if (refused !== null) return refuse(refused);
    if (before?.kind === 'directory' && !wantsFolder && disposition !== 1 && disposition !== 3)
      return refuse(status.isDirectory);
    let action = 1;
    if (before === null) {
      if (!files.make(path, wantsFolder ? 'directory' : 'file')) return refuse(status.nameNotFound);
      action = 2;
      yield* this.#open.record(`create \\${tree.share.name}\\${name}`);
    } else if (disposition === 0 || disposition === 4 || disposition === 5) {
      if (!files.put(path, new Uint8Array())) return refuse(status.accessDenied);
      action = 3;
      yield* this.#open.record(`overwrite \\${tree.share.name}\\${name}`);
    } else if (name !== '') yield* this.#open.record(`open \\${tree.share.name}\\${name}`);
    const node = files.find(path);
    if (node === null) return refuse(status.nameNotFound);
    const opened = new OpenedFile(tree.share, path, name, null);
    // FILE_DELETE_ON_CLOSE
    opened.isDeletedOnClose = (options & 0x1000) !== 0;
    return this.#created(opened, action, node);
  }

  *#openPipe(tree: Tree, name: string): Generator<DecoyOutput, Answer> {
    const pipeName = pipeNameOf(name);
    yield* this.#open.record(`open pipe ${pipeName}`);
    const pipe = yield* openPipe(pipeName, this.#context, this.#server, tree.isKnown);
    if (typeof pipe === 'number') return refuse(pipe);
    const opened = new OpenedFile(tree.share, '', pipeName, pipe);
    return this.#created(opened, 1, null);
  }

  // StructureSize (2) 89, OplockLevel (1), Flags (1), CreateAction (4), four times (8 each), AllocationSize (8), EndofFile (8),
  // FileAttributes (4), Reserved2 (4), FileId (16), CreateContextsOffset (4), CreateContextsLength (4)
  #created(opened: OpenedFile, action: number, node: Node | null): Answer {
    const id = this.#next;
    this.#next += 1n;
    this.#open.add(id, opened);
    this.#last = id;
    const writer = new LittleWriter().uint16(89).uint16(0).uint32(action);
    if (node === null) writer.zeros(32).uint64(4_096n).uint64(0n).uint32(0x80);
    else putSizes(putTimes(writer, node), lengthOf(node)).uint32(attributesOf(node));
    return done(writer.uint32(0).uint64(id).uint64(id).uint32(0).uint32(0).finish());
  }

  // StructureSize (2) 24, Flags (2), Reserved (4), FileId (16); the answer: 60, Flags (2), Reserved (4), times, sizes, attributes
  *#close(request: LittleReader, isRelated: boolean): Generator<DecoyOutput, Answer> {
    const found = this.#opened(request, 72, isRelated);
    if (found === null) return refuse(status.fileClosed);
    yield* this.#end(found.id);
    const flags = request.uint16(66) & 1;
    const writer = new LittleWriter().uint16(60).uint16(flags).uint32(0);
    const node =
      found.opened.pipe === null && flags === 1 ? this.#shareFiles().find(found.opened.path) : null;
    if (node === null) return done(writer.zeros(52).finish());
    return done(putSizes(putTimes(writer, node), lengthOf(node)).uint32(attributesOf(node)).finish());
  }

  /** A file is closed, by the visitor or by his going, and removed where he wished that. */
  *#end(id: bigint): Iterable<DecoyOutput> {
    const opened = yield* this.#open.close(id);
    if (opened === null || opened.pipe !== null || !opened.isDeletedOnClose) return;
    yield* this.#open.record(`delete \\${opened.share.name}\\${opened.name}`);
    if (opened.path !== opened.share.folder) this.#shareFiles().remove(opened.path);
  }

  // StructureSize (2) 49, Padding (1), Flags (1), Length (4), Offset (8), FileId (16), …
  // the answer: 17, DataOffset (1), Reserved (1), DataLength (4), DataRemaining (4), Reserved2 (4), Buffer
  #read(request: LittleReader, isRelated: boolean): Answer {
    const found = this.#opened(request, 80, isRelated);
    if (found === null) return refuse(status.fileClosed);
    const { opened } = found;
    const count = Math.min(request.uint32(68), mostRead);
    const offset = Number(request.uint64(72));
    const bytes = opened.pipe?.read(count) ?? this.#open.read(opened, offset, count);
    if (bytes.length === 0 && count > 0) return refuse(status.endOfFile);
    const writer = new LittleWriter().uint16(17).uint8(80).uint8(0).uint32(bytes.length).uint32(0).uint32(0);
    const code = opened.pipe !== null && opened.pipe.waiting > 0 ? status.bufferOverflow : status.success;
    return { code, body: writer.octets(bytes).finish() };
  }

  // StructureSize (2) 49, DataOffset (2), Length (4), Offset (8), FileId (16), …; the answer: 17, Reserved (2), Count (4), Remaining (4), …
  *#write(request: LittleReader, isRelated: boolean): Generator<DecoyOutput, Answer> {
    const found = this.#opened(request, 80, isRelated);
    if (found === null) return refuse(status.fileClosed);
    const { opened } = found;
    const bytes = request.slice(request.uint16(66), request.uint32(68));
    if (opened.pipe !== null) yield* opened.pipe.write(bytes);
    else {
      const given = request.uint64(72);
      // All ones: at the end.
      const offset =
        given === 0xffff_ffff_ffff_ffffn
          ? (opened.gathered?.length ?? this.#shareFiles().read(opened.path, 0, mostGathered).length)
          : Number(given);
      if (!this.#open.write(opened, offset, bytes)) return refuse(status.diskFull);
    }
    return done(new LittleWriter().uint16(17).uint16(0).uint32(bytes.length).uint32(0).uint32(0).finish());
  }

  // StructureSize (2) 57, Reserved (2), CtlCode (4), FileId (16), InputOffset (4), InputCount (4), MaxInputResponse (4), …
  *#control(request: LittleReader, isRelated: boolean): Generator<DecoyOutput, Answer> {
    const code = request.uint32(68);
    // FSCTL_PIPE_WAIT
    if (code === 0x0011_0018) return done(ioctlBody(request, Buffer.alloc(0)));
    // FSCTL_DFS_GET_REFERRALS
    if (code === 0x0006_0194 || code === 0x0006_01b0) return refuse(status.noSuchFile);
    // FSCTL_PIPE_TRANSCEIVE
    if (code !== 0x0011_c017) return refuse(status.invalidDeviceRequest);
    const found = this.#opened(request, 72, isRelated);
    if (found?.opened.pipe === undefined || found.opened.pipe === null) return refuse(status.fileClosed);
    yield* found.opened.pipe.write(request.slice(request.uint32(88), request.uint32(92)));
    const output = found.opened.pipe.read(Math.min(request.uint32(108), 65_536));
    const isMore = found.opened.pipe.waiting > 0;
    return { code: isMore ? status.bufferOverflow : status.success, body: ioctlBody(request, output) };
  }

  // StructureSize (2) 33, FileInformationClass (1), Flags (1), FileIndex (4), FileId (16), FileNameOffset (2), FileNameLength (2),
  // OutputBufferLength (4)
  #list(request: LittleReader, isRelated: boolean): Answer {
    const found = this.#opened(request, 72, isRelated);
    if (found === null || found.opened.pipe !== null) return refuse(status.fileClosed);
    const { opened } = found;
    const files = this.#shareFiles();
    const folder = files.find(opened.path);
    if (folder?.kind !== 'directory') return refuse(status.invalidParameter);
    const flags = request.uint8(67);
    // SMB2_RESTART_SCANS, SMB2_REOPEN
    if (opened.listed < 0 || (flags & 0x11) !== 0) {
      opened.listed = 0;
      opened.pattern = request.wide(request.uint16(88), request.uint16(90)) || '*';
    }
    const first = opened.listed === 0;
    const entries: (readonly [string, Node])[] = [['.', folder], ['..', folder], ...files.list(opened.path)];
    const most = Math.min(request.uint32(92), 65_536);
    const parts: Buffer[] = [];
    let length = 0;
    while (opened.listed < entries.length) {
      const [name, node] = entries[opened.listed] ?? ['', folder];
      if (!matches(opened.pattern, name)) {
        opened.listed += 1;
        continue;
      }
      const entry = directoryEntry(request.uint8(66), name, node);
      if (entry === null) return refuse(status.invalidInfoClass);
      const start = Math.ceil(length / 8) * 8;
      if (start + entry.length > most) break;
      const before = parts.at(-1);
      if (before !== undefined) {
        before.writeUInt32LE(start - (length - before.length), 0);
        parts[parts.length - 1] = Buffer.concat([before, Buffer.alloc(start - length)]);
      }
      parts.push(entry);
      length = start + entry.length;
      opened.listed += 1;
      // SMB2_RETURN_SINGLE_ENTRY
      if ((flags & 2) !== 0) break;
    }
    if (parts.length === 0) return refuse(first ? status.noSuchFile : status.noMoreFiles);
    return done(buffered(Buffer.concat(parts)));
  }

  // StructureSize (2) 41, InfoType (1), FileInfoClass (1), OutputBufferLength (4), InputBufferOffset (2), Reserved (2),
  // InputBufferLength (4), AdditionalInformation (4), Flags (4), FileId (16)
  #inform(request: LittleReader, isRelated: boolean): Answer {
    const found = this.#opened(request, 88, isRelated);
    if (found === null) return refuse(status.fileClosed);
    const { opened } = found;
    const type = request.uint8(66);
    const informationClass = request.uint8(67);
    const node = opened.pipe === null ? this.#shareFiles().find(opened.path) : null;
    let bytes: Buffer | null = null;
    if (type === 1 && node !== null)
      bytes = fileInformation(informationClass, opened.name, node, opened.isDeletedOnClose);
    else if (type === 1 && informationClass === 5)
      bytes = new LittleWriter().uint64(4_096n).uint64(0n).uint32(1).uint32(1).finish();
    else if (type === 2) {
      const { persona } = this.#context;
      bytes = volumeInformation(informationClass, {
        label: opened.share.name,
        serial: volumeSerial(persona, opened.share.name),
        madeAt: persona.bootedAt,
        units: 5_000_000n + BigInt(below(persona.random('smb:disk'), 60_000_000)),
      });
    } else if (type === 3) {
      // A self-relative SECURITY_DESCRIPTOR ([MS-DTYP] §2.4.6) without owner, group or lists.
      bytes = new LittleWriter().uint8(1).uint8(0).uint16(0x8000).zeros(16).finish();
    }
    if (bytes === null) return refuse(status.invalidInfoClass);
    return done(buffered(bytes.subarray(0, request.uint32(68))));
  }

  // StructureSize (2) 33, InfoType (1), FileInfoClass (1), BufferLength (4), BufferOffset (2), Reserved (2), AdditionalInformation (4),
  // FileId (16)
  *#change(request: LittleReader, isRelated: boolean): Generator<DecoyOutput, Answer> {
    const found = this.#opened(request, 80, isRelated);
    if (found === null || found.opened.pipe !== null) return refuse(status.fileClosed);
    const { opened } = found;
    if (request.uint8(66) !== 1) return refuse(status.notSupported);
    const at = request.uint16(72);
    switch (request.uint8(67)) {
      case 10: {
        // FileRenameInformation: ReplaceIfExists (1), Reserved (7), RootDirectory (8), FileNameLength (4), FileName
        const name = request.wide(at + 20, Math.min(request.uint32(at + 16), 2_048));
        const files = this.#shareFiles();
        const path = files.resolve(opened.share.folder, name);
        yield* this.#open.record(`rename \\${opened.share.name}\\${opened.name} ${name}`);
        if (request.uint8(at) === 0 && files.find(path) !== null) return refuse(status.nameCollision);
        if (!files.rename(opened.path, path)) return refuse(status.nameNotFound);
        opened.path = path;
        return two();
      }
      case 13:
        // FileDispositionInformation: DeletePending (1)
        opened.isDeletedOnClose = request.uint8(at) !== 0;
        return two();
      default:
        // Times, sizes and attributes are taken for set.
        return two();
    }
  }
}

/** StructureSize (2) 9, OutputBufferOffset (2), OutputBufferLength (4), Buffer. */
function buffered(bytes: Buffer): Buffer {
  return new LittleWriter().uint16(9).uint16(72).uint32(bytes.length).octets(bytes).finish();
}
