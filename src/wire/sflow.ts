/** sFlow version 5 (sflow.org/sflow_version_5.txt): sampled packets, each with its headers or what was read of them. Counters are stepped over. */

import { readFrame, readPacket } from './packet-header.ts';
import { flowAction, signed32, unsigned32, type FlowRecord, type FlowSink } from './flow-record.ts';

/** One datagram holds far fewer. */
const mostSamples = 512;
const mostElements = 64;
/** The standard's numbers for what a raw header begins with: 1 Ethernet, 11 IPv4, 12 IPv6. */
const rawEthernet = 1;

/** Octets of the header, 0 where the agent's address is of no known kind. Version 4, address type 4, address 4 or 16, sub-agent 4, sequence 4, uptime 4, samples 4. */
export function sflowHeaderLength(bytes: Uint8Array, at: number): number {
  const kind = unsigned32(bytes, at + 4);
  return kind === 1 ? 28 : kind === 2 ? 40 : 0;
}

/** Octets of the datagram that begins here, 0 where it is none. */
export function sflowLength(bytes: Uint8Array, at: number, end: number): number {
  const header = sflowHeaderLength(bytes, at);
  if (header === 0 || at + header > end) return 0;
  const samples = unsigned32(bytes, at + header - 4);
  if (samples > mostSamples) return 0;
  let next = at + header;
  for (let index = 0; index < samples; index += 1) {
    if (next + 8 > end) return 0;
    next += 8 + unsigned32(bytes, next + 4);
    if (next > end) return 0;
  }
  return next - at;
}

/**
 * Samples: format 4 (enterprise 20 bits, number 12 bits), length 4, then
 *
 *     1  flow sample: sequence 4, source 4, rate 4, pool 4, drops 4, input 4, output 4, elements 4
 *     3  the same expanded: sequence 4, source 4 and 4, rate 4, pool 4, drops 4, input 4 and 4, output 4 and 4, elements 4
 *
 * The upper two bits of the output (or its first word) say 1 where the packet was discarded. `at` is the time for records, which bear none.
 */
export function readSflow(
  bytes: Uint8Array,
  start: number,
  end: number,
  time: number,
  record: FlowRecord,
  sink: FlowSink,
): number {
  const header = sflowHeaderLength(bytes, start);
  if (header === 0 || start + header > end) {
    sink.damaged(4, 'an agent address of no known kind');
    return 0;
  }
  const samples = unsigned32(bytes, start + header - 4);
  let at = start + header;
  let read = 0;
  for (let index = 0; index < Math.min(samples, mostSamples); index += 1) {
    const length = unsigned32(bytes, at + 4);
    if (at + 8 > end || at + 8 + length > end) {
      sink.damaged(at - start, `ends after ${index} of ${samples} samples`);
      return read;
    }
    const format = unsigned32(bytes, at);
    const body = at + 8;
    const isExpanded = format === 3;
    if (format === 1 || isExpanded) {
      const rate = unsigned32(bytes, body + (isExpanded ? 12 : 8));
      const output = unsigned32(bytes, body + (isExpanded ? 32 : 24));
      const isDiscarded = isExpanded ? output === 1 : output >>> 30 === 1;
      const elements = body + (isExpanded ? 44 : 32);
      if (elements > body + length) sink.damaged(at - start, `a flow sample of ${length} octets`);
      else if (readElements(bytes, start, elements, body + length, record, sink)) {
        record.first = time;
        record.last = time;
        record.sampling = rate > 1 ? rate : 1;
        record.action = isDiscarded ? flowAction.reject : flowAction.accept;
        sink.flow(record);
        read += 1;
      }
    }
    at = body + length;
  }
  return read;
}

/**
 * Elements: format 4, length 4, then
 *
 *     1  raw header: protocol 4, frame length 4, stripped 4, header length 4, header
 *     3  IPv4: length 4, protocol 4, source 4, destination 4, ports 4 and 4, TCP flags 4, service 4
 *     4  IPv6: the same with addresses of 16
 */
function readElements(
  bytes: Uint8Array,
  start: number,
  from: number,
  end: number,
  record: FlowRecord,
  sink: FlowSink,
): boolean {
  let at = from;
  for (let index = 0; index < mostElements && at + 8 <= end; index += 1) {
    const format = unsigned32(bytes, at);
    const length = unsigned32(bytes, at + 4);
    const body = at + 8;
    if (body + length > end) {
      sink.damaged(at - start, `an element of ${length} octets`);
      return false;
    }
    record.reset();
    if (format === 1 && length >= 16) {
      const protocol = unsigned32(bytes, body);
      const headerEnd = body + 16 + Math.min(unsigned32(bytes, body + 12), length - 16);
      const isRead =
        protocol === rawEthernet
          ? readFrame(bytes, body + 16, headerEnd, 1, record)
          : (protocol === 11 || protocol === 12) && readPacket(bytes, body + 16, headerEnd, record);
      if (isRead) return true;
    } else if ((format === 3 && length >= 32) || (format === 4 && length >= 56)) {
      const width = format === 3 ? 4 : 16;
      record.family = format === 3 ? 4 : 6;
      record.packets = 1;
      record.bytes = unsigned32(bytes, body);
      record.protocol = unsigned32(bytes, body + 4) & 255;
      if (width === 4) {
        record.source = signed32(bytes, body + 8);
        record.destination = signed32(bytes, body + 12);
      } else {
        record.sourceSix = bytes.subarray(body + 8, body + 24);
        record.destinationSix = bytes.subarray(body + 24, body + 40);
      }
      const ports = body + 8 + width * 2;
      if (record.protocol === 6 || record.protocol === 17) {
        record.sourcePort = unsigned32(bytes, ports) & 0xffff;
        record.destinationPort = unsigned32(bytes, ports + 4) & 0xffff;
      }
      if (record.protocol === 6) record.tcpFlags = unsigned32(bytes, ports + 8) & 255;
      return true;
    }
    at = body + length;
  }
  return false;
}
