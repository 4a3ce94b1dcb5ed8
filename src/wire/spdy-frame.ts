/**
 * Frames of SPDY/3.1 (draft-mbelshe-httpbis-spdy-00 §2.2), which lives on in Kubernetes' streams, from the side of a server whose answers have
 * no header fields.
 *
 *     data      0, stream (31 bits); flags (8), length (24); octets
 *     control   1, version 3 (15 bits), type (16); flags (8), length (24); by type:
 *       1 SYN_STREAM   stream (4), associated stream (4), priority (1), slot (1), header block
 *       2 SYN_REPLY    stream (4), header block
 *       3 RST_STREAM   stream (4), status (4)
 *       6 PING         id (4)
 *       7 GOAWAY       last stream (4), status (4)
 *     header block     one zlib stream over all of them, with a dictionary: count (4), then length (4) and text of each name and value
 */

import { Buffer } from 'node:buffer';
import { constants, inflateSync } from 'node:zlib';

const names =
  'options head post put delete trace accept accept-charset accept-encoding accept-language accept-ranges age allow authorization ' +
  'cache-control connection content-base content-encoding content-language content-length content-location content-md5 content-range ' +
  'content-type date etag expect expires from host if-match if-modified-since if-none-match if-range if-unmodified-since last-modified ' +
  'location max-forwards pragma proxy-authenticate proxy-authorization range referer retry-after server te trailer transfer-encoding ' +
  'upgrade user-agent vary via warning www-authenticate method get status 200_OK version HTTP/1.1 url public set-cookie keep-alive origin';
const values =
  '100101201202205206300302303304305306307402405406407408409410411412413414415416417502504505' +
  '203 Non-Authoritative Information204 No Content301 Moved Permanently400 Bad Request401 Unauthorized403 Forbidden404 Not Found' +
  '500 Internal Server Error501 Not Implemented503 Service UnavailableJan Feb Mar Apr May Jun Jul Aug Sept Oct Nov Dec 00:00:00 ' +
  'Mon, Tue, Wed, Thu, Fri, Sat, Sun, GMTchunked,text/html,image/png,image/jpg,image/gif,application/xml,application/xhtml+xml,' +
  'text/plain,text/javascript,publicprivatemax-age=gzip,deflate,sdchcharset=utf-8charset=iso-8859-1,utf-,*,enq=0.';

/** §2.6.10.1: each name behind its length, then values without one. */
export const spdyDictionary: Uint8Array = new Uint8Array(
  Buffer.concat([
    ...names.split(' ').flatMap((name) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(name.length);
      return [length, Buffer.from(name.replace('_', ' '), 'latin1')];
    }),
    Buffer.from(values, 'latin1'),
  ]),
);

const longestFrame = 65_536;
/** Compressed and plain, of all header blocks of a connection together. */
const mostHeaderOctets = 16_384;
const mostPlainOctets = 65_536;
/** Of a connection: a command asks for five, and each is paid for with all that came before it. */
const mostBlocks = 64;

export type SpdyEvent =
  | {
      readonly kind: 'open';
      readonly stream: number;
      readonly headers: ReadonlyMap<string, string>;
      readonly isLast: boolean;
    }
  | {
      readonly kind: 'data';
      readonly stream: number;
      readonly bytes: Uint8Array;
      readonly isLast: boolean;
    }
  | { readonly kind: 'ping'; readonly id: Uint8Array }
  | { readonly kind: 'reset'; readonly stream: number }
  /** The client goes away, or what it says is none of this. */
  | { readonly kind: 'over' };

export class SpdyReader {
  #held: Buffer = Buffer.alloc(0);
  #blocks: Buffer = Buffer.alloc(0);
  #plainRead = 0;
  #blocksRead = 0;
  #isOver = false;

  *push(bytes: Uint8Array): Iterable<SpdyEvent> {
    if (this.#isOver) return;
    this.#held = this.#held.length === 0 ? Buffer.from(bytes) : Buffer.concat([this.#held, bytes]);
    while (!this.#isOver && this.#held.length >= 8) {
      const length = this.#held.readUIntBE(5, 3);
      if (length > longestFrame) {
        yield this.#end();
        return;
      }
      if (this.#held.length < 8 + length) return;
      const frame = this.#held.subarray(0, 8 + length);
      this.#held = this.#held.subarray(8 + length);
      yield* this.#frame(frame);
    }
  }

  #end(): SpdyEvent {
    this.#isOver = true;
    this.#held = Buffer.alloc(0);
    return { kind: 'over' };
  }

  *#frame(frame: Buffer): Iterable<SpdyEvent> {
    const first = frame.readUInt32BE(0);
    const isLast = ((frame[4] ?? 0) & 1) !== 0;
    const body = frame.subarray(8);
    if (first < 0x8000_0000) {
      yield { kind: 'data', stream: first, bytes: new Uint8Array(body), isLast };
      return;
    }
    const stream = body.length < 4 ? 0 : body.readUInt32BE(0) & 0x7fff_ffff;
    switch (first) {
      case 0x8003_0001: {
        const headers = body.length < 10 ? null : this.#headers(body.subarray(10));
        yield headers === null ? this.#end() : { kind: 'open', stream, headers, isLast };
        return;
      }
      case 0x8003_0003:
        yield { kind: 'reset', stream };
        return;
      case 0x8003_0006:
        yield { kind: 'ping', id: new Uint8Array(body.subarray(0, 4)) };
        return;
      case 0x8003_0007:
        yield this.#end();
        return;
      default:
      // SETTINGS, WINDOW_UPDATE and what came later need no answer.
    }
  }

  /** One zlib stream goes through all blocks: it is read again from its start, which is cheap for the few that there are. */
  #headers(block: Buffer): ReadonlyMap<string, string> | null {
    this.#blocks = Buffer.concat([this.#blocks, block]);
    this.#blocksRead += 1;
    if (this.#blocks.length > mostHeaderOctets || this.#blocksRead > mostBlocks) return null;
    let plain: Buffer;
    try {
      plain = inflateSync(this.#blocks, {
        dictionary: spdyDictionary,
        finishFlush: constants.Z_SYNC_FLUSH,
        maxOutputLength: mostPlainOctets,
      });
    } catch {
      return null;
    }
    const fresh = plain.subarray(this.#plainRead);
    this.#plainRead = plain.length;
    const headers = new Map<string, string>();
    let at = 4;
    const text = (): string | null => {
      if (at + 4 > fresh.length) return null;
      const end = at + 4 + fresh.readUInt32BE(at);
      if (end > fresh.length) return null;
      const read = fresh.toString('latin1', at + 4, end);
      at = end;
      return read;
    };
    const count = fresh.length < 4 ? 0 : Math.min(fresh.readUInt32BE(0), 64);
    for (let index = 0; index < count; index += 1) {
      const name = text();
      const value = text();
      if (name === null || value === null) return null;
      headers.set(name.toLowerCase(), value);
    }
    return headers;
  }
}

function control(type: number, ...parts: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(parts);
  const head = Buffer.from([0x80, 3, 0, type, 0, 0, 0, 0]);
  head.writeUIntBE(body.length, 5, 3);
  return Buffer.concat([head, body]);
}

const numbered = (number: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(number);
  return bytes;
};

/**
 * A header block of no fields, in a block of DEFLATE that is not compressed, so that the stream needs no compressor; then the empty block
 * without which Go's reader holds it back.
 */
const noFields = Buffer.from('000400fbff00000000000000ffff', 'hex');
/** zlib's own head, which names the dictionary by its checksum. */
const zlibHead = Buffer.from('78bbe3c6a7c2', 'hex');

export class SpdyWriter {
  #hasBegun = false;

  reply(stream: number): Uint8Array {
    const block = this.#hasBegun ? noFields : Buffer.concat([zlibHead, noFields]);
    this.#hasBegun = true;
    return control(2, numbered(stream), block);
  }

  ping(id: Uint8Array): Uint8Array {
    return control(6, id);
  }

  goAway(last: number): Uint8Array {
    return control(7, numbered(last), numbered(0));
  }

  data(stream: number, bytes: Uint8Array, isLast = false): Uint8Array {
    const head = Buffer.alloc(8);
    head.writeUInt32BE(stream);
    head[4] = isLast ? 1 : 0;
    head.writeUIntBE(bytes.length, 5, 3);
    return Buffer.concat([head, bytes]);
  }
}
