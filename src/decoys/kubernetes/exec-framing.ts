/** The two ways in which an exec's input and output go over one connection: channels of a WebSocket, and streams of SPDY. */

import { Buffer } from 'node:buffer';
import { SpdyReader, SpdyWriter } from '../../wire/spdy-frame.ts';
import { webSocketFrame, WebSocketReader } from '../../wire/websocket.ts';

export type FramingEvent =
  /** The client has opened all that it is to open: the program may begin. */
  | { readonly say: 'ready' }
  | { readonly say: 'input'; readonly bytes: Uint8Array }
  | { readonly say: 'end of input' }
  | { readonly say: 'reply'; readonly bytes: Uint8Array }
  | { readonly say: 'over' };

export type OutputChannel = 'stdout' | 'stderr' | 'error';

export interface ExecFraming {
  /** The program may begin before the client says anything. */
  readonly isReady: boolean;
  push(bytes: Uint8Array): Iterable<FramingEvent>;
  send(channel: OutputChannel, bytes: Uint8Array): Uint8Array;
  close(): Uint8Array;
}

const channelNumbers: Readonly<Record<OutputChannel, number>> = { stdout: 1, stderr: 2, error: 3 };

/** Each message begins with its channel: 0 input, 1 output, 2 errors, 3 the end's status, 4 the size of the terminal. */
export class WebSocketFraming implements ExecFraming {
  readonly isReady = true;
  readonly #reader = new WebSocketReader();

  *push(bytes: Uint8Array): Iterable<FramingEvent> {
    for (const event of this.#reader.push(bytes)) {
      if (event.kind === 'ping') yield { say: 'reply', bytes: webSocketFrame(10, event.bytes) };
      else if (event.kind === 'message') {
        if (event.bytes[0] === 0) yield { say: 'input', bytes: event.bytes.subarray(1) };
      } else yield { say: 'over' };
    }
  }

  send(channel: OutputChannel, bytes: Uint8Array): Uint8Array {
    const message = Buffer.concat([Buffer.of(channelNumbers[channel]), bytes]);
    return webSocketFrame(2, new Uint8Array(message));
  }

  close(): Uint8Array {
    return webSocketFrame(8, Uint8Array.of(0x03, 0xe8));
  }
}

const mostStreams = 8;

/** A stream for each of `error`, `stdin`, `stdout`, `stderr` and `resize`, named in the header `streamType`; the client opens them all. */
export class SpdyFraming implements ExecFraming {
  readonly isReady = false;
  readonly #expected: number;
  readonly #reader = new SpdyReader();
  readonly #writer = new SpdyWriter();
  readonly #streams: Map<string, number> = new Map();
  #last = 0;

  constructor(expected: number) {
    this.#expected = expected;
  }

  *push(bytes: Uint8Array): Iterable<FramingEvent> {
    for (const event of this.#reader.push(bytes)) {
      switch (event.kind) {
        case 'open': {
          const type = event.headers.get('streamtype') ?? '';
          if (this.#streams.size >= mostStreams) {
            yield { say: 'over' };
            return;
          }
          this.#last = event.stream;
          yield { say: 'reply', bytes: this.#writer.reply(event.stream) };
          if (this.#streams.has(type)) break;
          this.#streams.set(type, event.stream);
          if (this.#streams.size === this.#expected) yield { say: 'ready' };
          break;
        }
        case 'data':
          if (event.stream !== this.#streams.get('stdin')) break;
          if (event.bytes.length > 0) yield { say: 'input', bytes: event.bytes };
          if (event.isLast) yield { say: 'end of input' };
          break;
        case 'ping':
          yield { say: 'reply', bytes: this.#writer.ping(event.id) };
          break;
        case 'over':
          yield { say: 'over' };
          return;
        case 'reset':
      }
    }
  }

  send(channel: OutputChannel, bytes: Uint8Array): Uint8Array {
    // A terminal has one stream for both.
    const stream = this.#streams.get(channel) ?? this.#streams.get('stdout') ?? 0;
    return stream === 0 ? new Uint8Array(0) : this.#writer.data(stream, bytes);
  }

  close(): Uint8Array {
    const ends = [...this.#streams]
      .filter(([type]) => type !== 'stdin' && type !== 'resize')
      .map(([, stream]) => this.#writer.data(stream, new Uint8Array(0), true));
    return Buffer.concat([...ends, this.#writer.goAway(this.#last)]);
  }
}
