/** The commands of SMB 1 that work on files ([MS-CIFS] §2.2.4, [MS-SMB] §2.2.4). Offsets count from the header; words begin at 33. */

import { Buffer } from 'node:buffer';
import type { DecoyContext, DecoyOutput } from '../../core/decoy.ts';
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
import { OpenFiles } from './open-files.ts';
import { OpenedFile } from './opened-file.ts';
import { matches } from './search-pattern.ts';
import { type Share, volumeSerial } from './server.ts';
import type { ShareFiles } from './share-files.ts';
import { andX, done, isWide, nameAt, refuse, type Smb1Answer, transaction } from './smb1-answer.ts';
import { status } from './status.ts';
import { utf16Text } from '../../wire/utf16-text.ts';

const mostSearches = 64;
const mostRead = 60_000;
const nothing = Buffer.alloc(0);

/** What is left of a search that did not fit in one answer. */
interface Search {
  readonly entries: readonly (readonly [string, Node])[];
  at: number;
}

export class Smb1Files {
  readonly #context: DecoyContext;
  readonly #files: () => ShareFiles;
  readonly #open: OpenFiles<number>;
  readonly #searches = new Map<number, Search>();
  #next = 1;

  constructor(context: DecoyContext, files: () => ShareFiles) {
    this.#context = context;
    this.#files = files;
    this.#open = new OpenFiles(files);
  }

  /** Null for a command that is none of these. */
  *answer(command: number, request: LittleReader, share: Share): Generator<DecoyOutput, Smb1Answer | null> {
    switch (command) {
      case 0x00:
        return yield* this.#make(request, share);
      case 0x01:
        return yield* this.#remove(share, this.#name(request, 35), 'directory');
      case 0x04:
        return yield* this.#close(request.uint16(33));
      case 0x06:
        return yield* this.#remove(share, this.#name(request, 37), 'file');
      case 0x07:
        return yield* this.#rename(request, share);
      case 0x10:
        return this.#find(share, this.#name(request, 35))?.kind === 'directory'
          ? done()
          : refuse(status.pathNotFound);
      case 0x2e:
        return this.#read(request);
      case 0x2f:
        return this.#write(request);
      case 0x32:
        return this.#transaction2(request, share);
      case 0x80:
        // TotalUnits (2), BlocksPerUnit (2), BlockSize (2), FreeUnits (2), Reserved (2)
        return done(
          new LittleWriter().uint16(0xffff).uint16(64).uint16(4_096).uint16(0x9000).uint16(0).finish(),
        );
      case 0xa2:
        return yield* this.#create(request, share);
      default:
        return null;
    }
  }

  *closeAll(): Iterable<DecoyOutput> {
    for (const id of this.#open.ids) yield* this.#close(id);
  }

  /** BufferFormat (1) 4 and the name. */
  #name(request: LittleReader, at: number): string {
    return nameAt(request, at + 1);
  }

  #find(share: Share, name: string): Node | null {
    return this.#files().find(this.#files().resolve(share.folder, name));
  }

  *#make(request: LittleReader, share: Share): Generator<DecoyOutput, Smb1Answer> {
    const name = this.#name(request, 35);
    yield* this.#open.record(`create \\${share.name}\\${name}`);
    const path = this.#files().resolve(share.folder, name);
    if (this.#files().find(path) !== null) return refuse(status.nameCollision);
    return this.#files().make(path, 'directory') ? done() : refuse(status.pathNotFound);
  }

  *#remove(share: Share, name: string, kind: 'file' | 'directory'): Generator<DecoyOutput, Smb1Answer> {
    yield* this.#open.record(`delete \\${share.name}\\${name}`);
    const path = this.#files().resolve(share.folder, name);
    const node = this.#files().find(path);
    if (node === null) return refuse(status.nameNotFound);
    if (kind === 'file' && node.kind === 'directory') return refuse(status.isDirectory);
    if (path === share.folder) return refuse(status.accessDenied);
    return this.#files().remove(path) ? done() : refuse(status.accessDenied);
  }

  // SearchAttributes (2), ByteCount (2), 4, OldName, 4, NewName
  *#rename(request: LittleReader, share: Share): Generator<DecoyOutput, Smb1Answer> {
    const wide = isWide(request);
    const bytes = request.slice(38, 4_096);
    const [old = '', ...rest] = (wide ? utf16Text(bytes) : bytes.toString('latin1')).split('\0');
    // Behind the NUL stand the second format and, before wide text, one octet of padding.
    const second = wide
      ? utf16Text(bytes.subarray((old.length + 1) * 2 + 2)).split('\0', 1)[0]
      : rest.join('\0').slice(1).split('\0', 1)[0];
    const [from, to] = [old, second ?? ''].map((name) => name.replace(/^\\+/, '').slice(0, 1_024));
    yield* this.#open.record(`rename \\${share.name}\\${from} ${to}`);
    const files = this.#files();
    const source = files.resolve(share.folder, from ?? '');
    const target = files.resolve(share.folder, to ?? '');
    if (files.find(source) === null) return refuse(status.nameNotFound);
    if (files.find(target) !== null) return refuse(status.nameCollision);
    return files.rename(source, target) ? done() : refuse(status.pathNotFound);
  }

  // AndX (4), Reserved (1), NameLength (2), Flags (4), RootDirectoryFID (4), DesiredAccess (4), AllocationSize (8), ExtFileAttributes (4),
  // ShareAccess (4), CreateDisposition (4), CreateOptions (4), ImpersonationLevel (4), SecurityFlags (1), ByteCount (2), FileName
  *#create(request: LittleReader, share: Share): Generator<DecoyOutput, Smb1Answer> {
    const name = nameAt(request, 83);
    if (this.#open.areMost) return refuse(status.insufficientServerResources);
    const [disposition, options] = [request.uint32(68), request.uint32(72)];
    const wantsFolder = (options & 1) !== 0;
    const files = this.#files();
    const path = files.resolve(share.folder, name);
    const before = files.find(path);
    const refused = this.#open.refusal(path, before, disposition, options);
    if (refused !== null) return refuse(refused);
    let action = 1;
    if (before === null) {
      if (!files.make(path, wantsFolder ? 'directory' : 'file')) return refuse(status.accessDenied);
      action = 2;
      yield* this.#open.record(`create \\${share.name}\\${name}`);
    } else if (before.kind === 'file' && (disposition === 0 || disposition >= 4)) {
      if (!files.put(path, new Uint8Array())) return refuse(status.accessDenied);
      action = 3;
      yield* this.#open.record(`overwrite \\${share.name}\\${name}`);
    } else if (name !== '') yield* this.#open.record(`open \\${share.name}\\${name}`);
    const node = files.find(path);
    if (node === null) return refuse(status.nameNotFound);
    const id = this.#next;
    this.#next = (this.#next % 65_000) + 1;
    const opened = new OpenedFile(share, path, name, null);
    opened.isDeletedOnClose = (options & 0x1000) !== 0;
    this.#open.add(id, opened);
    // AndX (4), OplockLevel (1), FID (2), CreateDisposition (4), times (32), attributes (4), sizes (16), FileType (2), state (2), Directory (1)
    const words = andX().uint8(0).uint16(id).uint32(action);
    putSizes(putTimes(words, node).uint32(attributesOf(node)), lengthOf(node));
    return done(
      words
        .uint16(0)
        .uint16(7)
        .uint8(node.kind === 'directory' ? 1 : 0)
        .finish(),
    );
  }

  // FID (2), LastTimeModified (4)
  *#close(id: number): Generator<DecoyOutput, Smb1Answer> {
    const opened = yield* this.#open.close(id);
    if (opened === null) return refuse(status.invalidHandle);
    if (opened.isDeletedOnClose) yield* this.#remove(opened.share, opened.name, 'directory');
    return done();
  }

  // AndX (4), FID (2), Offset (4), MaxCount (2), MinCount (2), Timeout (4), Remaining (2), OffsetHigh (4)
  // the answer: AndX (4), Available (2), DataCompactionMode (2), Reserved (2), DataLength (2), DataOffset (2), DataLengthHigh (2), Reserved (8)
  #read(request: LittleReader): Smb1Answer {
    const opened = this.#open.get(request.uint16(37));
    if (opened === undefined) return refuse(status.invalidHandle);
    const high = request.uint8(32) >= 12 ? request.uint32(53) : 0;
    const offset = high * 4_294_967_296 + request.uint32(39);
    const asked = request.uint16(43) + (request.uint32(47) === 0xffff_ffff ? 0 : request.uint16(47) * 65_536);
    const count = Math.min(asked, mostRead);
    const bytes = this.#open.read(opened, offset, count);
    const words = andX().uint16(0xffff).uint16(0).uint16(0).uint16(bytes.length).uint16(60).zeros(10);
    return done(words.finish(), Buffer.concat([Buffer.alloc(1), bytes]));
  }

  // AndX (4), FID (2), Offset (4), Timeout (4), WriteMode (2), Remaining (2), DataLengthHigh (2), DataLength (2), DataOffset (2), OffsetHigh (4)
  // the answer: AndX (4), Count (2), Available (2), CountHigh (2), Reserved (2)
  #write(request: LittleReader): Smb1Answer {
    const opened = this.#open.get(request.uint16(37));
    if (opened === undefined) return refuse(status.invalidHandle);
    const high = request.uint8(32) >= 14 ? request.uint32(57) : 0;
    const offset = high * 4_294_967_296 + request.uint32(39);
    const bytes = request.slice(request.uint16(55), request.uint16(51) * 65_536 + request.uint16(53));
    if (!this.#open.write(opened, offset, bytes)) return refuse(status.diskFull);
    const words = andX()
      .uint16(bytes.length & 0xffff)
      .uint16(0xffff);
    return done(
      words
        .uint16(bytes.length >>> 16)
        .uint16(0)
        .finish(),
    );
  }

  // TotalParameterCount (2), TotalDataCount (2), MaxParameterCount (2), MaxDataCount (2), MaxSetupCount (1), Reserved (1), Flags (2),
  // Timeout (4), Reserved (2), ParameterCount (2), ParameterOffset (2), DataCount (2), DataOffset (2), SetupCount (1), Reserved (1), Setup (2)
  #transaction2(request: LittleReader, share: Share): Smb1Answer {
    const at = request.uint16(53);
    const dataAt = request.uint16(57);
    const most = Math.min(request.uint16(39), mostRead);
    switch (request.uint16(61)) {
      case 1: {
        // SearchAttributes (2), SearchCount (2), Flags (2), InformationLevel (2), StorageType (4), FileName
        const name = nameAt(request, at + 12);
        const slash = name.lastIndexOf('\\');
        const pattern = name.slice(slash + 1) || '*';
        const folderName = name.slice(0, Math.max(0, slash));
        const path = this.#files().resolve(share.folder, folderName);
        const folder = this.#files().find(path);
        if (folder?.kind !== 'directory') return refuse(status.pathNotFound);
        const all: (readonly [string, Node])[] = [['.', folder], ['..', folder], ...this.#files().list(path)];
        const entries = all.filter(([each]) => matches(pattern, each));
        if (entries.length === 0) return refuse(status.noSuchFile);
        const id = this.#next;
        this.#next = (this.#next % 65_000) + 1;
        const search = { entries, at: 0 };
        const found = this.#entries(search, request.uint16(at + 6), request.uint16(at + 2), most);
        if (found === null) return refuse(status.invalidInfoClass);
        if (search.at < entries.length && this.#searches.size < mostSearches) this.#searches.set(id, search);
        return transaction(new LittleWriter().uint16(id).octets(found.parameters).finish(), found.data);
      }
      case 2: {
        // SID (2), SearchCount (2), InformationLevel (2), ResumeKey (4), Flags (2), FileName
        const search = this.#searches.get(request.uint16(at));
        if (search === undefined) return refuse(status.invalidHandle);
        const found = this.#entries(search, request.uint16(at + 4), request.uint16(at + 2), most);
        if (found === null) return refuse(status.invalidInfoClass);
        if (search.at >= search.entries.length) this.#searches.delete(request.uint16(at));
        return transaction(found.parameters, found.data);
      }
      case 3:
        return this.#volume(request.uint16(at), share);
      case 5:
        return this.#inform(request.uint16(at), nameAt(request, at + 6), share);
      case 7: {
        const opened = this.#open.get(request.uint16(at));
        if (opened === undefined) return refuse(status.invalidHandle);
        return this.#inform(request.uint16(at + 2), opened.name, share);
      }
      case 8: {
        const opened = this.#open.get(request.uint16(at));
        if (opened === undefined) return refuse(status.invalidHandle);
        // SMB_SET_FILE_DISPOSITION_INFO, by itself and passed through
        if ([0x102, 1_013].includes(request.uint16(at + 2)))
          opened.isDeletedOnClose = request.uint8(dataAt) !== 0;
        return transaction(Buffer.alloc(2), nothing);
      }
      case 6:
        // Times, sizes and attributes are taken for set.
        return transaction(Buffer.alloc(2), nothing);
      default:
        return refuse(status.notSupported);
    }
  }

  /** SearchCount (2), EndOfSearch (2), EaErrorOffset (2), LastNameOffset (2), and the entries. */
  #entries(
    search: Search,
    level: number,
    count: number,
    most: number,
  ): { readonly parameters: Buffer; readonly data: Buffer } | null {
    const informationClass = { 0x101: 1, 0x102: 2, 0x104: 3, 0x105: 38, 0x106: 37, 0x103: 12 }[level];
    if (informationClass === undefined) return null;
    const parts: Buffer[] = [];
    let [length, last, taken] = [0, 0, 0];
    while (search.at < search.entries.length && taken < Math.max(1, count)) {
      const entry = search.entries[search.at];
      const made = entry === undefined ? null : directoryEntry(informationClass, entry[0], entry[1]);
      if (made === null) return null;
      const whole = Buffer.concat([made, Buffer.alloc((8 - (made.length % 8)) % 8)]);
      if (length + whole.length > most && taken > 0) break;
      parts.at(-1)?.writeUInt32LE(parts.at(-1)?.length ?? 0, 0);
      last = length;
      parts.push(whole);
      length += whole.length;
      taken += 1;
      search.at += 1;
    }
    const isEnd = search.at >= search.entries.length ? 1 : 0;
    const parameters = new LittleWriter().uint16(taken).uint16(isEnd).uint16(0).uint16(last).finish();
    return { parameters, data: Buffer.concat(parts) };
  }

  #volume(level: number, share: Share): Smb1Answer {
    const informationClass =
      level >= 1_000 ? level - 1_000 : ({ 0x102: 1, 0x103: 3, 0x104: 4, 0x105: 5 }[level] ?? 0);
    const volume = {
      label: share.name,
      serial: volumeSerial(this.#context.persona, share.name),
      madeAt: this.#context.persona.bootedAt,
      units: 26_214_400n,
    };
    const data = volumeInformation(informationClass, volume);
    return data === null ? refuse(status.invalidInfoClass) : transaction(nothing, data);
  }

  #inform(level: number, name: string, share: Share): Smb1Answer {
    const node = this.#find(share, name);
    if (node === null) return refuse(status.nameNotFound);
    if (level === 0x107 || level === 1_018) {
      // SMB_QUERY_FILE_ALL_INFO: times (32), attributes (4), reserved (4), sizes (16), links (4), DeletePending (1), Directory (1),
      // reserved (2), EaSize (4), FileNameLength (4), FileName
      const writer = putTimes(new LittleWriter(), node).uint32(attributesOf(node)).uint32(0);
      putSizes(writer, lengthOf(node)).uint32(1).uint8(0);
      writer.uint8(node.kind === 'directory' ? 1 : 0).uint16(0);
      if (level === 1_018) writer.uint64(0n);
      writer.uint32(0);
      if (level === 1_018) writer.uint32(0x1f01ff).uint64(0n).uint32(0).uint32(0);
      const named = `\\${name}`;
      return transaction(
        Buffer.alloc(2),
        writer
          .uint32(named.length * 2)
          .wide(named)
          .finish(),
      );
    }
    const informationClass =
      level >= 1_000 ? level - 1_000 : ({ 0x101: 4, 0x102: 5, 0x103: 7, 0x109: 22 }[level] ?? 0);
    const data = fileInformation(informationClass, name, node, false);
    return data === null ? refuse(status.invalidInfoClass) : transaction(Buffer.alloc(2), data);
  }
}
