/** SMB 2 and 3 ([MS-SMB2] §2.2, §3.3). Messages come without the length that TCP puts ahead. */

import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import type { DecoyContext, DecoyOutput } from '../../core/decoy.ts';
import { fileTime, LittleReader, LittleWriter } from '../../wire/little-endian.ts';
import { signingKey, signMessage } from '../../wire/smb2-signature.ts';
import { spnegoHint, spnegoResponse } from '../../wire/spnego.ts';
import { Logon, type LogonOutcome } from './logon.ts';
import { fileServerOf, type FileServer, type Share } from './server.ts';
import { FileCommands, type Answer, type Tree } from './file-commands.ts';
import { commandFact, exploitFact } from './fact.ts';
import { ShareFiles } from './share-files.ts';
import { frame, ioctlBody } from './reply.ts';
import { status } from './status.ts';

const mostSessions = 8;
const mostTrees = 64;
const mostCompound = 32;
const dialects = [0x0202, 0x0210, 0x0300, 0x0302, 0x0311] as const;

interface Session {
  readonly id: bigint;
  readonly logon: Logon;
  preauthentication: Buffer;
  outcome: LogonOutcome | null;
  key: Buffer | null;
}

const empty: Buffer = Buffer.alloc(0);

export class Smb2 {
  readonly #context: DecoyContext;
  readonly #server: FileServer;
  readonly #sessions = new Map<bigint, Session>();
  readonly #trees = new Map<number, Tree>();
  readonly #commands: FileCommands;
  #files: ShareFiles | null = null;
  #dialect = 0;
  #preauthentication: Buffer = Buffer.alloc(64);
  #nextTree = 1;

  constructor(context: DecoyContext) {
    this.#context = context;
    this.#server = fileServerOf(context.persona);
    this.#commands = new FileCommands(context, this.#server, () => this.#shareFiles);
  }

  get #shareFiles(): ShareFiles {
    this.#files ??= new ShareFiles(this.#context);
    return this.#files;
  }

  /** Files that are still open give up what was written to them. */
  *end(): Iterable<DecoyOutput> {
    yield* this.#commands.closeAll();
  }

  /** What SMB 1's negotiation with `SMB 2.???` or `SMB 2.002` in its list is answered with. */
  negotiateFromSmb1(isAny: boolean): Buffer {
    if (!isAny) this.#dialect = 0x0202;
    const body = this.#negotiation(isAny ? 0x02ff : 0x0202, empty, 0);
    return this.#message(new LittleReader(Buffer.alloc(64)), { code: status.success, body });
  }

  /** One message, or several in one (NextCommand). */
  *receive(bytes: Buffer): Iterable<DecoyOutput> {
    const replies: Buffer[] = [];
    let rest = bytes;
    let related: { session: bigint; tree: number } | null = null;
    for (let count = 0; count < mostCompound && rest.length >= 64; count += 1) {
      const next = rest.readUInt32LE(20);
      const isWhole = next >= 64 && next < rest.length && next % 8 === 0;
      const message = isWhole ? rest.subarray(0, next) : rest;
      rest = isWhole ? rest.subarray(next) : empty;
      const request = new LittleReader(message);
      const isRelated = (request.uint32(16) & 4) !== 0 && related !== null;
      const session: bigint = isRelated && related !== null ? related.session : request.uint64(40);
      const tree: number = isRelated && related !== null ? related.tree : request.uint32(36);
      related = { session, tree };
      const reply = yield* this.#one(request, session, tree, isRelated);
      if (reply === null) continue;
      replies.push(reply);
    }
    if (replies.length === 0) return;
    const framed = replies.map((reply, index) => {
      if (index === replies.length - 1) return reply;
      const padded = Buffer.concat([reply, Buffer.alloc((8 - (reply.length % 8)) % 8)]);
      padded.writeUInt32LE(padded.length, 20);
      return padded;
    });
    for (const reply of framed) {
      const session = this.#sessions.get(reply.readBigUInt64LE(40));
      // The flag was set where the request was signed; the signature goes over what is sent.
      if ((reply.readUInt32LE(16) & 8) !== 0 && session?.key !== undefined && session.key !== null)
        signMessage(this.#dialect, session.key, reply);
    }
    yield frame(Buffer.concat(framed));
  }

  *#one(
    request: LittleReader,
    sessionId: bigint,
    treeId: number,
    isRelated: boolean,
  ): Generator<DecoyOutput, Buffer | null> {
    const command = request.uint16(12);
    if (command === 0) return yield* this.#negotiate(request);
    if (command === 1) return yield* this.#sessionSetup(request);
    if (command === 12) return null;
    if (command === 13) return this.#message(request, { code: status.success, body: four() });
    const session = this.#sessions.get(sessionId);
    if (session?.outcome === null || session === undefined)
      return this.#message(request, { code: status.userSessionDeleted, body: null }, sessionId);
    let answer: Answer;
    if (command === 2) {
      yield* this.#commands.closeAll();
      this.#trees.clear();
      answer = { code: status.success, body: four() };
    } else if (command === 3) {
      const connected = this.#treeConnect(request, session);
      yield commandFact(`tree connect ${connected.path}`);
      return this.#message(request, connected.answer, sessionId, connected.tree, session);
    } else {
      const tree = this.#trees.get(treeId);
      if (tree === undefined) answer = { code: status.networkNameDeleted, body: null };
      else if (command === 4) {
        this.#trees.delete(treeId);
        answer = { code: status.success, body: four() };
      } else if (command === 11 && request.uint32(68) === 0x0014_0204) answer = this.#validate(request);
      else answer = yield* this.#commands.answer(command, request, tree, isRelated);
    }
    return this.#message(request, answer, sessionId, treeId, session);
  }

  // StructureSize (2) 36, DialectCount (2), SecurityMode (2), Reserved (2), Capabilities (4), ClientGuid (16),
  // NegotiateContextOffset (4), NegotiateContextCount (2), Reserved2 (2), Dialects (2 each)
  *#negotiate(request: LittleReader): Generator<DecoyOutput, Buffer> {
    const count = Math.min(request.uint16(66), 64);
    const offered = new Set(Array.from({ length: count }, (_, index) => request.uint16(100 + index * 2)));
    const { highestDialect } = this.#server;
    const chosen = dialects.findLast((dialect) => dialect <= highestDialect && offered.has(dialect));
    if (chosen === undefined) return this.#message(request, { code: status.notSupported, body: null });
    this.#dialect = chosen;
    const compression = this.#compressionOf(request);
    if (compression !== null && compression.count === 1) {
      // Windows offers several; one alone is how scanners look for CVE-2020-0796.
      yield exploitFact('smbghost-probe', ['CVE-2020-0796'], 'compression context with one algorithm');
    }
    const contexts = chosen === 0x0311 ? this.#contexts(compression !== null) : { bytes: empty, count: 0 };
    const body = this.#negotiation(chosen, contexts.bytes, contexts.count);
    const reply = this.#message(request, { code: status.success, body });
    if (chosen === 0x0311) {
      this.#preauthentication = hashOn(Buffer.alloc(64), request.bytes);
      this.#preauthentication = hashOn(this.#preauthentication, reply);
    }
    return reply;
  }

  /** SMB2_COMPRESSION_CAPABILITIES (type 3): CompressionAlgorithmCount (2), … */
  #compressionOf(request: LittleReader): { count: number } | null {
    let at = request.uint32(92);
    const contexts = Math.min(request.uint16(96), 16);
    for (let index = 0; index < contexts && at >= 64 && at + 8 <= request.length; index += 1) {
      if (request.uint16(at) === 3) return { count: request.uint16(at + 8) };
      at += 8 + Math.ceil(request.uint16(at + 2) / 8) * 8;
    }
    return null;
  }

  // ContextType (2), DataLength (2), Reserved (4), Data, each aligned to 8
  #contexts(wantsCompression: boolean): { bytes: Buffer; count: number } {
    const writer = new LittleWriter().uint16(1).uint16(38).uint32(0);
    writer.uint16(1).uint16(32).uint16(1).octets(this.#context.randomBytes(32));
    if (!wantsCompression || !this.#server.compresses) return { bytes: writer.finish(), count: 1 };
    // One algorithm, LZNT1.
    writer.align(8).uint16(3).uint16(10).uint32(0).uint16(1).uint16(0).uint32(0).uint16(1);
    return { bytes: writer.finish(), count: 2 };
  }

  // StructureSize (2) 65, SecurityMode (2), DialectRevision (2), NegotiateContextCount (2), ServerGuid (16), Capabilities (4),
  // MaxTransactSize (4), MaxReadSize (4), MaxWriteSize (4), SystemTime (8), ServerStartTime (8), SecurityBufferOffset (2),
  // SecurityBufferLength (2), NegotiateContextOffset (4), Buffer, contexts
  #negotiation(dialect: number, contexts: Buffer, count: number): Buffer {
    const hint = spnegoHint();
    const most = dialect >= 0x0210 && dialect !== 0x02ff ? 0x0080_0000 : 0x0001_0000;
    const { isSamba } = this.#server;
    // DFS; and large transfers from 2.1 on.
    const capabilities = 1 | (dialect >= 0x0210 && dialect !== 0x02ff ? 6 : 0);
    const writer = new LittleWriter().uint16(65).uint16(1).uint16(dialect).uint16(count);
    writer.octets(this.#server.guid).uint32(capabilities).uint32(most).uint32(most).uint32(most);
    writer.uint64(fileTime(this.#context.now()));
    writer.uint64(isSamba ? 0n : fileTime(this.#context.persona.bootedAt));
    writer.uint16(128).uint16(hint.length);
    const start = Math.ceil((128 + hint.length) / 8) * 8;
    writer.uint32(count > 0 ? start : 0).octets(hint);
    if (count > 0) writer.align(8).octets(contexts);
    return writer.finish();
  }

  // StructureSize (2) 25, Flags (1), SecurityMode (1), Capabilities (4), Channel (4), SecurityBufferOffset (2),
  // SecurityBufferLength (2), PreviousSessionId (8), Buffer
  *#sessionSetup(request: LittleReader): Generator<DecoyOutput, Buffer> {
    const token = request.slice(request.uint16(76), request.uint16(78));
    let session = this.#sessions.get(request.uint64(40));
    if (session === undefined) {
      if (this.#sessions.size >= mostSessions)
        return this.#message(request, { code: status.insufficientServerResources, body: null });
      const id = Buffer.from(this.#context.randomBytes(8)).readBigUInt64LE() & 0xffff_ffff_ffffn;
      session = {
        id: (id === 0n ? 1n : id) + BigInt(this.#sessions.size),
        logon: new Logon(this.#context, this.#server.takesStrangers),
        preauthentication: this.#preauthentication,
        outcome: null,
        key: null,
      };
      this.#sessions.set(session.id, session);
    }
    if (this.#dialect === 0x0311)
      session.preauthentication = hashOn(session.preauthentication, request.bytes);
    const answer = session.logon.answer(token, this.#server);
    if (answer === null) {
      this.#sessions.delete(session.id);
      return this.#message(request, { code: status.invalidParameter, body: null });
    }
    if (Buffer.isBuffer(answer)) {
      // A client that speaks NTLM without SPNEGO gets it likewise.
      const isBare = token.subarray(0, 7).toString('latin1') === 'NTLMSSP';
      const reply = isBare ? answer : spnegoResponse('incomplete', answer);
      const body = new LittleWriter()
        .uint16(9)
        .uint16(0)
        .uint16(72)
        .uint16(reply.length)
        .octets(reply)
        .finish();
      const message = this.#message(request, { code: status.moreProcessing, body }, session.id);
      if (this.#dialect === 0x0311) session.preauthentication = hashOn(session.preauthentication, message);
      return message;
    }
    if (answer.fact !== null) yield { do: 'saw', fact: answer.fact };
    if (answer.kind === 'refused') {
      this.#sessions.delete(session.id);
      return this.#message(request, { code: status.logonFailure, body: null }, session.id);
    }
    session.outcome = answer;
    if (answer.sessionKey !== null)
      session.key = signingKey(this.#dialect, answer.sessionKey, session.preauthentication);
    const flags =
      answer.kind === 'anonymous' ? 2 : answer.kind === 'guest' || answer.kind === 'stranger' ? 1 : 0;
    const reply = spnegoResponse('completed', null);
    const body = new LittleWriter()
      .uint16(9)
      .uint16(flags)
      .uint16(72)
      .uint16(reply.length)
      .octets(reply)
      .finish();
    const message = this.#message(request, { code: status.success, body }, session.id);
    // SMB 3 clients believe in the session only where its last reply is signed.
    if (session.key !== null) message.writeUInt32LE(message.readUInt32LE(16) | 8, 16);
    return message;
  }

  // StructureSize (2) 9, Flags (2), PathOffset (2), PathLength (2), Buffer
  #treeConnect(request: LittleReader, session: Session): { answer: Answer; tree: number; path: string } {
    const path = request.wide(request.uint16(68), request.uint16(70)).slice(0, 512);
    const name = path.slice(path.lastIndexOf('\\') + 1).toUpperCase();
    const share = this.#server.shares.find((each) => each.name.toUpperCase() === name);
    if (share === undefined) return { answer: { code: status.badNetworkName, body: null }, tree: 0, path };
    const isKnown = session.outcome?.kind === 'user' || session.outcome?.kind === 'guest';
    if ((!share.isOpen && !isKnown) || this.#trees.size >= mostTrees)
      return { answer: { code: status.accessDenied, body: null }, tree: 0, path };
    const tree = this.#nextTree;
    this.#nextTree += 1;
    const isPipe = isPipeShare(share);
    if (!isPipe) this.#shareFiles.prepare(share.folder);
    this.#trees.set(tree, { share, isPipe, isKnown });
    // StructureSize (2) 16, ShareType (1), Reserved (1), ShareFlags (4), Capabilities (4), MaximalAccess (4)
    const body = new LittleWriter()
      .uint16(16)
      .uint8(isPipe ? 2 : 1)
      .uint8(0);
    body
      .uint32(isPipe ? 0x30 : 0)
      .uint32(0)
      .uint32(isPipe ? 0x1f00a9 : 0x1f01ff);
    return { answer: { code: status.success, body: body.finish() }, tree, path };
  }

  /** FSCTL_VALIDATE_NEGOTIATE_INFO: Capabilities (4), Guid (16), SecurityMode (2), Dialect (2), as they were negotiated. */
  #validate(request: LittleReader): Answer {
    const output = new LittleWriter().uint32(this.#dialect >= 0x0210 ? 7 : 1).octets(this.#server.guid);
    output.uint16(1).uint16(this.#dialect);
    return { code: status.success, body: ioctlBody(request, output.finish()) };
  }

  // ProtocolId (4), StructureSize (2) 64, CreditCharge (2), Status (4), Command (2), Credits (2), Flags (4), NextCommand (4),
  // MessageId (8), Reserved (4), TreeId (4), SessionId (8), Signature (16)
  #message(
    request: LittleReader,
    answer: Answer,
    sessionId = 0n,
    treeId = 0,
    session: Session | null = null,
  ): Buffer {
    const isSigned = session?.key != null && (request.uint32(16) & 8) !== 0;
    const credits = Math.min(Math.max(request.uint16(14), 1), 128);
    const writer = new LittleWriter().octets(Buffer.from('\xfeSMB', 'latin1')).uint16(64);
    writer.uint16(request.uint16(6)).uint32(answer.code).uint16(request.uint16(12)).uint16(credits);
    writer
      .uint32(1 | (request.uint32(16) & 4) | (isSigned ? 8 : 0))
      .uint32(0)
      .uint64(request.uint64(24));
    writer.uint32(request.uint32(32)).uint32(treeId).uint64(sessionId).zeros(16);
    // An error: StructureSize (2) 9, ErrorContextCount (1), Reserved (1), ByteCount (4), one octet.
    writer.octets(answer.body ?? new LittleWriter().uint16(9).zeros(7).finish());
    return writer.finish();
  }
}

export function isPipeShare(share: Share): boolean {
  return (share.type & 0x0fff_ffff) === 3;
}

/** StructureSize (2) 4, Reserved (2). */
function four(): Buffer {
  return Buffer.of(4, 0, 0, 0);
}

function hashOn(before: Buffer, message: Uint8Array): Buffer {
  return createHash('sha512').update(before).update(message).digest();
}
