/**
 * The headers of a captured frame, down to ports and TCP flags. What comes behind them is never looked at.
 *
 * Link types by their numbers at tcpdump.org/linktypes.html: 0 and 108 BSD loopback, 1 Ethernet, 12, 14 and 101 bare IP,
 * 113 and 276 Linux "cooked", 228 IPv4, 229 IPv6.
 */

import { signed32, unsigned16, type FlowRecord } from './flow-record.ts';

const ipv4Type = 0x0800;
const ipv6Type = 0x86dd;
/** Tags and labels that are stepped over at most. */
const mostTags = 4;
const mostExtensions = 8;

export const ethernet = 1;

/**
 * Fills the record with what a frame's headers say: one packet, its octets from the IP header on. False where the frame holds no
 * IP packet, or not enough of it. Ports are 0 in later fragments.
 */
export function readFrame(
  bytes: Uint8Array,
  start: number,
  end: number,
  linkType: number,
  record: FlowRecord,
): boolean {
  switch (linkType) {
    // Destination 6, source 6, type 2.
    case ethernet:
      return readTyped(bytes, start + 14, end, unsigned16(bytes, start + 12), record);
    // Packet type 2, address type 2, address length 2, address 8, protocol 2.
    case 113:
      return readTyped(bytes, start + 16, end, unsigned16(bytes, start + 14), record);
    // Protocol 2, reserved 2, interface 4, address type 2, packet type 1, address length 1, address 8.
    case 276:
      return readTyped(bytes, start + 20, end, unsigned16(bytes, start), record);
    case 0:
    case 108:
      return readPacket(bytes, start + 4, end, record);
    case 12:
    case 14:
    case 101:
    case 228:
    case 229:
      return readPacket(bytes, start, end, record);
    default:
      return false;
  }
}

function readTyped(
  bytes: Uint8Array,
  from: number,
  end: number,
  firstType: number,
  record: FlowRecord,
): boolean {
  let at = from;
  let type = firstType;
  for (let tags = 0; tags < mostTags; tags += 1) {
    if (type === ipv4Type || type === ipv6Type) return readPacket(bytes, at, end, record);
    if (at + 4 > end) return false;
    // 802.1Q and 802.1ad: tag 2, type 2.
    if (type === 0x8100 || type === 0x88a8 || type === 0x9100) {
      type = unsigned16(bytes, at + 2);
      at += 4;
    }
    // PPPoE (RFC 2516): version 1, code 1, session 2, length 2; then PPP's protocol 2.
    else if (type === 0x8864) {
      const protocol = unsigned16(bytes, at + 6);
      type = protocol === 0x0021 ? ipv4Type : protocol === 0x0057 ? ipv6Type : 0;
      at += 8;
    }
    // MPLS (RFC 3032): label 20 bits, 3, bottom of stack 1, TTL 8.
    else if (type === 0x8847) {
      const isLast = ((bytes[at + 2] ?? 0) & 1) === 1;
      at += 4;
      if (isLast) return readPacket(bytes, at, end, record);
    } else return false;
  }
  return false;
}

/** An IP packet, of the version that its first four bits say. */
export function readPacket(bytes: Uint8Array, at: number, end: number, record: FlowRecord): boolean {
  const version = at < end ? (bytes[at] ?? 0) >>> 4 : 0;
  return version === 4 ? readIpv4(bytes, at, end, record) : version === 6 && readIpv6(bytes, at, end, record);
}

/**
 * RFC 791 §3.1:
 *
 *     version 4 bits, header words 4 bits, service 1, length 2, id 2, flags 3 bits, fragment offset 13 bits, TTL 1,
 *     protocol 1, checksum 2, source 4, destination 4, options
 */
function readIpv4(bytes: Uint8Array, at: number, end: number, record: FlowRecord): boolean {
  const headerLength = ((bytes[at] ?? 0) & 15) * 4;
  if (headerLength < 20 || at + 20 > end) return false;
  record.family = 4;
  record.source = signed32(bytes, at + 12);
  record.destination = signed32(bytes, at + 16);
  record.protocol = bytes[at + 9] ?? 0;
  record.packets = 1;
  // 0 where the network card cuts the packet up itself.
  record.bytes = unsigned16(bytes, at + 2) || end - at;
  const isLaterFragment = (unsigned16(bytes, at + 6) & 0x1fff) !== 0;
  if (!isLaterFragment) readTransport(bytes, at + headerLength, end, record);
  return true;
}

/**
 * RFC 8200 §3:
 *
 *     version 4 bits, class 8 bits, flow label 20 bits, payload length 2, next header 1, hop limit 1, source 16, destination 16
 *
 * Extension headers (§4): next header 1, length in units of 8 beyond the first 1; a fragment header is 8 long.
 */
function readIpv6(bytes: Uint8Array, at: number, end: number, record: FlowRecord): boolean {
  if (at + 40 > end) return false;
  record.family = 6;
  record.sourceSix = bytes.subarray(at + 8, at + 24);
  record.destinationSix = bytes.subarray(at + 24, at + 40);
  record.packets = 1;
  record.bytes = (unsigned16(bytes, at + 4) || end - at - 40) + 40;
  let next = bytes[at + 6] ?? 0;
  let from = at + 40;
  for (let count = 0; count < mostExtensions && from + 8 <= end; count += 1) {
    // Hop-by-hop, routing, destination options, mobility; 51 is the authentication header, in units of 4.
    if (next === 0 || next === 43 || next === 60 || next === 135) {
      next = bytes[from] ?? 0;
      from += ((bytes[from + 1] ?? 0) + 1) * 8;
    } else if (next === 51) {
      next = bytes[from] ?? 0;
      from += ((bytes[from + 1] ?? 0) + 2) * 4;
    } else if (next === 44) {
      next = bytes[from] ?? 0;
      if ((unsigned16(bytes, from + 2) & 0xfff8) !== 0) {
        record.protocol = next;
        return true;
      }
      from += 8;
    } else break;
  }
  record.protocol = next;
  readTransport(bytes, from, end, record);
  return true;
}

/**
 *     TCP (RFC 9293 §3.1): source port 2, destination port 2, sequence 4, acknowledgement 4, offset 4 bits, flags 12 bits
 *     UDP (RFC 768), SCTP, DCCP, UDP-Lite: source port 2, destination port 2
 *     ICMP (RFC 792, RFC 4443): type 1, code 1
 */
function readTransport(bytes: Uint8Array, at: number, end: number, record: FlowRecord): void {
  const { protocol } = record;
  if (protocol === 1 || protocol === 58) {
    if (at < end) record.icmpType = bytes[at] ?? 0;
    return;
  }
  if (protocol !== 6 && protocol !== 17 && protocol !== 33 && protocol !== 132 && protocol !== 136) return;
  if (at + 4 > end) return;
  record.transportAt = at;
  record.sourcePort = unsigned16(bytes, at);
  record.destinationPort = unsigned16(bytes, at + 2);
  if (protocol === 6 && at + 14 <= end) record.tcpFlags = bytes[at + 13] ?? 0;
}

/** Where the data of a UDP packet begin and end that `readFrame` has just read whole; null where it is none. Asked of exports alone, which are for us. */
export function datagramIn(
  bytes: Uint8Array,
  record: FlowRecord,
): { readonly start: number; readonly end: number } | null {
  const at = record.transportAt;
  if (record.protocol !== 17 || at < 0) return null;
  // RFC 768: ports 4, length 2, checksum 2.
  const end = at + unsigned16(bytes, at + 4);
  return end >= at + 8 && end <= bytes.length ? { start: at + 8, end } : null;
}
