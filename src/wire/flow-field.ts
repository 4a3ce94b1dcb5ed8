/**
 * Information elements that Picket reads, by their IANA numbers ("IPFIX Information Elements"; NetFlow version 9 has the same
 * numbers up to 127). Everything else is stepped over.
 */

import { readFrame, readPacket, ethernet } from './packet-header.ts';
import { flowAction, signed32, unsigned, unsigned32, type FlowRecord } from './flow-record.ts';

/** What a record says beside the flow itself: sampling, and times that need the header's to be understood. */
export class FieldState {
  /** Milliseconds since the epoch at which the exporter started; 0 where not known. */
  bootedAt = 0;
  exportedAt = 0;
  samplingInterval = 0;
  samplingSpace = 0;
  samplingSize = 0;
  samplingPopulation = 0;
  selector = -1;
  duration = -1;

  /** Before each record. */
  begin(bootedAt: number, exportedAt: number): void {
    this.bootedAt = bootedAt;
    this.exportedAt = exportedAt;
    this.samplingInterval = 0;
    this.samplingSpace = 0;
    this.samplingSize = 0;
    this.samplingPopulation = 0;
    this.selector = -1;
    this.duration = -1;
  }

  /** The time of an uptime, which wraps after 49 days: what counts is how long before or after the export it was. */
  sinceStart(uptime: number): number {
    return this.exportedAt - ((this.exportedAt - this.bootedAt - uptime) | 0);
  }

  /** One packet in so many, as the record says; 0 where it doesn't. */
  get sampling(): number {
    if (this.samplingPopulation > 0 && this.samplingSize > 0)
      return this.samplingPopulation / this.samplingSize;
    if (this.samplingInterval > 0 && this.samplingSpace > 0)
      return (this.samplingInterval + this.samplingSpace) / this.samplingInterval;
    return this.samplingInterval;
  }
}

const known = new Set([
  1, 2, 4, 6, 7, 8, 11, 12, 21, 22, 27, 28, 32, 34, 48, 50, 60, 85, 86, 89, 139, 150, 151, 152, 153, 154, 155,
  156, 157, 158, 159, 160, 161, 162, 176, 178, 180, 181, 182, 183, 231, 233, 298, 302, 305, 306, 309, 310,
  313, 315, 322, 323, 324, 325,
]);

export function isKnownField(element: number): boolean {
  return known.has(element);
}

/** Seconds from 1900, where NTP's time begins, to 1970. */
const ntpOffset = 2_208_988_800;

/** RFC 7011 §6.1.9: seconds since 1900 4, fraction 4. */
function ntpTime(bytes: Uint8Array, at: number): number {
  return (
    (unsigned32(bytes, at) - ntpOffset) * 1000 +
    Math.floor((unsigned32(bytes, at + 4) * 1000) / 4_294_967_296)
  );
}

/** Puts one field's value into the record. `sure` octets at `at` are there. */
export function setField(
  element: number,
  bytes: Uint8Array,
  at: number,
  length: number,
  record: FlowRecord,
  state: FieldState,
): void {
  switch (element) {
    case 8:
    case 12:
      if (length !== 4) return;
      // Double-stack templates fill the family that is not used with zeros.
      if (element === 8) record.source = signed32(bytes, at);
      else record.destination = signed32(bytes, at);
      if (record.family === 0 || record.source !== 0) record.family = 4;
      return;
    case 27:
    case 28:
      if (length !== 16) return;
      if (element === 27) record.sourceSix = bytes.subarray(at, at + 16);
      else record.destinationSix = bytes.subarray(at, at + 16);
      if (record.family === 0) record.family = 6;
      return;
    case 313:
      readPacket(bytes, at, at + length, record);
      return;
    case 315:
      readFrame(bytes, at, at + length, ethernet, record);
      return;
    default:
      if (length <= 8) setNumber(element, unsigned(bytes, at, length), bytes, at, length, record, state);
  }
}

function setNumber(
  element: number,
  value: number,
  bytes: Uint8Array,
  at: number,
  length: number,
  record: FlowRecord,
  state: FieldState,
): void {
  switch (element) {
    // Delta and total counts; of a conversation, what its initiator sent.
    case 1:
    case 85:
    case 231:
      record.bytes ||= value;
      return;
    case 2:
    case 86:
    case 298:
      record.packets ||= value;
      return;
    case 4:
      record.protocol = value & 255;
      return;
    case 6:
      record.tcpFlags = value & 0xffff;
      return;
    case 7:
    case 180:
    case 182:
      record.sourcePort ||= value & 0xffff;
      return;
    case 11:
    case 181:
    case 183:
      record.destinationPort ||= value & 0xffff;
      return;
    // type * 256 + code
    case 32:
    case 139:
      if (value !== 0 || record.icmpType < 0) record.icmpType = (value >>> 8) & 255;
      return;
    case 176:
    case 178:
      record.icmpType = value & 255;
      return;
    case 60:
      if (value === 4 || value === 6) record.family = value;
      return;
    // The upper two bits of RFC 7270's status: unknown, forwarded, dropped, consumed.
    case 89:
      record.action =
        (value & 0xc0) === 0x80 ? flowAction.reject : value === 0 ? record.action : flowAction.accept;
      return;
    // Created, deleted, denied, alert, update.
    case 233:
      if (value === 3) record.action = flowAction.reject;
      else if (value === 1 || value === 2 || value === 5) record.action = flowAction.accept;
      return;
    case 21:
      if (state.bootedAt > 0) record.last = state.sinceStart(value);
      return;
    case 22:
      if (state.bootedAt > 0) record.first = state.sinceStart(value);
      return;
    case 150:
    case 322:
      record.first = value * 1000;
      return;
    case 151:
      record.last = value * 1000;
      return;
    case 152:
    case 323:
      record.first = value;
      return;
    case 153:
      record.last = value;
      return;
    case 154:
    case 156:
    case 324:
    case 325:
      if (length === 8) record.first = ntpTime(bytes, at);
      return;
    case 155:
    case 157:
      if (length === 8) record.last = ntpTime(bytes, at);
      return;
    case 158:
      record.first = state.exportedAt - Math.floor(value / 1000);
      return;
    case 159:
      record.last = state.exportedAt - Math.floor(value / 1000);
      return;
    case 160:
      state.bootedAt = value;
      return;
    case 161:
      state.duration = value;
      return;
    case 162:
      state.duration = Math.floor(value / 1000);
      return;
    case 34:
    case 50:
    case 305:
      state.samplingInterval = value;
      return;
    case 306:
      state.samplingSpace = value;
      return;
    case 309:
      state.samplingSize = value;
      return;
    case 310:
      state.samplingPopulation = value;
      return;
    case 48:
    case 302:
      state.selector = value;
      return;
    default:
  }
}
