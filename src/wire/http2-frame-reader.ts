/**
 * Frames of HTTP/2 (RFC 9113 §4.1, §6) read from a stream of bytes.
 *
 * Frames of a fixed form are handed over whole. What can be long (DATA, header blocks) is handed over in the pieces in
 * which it comes, without padding, so that nothing is held; what is not needed (GOAWAY, unknown types) is passed over.
 */

import { ByteQueue } from './byte-queue.ts';
import { frameFlag, frameType, headOctets } from './http2-frame.ts';

export interface FramePriority {
  readonly exclusive: boolean;
  readonly dependsOn: number;
  /** 1 to 256, one more than on the wire (§5.3.2 of RFC 7540). */
  readonly weight: number;
}

export interface FrameHead {
  /** Of the payload, as the frame says. */
  readonly length: number;
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
  /** Of HEADERS with that flag. */
  readonly priority: FramePriority | null;
  /** What DATA or a header block has without padding and priority; negative where they do not fit. */
  readonly contentLength: number;
}

export type FrameEvent =
  | { readonly kind: 'head'; readonly head: FrameHead }
  /** The payload of a frame that is not handed over in pieces; follows its head. */
  | { readonly kind: 'whole'; readonly head: FrameHead; readonly payload: Uint8Array }
  /** Of DATA, HEADERS and CONTINUATION, at least one each; good until the next bytes come. */
  | {
      readonly kind: 'piece';
      readonly head: FrameHead;
      readonly bytes: Uint8Array;
      readonly isLast: boolean;
    };

export function priorityOf(bytes: Uint8Array, at: number): FramePriority {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const word = view.getUint32(at);
  return {
    exclusive: word >= 0x8000_0000,
    dependsOn: word & 0x7fff_ffff,
    weight: view.getUint8(at + 4) + 1,
  };
}

const inPieces: ReadonlySet<number> = new Set([frameType.data, frameType.headers, frameType.continuation]);
const whole: ReadonlySet<number> = new Set([
  frameType.priority,
  frameType.resetStream,
  frameType.settings,
  frameType.ping,
  frameType.windowUpdate,
]);

export class FrameReader {
  readonly #queue = new ByteQueue();
  #head: FrameHead | null = null;
  /** Of the frame at hand: content, and then padding or what is passed over. */
  #left = 0;
  #skip = 0;

  /** Octets that are held. */
  get held(): number {
    return this.#queue.length;
  }

  /** Who takes a head must stop where a whole payload would be longer than it wants to hold. */
  *push(bytes: Uint8Array): Generator<FrameEvent, void, undefined> {
    this.#queue.append(bytes);
    for (;;) {
      const head = this.#head;
      if (head === null) {
        const next = this.#readHead();
        if (next === null) return;
        this.#head = next;
        yield { kind: 'head', head: next };
        continue;
      }
      if (whole.has(head.type)) {
        if (this.#queue.length < head.length) return;
        const payload = this.#queue.view(0, head.length);
        this.#queue.drop(head.length);
        this.#head = null;
        yield { kind: 'whole', head, payload };
        continue;
      }
      if (inPieces.has(head.type) && this.#left >= 0) {
        const piece = this.#queue.view(0, this.#left);
        if (piece.length === 0 && this.#left > 0) return;
        this.#queue.drop(piece.length);
        this.#left -= piece.length;
        const isLast = this.#left === 0;
        if (isLast) this.#left = -1;
        yield { kind: 'piece', head, bytes: piece, isLast };
        continue;
      }
      const passed = Math.min(this.#skip, this.#queue.length);
      this.#queue.drop(passed);
      this.#skip -= passed;
      if (this.#skip > 0) return;
      this.#head = null;
    }
  }

  /** The head with what stands ahead of the content: uint8 padding; uint32 exclusive bit and stream, uint8 weight. */
  #readHead(): FrameHead | null {
    const bytes = this.#queue.view(0, headOctets + 6);
    if (bytes.length < headOctets) return null;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const length = view.getUint16(0) * 256 + view.getUint8(2);
    const type = view.getUint8(3);
    const flags = view.getUint8(4);
    const stream = view.getUint32(5) & 0x7fff_ffff;
    const isPadded =
      (type === frameType.data || type === frameType.headers) && (flags & frameFlag.padded) !== 0;
    const hasPriority = type === frameType.headers && (flags & frameFlag.priority) !== 0;
    const ahead = (isPadded ? 1 : 0) + (hasPriority ? 5 : 0);
    if (length < ahead) {
      // The frame is wrong already; nothing of it is content.
      this.#queue.drop(headOctets);
      this.#left = -1;
      this.#skip = length;
      return { length, type, flags, stream, priority: null, contentLength: -1 };
    }
    if (bytes.length < headOctets + ahead) return null;
    const padding = isPadded ? view.getUint8(headOctets) : 0;
    const priority = hasPriority ? priorityOf(bytes, headOctets + (isPadded ? 1 : 0)) : null;
    const contentLength = length - ahead - padding;
    this.#queue.drop(headOctets + ahead);
    const isContent = inPieces.has(type) && contentLength >= 0;
    this.#left = isContent ? contentLength : -1;
    this.#skip = isContent ? padding : length - ahead;
    return { length, type, flags, stream, priority, contentLength };
  }
}
