/**
 * The named pipes behind IPC$ over SMB 1 ([MS-CIFS] §2.2.4, §2.2.5): opened as files are, written and read, or asked in one transaction.
 * Offsets count from the header; words begin at 33.
 */

import { Buffer } from 'node:buffer';
import type { DecoyContext, DecoyOutput } from '../../core/decoy.ts';
import { type LittleReader, LittleWriter } from '../../wire/little-endian.ts';
import { commandFact } from './fact.ts';
import { openPipe, type Pipe, pipeNameOf } from './pipe.ts';
import type { FileServer } from './server.ts';
import { andX, done, nameAt, refuse, type Smb1Answer, transaction } from './smb1-answer.ts';
import { status } from './status.ts';

const mostOpen = 16;
const mostRead = 60_000;
const recordedPipes = 500;
const nothing = Buffer.alloc(0);
/** Message mode for both ends, 255 instances. */
const pipeState = 0x05ff;

export class Smb1Pipes {
  readonly #context: DecoyContext;
  readonly #server: FileServer;
  readonly #open = new Map<number, Pipe>();
  /** Ids of their own: a file's is never a pipe's. */
  #next = 0x4000;
  #recorded = 0;

  constructor(context: DecoyContext, server: FileServer) {
    this.#context = context;
    this.#server = server;
  }

  /** `isKnown` where the visitor has logged in. Null for a command that no pipe knows. */
  *answer(
    command: number,
    request: LittleReader,
    isKnown: boolean,
  ): Generator<DecoyOutput, Smb1Answer | null> {
    switch (command) {
      case 0x04:
        return this.#open.delete(request.uint16(33)) ? done() : refuse(status.invalidHandle);
      case 0x25:
        return yield* this.#transaction(request);
      case 0x2e:
        return this.#read(request);
      case 0x2f:
        return yield* this.#write(request);
      case 0xa2:
        return yield* this.#create(request, isKnown);
      default:
        return null;
    }
  }

  // the answer as in `smb1-files.ts`, of FileType 2: a pipe in message mode
  *#create(request: LittleReader, isKnown: boolean): Generator<DecoyOutput, Smb1Answer> {
    const name = pipeNameOf(nameAt(request, 83));
    if (this.#open.size >= mostOpen) return refuse(status.insufficientServerResources);
    this.#recorded += 1;
    if (this.#recorded <= recordedPipes) yield commandFact(`open pipe ${name}`);
    const pipe = yield* openPipe(name, this.#context, this.#server, isKnown);
    if (typeof pipe === 'number') return refuse(pipe);
    const id = this.#next;
    this.#next = id >= 0x7fff ? 0x4000 : id + 1;
    this.#open.set(id, pipe);
    const words = andX().uint8(0).uint16(id).uint32(1).zeros(32).uint32(0x80);
    return done(words.uint64(4_096n).uint64(0n).uint16(2).uint16(pipeState).uint8(0).finish());
  }

  // AndX (4), FID (2), Offset (4), MaxCount (2), …
  // the answer: AndX (4), Available (2), DataCompactionMode (2), Reserved (2), DataLength (2), DataOffset (2), DataLengthHigh (2), Reserved (8)
  #read(request: LittleReader): Smb1Answer {
    const pipe = this.#open.get(request.uint16(37));
    if (pipe === undefined) return refuse(status.invalidHandle);
    const bytes = pipe.read(Math.min(request.uint16(43), mostRead));
    const words = andX().uint16(0xffff).uint16(0).uint16(0).uint16(bytes.length).uint16(60).zeros(10);
    return done(words.finish(), Buffer.concat([Buffer.alloc(1), bytes]), codeOf(pipe));
  }

  // AndX (4), FID (2), Offset (4), Timeout (4), WriteMode (2), Remaining (2), DataLengthHigh (2), DataLength (2), DataOffset (2), …
  // the answer: AndX (4), Count (2), Available (2), CountHigh (2), Reserved (2)
  *#write(request: LittleReader): Generator<DecoyOutput, Smb1Answer> {
    const pipe = this.#open.get(request.uint16(37));
    if (pipe === undefined) return refuse(status.invalidHandle);
    const whole = request.slice(request.uint16(55), request.uint16(53));
    // WriteMode 8, the start of a message in raw mode: its length stands before it.
    const bytes = (request.uint16(47) & 0x0c) === 0x0c ? whole.subarray(2) : whole;
    yield* pipe.write(bytes);
    return done(andX().uint16(whole.length).uint16(0xffff).uint16(0).uint16(0).finish());
  }

  /** SMB_COM_TRANSACTION on a pipe: setup words are the subcommand and the FID. Null where it names no pipe that is open. */
  *#transaction(request: LittleReader): Generator<DecoyOutput, Smb1Answer | null> {
    if (request.uint8(59) < 2) return null;
    const pipe = this.#open.get(request.uint16(63));
    if (pipe === undefined) return null;
    const most = Math.min(request.uint16(39), mostRead);
    switch (request.uint16(61)) {
      case 0x01:
        // SetNmPipeHandleState: it is in message mode already.
        return transaction(nothing, nothing);
      case 0x21:
        return transaction(new LittleWriter().uint16(pipeState).finish(), nothing);
      case 0x23: {
        // ReadDataAvailable (2), MessageBytesLength (2), NamedPipeState (2) 3: connected
        const waiting = Math.min(pipe.waiting, 0xffff);
        return transaction(new LittleWriter().uint16(waiting).uint16(waiting).uint16(3).finish(), nothing);
      }
      case 0x26: {
        yield* pipe.write(request.slice(request.uint16(57), request.uint16(55)));
        const output = pipe.read(most);
        return transaction(nothing, output, codeOf(pipe));
      }
      default:
        return refuse(status.notSupported);
    }
  }
}

/** What did not fit is there to be read. */
const codeOf = (pipe: Pipe): number => (pipe.waiting > 0 ? status.bufferOverflow : status.success);
