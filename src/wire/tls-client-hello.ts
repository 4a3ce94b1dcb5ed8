/**
 * The first message of a TLS client (RFC 8446 §4.1.2, RFC 5246 §7.4.1.2), read from the record layer up, whole or in
 * whatever pieces it arrives in.
 */

export interface HelloExtension {
  readonly type: number;
  readonly data: Uint8Array;
}

export interface ClientHello {
  /** Version of the first record, such as 0x0301. */
  readonly recordVersion: number;
  /** `legacy_version` of the hello itself. */
  readonly version: number;
  readonly ciphers: readonly number[];
  readonly extensions: readonly HelloExtension[];
  /** Extension 43, in the client's order; empty where absent. */
  readonly supportedVersions: readonly number[];
  /** Extension 10. */
  readonly groups: readonly number[];
  /** Extension 11. */
  readonly pointFormats: readonly number[];
  /** Extension 13. */
  readonly signatureAlgorithms: readonly number[];
  /** Extension 0 (RFC 6066 §3), null where absent or malformed. */
  readonly serverName: string | null;
  /** Extension 16 (RFC 7301), Latin-1 text of each protocol name. */
  readonly alpn: readonly string[];
}

const handshakeRecord = 22;
const clientHelloMessage = 1;
/** RFC 8446 §5.1: the length of a plaintext record must not exceed 2^14. */
const recordLimit = 16_384;
/** Real hellos stay below 4 KiB with post-quantum key shares; this bounds what a visitor can make us hold. */
export const helloLimit = 65_536;

/** A reader over bytes that turns every overrun into one flag instead of an exception. */
class Cursor {
  readonly #bytes: Uint8Array;
  #at = 0;
  failed = false;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  number(width: 1 | 2 | 3): number {
    if (this.failed || this.left < width) {
      this.failed = true;
      return 0;
    }
    let value = 0;
    for (let index = 0; index < width; index += 1) {
      value = value * 256 + (this.#bytes[this.#at] ?? 0);
      this.#at += 1;
    }
    return value;
  }

  take(length: number): Uint8Array {
    if (this.failed || this.left < length) {
      this.failed = true;
      return new Uint8Array(0);
    }
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  /** A vector with its length ahead of it. */
  vector(width: 1 | 2 | 3): Uint8Array {
    return this.take(this.number(width));
  }
}

function numbers(bytes: Uint8Array, width: 1 | 2): number[] {
  const list: number[] = [];
  const cursor = new Cursor(bytes);
  while (cursor.left >= width) list.push(cursor.number(width));
  return list;
}

const latin1 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');

/**
 * Joins the handshake bytes of consecutive records.
 *
 *     uint8  type = 22;  uint16 version = 0x03xx;  uint16 length;  opaque fragment[length]
 *
 * A message may be cut over records at any byte (RFC 8446 §5.1); empty fragments are not allowed there.
 */
function joinRecords(
  bytes: Uint8Array,
): { recordVersion: number; message: Uint8Array } | 'incomplete' | 'not-tls' {
  const fragments: Uint8Array[] = [];
  let held = 0;
  let at = 0;
  let recordVersion = 0;
  let needed = 4;
  for (;;) {
    if (at < bytes.length && bytes[at] !== handshakeRecord) return 'not-tls';
    if (at + 1 < bytes.length && bytes[at + 1] !== 3) return 'not-tls';
    if (at + 5 > bytes.length) return 'incomplete';
    if (at === 0) recordVersion = 0x0300 + (bytes[2] ?? 0);
    const length = ((bytes[at + 3] ?? 0) << 8) | (bytes[at + 4] ?? 0);
    if (length === 0 || length > recordLimit) return 'not-tls';
    const fragment = bytes.subarray(at + 5, Math.min(bytes.length, at + 5 + length));
    if (fragments.length === 0 && fragment.length > 0 && fragment[0] !== clientHelloMessage) return 'not-tls';
    fragments.push(fragment);
    held += fragment.length;
    if (held >= 4 && needed === 4) {
      const head = fragments.length === 1 ? fragment : Buffer.concat(fragments);
      needed = 4 + (((head[1] ?? 0) << 16) | ((head[2] ?? 0) << 8) | (head[3] ?? 0));
      if (needed > helloLimit) return 'not-tls';
    }
    if (held >= needed && needed > 4) {
      const joined = fragments.length === 1 ? fragment : Buffer.concat(fragments);
      return { recordVersion, message: joined.subarray(4, needed) };
    }
    if (needed === 4 && held >= 4) return 'not-tls';
    if (fragment.length < length) return 'incomplete';
    at += 5 + length;
  }
}

/**
 * Reads a ClientHello from the first bytes of a connection.
 *
 * @returns the hello; `incomplete` where these bytes could still become one; `not-tls` where they cannot (also for
 * SSL 2.0 hellos, messages above 64 KiB, and bodies whose lengths contradict each other).
 */
export function parseClientHello(bytes: Uint8Array): ClientHello | 'incomplete' | 'not-tls' {
  const joined = joinRecords(bytes);
  return typeof joined === 'string' ? joined : readHelloBody(joined.message, joined.recordVersion);
}

/**
 * Reads a ClientHello that comes without records, as QUIC carries it (RFC 9001 §4): `uint8 type = 1; uint24 length; body`.
 * Its `recordVersion` is 0.
 */
export function parseBareClientHello(bytes: Uint8Array): ClientHello | 'incomplete' | 'not-tls' {
  if (bytes.length > 0 && bytes[0] !== clientHelloMessage) return 'not-tls';
  if (bytes.length < 4) return 'incomplete';
  const end = 4 + (((bytes[1] ?? 0) << 16) | ((bytes[2] ?? 0) << 8) | (bytes[3] ?? 0));
  if (end > helloLimit) return 'not-tls';
  return bytes.length < end ? 'incomplete' : readHelloBody(bytes.subarray(4, end), 0);
}

/**
 *     uint16 legacy_version; opaque random[32]; opaque legacy_session_id<0..32>; uint16 cipher_suites<2..2^16-2>;
 *     uint8 legacy_compression_methods<1..2^8-1>; Extension extensions<8..2^16-1> (may be missing before TLS 1.3)
 */
function readHelloBody(message: Uint8Array, recordVersion: number): ClientHello | 'not-tls' {
  const cursor = new Cursor(message);
  const version = cursor.number(2);
  cursor.take(32);
  cursor.vector(1);
  const cipherBytes = cursor.vector(2);
  cursor.vector(1);
  const extensions: HelloExtension[] = [];
  if (!cursor.failed && cursor.left > 0) {
    const list = new Cursor(cursor.vector(2));
    while (!list.failed && list.left > 0) {
      const type = list.number(2);
      const data = list.vector(2);
      extensions.push({ type, data });
    }
    if (list.failed) return 'not-tls';
  }
  if (cursor.failed || version >> 8 !== 3 || cipherBytes.length % 2 !== 0) return 'not-tls';
  const dataOf = (type: number): Uint8Array =>
    extensions.find((extension) => extension.type === type)?.data ?? new Uint8Array(0);
  return {
    recordVersion,
    version,
    ciphers: numbers(cipherBytes, 2),
    extensions,
    supportedVersions: numbers(new Cursor(dataOf(43)).vector(1), 2),
    groups: numbers(new Cursor(dataOf(10)).vector(2), 2),
    pointFormats: numbers(new Cursor(dataOf(11)).vector(1), 1),
    signatureAlgorithms: numbers(new Cursor(dataOf(13)).vector(2), 2),
    serverName: serverNameOf(dataOf(0)),
    alpn: protocolNamesOf(dataOf(16)),
  };
}

/** `ServerName server_name_list<1..2^16-1>` of `uint8 name_type = 0; opaque HostName<1..2^16-1>`. */
function serverNameOf(data: Uint8Array): string | null {
  const list = new Cursor(new Cursor(data).vector(2));
  while (!list.failed && list.left > 0) {
    const type = list.number(1);
    const name = list.vector(2);
    if (type === 0 && !list.failed && name.length > 0 && name.length <= 255) return latin1(name);
  }
  return null;
}

/** `ProtocolName protocol_name_list<2..2^16-1>` of `opaque ProtocolName<1..2^8-1>`. */
function protocolNamesOf(data: Uint8Array): string[] {
  const list = new Cursor(new Cursor(data).vector(2));
  const names: string[] = [];
  while (!list.failed && list.left > 0 && names.length < 64) {
    const name = list.vector(1);
    if (!list.failed && name.length > 0) names.push(latin1(name));
  }
  return names;
}
