import { Buffer } from 'node:buffer';
import { http2Preface } from '../../wire/http2-frame.ts';

/** nginx judges the preface as far as its first empty line, and then the rest. */
const prefaceLine = 18;

/** The client's connection preface (RFC 9113 §3.4), in whatever pieces it comes. */
export class PrefaceReader {
  /** What has come of it; null once it is whole. */
  #begun: Buffer | null = Buffer.alloc(0);

  /** What comes behind the preface; null where it is none. */
  push(bytes: Uint8Array): Uint8Array | null {
    if (this.#begun === null) return bytes;
    const so = Buffer.concat([this.#begun, bytes]);
    this.#begun = so.subarray(0, http2Preface.length);
    for (const end of [prefaceLine, http2Preface.length]) {
      if (so.length < end) return new Uint8Array(0);
      if (!so.subarray(0, end).equals(http2Preface.subarray(0, end))) return null;
    }
    this.#begun = null;
    return so.subarray(http2Preface.length);
  }
}
