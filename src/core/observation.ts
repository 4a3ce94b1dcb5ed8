/**
 * Observations: what a decoy or a telemetry reader recorded, one fact each. A closed union on `kind`.
 *
 * An observation states what happened and never what to do about it. Field names follow the design's words; exports to
 * OCSF and ECS are views made elsewhere.
 */

import type { ExploitClass } from './behavior.ts';

export type Transport = 'tcp' | 'udp' | 'icmp' | 'other';

/** How a client can be told from others by the way it speaks. Each is present only where it was seen. */
export interface Fingerprints {
  /** MD5 in hex, https://github.com/salesforce/ja3 */
  readonly ja3?: string;
  /** `t13d1516h2_8daaf6152771_b186095e22b6`, https://github.com/FoxIO-LLC/ja4 (JA4 only, BSD-3) */
  readonly ja4?: string;
  /** MD5 in hex of the client's algorithm lists, https://github.com/salesforce/hassh */
  readonly hassh?: string;
  /** How an HTTP/2 client begins, Akamai's form: `1:65536;3:1000;4:6291456;6:262144|15663105|0|m,a,s,p` */
  readonly http2?: string;
  /** The client's own version line, such as `SSH-2.0-Go`. */
  readonly banner?: string;
  readonly ttl?: number;
  readonly window?: number;
}

/** What every observation carries. */
export interface Seen {
  /** UUIDv7. */
  readonly id: string;
  /** Event time, milliseconds since the Unix epoch. */
  readonly at: number;
  /** Who recorded it: a sensor's id, or the name of the telemetry source. */
  readonly sensor: string;
  /** Counts the sensor's observations from 1 without a gap. */
  readonly sequence: number;
  /** Canonical address text. */
  readonly source: string;
  readonly sourcePort: number;
  readonly destination: string;
  readonly destinationPort: number;
  readonly transport: Transport;
  /** Groups what belongs to one conversation; empty where there was none. */
  readonly session: string;
  /** True where no handshake was completed: the source address may be another's. */
  readonly spoofable: boolean;
  readonly fingerprints?: Fingerprints;
}

export type Header = readonly [name: string, value: string];

/** A conversation with a decoy has begun: written at the client's first bytes, or at its end where there were none. */
export interface ContactFact {
  readonly kind: 'contact';
  /** The decoy, such as `ssh`. */
  readonly service: string;
  /** The protocol that the first bytes speak, `unknown` where they name none, `none` where the client sent nothing. */
  readonly protocol: string;
  /** True where the client spoke TLS and the decoy saw what was inside. */
  readonly tls: boolean;
  /** The client's first bytes, Base64, at most 1 KiB before encoding. */
  readonly firstBytes: string;
}

/** A login attempt on a decoy. */
export interface AuthFact {
  readonly kind: 'auth';
  readonly service: string;
  readonly user: string;
  readonly method: 'password' | 'publickey' | 'keyboard-interactive' | 'none' | 'other';
  readonly password?: string;
  /** `SHA256:…` as ssh-keygen -l prints it. */
  readonly keyFingerprint?: string;
  readonly accepted: boolean;
}

/** A command given to a decoy: a shell line, a Redis command, an exec request. */
export interface CommandFact {
  readonly kind: 'command';
  readonly service: string;
  readonly input: string;
  /** Addresses that the command would have fetched from or connected to. */
  readonly urls?: readonly string[];
}

/** A request to a decoy in a request protocol (HTTP). */
export interface RequestFact {
  readonly kind: 'request';
  readonly service: string;
  readonly method: string;
  /** Path with query, as sent. */
  readonly path: string;
  readonly headers: readonly Header[];
  /** Latin-1 text of the body, so that every byte survives; at most 64 KiB. */
  readonly body: string;
  readonly status: number;
}

/** An attempt to use a known weakness, recognised by the decoy that offers it. */
export interface ExploitFact {
  readonly kind: 'exploit';
  readonly service: string;
  readonly class: ExploitClass;
  /** The lure or rule that recognised it. */
  readonly name: string;
  readonly cves: readonly string[];
  /** ATT&CK technique id, such as `T1190`. */
  readonly technique: string;
  /** The part that was recognised, for a person to read. */
  readonly detail: string;
  /** How sure, as in `SignatureMatch`; 1 where absent. Below 0.5 the request only looks for the weakness. */
  readonly confidence?: number;
}

/** Bytes that the client delivered: an upload, a dropped file. */
export interface PayloadFact {
  readonly kind: 'payload';
  readonly service: string;
  /** Hex. */
  readonly sha256: string;
  readonly bytes: number;
  /** How it came: `upload`, `echo`, `redis-save`, `http-body` … */
  readonly how: string;
  readonly name?: string;
  readonly url?: string;
}

/** A probe without a handshake. */
export interface ScanFact {
  readonly kind: 'scan';
  /** `syn`, `fin`, `null`, `xmas`, `ack`, `udp`, `icmp`. */
  readonly probe: string;
}

/** A flow record of the protected network. */
export interface FlowFact {
  readonly kind: 'flow';
  readonly packets: number;
  readonly bytes: number;
  /** Milliseconds from first to last packet. */
  readonly duration: number;
  /** What the network did with it; `unknown` where the format does not say. */
  readonly action: 'accept' | 'reject' | 'unknown';
  /** The IANA protocol number. */
  readonly protocol: number;
  /** OR of the TCP flags seen, or -1 where the format does not say. */
  readonly tcpFlags: number;
  /** True where the record answers a conversation that the other side began (RFC 5103 §3: biflow direction). Absent where nobody looked. */
  readonly reply?: boolean;
}

/** An access to an object store. */
export interface ObjectAccessFact {
  readonly kind: 'object-access';
  readonly operation: string;
  readonly bucket: string;
  readonly object: string;
  readonly status: number;
  /** Empty for an anonymous caller. */
  readonly principal: string;
  readonly userAgent: string;
  /** The id of the key that the request was signed with, where the record says it. */
  readonly accessKeyId?: string;
  /** True where the signature stood in the address, which may be a link that somebody followed. */
  readonly presigned?: boolean;
  /** The store's own code for a refusal, such as `NoSuchBucket`. */
  readonly error?: string;
  /** The account that the bucket belongs to, where the record says it. */
  readonly owner?: string;
  /** True where the caller belongs to another account than the bucket. */
  readonly foreign?: boolean;
  /** True where the name is a decoy's: no such bucket exists, and only a search comes upon it. */
  readonly decoy?: boolean;
  /** True where the bucket as a whole is closed to the caller: the object's name makes no difference. */
  readonly closed?: boolean;
}

/** A line of a web server's access log, or a recorded request. */
export interface WebAccessFact {
  readonly kind: 'web-access';
  readonly method: string;
  readonly path: string;
  /** 0 where the log does not say. */
  readonly status: number;
  readonly userAgent: string;
  readonly referrer: string;
  /** Only where the record has them (recorded requests); logs have none. */
  readonly headers?: readonly Header[];
  readonly body?: string;
}

/** A login on a protected system. */
export interface LoginFact {
  readonly kind: 'login';
  readonly service: string;
  readonly user: string;
  readonly outcome: 'success' | 'failure' | 'unknown-user' | 'disconnect';
  readonly method: string;
}

/** What a protected service would not do for a stranger. */
export const refusals = [
  /** Carry mail, calls or connections for others. */
  'relay',
  'recipient',
  'sender',
  /** The client itself, by its name, address or greeting. */
  'client',
  /** What was sent is not how the protocol goes. */
  'protocol',
  'query',
  'transfer',
  'request',
  'rate',
  /** Another program has found the source at fault: a ban, a block list, a scan that was noticed. */
  'listed',
] as const;

export type Refusal = (typeof refusals)[number];

/** A protected service refused what a client asked of it, and no login was at stake. */
export interface RefusalFact {
  readonly kind: 'refusal';
  readonly service: string;
  readonly what: Refusal;
  /** What was asked for, where the record says it. */
  readonly detail: string;
}

export type Fact =
  | ContactFact
  | AuthFact
  | CommandFact
  | RequestFact
  | ExploitFact
  | PayloadFact
  | ScanFact
  | FlowFact
  | ObjectAccessFact
  | WebAccessFact
  | LoginFact
  | RefusalFact;

export type ObservationKind = Fact['kind'];

export type Observation = {
  [Kind in ObservationKind]: Seen & Extract<Fact, { readonly kind: Kind }>;
}[ObservationKind];

export type ObservationOf<Kind extends ObservationKind> = Extract<Observation, { readonly kind: Kind }>;
