/** Whether a persona's web server speaks HTTP/2, where, and how it begins. */

import type { Persona } from '../../core/persona.ts';
import { http2Setting } from '../../wire/http2-frame.ts';

export interface Http2Manner {
  readonly settings: readonly (readonly [identifier: number, value: number])[];
  /** What it adds to the window of the connection at once. */
  readonly window: number;
  /** nginx opens a request's window as far as it goes once there is a body to read; others give back what they have read. */
  readonly opensWindow: boolean;
  /** The end of a body in a frame of its own. */
  readonly endsApart: boolean;
  readonly streams: number;
  /** Over TLS, by ALPN (RFC 9113 §3.2). */
  readonly secure: boolean;
  /** Over plain TCP, by prior knowledge (§3.3) and, as RFC 7540 §3.2 had it, by Upgrade. */
  readonly plain: boolean;
}

const { maxConcurrentStreams, initialWindowSize, maxFrameSize } = http2Setting;

const nginx: Http2Manner = {
  settings: [
    [maxConcurrentStreams, 128],
    [initialWindowSize, 65_536],
    [maxFrameSize, 16_777_215],
  ],
  window: 0x7fff_0000,
  opensWindow: true,
  endsApart: false,
  streams: 128,
  secure: true,
  plain: false,
};

/** From 1.4.59 on it speaks HTTP/2 unless told otherwise, over plain TCP too. */
const lighttpd: Http2Manner = {
  settings: [
    [maxConcurrentStreams, 8],
    [initialWindowSize, 65_536],
    // MAX_HEADER_LIST_SIZE, ENABLE_CONNECT_PROTOCOL, NO_RFC7540_PRIORITIES.
    [6, 65_535],
    [8, 1],
    [9, 1],
  ],
  window: 196_609,
  opensWindow: false,
  endsApart: true,
  streams: 8,
  secure: true,
  plain: true,
};

/** The driver http.sys of Windows Server 2016 and later, over TLS alone. */
const iis: Http2Manner = {
  settings: [
    [maxConcurrentStreams, 100],
    [initialWindowSize, 1_048_576],
  ],
  window: 983_041,
  opensWindow: false,
  endsApart: false,
  streams: 100,
  secure: true,
  plain: false,
};

const isAtLeast = (version: string, ...wanted: readonly number[]): boolean => {
  const parts = version.split('.').map(Number);
  for (const [index, least] of wanted.entries()) {
    const part = parts[index] ?? 0;
    if (part !== least) return part > least;
  }
  return true;
};

/** How it speaks on its own ports, null for HTTP/1.x alone. */
function ownManner(persona: Persona): Http2Manner | null {
  const server = persona.http?.server ?? '';
  const [, product = '', version = ''] = /^([A-Za-z-]{1,32})\/([\d.]{1,16})/.exec(server) ?? [];
  switch (product.toLowerCase()) {
    // It has to be told.
    case 'nginx':
      return persona.http?.speaksHttp2 === true ? nginx : null;
    case 'lighttpd':
      return isAtLeast(version, 1, 4, 59) ? lighttpd : null;
    case 'microsoft-iis':
      return isAtLeast(version, 10) ? iis : null;
    default:
      return null;
  }
}

/**
 * What it offers in TLS, the best first; nothing where it does not answer ALPN. Old servers pass over an offer that they do not know
 * instead of refusing it.
 */
export function protocolsOffered(persona: Persona): readonly string[] {
  if (ownManner(persona)?.secure === true) return ['h2', 'http/1.1'];
  return /^(?:nginx|apache)\b/i.test(persona.http?.server ?? '') ? ['http/1.1'] : [];
}

/** How it speaks over this conversation where the client begins with HTTP/2; null where that is no language it knows. */
export function mannerOf(
  persona: Persona,
  port: number,
  tls: boolean,
  alpn: string | undefined,
): Http2Manner | null {
  const own = ownManner(persona);
  if (tls) return alpn === 'h2' ? (own ?? nginx) : isOwnPort(persona, port) ? null : (own ?? nginx);
  if (own?.plain === true) return own;
  // A port that is none of its web server's: whatever is asked for there is found there, gRPC servers among them.
  return isOwnPort(persona, port) ? null : (own ?? nginx);
}

const isOwnPort = (persona: Persona, port: number): boolean =>
  persona.services.some(
    (service) => service.decoy === 'http' && service.port === port && service.transport === 'tcp',
  );

/** How it goes on in HTTP/2 where a request over HTTP/1.1 asks for it; null where it does not. */
export function upgradeManner(persona: Persona, tls: boolean): Http2Manner | null {
  const own = ownManner(persona);
  return own?.plain === true && !tls ? own : null;
}
