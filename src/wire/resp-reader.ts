/**
 * Requests of the Redis serialization protocol (https://redis.io/docs/latest/develop/reference/protocol-spec/), as the
 * server reads them: an array of bulk strings, or an inline line of words.
 *
 *     *<count>\r\n $<length>\r\n <octets>\r\n …
 *     SET key "a value"\r\n
 */

import { Buffer } from 'node:buffer';
import { splitInline } from './resp-inline.ts';

export interface RespLimits {
  /** Greatest number of arguments: 1,048,576 up to Redis 6.2, 2,147,483,647 from 7.0. */
  readonly arguments: number;
}

export type RespRequest =
  /** Latin-1 text, so that every octet survives; the first is the command's name. */
  | { readonly kind: 'command'; readonly words: readonly string[] }
  /** What the server answers before it hangs up. */
  | { readonly kind: 'violation'; readonly text: string };

const lineLimit = 65_536;
const bulkLimit = 536_870_912;
/** Octets of arguments that are kept of one command, and arguments that are kept; what is beyond is counted and dropped. */
const keptOctets = 4 * 1024 * 1024;
const keptWords = 16_384;

/** Strict decimal, as the server's string2ll: no plus, no leading zero. */
function strictInteger(text: string): number | null {
  return /^(?:0|-?[1-9]\d{0,17})$/.test(text) ? Number(text) : null;
}

/** Reads requests out of bytes that arrive in any pieces. Holds at most one line and one command's kept arguments. */
export class RespReader {
  readonly #limits: RespLimits;
  #bytes: Buffer = Buffer.alloc(0);
  #start = 0;
  #end = 0;
  /** Up to where the line has been searched for its end. */
  #searched = 0;
  #wordsLeft = 0;
  #words: string[] = [];
  #kept = 0;
  /** Octets of the bulk string still to come, with its line end; -1 outside of one. */
  #bulkLeft = -1;
  #bulkLength = 0;
  #pieces: Buffer[] = [];
  #failed = false;

  constructor(limits: RespLimits) {
    this.#limits = limits;
  }

  push(bytes: Uint8Array): void {
    if (this.#failed) return;
    const held = this.#end - this.#start;
    if (this.#end + bytes.length > this.#bytes.length) {
      const next = Buffer.alloc(Math.max(1024, 2 * (held + bytes.length)));
      this.#bytes.copy(next, 0, this.#start, this.#end);
      this.#bytes = next;
      this.#searched -= this.#start;
      this.#start = 0;
      this.#end = held;
    }
    this.#bytes.set(bytes, this.#end);
    this.#end += bytes.length;
  }

  /** The next whole request, or null until more bytes come. `trusted` is false before a login where one is needed. */
  next(trusted: boolean): RespRequest | null {
    while (!this.#failed) {
      if (this.#bulkLeft >= 0) {
        if (!this.#takeBulk()) return null;
        const command = this.#complete();
        if (command !== null) return command;
        continue;
      }
      if (this.#start === this.#end) return null;
      const inMultibulk = this.#wordsLeft > 0;
      const inline = !inMultibulk && this.#bytes[this.#start] !== 0x2a;
      const line = this.#takeLine(inline ? 0x0a : 0x0d);
      if (line === null) {
        if (this.#end - this.#start <= lineLimit) return null;
        if (inline) return this.#violation('too big inline request');
        return this.#violation(inMultibulk ? 'too big bulk count string' : 'too big mbulk count string');
      }
      const request = inline
        ? this.#inline(line)
        : inMultibulk
          ? this.#bulkHead(line, trusted)
          : this.#multibulkHead(line, trusted);
      if (request !== null) return request;
    }
    return null;
  }

  #violation(text: string): RespRequest {
    this.#failed = true;
    this.#bytes = Buffer.alloc(0);
    this.#pieces = [];
    this.#words = [];
    return { kind: 'violation', text: `ERR Protocol error: ${text}` };
  }

  /** A line without its end. In the array form the end is CR and any octet after it, which is how the server reads. */
  #takeLine(terminator: number): string | null {
    const from = Math.max(this.#searched, this.#start);
    const found = this.#bytes.subarray(0, this.#end).indexOf(terminator, from);
    const last = terminator === 0x0d ? found + 2 : found + 1;
    if (found < 0 || last > this.#end) {
      this.#searched = found < 0 ? this.#end : found;
      return null;
    }
    const line = this.#bytes.toString('latin1', this.#start, found);
    this.#start = last;
    this.#searched = last;
    return line;
  }

  #inline(line: string): RespRequest | null {
    if (line.length > lineLimit) return this.#violation('too big inline request');
    const words = splitInline(line.endsWith('\r') ? line.slice(0, -1) : line);
    if (words === null) return this.#violation('unbalanced quotes in request');
    return words.length === 0 ? null : { kind: 'command', words: words.slice(0, keptWords) };
  }

  #multibulkHead(line: string, trusted: boolean): RespRequest | null {
    const count = strictInteger(line.slice(1));
    if (count === null || count > this.#limits.arguments) return this.#violation('invalid multibulk length');
    if (count > 10 && !trusted) return this.#violation('unauthenticated multibulk length');
    if (count > 0) {
      this.#wordsLeft = count;
      this.#words = [];
      this.#kept = 0;
    }
    return null;
  }

  #bulkHead(line: string, trusted: boolean): RespRequest | null {
    if (!line.startsWith('$')) {
      return this.#violation(`expected '$', got '${line === '' ? '\r' : line.charAt(0)}'`);
    }
    const length = strictInteger(line.slice(1));
    if (length === null || length < 0 || length > bulkLimit) return this.#violation('invalid bulk length');
    if (length > 16_384 && !trusted) return this.#violation('unauthenticated bulk length');
    this.#bulkLength = length;
    this.#bulkLeft = length + 2;
    this.#pieces = [];
    return null;
  }

  /** True once the whole bulk string is there. */
  #takeBulk(): boolean {
    const taken = Math.min(this.#bulkLeft, this.#end - this.#start);
    const seen = this.#bulkLength + 2 - this.#bulkLeft;
    const wanted = Math.min(taken, this.#bulkLength - seen, keptOctets - this.#kept);
    if (wanted > 0 && this.#words.length < keptWords) {
      this.#pieces.push(Buffer.from(this.#bytes.subarray(this.#start, this.#start + wanted)));
      this.#kept += wanted;
      // Single octets that arrive one by one must not cost an object each for long.
      if (this.#pieces.length > 1024) this.#pieces = [Buffer.concat(this.#pieces)];
    }
    this.#start += taken;
    this.#searched = this.#start;
    this.#bulkLeft -= taken;
    return this.#bulkLeft === 0;
  }

  #complete(): RespRequest | null {
    this.#bulkLeft = -1;
    if (this.#words.length < keptWords) this.#words.push(Buffer.concat(this.#pieces).toString('latin1'));
    this.#pieces = [];
    this.#wordsLeft -= 1;
    if (this.#wordsLeft > 0) return null;
    const words = this.#words;
    this.#words = [];
    return { kind: 'command', words };
  }
}
