/**
 * Datagrams of flow exporters, told apart by their first octets:
 *
 *     00 05        NetFlow version 5
 *     00 09        NetFlow version 9 (RFC 3954)
 *     00 0a        IPFIX (RFC 7011)
 *     00 00 00 05  sFlow version 5
 */

import { ExportDomain } from './export-domain.ts';
import { FieldState } from './flow-field.ts';
import { FlowRecord, unsigned16, unsigned32, type FlowSink } from './flow-record.ts';
import { domainId, ipfixHeader, netflowV9Header, netflowV9Length, readSets } from './flow-set.ts';
import { netflowV5Length, readNetflowV5 } from './netflow-v5.ts';
import { readSflow, sflowHeaderLength, sflowLength } from './sflow.ts';

/** Domains remembered of all exporters; past it the one that was silent longest is forgotten, with its templates. */
const mostDomains = 256;

export type FlowProtocol = 'netflow-v5' | 'netflow-v9' | 'ipfix' | 'sflow';

export function flowProtocolAt(bytes: Uint8Array, at: number, end: number): FlowProtocol | null {
  if (at + 16 > end) return null;
  const version = unsigned16(bytes, at);
  if (version === 5 && at + 24 <= end) return 'netflow-v5';
  if (version === 9 && at + netflowV9Header <= end) return 'netflow-v9';
  if (version === 10) return 'ipfix';
  return version === 0 && unsigned16(bytes, at + 2) === 5 && sflowHeaderLength(bytes, at) > 0
    ? 'sflow'
    : null;
}

/** Octets of the datagram that begins here, by what it says of itself; 0 where there is none or it goes beyond the end. */
export function flowDatagramLength(bytes: Uint8Array, at: number, end: number): number {
  const protocol = flowProtocolAt(bytes, at, end);
  const length =
    protocol === 'netflow-v5'
      ? netflowV5Length(bytes, at)
      : protocol === 'netflow-v9'
        ? netflowV9Length(bytes, at, end)
        : protocol === 'ipfix'
          ? Math.max(ipfixHeader, unsigned16(bytes, at + 2))
          : protocol === 'sflow'
            ? sflowLength(bytes, at, end)
            : 0;
  return at + length <= end ? length : 0;
}

export class FlowDecoder {
  readonly #domains = new Map<string, ExportDomain>();
  readonly #record = new FlowRecord();
  readonly #state = new FieldState();
  #last: ExportDomain | null = null;
  #lastKey = '';
  #missing = 0;

  /** Datagrams (NetFlow version 9, sFlow) or records (version 5, IPFIX) that exporters numbered and that did not come. */
  get missing(): number {
    return this.#missing;
  }

  /** Domains that are remembered. */
  get domains(): number {
    return this.#domains.size;
  }

  /**
   * Reads one datagram of an exporter (any text that tells it from others). `time` is when it came, for what bears no time.
   * Answers with the number of records; what can't be read goes to `damaged`.
   */
  read(
    exporter: string,
    bytes: Uint8Array,
    start: number,
    end: number,
    time: number,
    sink: FlowSink,
  ): number {
    const protocol = flowProtocolAt(bytes, start, end);
    switch (protocol) {
      case 'netflow-v5': {
        const records = readNetflowV5(bytes, start, end, this.#record, sink);
        const engine = unsigned16(bytes, start + 20);
        this.#count(`${exporter} 5 ${engine}`, unsigned32(bytes, start + 16), records);
        return records;
      }
      case 'sflow': {
        const header = sflowHeaderLength(bytes, start);
        if (start + header <= end) {
          const agent = unsigned32(bytes, start + header - 16);
          this.#count(`${exporter} s ${agent}`, unsigned32(bytes, start + header - 12), 1);
        }
        return readSflow(bytes, start, end, time, this.#record, sink);
      }
      case 'netflow-v9':
      case 'ipfix':
        return this.#sets(exporter, bytes, start, end, protocol === 'ipfix', sink);
      default:
        sink.damaged(0, 'no flow export of a known version');
        return 0;
    }
  }

  #sets(
    exporter: string,
    bytes: Uint8Array,
    start: number,
    given: number,
    isIpfix: boolean,
    sink: FlowSink,
  ): number {
    const key = `${exporter} ${isIpfix ? 'i' : '9'} ${domainId(bytes, start, isIpfix)}`;
    const domain = this.#domain(key);
    let end = given;
    if (isIpfix) {
      const length = unsigned16(bytes, start + 2);
      if (length < ipfixHeader || start + length > given)
        sink.damaged(2, `says ${length} octets and has ${given - start}`);
      end = Math.min(given, start + Math.max(length, ipfixHeader));
    }
    const exportedAt = unsigned32(bytes, start + (isIpfix ? 4 : 8)) * 1000;
    const records = readSets(
      {
        bytes,
        start,
        domain,
        isIpfix,
        bootedAt: isIpfix ? 0 : exportedAt - unsigned32(bytes, start + 4),
        exportedAt,
        record: this.#record,
        state: this.#state,
        sink,
      },
      start + (isIpfix ? ipfixHeader : netflowV9Header),
      end,
    );
    this.#missing += domain.count(unsigned32(bytes, start + (isIpfix ? 8 : 12)), isIpfix ? records : 1);
    return records;
  }

  #count(key: string, sequence: number, items: number): void {
    this.#missing += this.#domain(key).count(sequence, items);
  }

  #domain(key: string): ExportDomain {
    if (this.#last !== null && key === this.#lastKey) return this.#last;
    let domain = this.#domains.get(key);
    if (domain === undefined) {
      domain = new ExportDomain();
      if (this.#domains.size >= mostDomains) {
        const [oldest] = this.#domains.keys();
        if (oldest !== undefined) this.#domains.delete(oldest);
      }
    } else this.#domains.delete(key);
    this.#domains.set(key, domain);
    this.#last = domain;
    this.#lastKey = key;
    return domain;
  }
}
