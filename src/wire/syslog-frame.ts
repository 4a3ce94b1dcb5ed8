/**
 * Syslog messages in a stream (RFC 6587):
 *
 *     MSG-LEN SP SYSLOG-MSG      §3.4.1, octet counting: MSG-LEN begins with 1 to 9
 *     SYSLOG-MSG LF              §3.4.2, also with NUL or CR LF
 *
 * Which of the two shows at each message anew by its first octet: a message without a count begins with `<`.
 */

import { Buffer } from 'node:buffer';

/** RFC 5424 asks for 2,048 octets; senders of structured data write more. */
export const longestSyslogMessage = 65_536;
const longestCount = 6;

export interface SyslogSink {
  message(bytes: Uint8Array): void;
  damaged(why: string): void;
}

export class SyslogFrames {
  readonly #sink: SyslogSink;
  #held: Buffer = Buffer.alloc(0);
  /** Octets to pass over of a message that is too long and was counted. */
  #skip = 0;
  /** True while the rest of a message without a count is passed over. */
  #skipsLine = false;

  constructor(sink: SyslogSink) {
    this.#sink = sink;
  }

  push(chunk: Uint8Array): void {
    const bytes = Buffer.concat([this.#held, chunk]);
    let at = 0;
    for (;;) {
      const next = this.#next(bytes, at);
      if (next < 0) break;
      at = next;
    }
    this.#held = Buffer.from(bytes.subarray(at));
  }

  /** The connection has ended: what stands there is a message where it has no count. */
  end(): void {
    const bytes = this.#held;
    this.#held = Buffer.alloc(0);
    if (bytes.length === 0 || this.#skip > 0 || this.#skipsLine) return;
    if (isDigit(bytes[0])) this.#sink.damaged('the connection ended within a message');
    else this.#sink.message(bytes);
  }

  /** Takes what begins here; answers with where it ends, or -1 where more must come. */
  #next(bytes: Buffer, at: number): number {
    if (this.#skip > 0) {
      const passed = Math.min(this.#skip, bytes.length - at);
      this.#skip -= passed;
      return passed === 0 ? -1 : at + passed;
    }
    if (at >= bytes.length) return -1;
    if (this.#skipsLine) {
      const end = lineEnd(bytes, at);
      this.#skipsLine = end < 0;
      return end < 0 ? bytes.length : end + 1;
    }
    return isDigit(bytes[at]) ? this.#counted(bytes, at) : this.#ended(bytes, at);
  }

  #counted(bytes: Buffer, at: number): number {
    let length = 0;
    let index = at;
    while (index < bytes.length && index - at < longestCount && isCountDigit(bytes[index])) {
      length = length * 10 + (bytes[index] ?? 0) - 48;
      index += 1;
    }
    if (index === bytes.length && index - at < longestCount) return -1;
    if (bytes[index] !== 32) return this.#ended(bytes, at);
    if (length > longestSyslogMessage) {
      this.#sink.damaged(`a message of ${length} octets`);
      this.#skip = length;
      return index + 1;
    }
    if (bytes.length - index - 1 < length) return -1;
    this.#sink.message(bytes.subarray(index + 1, index + 1 + length));
    return index + 1 + length;
  }

  #ended(bytes: Buffer, at: number): number {
    const end = lineEnd(bytes, at);
    const length = (end < 0 ? bytes.length : end) - at;
    if (length > longestSyslogMessage) {
      this.#sink.damaged(`a message longer than ${longestSyslogMessage} octets`);
      this.#skipsLine = end < 0;
      return end < 0 ? bytes.length : end + 1;
    }
    if (end < 0) return -1;
    const trimmed = end > at && bytes[end - 1] === 13 ? end - 1 : end;
    if (trimmed > at) this.#sink.message(bytes.subarray(at, trimmed));
    return end + 1;
  }
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 49 && byte <= 57;
}

function isCountDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 48 && byte <= 57;
}

/** Index of the next LF or NUL, or -1. */
function lineEnd(bytes: Buffer, at: number): number {
  const feed = bytes.indexOf(10, at);
  const nul = bytes.subarray(at, feed < 0 ? bytes.length : feed).indexOf(0);
  return nul < 0 ? feed : at + nul;
}
