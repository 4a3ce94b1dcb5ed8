/** The open streams of one HTTP/2 connection, with what has come of their bodies; bounded by the session, which opens and closes them. */

import { Buffer } from 'node:buffer';
import { bodyKept } from '../../wire/http-request.ts';
import type { Http2Request } from './http2-request.ts';

/** Of bodies that are not whole yet, of all streams together, in octets. */
const bodiesKept = 1_048_576;

export interface OpenStream {
  readonly request: Http2Request;
  readonly pieces: string[];
  kept: number;
  /** Octets of the body so far, kept or not. */
  length: number;
  /** The client has said all. */
  isWhole: boolean;
  isAnswered: boolean;
}

export class Http2Streams {
  readonly #streams = new Map<number, OpenStream>();
  #held = 0;

  get size(): number {
    return this.#streams.size;
  }

  /** Octets of bodies that wait to be whole. */
  get held(): number {
    return this.#held;
  }

  get ids(): readonly number[] {
    return [...this.#streams.keys()];
  }

  get(stream: number): OpenStream | undefined {
    return this.#streams.get(stream);
  }

  has(stream: number): boolean {
    return this.#streams.has(stream);
  }

  open(stream: number, request: Http2Request, isWhole: boolean): void {
    this.#streams.set(stream, { request, pieces: [], kept: 0, length: 0, isWhole, isAnswered: false });
  }

  close(stream: number): void {
    this.#held -= this.#streams.get(stream)?.kept ?? 0;
    this.#streams.delete(stream);
  }

  add(stream: OpenStream, bytes: Uint8Array): void {
    const room = Math.max(0, Math.min(bodyKept - stream.kept, bodiesKept - this.#held));
    const kept = bytes.subarray(0, room);
    if (kept.length > 0) stream.pieces.push(Buffer.from(kept).toString('latin1'));
    stream.kept += kept.length;
    this.#held += kept.length;
    stream.length += bytes.length;
  }

  /** What was kept of it; nothing is afterwards. */
  takeBody(stream: OpenStream): string {
    const body = stream.pieces.join('');
    stream.pieces.length = 0;
    this.#held -= stream.kept;
    stream.kept = 0;
    return body;
  }
}
