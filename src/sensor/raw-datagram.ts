/** Builds a whole IP packet with a UDP datagram in it, for a raw socket that takes packets as they are. */

import { parseAddress } from '../core/address.ts';
import type { Ends } from './conversation.ts';

/** Answers larger than this are withheld: a raw packet is not split on its way out. */
const maximumPayload = 1_400;
const udp = 17;
const hops = 64;

function sum(bytes: Uint8Array, from: number, to: number, start: number): number {
  let total = start;
  for (let index = from; index < to; index += 2) {
    total += ((bytes[index] ?? 0) << 8) | (index + 1 < to ? (bytes[index + 1] ?? 0) : 0);
  }
  return total;
}

function folded(total: number): number {
  let rest = total;
  while (rest > 0xffff) rest = (rest & 0xffff) + Math.floor(rest / 0x1_0000);
  return ~rest & 0xffff;
}

function put(packet: Uint8Array, at: number, value: bigint, bytes: number): void {
  for (let index = 0; index < bytes; index += 1) {
    packet[at + index] = Number((value >> BigInt(8 * (bytes - 1 - index))) & 0xffn);
  }
}

/**
 * The packet that answers from the conversation's destination to its source; null where it can't be built (mixed families, too large).
 *
 *     IPv4 (RFC 791 §3.1): version and header length, service, total length, id, flags and fragment, hops, protocol, checksum, from, to
 *     IPv6 (RFC 8200 §3): version, class and flow, payload length, next header, hops, from, to
 *     UDP (RFC 768): from port, to port, length, checksum
 */
export function buildDatagram(ends: Ends, payload: Uint8Array): Uint8Array | null {
  const from = parseAddress(ends.destination);
  const to = parseAddress(ends.source);
  if (from === null || to === null || from.family !== to.family || payload.length > maximumPayload)
    return null;
  const header = from.family === 4 ? 20 : 40;
  const length = 8 + payload.length;
  const packet = new Uint8Array(header + length);
  const view = new DataView(packet.buffer);
  const width = from.family === 4 ? 4 : 16;
  const addresses = from.family === 4 ? 12 : 8;
  put(packet, addresses, from.value, width);
  put(packet, addresses + width, to.value, width);
  if (from.family === 4) {
    packet[0] = 0x45;
    view.setUint16(2, packet.length);
    // Don't fragment: with it the id may be 0 (RFC 6864 §4.1).
    view.setUint16(6, 0x4000);
    packet[8] = hops;
    packet[9] = udp;
    view.setUint16(10, folded(sum(packet, 0, 20, 0)));
  } else {
    packet[0] = 0x60;
    view.setUint16(4, length);
    packet[6] = udp;
    packet[7] = hops;
  }
  view.setUint16(header, ends.destinationPort);
  view.setUint16(header + 2, ends.sourcePort);
  view.setUint16(header + 4, length);
  packet.set(payload, header + 8);
  const pseudo = sum(packet, addresses, addresses + 2 * width, udp + length);
  // 0 means "no checksum", so a checksum of 0 is sent as its other form.
  view.setUint16(header + 6, folded(sum(packet, header, packet.length, pseudo)) || 0xffff);
  return packet;
}
