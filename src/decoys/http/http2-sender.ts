/**
 * What a server has to send over HTTP/2 and may send by the windows of its client (RFC 9113 §5.2). What may not go yet waits
 * here, a bounded amount.
 */

import { Buffer } from 'node:buffer';
import {
  firstFrameSize,
  firstWindow,
  frame,
  frameFlag,
  frameType,
  largestWindow,
} from '../../wire/http2-frame.ts';

/** As nginx's http2_chunk_size. */
const chunkOctets = 8_192;

interface Waiting {
  window: number;
  body: Buffer;
}

export interface SentData {
  readonly stream: number;
  /** The body is out. */
  readonly isLast: boolean;
  readonly bytes: Buffer;
}

export class Http2Sender {
  /** The client's MAX_FRAME_SIZE. */
  largestFrame: number = firstFrameSize;
  readonly #endsApart: boolean;
  #window = firstWindow;
  #streamWindow = firstWindow;
  /** Of streams that are open, in their order. */
  readonly #streams = new Map<number, Waiting>();
  #held = 0;

  constructor(endsApart: boolean) {
    this.#endsApart = endsApart;
  }

  /** Octets that wait for the client. */
  get held(): number {
    return this.#held;
  }

  open(stream: number): void {
    this.#streams.set(stream, { window: this.#streamWindow, body: Buffer.alloc(0) });
  }

  close(stream: number): void {
    this.#held -= this.#streams.get(stream)?.body.length ?? 0;
    this.#streams.delete(stream);
  }

  /** §6.9: false where the window becomes too large, which ends the stream. */
  widen(stream: number, increment: number): boolean {
    const waiting = this.#streams.get(stream);
    if (waiting === undefined) return true;
    waiting.window += increment;
    return waiting.window <= largestWindow;
  }

  widenConnection(increment: number): boolean {
    this.#window += increment;
    return this.#window <= largestWindow;
  }

  /** §6.9.2: the difference counts for all streams that are open, and may make their windows negative. */
  resize(initialWindow: number): boolean {
    const difference = initialWindow - this.#streamWindow;
    this.#streamWindow = initialWindow;
    let isFine = true;
    for (const waiting of this.#streams.values()) {
      waiting.window += difference;
      isFine &&= waiting.window <= largestWindow;
    }
    return isFine;
  }

  /** The body of an answer whose header is out; `flush` sends it. Not for an empty one. */
  add(stream: number, body: Buffer): void {
    const waiting = this.#streams.get(stream);
    if (waiting === undefined) return;
    waiting.body = body;
    this.#held += body.length;
  }

  /** Frames of DATA as far as the windows go, stream after stream. */
  *flush(): Generator<SentData, void, undefined> {
    for (const [stream, waiting] of this.#streams) {
      while (waiting.body.length > 0) {
        const size = Math.min(
          waiting.body.length,
          chunkOctets,
          this.largestFrame,
          this.#window,
          waiting.window,
        );
        if (size <= 0) break;
        const isLast = size === waiting.body.length;
        const flags = isLast && !this.#endsApart ? frameFlag.endStream : 0;
        const payload = waiting.body.subarray(0, size);
        waiting.body = waiting.body.subarray(size);
        waiting.window -= size;
        this.#window -= size;
        this.#held -= size;
        const data = frame(frameType.data, flags, stream, payload);
        const end = frame(frameType.data, frameFlag.endStream, stream, Buffer.alloc(0));
        yield { stream, isLast, bytes: isLast && this.#endsApart ? Buffer.concat([data, end]) : data };
      }
      if (this.#window <= 0) return;
    }
  }
}
