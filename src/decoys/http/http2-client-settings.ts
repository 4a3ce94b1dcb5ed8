import {
  firstFrameSize,
  http2Error,
  http2Setting,
  largestFrameSize,
  largestWindow,
  type Http2Error,
} from '../../wire/http2-frame.ts';

export interface ClientSettings {
  /** The client has spoken of our table's size. */
  readonly namesTable: boolean;
  /** Null where it leaves them as they are. */
  readonly window: number | null;
  readonly largestFrame: number | null;
}

/** What a client's settings ask of the server (RFC 9113 §6.5.2), or the error that they are. */
export function clientSettings(pairs: readonly (readonly [number, number])[]): ClientSettings | Http2Error {
  let namesTable = false;
  let window: number | null = null;
  let largestFrame: number | null = null;
  for (const [identifier, value] of pairs) {
    switch (identifier) {
      case http2Setting.headerTableSize:
        namesTable = true;
        break;
      case http2Setting.enablePush:
        if (value > 1) return http2Error.protocol;
        break;
      case http2Setting.initialWindowSize:
        if (value > largestWindow) return http2Error.flowControl;
        window = value;
        break;
      case http2Setting.maxFrameSize:
        if (value < firstFrameSize || value > largestFrameSize) return http2Error.protocol;
        largestFrame = value;
        break;
      default:
    }
  }
  return { namesTable, window, largestFrame };
}
