/** NetFlow version 5, as Cisco's "NetFlow Services Export" describes it: records of one fixed form, IPv4 alone. */

import { signed32, unsigned16, unsigned32, type FlowRecord, type FlowSink } from './flow-record.ts';

const headerLength = 24;
const recordLength = 48;
const mostRecords = 30;

/** Octets of the datagram that begins here by its own count; 0 where it can't be one. */
export function netflowV5Length(bytes: Uint8Array, at: number): number {
  const count = unsigned16(bytes, at + 2);
  return count >= 1 && count <= mostRecords ? headerLength + count * recordLength : 0;
}

/**
 * Header: version 2, count 2, uptime in ms 4, seconds 4, nanoseconds 4, sequence 4, engine type 1, engine id 1, sampling mode
 * 2 bits, sampling interval 14 bits.
 *
 * Record: source 4, destination 4, next hop 4, input 2, output 2, packets 4, octets 4, first uptime 4, last uptime 4,
 * source port 2, destination port 2, padding 1, flags 1, protocol 1, service 1, AS numbers 2 and 2, masks 1 and 1, padding 2.
 */
export function readNetflowV5(
  bytes: Uint8Array,
  start: number,
  end: number,
  record: FlowRecord,
  sink: FlowSink,
): number {
  const count = unsigned16(bytes, start + 2);
  const uptime = unsigned32(bytes, start + 4);
  const exported = unsigned32(bytes, start + 8) * 1000 + Math.floor(unsigned32(bytes, start + 12) / 1e6);
  const sampling = unsigned16(bytes, start + 22) & 0x3fff;
  let read = 0;
  for (let at = start + headerLength; read < count && at + recordLength <= end; at += recordLength) {
    read += 1;
    record.reset();
    record.family = 4;
    record.source = signed32(bytes, at);
    record.destination = signed32(bytes, at + 4);
    record.packets = unsigned32(bytes, at + 16);
    record.bytes = unsigned32(bytes, at + 20);
    // Uptimes wrap after 49 days: what counts is how long before or after the export.
    record.first = exported - ((uptime - unsigned32(bytes, at + 24)) | 0);
    record.last = exported - ((uptime - unsigned32(bytes, at + 28)) | 0);
    record.sourcePort = unsigned16(bytes, at + 32);
    record.destinationPort = unsigned16(bytes, at + 34);
    record.protocol = bytes[at + 38] ?? 0;
    if (record.protocol === 6) record.tcpFlags = bytes[at + 37] ?? 0;
    setIcmpType(record);
    if (sampling > 1) record.sampling = sampling;
    sink.flow(record);
  }
  if (read < count) sink.damaged(end - start, `ends after ${read} of ${count} records`);
  return read;
}

/** Exporters write type * 256 + code of an ICMP message into the destination port. */
export function setIcmpType(record: FlowRecord): void {
  if (record.protocol !== 1 && record.protocol !== 58) return;
  if (record.icmpType < 0) record.icmpType = record.destinationPort >>> 8;
  record.sourcePort = 0;
  record.destinationPort = 0;
}
