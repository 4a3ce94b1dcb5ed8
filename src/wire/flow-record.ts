/** One flow record or packet, whatever protocol told of it. Codecs fill one again and again: it holds good during the call that hands it over. */

const none = new Uint8Array(16);

export const flowAction = { unknown: 0, accept: 1, reject: 2 } as const;

export class FlowRecord {
  /** 4, 6, or 0 where no address was given. */
  family = 0;
  /** IPv4 addresses as signed 32-bit numbers. */
  source = 0;
  destination = 0;
  /** IPv6 addresses, 16 octets each: views into the datagram. */
  sourceSix: Uint8Array = none;
  destinationSix: Uint8Array = none;
  sourcePort = 0;
  destinationPort = 0;
  protocol = 0;
  /** -1 where not told. */
  icmpType = -1;
  packets = 0;
  /** Octets of the IP packets, headers counted. */
  bytes = 0;
  /** Milliseconds since the epoch; 0 where not told. */
  first = 0;
  last = 0;
  /** OR of the TCP flags, -1 where not told. */
  tcpFlags = -1;
  action: number = flowAction.unknown;
  /** One packet in so many was looked at. */
  sampling = 1;
  /** Where the transport header begins in the frame that was read; -1 where there was none. */
  transportAt = -1;

  reset(): void {
    this.family = 0;
    this.source = 0;
    this.destination = 0;
    this.sourceSix = none;
    this.destinationSix = none;
    this.sourcePort = 0;
    this.destinationPort = 0;
    this.protocol = 0;
    this.icmpType = -1;
    this.packets = 0;
    this.bytes = 0;
    this.first = 0;
    this.last = 0;
    this.tcpFlags = -1;
    this.action = flowAction.unknown;
    this.sampling = 1;
    this.transportAt = -1;
  }
}

/** Takes what a codec finds. `offset` counts from the start of the datagram. */
export interface FlowSink {
  flow(record: FlowRecord): void;
  damaged(offset: number, why: string): void;
}

/** An unsigned number in network order; past the end of the bytes zeros are read. At most 8 octets. */
export function unsigned(bytes: Uint8Array, at: number, length: number): number {
  let value = 0;
  for (let index = at; index < at + length; index += 1) value = value * 256 + (bytes[index] ?? 0);
  return value;
}

/** The same for 4 octets, as a signed number. */
export function signed32(bytes: Uint8Array, at: number): number {
  return (
    ((bytes[at] ?? 0) << 24) |
    ((bytes[at + 1] ?? 0) << 16) |
    ((bytes[at + 2] ?? 0) << 8) |
    (bytes[at + 3] ?? 0)
  );
}

export function unsigned16(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}

export function unsigned32(bytes: Uint8Array, at: number): number {
  return signed32(bytes, at) >>> 0;
}
