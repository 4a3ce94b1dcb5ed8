/**
 * Messages of a start line, header fields and a counted body, as SIP (RFC 3261 §7), RTSP (RFC 2326 §4) and SSDP write them.
 *
 *     start-line CRLF  *( field-name ":" value CRLF )  CRLF  [ body, as long as Content-Length says ]
 */

import { Buffer } from 'node:buffer';
import type { Header } from '../core/observation.ts';

export interface HeadMessage {
  readonly line: string;
  readonly headers: readonly Header[];
  /** Latin-1. */
  readonly body: string;
  /** What the head claims; larger than the body where the body was cut. */
  readonly claimedLength: number;
  /** Octets of the whole message. */
  readonly size: number;
}

export const headLimit = 16_384;
const bodyLimit = 65_536;
const headerLimit = 128;

/** The first value of any of these fields (lower case; SIP has short forms), or an empty text. */
export function fieldOf(
  message: { readonly headers: readonly Header[] },
  ...names: readonly string[]
): string {
  return message.headers.find(([name]) => names.includes(name.toLowerCase()))?.[1] ?? '';
}

/** All values of these fields in order. */
export function fieldsOf(
  message: { readonly headers: readonly Header[] },
  ...names: readonly string[]
): string[] {
  return message.headers.flatMap(([name, value]) => (names.includes(name.toLowerCase()) ? [value] : []));
}

function parseHead(text: string): { line: string; headers: Header[] } {
  const [line = '', ...rest] = text.split(/\r?\n/);
  const headers: [string, string][] = [];
  for (const each of rest) {
    const last = headers.at(-1);
    if (/^[ \t]/.test(each) && last !== undefined) {
      last[1] += ` ${each.trim()}`;
      continue;
    }
    const colon = each.indexOf(':');
    if (colon <= 0 || headers.length >= headerLimit) continue;
    headers.push([each.slice(0, colon).trim(), each.slice(colon + 1).trim()]);
  }
  return { line, headers };
}

function claimOf(headers: readonly Header[]): number {
  const text = fieldOf({ headers }, 'content-length', 'l');
  return /^\d{1,15}$/.test(text) ? Number(text) : 0;
}

/** A message that is a datagram by itself; null where it has no end of a head. */
export function parseDatagram(bytes: Uint8Array): HeadMessage | null {
  const text = Buffer.from(bytes.subarray(0, headLimit + bodyLimit)).toString('latin1');
  const end = /\r?\n\r?\n/.exec(text);
  const head = end === null ? text : text.slice(0, end.index);
  if (end === null && !/\r?\n/.test(text)) return null;
  const { line, headers } = parseHead(head);
  const body = end === null ? '' : text.slice(end.index + end[0].length);
  return { line, headers, body, claimedLength: claimOf(headers), size: bytes.length };
}

/** Reads messages from a stream. `push` returns what the bytes completed; 'bad' is the last thing it returns. */
export class HeadMessageReader {
  #held: Buffer = Buffer.alloc(0);
  #searched = 0;
  #dead = false;
  #head: { line: string; headers: Header[]; size: number; claim: number } | null = null;

  *push(
    bytes: Uint8Array,
  ): Generator<HeadMessage | 'bad' | { readonly interleaved: Uint8Array }, void, undefined> {
    if (this.#dead) return;
    this.#held = Buffer.concat([this.#held, bytes]);
    for (;;) {
      if (this.#head === null) {
        // Keep-alives between messages (RFC 5626 §4.4.1).
        let blank = 0;
        while (this.#searched === 0 && (this.#held[blank] === 13 || this.#held[blank] === 10)) blank += 1;
        if (blank > 0) this.#held = this.#held.subarray(blank);
        if (this.#held.length === 0) return;
        // RFC 2326 §10.12: "$", uint8 channel, uint16 length, data.
        if (this.#held[0] === 0x24) {
          if (this.#held.length < 4) return;
          const length = 4 + this.#held.readUInt16BE(2);
          if (this.#held.length < length) return;
          yield { interleaved: this.#held.subarray(0, length) };
          this.#held = this.#held.subarray(length);
          continue;
        }
        const end = this.#headEnd();
        if (end === null) {
          if (this.#held.length <= headLimit) return;
          yield* this.#die();
          return;
        }
        if (end.at > headLimit) {
          yield* this.#die();
          return;
        }
        const head = parseHead(this.#held.toString('latin1', 0, end.at));
        this.#held = this.#held.subarray(end.next);
        this.#searched = 0;
        this.#head = { ...head, size: end.next, claim: claimOf(head.headers) };
      }
      const wanted = Math.min(this.#head.claim, bodyLimit);
      if (this.#held.length < wanted) return;
      const { line, headers, size, claim } = this.#head;
      yield {
        line,
        headers,
        body: this.#held.toString('latin1', 0, wanted),
        claimedLength: claim,
        size: size + wanted,
      };
      this.#head = null;
      this.#held = this.#held.subarray(wanted);
      if (claim > bodyLimit) {
        yield* this.#die();
        return;
      }
    }
  }

  /** The head that waits for its body, for what can be told of it before. */
  get waiting(): {
    readonly line: string;
    readonly headers: readonly Header[];
    readonly claim: number;
  } | null {
    return this.#head;
  }

  *#die(): Generator<'bad', void, undefined> {
    this.#dead = true;
    this.#held = Buffer.alloc(0);
    yield 'bad';
  }

  /** Where the empty line stands; looks at no octet twice. */
  #headEnd(): { at: number; next: number } | null {
    for (let index = Math.max(0, this.#searched); index < this.#held.length; index += 1) {
      if (this.#held[index] !== 10) continue;
      if (this.#held[index + 1] === 10) return { at: index, next: index + 2 };
      if (this.#held[index + 1] === 13 && this.#held[index + 2] === 10) return { at: index, next: index + 3 };
    }
    this.#searched = Math.max(0, this.#held.length - 3);
    return null;
  }
}
