/** Frames and captures made by hand: what a test sends through codecs and real exporters. */

import { octets, uint16, uint32 } from '../../src/wire/big-endian.ts';

export interface MadePacket {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** IPv4 by four numbers, IPv6 by sixteen. */
  readonly source: readonly number[];
  readonly destination: readonly number[];
  readonly protocol: number;
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly flags?: number;
  /** Octets of data. */
  readonly data?: Uint8Array;
  readonly tags?: readonly number[];
}

function transport(packet: MadePacket): Uint8Array {
  const { protocol, sourcePort, destinationPort, flags = 0, data = new Uint8Array(0) } = packet;
  if (protocol === 6) {
    return octets(
      uint16(sourcePort),
      uint16(destinationPort),
      uint32(1),
      uint32(1),
      0x50,
      flags,
      uint16(1024),
      uint32(0),
      data,
    );
  }
  if (protocol === 17)
    return octets(uint16(sourcePort), uint16(destinationPort), uint16(8 + data.length), uint16(0), data);
  // ICMP: type and code stand in the destination port, as exporters write them.
  return octets(uint16(destinationPort), uint16(0), uint32(0), data);
}

function ipv4Checksum(header: Uint8Array): number {
  let sum = 0;
  for (let at = 0; at < header.length; at += 2) sum += ((header[at] ?? 0) << 8) | (header[at + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

export function ipPacket(packet: MadePacket): Uint8Array {
  const body = transport(packet);
  const ends = [Uint8Array.from(packet.source), Uint8Array.from(packet.destination)];
  if (packet.source.length === 16)
    return octets(0x60, 0, 0, 0, uint16(body.length), packet.protocol, 64, ...ends, body);
  const header = (checksum: number): Uint8Array =>
    octets(
      0x45,
      0,
      uint16(20 + body.length),
      uint16(1),
      uint16(0x4000),
      64,
      packet.protocol,
      uint16(checksum),
      ...ends,
    );
  return octets(header(ipv4Checksum(header(0))), body);
}

export function ethernetFrame(packet: MadePacket): Uint8Array {
  const tags = (packet.tags ?? []).map((tag) => octets(uint16(0x8100), uint16(tag)));
  const type = packet.source.length === 16 ? 0x86dd : 0x0800;
  return octets(new Uint8Array(12), ...tags, uint16(type), ipPacket(packet));
}

const little = (value: number, width: 2 | 4): Uint8Array =>
  (width === 2 ? uint16(value) : uint32(value)).toReversed();

export interface CapturedFrame {
  readonly at: number;
  readonly bytes: Uint8Array;
}

export function pcapOf(frames: readonly CapturedFrame[], linkType = 1): Uint8Array {
  return octets(
    little(0xa1b2c3d4, 4),
    little(2, 2),
    little(4, 2),
    little(0, 4),
    little(0, 4),
    little(65_535, 4),
    little(linkType, 4),
    ...frames.map(({ at, bytes }) =>
      octets(
        little(Math.floor(at / 1000), 4),
        little((at % 1000) * 1000, 4),
        little(bytes.length, 4),
        little(bytes.length, 4),
        bytes,
      ),
    ),
  );
}

/** Big-endian, with nanoseconds. */
export function pcapngOf(frames: readonly CapturedFrame[], linkType = 1): Uint8Array {
  const block = (type: number, body: Uint8Array): Uint8Array => {
    const padded = octets(body, new Uint8Array((4 - (body.length % 4)) % 4));
    return octets(uint32(type), uint32(padded.length + 12), padded, uint32(padded.length + 12));
  };
  return octets(
    block(
      0x0a0d0d0a,
      octets(uint32(0x1a2b3c4d), uint16(1), uint16(0), uint32(0xffffffff), uint32(0xffffffff)),
    ),
    block(
      1,
      octets(uint16(linkType), uint16(0), uint32(65_535), uint16(9), uint16(1), 9, 0, 0, 0, uint32(0)),
    ),
    ...frames.map(({ at, bytes }) => {
      const ticks = BigInt(at) * 1_000_000n;
      return block(
        6,
        octets(
          uint32(0),
          uint32(Number(ticks >> 32n)),
          uint32(Number(ticks & 0xffffffffn)),
          uint32(bytes.length),
          uint32(bytes.length),
          bytes,
        ),
      );
    }),
  );
}
