/** A conversation with a persona's web server in the version of HTTP that the client begins with. */

import { Buffer } from 'node:buffer';
import type { DecoyContext, DecoyOutput, DecoySession } from '../../core/decoy.ts';
import { http2Preface } from '../../wire/http2-frame.ts';
import { Http1Session } from './http1-session.ts';
import { mannerOf, upgradeManner } from './http2-manner.ts';
import { Http2Session } from './http2-session.ts';
import { WebServer } from './web-server.ts';

/** `PRI * HTTP/2.0` and an empty line: no request of HTTP/1.x (RFC 9113 §3.4). */
const marker = Buffer.from(http2Preface.subarray(0, 18));

export class HttpSession implements DecoySession {
  readonly #server: WebServer;
  /** What has come while it may become the preface; null once the version is known. */
  #first: Buffer | null = null;
  #talk: Http1Session | Http2Session;

  constructor(context: DecoyContext) {
    this.#server = new WebServer(context);
    const { persona, destinationPort, tls, alpn } = context;
    const manner = mannerOf(persona, destinationPort, tls, alpn);
    if (manner !== null && alpn === 'h2') {
      this.#talk = new Http2Session(this.#server, manner);
      return;
    }
    const other = upgradeManner(persona, tls);
    this.#talk = new Http1Session(
      this.#server,
      other === null
        ? null
        : (request, settings) => {
            const session = new Http2Session(this.#server, other);
            this.#talk = session;
            return session.upgraded(request, settings);
          },
    );
    if (manner !== null) this.#first = Buffer.alloc(0);
  }

  *start(): Iterable<DecoyOutput> {
    if (this.#talk instanceof Http2Session) yield* this.#talk.start();
  }

  *receive(bytes: Uint8Array): Iterable<DecoyOutput> {
    let given = bytes;
    if (this.#first !== null) {
      const first = Buffer.concat([this.#first, bytes]);
      const compared = Math.min(first.length, marker.length);
      const isLike = first.subarray(0, compared).equals(marker.subarray(0, compared));
      if (isLike && compared < marker.length) {
        this.#first = first;
        return;
      }
      this.#first = null;
      given = first;
      const { persona, destinationPort, tls, alpn } = this.#server.context;
      const manner = isLike ? mannerOf(persona, destinationPort, tls, alpn) : null;
      if (manner !== null) this.#talk = new Http2Session(this.#server, manner);
    }
    const before = this.#talk;
    yield* before.receive(given);
    // What came behind a request that asked for the other version is of that version.
    if (before !== this.#talk && before instanceof Http1Session) yield* this.#talk.receive(before.release());
  }
}
