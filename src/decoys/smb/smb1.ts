/**
 * SMB 1 ([MS-CIFS], [MS-SMB]) as far as those go who look for MS17-010 and use it: negotiation, session setup, tree connect, the
 * transactions by which EternalBlue and DoublePulsar are known; files in `smb1-files.ts`, pipes in `smb1-pipes.ts`.
 */

import { Buffer } from 'node:buffer';
import type { DecoyContext, DecoyOutput } from '../../core/decoy.ts';
import { fileTime, LittleReader, LittleWriter } from '../../wire/little-endian.ts';
import { spnegoHint, spnegoResponse } from '../../wire/spnego.ts';
import { Logon, type LogonOutcome } from './logon.ts';
import { commandFact, exploitFact } from './fact.ts';
import type { FileServer, Share } from './server.ts';
import { frame } from './reply.ts';
import { ShareFiles } from './share-files.ts';
import { dialectNames, type Smb1Answer, texts } from './smb1-answer.ts';
import { Smb1Files } from './smb1-files.ts';
import { Smb1Pipes } from './smb1-pipes.ts';
import { status } from './status.ts';

const mostCaptured = 4_194_304;
/** Pieces of it: each costs some hundred octets of its own, be it of one octet. */
const mostPieces = 16_384;
const mostTrees = 16;
const badCommand = 0x0016_0002;
/** The number of IPC$. */
const pipeTree = 0x0801;

export class Smb1 {
  readonly #context: DecoyContext;
  readonly #server: FileServer;
  readonly #logon: Logon;
  readonly #files: Smb1Files;
  readonly #pipes: Smb1Pipes;
  /** Trees of files by their number. */
  readonly #trees = new Map<number, Share>();
  #kind: LogonOutcome['kind'] = 'anonymous';
  #nextTree = 0x0802;
  #shared: ShareFiles | null = null;
  #isExtended = false;
  #isAttacked = false;
  #transactions = 0;
  #payload: Buffer[] = [];
  #captured = 0;
  readonly #reported = new Set<string>();

  constructor(context: DecoyContext, server: FileServer) {
    this.#context = context;
    this.#server = server;
    this.#logon = new Logon(context, server.takesStrangers);
    this.#files = new Smb1Files(context, () => this.#shares());
    this.#pipes = new Smb1Pipes(context, server);
  }

  #shares(): ShareFiles {
    this.#shared ??= new ShareFiles(this.#context);
    return this.#shared;
  }

  /** What was sent in transactions is kept. */
  *end(): Iterable<DecoyOutput> {
    yield* this.#files.closeAll();
    const bytes = Buffer.concat(this.#payload);
    this.#payload = [];
    if (bytes.length > 0)
      yield { do: 'capture', bytes: new Uint8Array(bytes), how: 'smb-transaction', name: 'ms17-010' };
  }

  // Protocol (4), Command (1), Status (4), Flags (1), Flags2 (2), PIDHigh (2), SecurityFeatures (8), Reserved (2), TID (2), PIDLow (2),
  // UID (2), MID (2); WordCount (1), Words, ByteCount (2), Bytes
  *receive(bytes: Buffer): Iterable<DecoyOutput> {
    const request = new LittleReader(bytes);
    const words = request.uint8(32);
    switch (request.uint8(4)) {
      case 0x72:
        yield this.#negotiate(request);
        break;
      case 0x73:
        yield* this.#sessionSetup(request, words);
        break;
      case 0x74:
        // LOGOFF_ANDX
        yield this.#reply(
          request,
          status.success,
          new LittleWriter().uint8(0xff).uint8(0).uint16(0).finish(),
        );
        break;
      case 0x75:
        yield* this.#treeConnect(request);
        break;
      case 0x71:
        this.#trees.delete(request.uint16(24));
        yield this.#reply(request, status.success, Buffer.alloc(0));
        break;
      case 0x2b:
        // ECHO: SequenceNumber (2), the bytes as they came
        yield this.#reply(
          request,
          status.success,
          new LittleWriter().uint16(1).finish(),
          request.slice(37, request.uint16(35)),
        );
        break;
      case 0x25:
        yield* this.#transaction(request);
        break;
      case 0x32:
        yield* this.#transaction2(request);
        break;
      case 0x33:
        yield* this.#secondary(request);
        break;
      case 0xa0:
        yield* this.#ntTransaction(request);
        break;
      default:
        if (!(yield* this.#file(request))) yield this.#reply(request, badCommand, Buffer.alloc(0));
    }
  }

  /** A command on files or pipes; false where it is none, or its tree has none. */
  *#file(request: LittleReader): Generator<DecoyOutput, boolean> {
    const answer = yield* this.#answerIn(request.uint16(24), request);
    if (answer === null) return false;
    yield this.#reply(request, answer.code, answer.words, answer.bytes);
    return true;
  }

  *#answerIn(tree: number, request: LittleReader): Generator<DecoyOutput, Smb1Answer | null> {
    const command = request.uint8(4);
    if (tree === pipeTree) return yield* this.#pipes.answer(command, request, this.#isKnown);
    const share = this.#trees.get(tree);
    return share === undefined ? null : yield* this.#files.answer(command, request, share);
  }

  get #isKnown(): boolean {
    return this.#kind === 'user' || this.#kind === 'guest';
  }

  // Words: DialectIndex (2), SecurityMode (1), MaxMpxCount (2), MaxNumberVcs (2), MaxBufferSize (4), MaxRawSize (4), SessionKey (4),
  // Capabilities (4), SystemTime (8), ServerTimeZone (2), ChallengeLength (1); bytes: ServerGuid and token, or challenge and names
  #negotiate(request: LittleReader): DecoyOutput {
    const names = dialectNames(request);
    // Samba knows its dialect by two names, and takes the first.
    const index = this.#server.isSamba
      ? names.findIndex((name) => name === 'NT LANMAN 1.0' || name === 'NT LM 0.12')
      : names.indexOf('NT LM 0.12');
    if (index < 0 || !this.#server.hasSmb1)
      return this.#reply(request, status.success, new LittleWriter().uint16(0xffff).finish());
    this.#isExtended = (request.uint16(10) & 0x0800) !== 0;
    // Raw mode, large files, Unicode, NT commands, RPC, status codes, level II locks, large reads and writes; extended security.
    const capabilities = 0x0001_f3fc | (this.#isExtended ? 0x8000_0000 : 0);
    const words = new LittleWriter()
      .uint16(index)
      .uint8(3)
      .uint16(50)
      .uint16(1)
      .uint32(16_644)
      .uint32(65_536);
    words.uint32(0).uint32(capabilities).uint64(fileTime(this.#context.now())).uint16(0);
    words.uint8(this.#isExtended ? 0 : 8);
    const bytes = new LittleWriter();
    if (this.#isExtended) bytes.octets(this.#server.guid).octets(spnegoHint());
    else bytes.octets(this.#logon.challenge).wide(`${this.#server.workgroup}\0${this.#server.computer}\0`);
    return this.#reply(request, status.success, words.finish(), bytes.finish());
  }

  // Extended (12 words): AndX (4), MaxBufferSize (2), MaxMpxCount (2), VcNumber (2), SessionKey (4), SecurityBlobLength (2), Reserved (4),
  // Capabilities (4). Without (13): … SessionKey (4), OEMPasswordLen (2), UnicodePasswordLen (2), Reserved (4), Capabilities (4);
  // bytes: passwords, then AccountName, PrimaryDomain, NativeOS, NativeLanMan
  *#sessionSetup(request: LittleReader, words: number): Iterable<DecoyOutput> {
    const { system, manager, workgroup } = this.#server;
    const and = (action: number, blob: Buffer | null): Buffer => {
      const writer = new LittleWriter().uint8(0xff).uint8(0).uint16(0).uint16(action);
      return (blob === null ? writer : writer.uint16(blob.length)).finish();
    };
    if (words === 12) {
      const answer = this.#logon.answer(request.slice(59, request.uint16(47)), this.#server);
      if (answer === null) {
        yield this.#reply(request, status.invalidParameter, Buffer.alloc(0));
        return;
      }
      const isChallenge = Buffer.isBuffer(answer);
      if (!isChallenge) this.#kind = answer.kind;
      if (!isChallenge && answer.fact !== null) yield { do: 'saw', fact: answer.fact };
      if (!isChallenge && answer.kind === 'refused') {
        yield this.#reply(request, status.logonFailure, Buffer.alloc(0));
        return;
      }
      const blob = Buffer.from(
        spnegoResponse(isChallenge ? 'incomplete' : 'completed', isChallenge ? answer : null),
      );
      const bytes = new LittleWriter().octets(blob);
      const names = `${system}\0${manager}\0`;
      if ((request.uint16(10) & 0x8000) === 0) bytes.octets(Buffer.from(names, 'latin1'));
      else {
        // Wide text is aligned to two from the header's start: 32 + 1 + 8 + 2 octets stand before these.
        if (blob.length % 2 === 0) bytes.uint8(0);
        bytes.wide(names);
      }
      yield this.#reply(
        request,
        isChallenge ? status.moreProcessing : status.success,
        and(0, blob),
        bytes.finish(),
        0x0800,
      );
      return;
    }
    if (words !== 13) {
      yield this.#reply(request, status.invalidParameter, Buffer.alloc(0));
      return;
    }
    const lanManager = request.uint16(47);
    const unicode = request.uint16(49);
    const start = 61 + lanManager + unicode;
    const isWide = (request.uint16(10) & 0x8000) !== 0;
    const [user = '', domain = '', native = ''] = texts(
      request,
      isWide ? start + (start % 2) : start,
      isWide,
    );
    if (native !== '') yield { do: 'know', fingerprints: { banner: native.slice(0, 128) } };
    const response = request.slice(61 + lanManager, unicode);
    const outcome = this.#logon.judge(user, domain, '', response, {
      encrypted: Buffer.alloc(0),
      exchanged: false,
      clientChallenge: null,
    });
    this.#kind = outcome.kind;
    if (outcome.fact !== null) yield { do: 'saw', fact: outcome.fact };
    if (outcome.kind === 'refused') yield this.#reply(request, status.logonFailure, Buffer.alloc(0));
    else {
      const guest = outcome.kind === 'guest' || outcome.kind === 'stranger' ? 1 : 0;
      const names = `${system}\0${manager}\0${workgroup}\0`;
      // One octet of padding before wide characters: the words and the count end on an odd offset.
      const text = isWide
        ? new LittleWriter().uint8(0).wide(names)
        : new LittleWriter().octets(Buffer.from(names, 'latin1'));
      yield this.#reply(request, status.success, and(guest, null), text.finish(), 0x0800);
    }
  }

  // AndX (4), Flags (2), PasswordLength (2); bytes: Password, Path, Service
  *#treeConnect(request: LittleReader): Iterable<DecoyOutput> {
    const password = request.uint16(39);
    const isWide = (request.uint16(10) & 0x8000) !== 0;
    const start = 43 + password;
    const [path = ''] = texts(request, isWide ? start + (start % 2) : start, isWide);
    yield commandFact(`tree connect ${path.slice(0, 512)}`);
    const name = path.slice(path.lastIndexOf('\\') + 1).toUpperCase();
    const share = this.#server.shares.find((each) => each.name.toUpperCase() === name);
    if (share === undefined) yield this.#reply(request, status.badNetworkName, Buffer.alloc(0));
    else if (name !== 'IPC$') yield* this.#openTree(request, share);
    else {
      const words = new LittleWriter().uint8(0xff).uint8(0).uint16(0).uint16(1).uint32(0x1ff).uint32(0x1ff);
      const bytes = Buffer.from('IPC\0\0', 'latin1');
      yield this.#reply(request, status.success, words.finish(), bytes, 0, pipeTree);
    }
  }

  // AndX (4), OptionalSupport (2), MaximalShareAccessRights (4), GuestMaximalShareAccessRights (4); bytes: Service, NativeFileSystem
  *#openTree(request: LittleReader, share: Share): Iterable<DecoyOutput> {
    if ((!this.#isKnown && !share.isOpen) || share.folder === '' || this.#trees.size >= mostTrees) {
      yield this.#reply(request, status.accessDenied, Buffer.alloc(0));
      return;
    }
    const tree = this.#nextTree;
    this.#nextTree += 1;
    this.#trees.set(tree, share);
    this.#shares().prepare(share.folder);
    const words = new LittleWriter()
      .uint8(0xff)
      .uint8(0)
      .uint16(0)
      .uint16(1)
      .uint32(0x1f01ff)
      .uint32(0x1f01ff);
    const system =
      (request.uint16(10) & 0x8000) === 0 ? Buffer.from('NTFS\0') : Buffer.from('NTFS\0', 'utf16le');
    // Wide text stands at an even offset: 32 + 1 + 14 + 2 octets and the service stand before it.
    const bytes = Buffer.concat([Buffer.from('A:\0'), system]);
    yield this.#reply(request, status.success, words.finish(), bytes, 0, tree);
  }

  /** SMB_COM_TRANSACTION; PeekNamedPipe (0x23) on file 0 is how MS17-010 is asked for: a machine without the mend says it lacks resources. */
  *#transaction(request: LittleReader): Iterable<DecoyOutput> {
    if (yield* this.#file(request)) return;
    const words = request.uint8(32);
    const setup = words > 14 ? request.uint16(33 + 28) : 0;
    if (setup !== 0x23) {
      yield this.#reply(request, status.notSupported, Buffer.alloc(0));
      return;
    }
    yield* this.#report('ms17-010-check', 'PeekNamedPipe on file 0');
    yield this.#reply(
      request,
      this.#server.isSamba ? status.invalidHandle : status.insufficientServerResources,
      Buffer.alloc(0),
    );
  }

  /** TRANS2 SESSION_SETUP (0x0e), which no server knows: DoublePulsar hears its orders in it and answers in the multiplex id. */
  *#transaction2(request: LittleReader): Iterable<DecoyOutput> {
    const setup = request.uint16(33 + 28);
    if (setup !== 0x0e) {
      if (yield* this.#file(request)) return;
      yield this.#reply(request, status.notImplemented, Buffer.alloc(0));
      return;
    }
    const timeout = request.uint32(33 + 12);
    // The sum of the timeout's octets is the order: 0x23 ping, 0xc8 run, 0x77 go.
    const order =
      ((timeout & 255) + ((timeout >>> 8) & 255) + ((timeout >>> 16) & 255) + (timeout >>> 24)) & 255;
    const what = order === 0x23 ? 'ping' : order === 0xc8 ? 'run' : order === 0x77 ? 'go' : 'unknown';
    yield* this.#report('doublepulsar', `${what}, timeout ${timeout.toString(16)}`);
    this.#gather(request);
    // Once the exploit has been sent, its back door is found in place.
    const isInstalled = this.#isAttacked && !this.#server.isSamba;
    yield this.#reply(
      request,
      status.notImplemented,
      Buffer.alloc(0),
      Buffer.alloc(0),
      0,
      0,
      isInstalled ? 0x10 : 0,
    );
  }

  /** NT_TRANSACT whose rest comes in TRANSACTION2_SECONDARY: EternalBlue's mismatch of the two. */
  *#ntTransaction(request: LittleReader): Iterable<DecoyOutput> {
    this.#transactions += 1;
    this.#gather(request);
    const total = request.uint32(33 + 7);
    if (total > 0x1_0000) {
      this.#isAttacked = true;
      yield* this.#report('eternalblue', `NT_TRANSACT of ${total} octets`);
    }
    // The interim answer asks for the rest.
    yield this.#reply(request, status.success, Buffer.alloc(0));
  }

  *#secondary(request: LittleReader): Iterable<DecoyOutput> {
    if (this.#transactions > 0) {
      this.#isAttacked = true;
      yield* this.#report('eternalblue', 'TRANSACTION2_SECONDARY behind NT_TRANSACT');
    }
    this.#gather(request);
  }

  #gather(request: LittleReader): void {
    const start = 33 + request.uint8(32) * 2 + 2;
    const bytes = request.bytes.subarray(Math.min(start, request.length));
    if (bytes.length === 0 || this.#captured + bytes.length > mostCaptured) return;
    if (this.#payload.length >= mostPieces) return;
    this.#captured += bytes.length;
    this.#payload.push(Buffer.from(bytes));
  }

  *#report(name: string, detail: string): Iterable<DecoyOutput> {
    if (this.#reported.has(name + detail) || this.#reported.size >= 32) return;
    this.#reported.add(name + detail);
    yield exploitFact(name, name === 'doublepulsar' ? [] : ['CVE-2017-0144'], detail);
  }

  #reply(
    request: LittleReader,
    code: number,
    words: Buffer,
    bytes: Uint8Array = Buffer.alloc(0),
    uid = 0,
    tid = 0,
    multiplex = 0,
  ): DecoyOutput {
    const writer = new LittleWriter()
      .octets(Buffer.from('\xffSMB', 'latin1'))
      .uint8(request.uint8(4))
      .uint32(code);
    // Replies; Unicode, NT status codes, extended security and long names where they were spoken of.
    const flags2 = 0x4001 | (request.uint16(10) & 0x8000) | (this.#isExtended ? 0x0800 : 0);
    writer
      .uint8(0x80 | (request.uint8(9) & 0x18))
      .uint16(flags2)
      .uint16(request.uint16(12))
      .zeros(10);
    writer.uint16(tid === 0 ? request.uint16(24) : tid).uint16(request.uint16(26));
    writer.uint16(uid === 0 ? request.uint16(28) : uid).uint16(request.uint16(30) + multiplex);
    writer
      .uint8(words.length / 2)
      .octets(words)
      .uint16(bytes.length)
      .octets(bytes);
    return frame(writer.finish());
  }
}
