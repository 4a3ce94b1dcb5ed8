import { Buffer } from 'node:buffer';
import type { DecoyContext, DecoyOutput, DecoySession } from '../../core/decoy.ts';
import { LittleReader } from '../../wire/little-endian.ts';
import { exploitFact } from './fact.ts';
import { fileServerOf } from './server.ts';
import { Smb1 } from './smb1.ts';
import { dialectNames } from './smb1-answer.ts';
import { frame } from './reply.ts';
import { Smb2 } from './smb2.ts';

/** The largest message: 8 MiB of a write and its head, as far as `MaxWriteSize` allows. */
const longestMessage = 8_388_608 + 65_536;

/** One TCP connection: frames ([MS-SMB2] §2.1, RFC 1002 §4.3), each with a message of SMB 1 or SMB 2. */
export class SmbSession implements DecoySession {
  readonly #smb1: Smb1;
  readonly #smb2: Smb2;
  readonly #hasSmb1: boolean;
  #pieces: Buffer[] = [];
  #held = 0;
  #needed = 4;
  #isOver = false;
  #isSecond = false;

  constructor(context: DecoyContext) {
    const server = fileServerOf(context.persona);
    this.#hasSmb1 = server.hasSmb1;
    this.#smb1 = new Smb1(context, server);
    this.#smb2 = new Smb2(context);
  }

  *receive(bytes: Uint8Array): Iterable<DecoyOutput> {
    if (this.#isOver) return;
    this.#pieces.push(Buffer.from(bytes));
    this.#held += bytes.length;
    while (!this.#isOver && this.#held >= this.#needed) {
      const all = Buffer.concat(this.#pieces);
      const length = all.readUInt32BE(0) & 0xff_ffff;
      if (length > longestMessage) {
        yield* this.#close();
        return;
      }
      this.#pieces = [all];
      this.#needed = 4 + length;
      if (all.length < this.#needed) return;
      const rest = all.subarray(this.#needed);
      this.#pieces = rest.length === 0 ? [] : [rest];
      this.#held = rest.length;
      this.#needed = 4;
      yield* this.#frame(all[0] ?? 0, all.subarray(4, 4 + length));
    }
  }

  *end(): Iterable<DecoyOutput> {
    this.#isOver = true;
    yield* this.#smb1.end();
    yield* this.#smb2.end();
  }

  /** Session message 0x00, session request 0x81 (answered positively, 0x82), keep alive 0x85. */
  *#frame(type: number, message: Buffer): Iterable<DecoyOutput> {
    if (type === 0x81) {
      yield { do: 'reply', bytes: Uint8Array.of(0x82, 0, 0, 0) };
      return;
    }
    if (type === 0x85) return;
    const magic = message.toString('latin1', 0, 4);
    if (type !== 0) yield* this.#close();
    else if (magic === '\xfeSMB' && message.length >= 64) {
      this.#isSecond = true;
      yield* this.#smb2.receive(message);
    } else if (magic === '\xffSMB' && message.length >= 35 && !this.#isSecond) yield* this.#first(message);
    else if (magic === '\xfcSMB') {
      yield* this.#compressed(message);
      yield* this.#close();
    } else yield* this.#close();
  }

  /** SMB 1, or the negotiation in its form that leads to SMB 2 ([MS-SMB2] §3.3.5.3). */
  *#first(message: Buffer): Iterable<DecoyOutput> {
    if (message[4] === 0x72) {
      const names = dialectNames(new LittleReader(message));
      const isAny = names.includes('SMB 2.???');
      if (isAny || names.includes('SMB 2.002')) {
        yield frame(this.#smb2.negotiateFromSmb1(isAny));
        return;
      }
    }
    // A server without SMB 1 hangs up on it.
    if (this.#hasSmb1) yield* this.#smb1.receive(message);
    else yield* this.#close();
  }

  // SMB2_COMPRESSION_TRANSFORM_HEADER: ProtocolId (4), OriginalCompressedSegmentSize (4), CompressionAlgorithm (2), Flags (2), Offset (4)
  *#compressed(message: Buffer): Iterable<DecoyOutput> {
    const reader = new LittleReader(message);
    const [size, offset] = [reader.uint32(4), reader.uint32(12)];
    if (size + offset <= 0xffff_ffff && offset <= message.length) return;
    yield exploitFact(
      'smbghost',
      ['CVE-2020-0796'],
      `compressed segment of ${size} octets at offset ${offset}`,
    );
  }

  *#close(): Iterable<DecoyOutput> {
    this.#isOver = true;
    yield* this.#smb1.end();
    yield* this.#smb2.end();
    yield { do: 'close' };
  }
}
