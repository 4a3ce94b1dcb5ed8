/** Whether a frame of HTTP/2 has the form that its type asks for (RFC 9113 §6): its length, and on a stream or on none. */

import type { FrameHead } from './http2-frame-reader.ts';
import { frameFlag, frameType, type Http2Error, http2Error } from './http2-frame.ts';

const fault = (isWrongLength: boolean, isMisplaced: boolean): Http2Error | null =>
  isWrongLength ? http2Error.frameSize : isMisplaced ? http2Error.protocol : null;

/** The error that ends the connection, or null; what depends on what came before is not looked at. */
export function formFault(head: FrameHead): Http2Error | null {
  const { type, length, stream, flags, contentLength } = head;
  switch (type) {
    case frameType.data:
      return stream === 0 ? http2Error.protocol : fault(contentLength < 0, false);
    case frameType.headers: {
      const ahead = ((flags & frameFlag.padded) === 0 ? 0 : 1) + ((flags & frameFlag.priority) === 0 ? 0 : 5);
      return fault(length < ahead, contentLength < 0);
    }
    case frameType.priority:
      return fault(length !== 5, stream === 0);
    case frameType.resetStream:
      return fault(length !== 4, stream === 0);
    case frameType.settings:
      return (flags & frameFlag.acknowledge) === 0
        ? fault(length % 6 !== 0, stream !== 0)
        : fault(length !== 0, stream !== 0);
    // A client has nothing to push.
    case frameType.pushPromise:
      return http2Error.protocol;
    case frameType.ping:
      return fault(length !== 8, stream !== 0);
    case frameType.goAway:
      return fault(length < 8, stream !== 0);
    case frameType.windowUpdate:
      return fault(length !== 4, false);
    default:
      return null;
  }
}
