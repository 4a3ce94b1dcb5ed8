/** The contract of a decoy: protocol code that owns no socket, clock or logger. Bytes in; replies and facts out. */

import type { Fact, Fingerprints } from './observation.ts';
import type { Persona } from './persona.ts';

export interface DecoyContext {
  readonly persona: Persona;
  readonly source: string;
  readonly sourcePort: number;
  readonly destination: string;
  readonly destinationPort: number;
  readonly transport: 'tcp' | 'udp';
  /** True where the bytes come from inside TLS. */
  readonly tls: boolean;
  /** The application protocol that the client agreed to in TLS (RFC 7301), of those that `protocols` names; absent where none was. */
  readonly alpn?: string;
  readonly session: string;
  /** Milliseconds since the epoch. */
  now(): number;
  /** Bytes fit for keys and nonces (the system's generator; a seeded one in tests). */
  randomBytes(count: number): Uint8Array;
  /** How often this source has tried to log in here before: what `LoginPolicy.acceptAfter` counts. Counts the call. */
  countAttempt(): number;
}

/** What a decoy's session tells the sensor to do, in order. */
export type DecoyOutput =
  | { readonly do: 'reply'; readonly bytes: Uint8Array }
  /** Record this fact. The sensor adds time, addresses, ids; fingerprints are kept for the rest of the session. */
  | { readonly do: 'saw'; readonly fact: Fact; readonly fingerprints?: Fingerprints }
  /** Note the client's fingerprints or the protocol's name without a fact of its own. */
  | { readonly do: 'know'; readonly fingerprints?: Fingerprints; readonly protocol?: string }
  /** Store these delivered bytes by their SHA-256; the sensor records the `payload` observation. */
  | {
      readonly do: 'capture';
      readonly bytes: Uint8Array;
      readonly how: string;
      readonly name?: string;
      readonly url?: string;
    }
  /** A piece of a terminal session, for the recording (asciicast v2). */
  | { readonly do: 'terminal'; readonly direction: 'input' | 'output'; readonly text: string }
  /**
   * From here on the client speaks TLS with the persona's certificate (STARTTLS and its like); the last output of its call. Not where
   * `persona.tls` is null or `tls` is true already. `rest` are the bytes of this call that came behind the request. Once the handshake
   * is done, `tls` is true and `receive` gets what is inside.
   */
  | { readonly do: 'secure'; readonly rest: Uint8Array }
  /**
   * Open a second port on this conversation's address, for one connection of the same source within a minute (a passive data port of FTP).
   * The last output of its call: `aside` hears the port's number before anything else, and then what comes over it. A new one takes the
   * place of the one before. With `tls` the second connection speaks TLS with the persona's certificate.
   */
  | { readonly do: 'expect'; readonly tls: boolean }
  /** Bytes for the second connection; they wait until it is there. */
  | { readonly do: 'aside'; readonly bytes: Uint8Array }
  /** End the second connection once its bytes are out. */
  | { readonly do: 'part' }
  /**
   * Hold back what follows (a real daemon's delay after a wrong password). At most 5,000 ms are honoured. With 0, other conversations have
   * their turn first: a decoy that works for long says so every few milliseconds.
   */
  | { readonly do: 'pause'; readonly milliseconds: number }
  /** End the conversation once the replies are out. */
  | { readonly do: 'close' };

/** What happens on the second port that a session has asked for. */
export type AsideEvent =
  /** 0 where none could be had. */
  | { readonly what: 'port'; readonly port: number }
  | { readonly what: 'joined' }
  | { readonly what: 'bytes'; readonly bytes: Uint8Array }
  /** The client has closed the second connection, or did not come in time. Not told after `part`. */
  | { readonly what: 'parted' };

/**
 * One conversation. For a datagram transport, `receive` is called once a datagram.
 *
 * A session never throws on hostile bytes: what does not parse ends in the answer that the real daemon gives, or `close`.
 * Any split of the same bytes over several calls yields the same outputs.
 */
export interface DecoySession {
  /** What the server says before the client does. */
  start?(): Iterable<DecoyOutput>;
  receive(bytes: Uint8Array): Iterable<DecoyOutput>;
  /** Of a session that says `expect`. */
  aside?(event: AsideEvent): Iterable<DecoyOutput>;
  /** The client has closed its side, or the time is up. */
  end?(): Iterable<DecoyOutput>;
}

export interface Decoy {
  /** Lower case, as in `decoy:<name>`. */
  readonly name: string;
  readonly summary: string;
  /** The real program that a test compares it with, and how much of it is equal there; absent where there was none to compare with. */
  readonly fidelity?: string;
  readonly transport: 'tcp' | 'udp' | 'both';
  /** Where the real service usually listens. */
  readonly ports: readonly number[];
  /**
   * How sure it is that these first bytes are its protocol, 0 to 1; for finding the decoy that answers on any port.
   * Absent where the server speaks first.
   */
  recognise?(firstBytes: Uint8Array): number;
  /**
   * What the real server offers in TLS by ALPN (RFC 7301), the best first. Absent or empty where it does not answer that extension.
   * A session of a protocol in which the server speaks first begins with `start`, as soon as TLS does.
   */
  protocols?(persona: Persona): readonly string[];
  open(context: DecoyContext): DecoySession;
}
