/** Reads the netfilter log's messages (linux/netfilter/nfnetlink_log.h) and in them the headers of IPv4, IPv6 and TCP. Bounds everything. */

import { formatAddress, formatIpv4 } from '../core/address.ts';

export type ProbeKind = 'syn' | 'fin' | 'null' | 'xmas' | 'ack';
export type ProbeMark = 'passed' | 'withheld' | 'again' | 'stealth';

export interface Probe {
  readonly mark: ProbeMark;
  readonly probe: ProbeKind;
  readonly source: string;
  readonly sourcePort: number;
  readonly destination: string;
  readonly destinationPort: number;
  readonly ttl: number;
  readonly window: number;
}

/** Subsystem 4 (ULOG) << 8 | NFULNL_MSG_PACKET. */
const messagePacket = 0x0400;
const attributePayload = 9;
const attributePrefix = 10;
const attributeSequence = 12;
const protocolTcp = 6;
/** Extension headers of IPv6 that are passed over (RFC 8200 §4): hop-by-hop options, routing, destination options. */
const extensions = new Set([0, 43, 60]);
const mostExtensions = 4;

const marks = new Map<number, ProbeMark>([
  [0x70, 'passed'],
  [0x77, 'withheld'],
  [0x72, 'again'],
  [0x73, 'stealth'],
]);

function kindOf(flags: number): ProbeKind | null {
  // uint8 flags: CWR ECE URG ACK PSH RST SYN FIN (RFC 9293 §3.1).
  const main = flags & 0x17;
  if (main === 0x02) return 'syn';
  if (main === 0x01) return (flags & 0x28) === 0x28 ? 'xmas' : 'fin';
  if (main === 0) return 'null';
  return main === 0x10 ? 'ack' : null;
}

/**
 * IPv4 (RFC 791 §3.1): 4 bits version, 4 bits header length in words; … byte 8 TTL, 9 protocol, 12 source, 16 destination.
 * IPv6 (RFC 8200 §3): 4 bits version; … byte 6 next header, 7 hop limit, 8 source, 24 destination.
 * TCP (RFC 9293 §3.1): uint16 source port, uint16 destination port; … byte 13 flags, uint16 window.
 * Null where it is cut short, no TCP, or no probe.
 */
export function readProbePacket(
  view: DataView,
  start: number,
  length: number,
  mark: ProbeMark,
): Probe | null {
  const end = Math.min(start + length, view.byteLength);
  if (start + 20 > end) return null;
  const version = view.getUint8(start) >> 4;
  let at: number;
  let source: string;
  let destination: string;
  let ttl: number;
  if (version === 4) {
    if (view.getUint8(start + 9) !== protocolTcp || (view.getUint16(start + 6) & 0x1fff) !== 0) return null;
    const words = view.getUint8(start) & 15;
    if (words < 5) return null;
    at = start + words * 4;
    source = formatIpv4(view.getUint32(start + 12));
    destination = formatIpv4(view.getUint32(start + 16));
    ttl = view.getUint8(start + 8);
  } else {
    if (version !== 6 || start + 40 > end) return null;
    at = start + 40;
    let next = view.getUint8(start + 6);
    for (let count = 0; extensions.has(next); count += 1) {
      if (count === mostExtensions || at + 8 > end) return null;
      next = view.getUint8(at);
      at += (view.getUint8(at + 1) + 1) * 8;
    }
    if (next !== protocolTcp) return null;
    const address = (offset: number): string =>
      formatAddress({
        family: 6,
        value: (view.getBigUint64(start + offset) << 64n) | view.getBigUint64(start + offset + 8),
      });
    source = address(8);
    destination = address(24);
    ttl = view.getUint8(start + 7);
  }
  if (at + 16 > end) return null;
  const probe = kindOf(view.getUint8(at + 13));
  if (probe === null || (probe === 'syn') !== (mark !== 'stealth')) return null;
  return {
    mark,
    probe,
    source,
    sourcePort: view.getUint16(at),
    destination,
    destinationPort: view.getUint16(at + 2),
    ttl,
    window: view.getUint16(at + 14),
  };
}

/** Reads one datagram after another; counts what it can't read and what the kernel says it lost. */
export class ProbeReader {
  unreadable = 0;
  /** Records that did not arrive, by the gaps in the kernel's numbers. */
  lost = 0;
  #next = -1;

  /**
   * A datagram holds messages: `uint32 length; uint16 type; uint16 flags; uint32 sequence; uint32 port` (host order);
   * `uint8 family; uint8 version; uint16be group`; attributes `uint16 length; uint16 type; data`, each padded to 4 bytes.
   */
  read(view: DataView, length: number): Probe[] {
    const probes: Probe[] = [];
    const end = Math.min(length, view.byteLength);
    for (let at = 0; at + 16 <= end;) {
      const size = view.getUint32(at, true);
      if (size < 16 || at + size > end) {
        this.unreadable += 1;
        break;
      }
      if (view.getUint16(at + 4, true) === messagePacket) {
        const probe = this.#packet(view, at + 20, at + size);
        if (probe === null) this.unreadable += 1;
        else probes.push(probe);
      }
      at += Math.ceil(size / 4) * 4;
    }
    return probes;
  }

  #packet(view: DataView, start: number, end: number): Probe | null {
    let mark: ProbeMark | undefined;
    let payload = -1;
    let payloadLength = 0;
    for (let at = start; at + 4 <= end;) {
      const size = view.getUint16(at, true);
      if (size < 4 || at + size > end) return null;
      const type = view.getUint16(at + 2, true) & 0x3fff;
      if (type === attributePayload) {
        payload = at + 4;
        payloadLength = size - 4;
      } else if (type === attributePrefix && size > 4) {
        mark = marks.get(view.getUint8(at + 4));
      } else if (type === attributeSequence && size === 8) {
        this.#count(view.getUint32(at + 4));
      }
      at += Math.ceil(size / 4) * 4;
    }
    return mark === undefined || payload < 0 ? null : readProbePacket(view, payload, payloadLength, mark);
  }

  #count(sequence: number): void {
    if (this.#next >= 0 && sequence > this.#next) this.lost += sequence - this.#next;
    this.#next = sequence + 1;
  }
}
