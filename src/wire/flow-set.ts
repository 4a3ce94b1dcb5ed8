/** Sets of NetFlow version 9 (RFC 3954 §5) and of IPFIX (RFC 7011 §3.3): id 2, length 2, then templates or records. */

import type { ExportDomain } from './export-domain.ts';
import type { FieldState } from './flow-field.ts';
import { unsigned16, unsigned32, type FlowRecord, type FlowSink } from './flow-record.ts';
import { FlowTemplate, mostFields } from './flow-template.ts';
import { setIcmpType } from './netflow-v5.ts';

export interface SetReading {
  readonly bytes: Uint8Array;
  /** Start of the datagram, from which damage is counted. */
  readonly start: number;
  readonly domain: ExportDomain;
  readonly isIpfix: boolean;
  readonly bootedAt: number;
  readonly exportedAt: number;
  readonly record: FlowRecord;
  readonly state: FieldState;
  readonly sink: FlowSink;
}

/**
 * A template record: id 2, field count 2; of IPFIX' options also scope field count 2, of version 9's options scope length 2
 * and option length 2 in place of the count. A field: element 2, length 2, in IPFIX with the upper bit set also enterprise 4.
 */
export function readTemplates(reading: SetReading, from: number, end: number, isOptions: boolean): void {
  const { bytes, start, isIpfix, domain, sink } = reading;
  let at = from;
  while (at + 4 <= end) {
    const id = unsigned16(bytes, at);
    let count = unsigned16(bytes, at + 2);
    at += 4;
    // Padding is zeros, and shorter than a template.
    if (id === 0) return;
    if (isIpfix && count === 0) {
      domain.withdraw(id, isOptions);
      continue;
    }
    if (isOptions) {
      if (!isIpfix) count = Math.floor((count + unsigned16(bytes, at)) / 4);
      at += 2;
    }
    if (id < 256 || count === 0 || count > mostFields) {
      sink.damaged(at - start, `a template of id ${id} with ${count} fields`);
      return;
    }
    const elements: number[] = [];
    const lengths: number[] = [];
    for (let field = 0; field < count; field += 1) {
      const element = unsigned16(bytes, at);
      lengths.push(unsigned16(bytes, at + 2));
      at += 4;
      const isEnterprise = isIpfix && element >= 0x8000;
      if (isEnterprise) at += 4;
      if (at > end) {
        sink.damaged(end - start, `a template ends after ${field} of ${count} fields`);
        return;
      }
      elements.push(isEnterprise ? 0 : element);
    }
    const template = new FlowTemplate(
      elements,
      isIpfix ? lengths : lengths.map((length) => length % 65_535),
      isOptions,
    );
    if (template.shortest === 0) {
      sink.damaged(at - start, 'a template of no length');
      return;
    }
    domain.learn(id, template);
  }
}

/** Records of a template; answers with how many there were. */
export function readRecords(reading: SetReading, id: number, from: number, end: number): number {
  const { bytes, start, domain, record, state, sink, bootedAt, exportedAt } = reading;
  const template = domain.template(id);
  if (template === undefined) {
    sink.damaged(from - start, `records of template ${id}, which has not come yet`);
    return 0;
  }
  let at = from;
  let count = 0;
  while (at + template.shortest <= end) {
    record.reset();
    state.begin(bootedAt > 0 ? bootedAt : domain.bootedAt, exportedAt);
    const next = template.read(bytes, at, end, record, state);
    if (next < 0) {
      sink.damaged(at - start, 'a record longer than its set');
      return count;
    }
    at = next;
    count += 1;
    const said = state.sampling;
    if (template.isOptions) {
      if (said > 0) domain.sampled(state.selector, said);
      if (bootedAt === 0) domain.bootedAt = state.bootedAt;
      continue;
    }
    // Records of other things (addresses translated, users) have no addresses or no protocol.
    if (record.family === 0) continue;
    complete(record, state, said > 0 ? said : domain.samplingOf(state.selector));
    sink.flow(record);
  }
  return count;
}

function complete(record: FlowRecord, state: FieldState, sampling: number): void {
  if (record.first === 0) {
    record.first =
      record.last > 0
        ? record.last - Math.max(0, state.duration)
        : state.exportedAt - Math.max(0, state.duration);
  }
  if (record.last === 0) record.last = record.first + Math.max(0, state.duration);
  record.sampling = sampling;
  if (record.protocol !== 6) record.tcpFlags = -1;
  setIcmpType(record);
}

/** Reads the sets of a datagram; answers with the number of records. */
export function readSets(reading: SetReading, from: number, end: number): number {
  const { bytes, start, isIpfix, sink } = reading;
  let at = from;
  let records = 0;
  while (at + 4 <= end) {
    const id = unsigned16(bytes, at);
    const length = unsigned16(bytes, at + 2);
    if (length < 4 || at + length > end) {
      sink.damaged(at - start, `a set of ${length} octets`);
      return records;
    }
    const body = at + 4;
    const setEnd = at + length;
    if (id === (isIpfix ? 2 : 0)) readTemplates(reading, body, setEnd, false);
    else if (id === (isIpfix ? 3 : 1)) readTemplates(reading, body, setEnd, true);
    else if (id >= 256) records += readRecords(reading, id, body, setEnd);
    else sink.damaged(at - start, `a set of the unknown id ${id}`);
    at = setEnd;
  }
  return records;
}

/** RFC 3954 §5.1: version 2, count 2, uptime in ms 4, seconds 4, sequence 4, source id 4. */
export const netflowV9Header = 20;
/** RFC 7011 §3.1: version 2, length 2, export time 4, sequence 4, observation domain 4. */
export const ipfixHeader = 16;

/**
 * Octets of the version 9 datagram that begins here, whose header says the number of records and not the length: as far as sets follow on
 * sets. The ids 2 to 255 are reserved, so that the version of another datagram is never taken for a set.
 */
export function netflowV9Length(bytes: Uint8Array, at: number, end: number): number {
  let next = at + netflowV9Header;
  while (next + 4 <= end) {
    const id = unsigned16(bytes, next);
    const length = unsigned16(bytes, next + 2);
    if ((id > 1 && id < 256) || length < 4 || next + length > end) break;
    next += length;
  }
  return Math.min(next, end) - at;
}

export function domainId(bytes: Uint8Array, at: number, isIpfix: boolean): number {
  return unsigned32(bytes, at + (isIpfix ? 12 : 16));
}
