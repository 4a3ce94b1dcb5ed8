import { Buffer } from 'node:buffer';
import { largestWindow, windowUpdateFrame } from '../../wire/http2-frame.ts';
import type { Http2Manner } from './http2-manner.ts';

/** What the client may still send of bodies over the whole connection (RFC 9113 §6.9). */
export class ReceiveWindow {
  readonly #opensWindow: boolean;
  #left: number;

  constructor(manner: Http2Manner) {
    this.#opensWindow = manner.opensWindow;
    this.#left = 65_535 + manner.window;
  }

  /** False where it is more than the client may send. */
  take(octets: number): boolean {
    if (octets > this.#left) return false;
    this.#left -= octets;
    return true;
  }

  /** The frames that give room for a frame that has been read, of a stream that is open yet or is not; null for none. */
  replenish(octets: number, stream: number, isOpen: boolean): Uint8Array | null {
    if (this.#opensWindow) {
      if (this.#left >= largestWindow / 4) return null;
      const update = windowUpdateFrame(0, largestWindow - this.#left);
      this.#left = largestWindow;
      return update;
    }
    if (octets === 0) return null;
    this.#left += octets;
    const updates = [windowUpdateFrame(0, octets)];
    if (isOpen) updates.push(windowUpdateFrame(stream, octets));
    return Buffer.concat(updates);
  }
}
