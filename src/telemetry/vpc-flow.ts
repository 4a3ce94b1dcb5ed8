/**
 * VPC flow logs, versions 2 to 8: `version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start
 * end action log-status`, or the order of a header line. Reads bytes and makes no string but the addresses, each once:
 * 400,000 records a second are asked for.
 */

import type { Observation, Transport } from '../core/observation.ts';
import type { ReadBatch, ReadContext, Reader } from '../core/reader.ts';
import { AddressCache } from './address-cache.ts';
import { BatchWriter } from './batch-writer.ts';
import { FlowDirection, textHash } from './flow-direction.ts';
import { lineBlocks, longestLine } from './line-blocks.ts';
import { shareOfLines } from './read-lines.ts';
import { defaultRoles, headerRoles, role } from './vpc-flow-columns.ts';

const space = 32;
const dash = 45;
const transports: readonly Transport[] = Array.from({ length: 256 }, (_, number) =>
  number === 6 ? 'tcp' : number === 17 ? 'udp' : number === 1 || number === 58 ? 'icmp' : 'other',
);
const synchronise = 2;
const acknowledge = 16;

/** A service's port answering a client's: what an answer looks like where no earlier record tells. */
function looksLikeAnswer(sourcePort: number, destinationPort: number, flags: number): boolean {
  if (flags >= 0 && (flags & synchronise) !== 0) return (flags & acknowledge) !== 0;
  return (
    sourcePort > 0 &&
    sourcePort < destinationPort &&
    (sourcePort < 1024 ? destinationPort >= 1024 : sourcePort < 10_000 && destinationPort >= 32_768)
  );
}

class FlowLines {
  readonly #writer: BatchWriter;
  readonly #addresses = new AddressCache();
  readonly #direction = new FlowDirection();
  #roles: Uint8Array = defaultRoles;
  #line = 0;
  /** Hash of the last address read. */
  #hash = 0;

  constructor(writer: BatchWriter) {
    this.#writer = writer;
  }

  overlong(): void {
    this.#line += 1;
    this.#writer.damaged(this.#line, '', `longer than ${longestLine} bytes`);
  }

  block(bytes: Buffer): void {
    let start = 0;
    while (start < bytes.length) {
      const feed = bytes.indexOf(10, start);
      this.#line += 1;
      const end = feed > start && bytes[feed - 1] === 13 ? feed - 1 : feed;
      if (end - start > longestLine) {
        this.#writer.damaged(this.#line, '', `longer than ${longestLine} bytes`);
      } else if (end > start) this.#record(bytes, start, end);
      start = feed + 1;
    }
  }

  #address(bytes: Buffer, from: number, to: number): string | null {
    let value = 0;
    let octet = -1;
    let dots = 0;
    for (let index = from; index < to; index += 1) {
      const code = bytes[index] ?? 0;
      if (code === 46) {
        if (octet < 0) dots = 9;
        value = (value << 8) | octet;
        octet = -1;
        dots += 1;
      } else if (code >= 48 && code <= 57 && octet !== 0) {
        octet = octet < 0 ? code - 48 : octet * 10 + code - 48;
        if (octet > 255) dots = 9;
      } else {
        dots = 9;
        break;
      }
    }
    if (dots === 3 && octet >= 0) {
      value = (value << 8) | octet;
      this.#hash = value;
      return this.#addresses.four(value);
    }
    const text = to - from > 60 ? null : this.#addresses.canonical(bytes.toString('latin1', from, to));
    if (text !== null) this.#hash = textHash(text);
    return text;
  }

  #damaged(bytes: Buffer, start: number, end: number, why: string): void {
    const line = bytes.toString('latin1', start, Math.min(end, start + 2_000));
    if (line.trim() === '') return;
    const roles = headerRoles(line);
    if (roles === null) this.#writer.damaged(this.#line, line, why);
    else this.#roles = roles;
  }

  #record(bytes: Buffer, start: number, end: number): void {
    const roles = this.#roles;
    let source: string | null = null;
    let destination: string | null = null;
    let sourceHash = 0;
    let destinationHash = 0;
    let sourcePort = 0;
    let destinationPort = 0;
    let protocol = 0;
    let packets = 0;
    let volume = 0;
    let first = -1;
    let last = -1;
    let flags = -1;
    let action: 'accept' | 'reject' | 'unknown' = 'unknown';
    let withoutData = false;
    let column = 0;
    let at = start;
    while (at < end) {
      const reading = column < roles.length ? (roles[column] ?? 0) : 0;
      const from = at;
      if ((reading >= role.sourcePort && reading <= role.end) || reading === role.flags) {
        let value = 0;
        let code = bytes[at] ?? 0;
        if (code === dash && (at + 1 >= end || bytes[at + 1] === space)) {
          value = -1;
          at += 1;
        } else {
          while (at < end && code >= 48 && code <= 57) {
            value = value * 10 + code - 48;
            at += 1;
            code = bytes[at] ?? 0;
          }
          if (at === from || at - from > 15 || (at < end && code !== space)) {
            this.#damaged(bytes, start, end, `column ${column + 1} is no number`);
            return;
          }
        }
        if (reading === role.sourcePort) sourcePort = value < 0 ? 0 : value;
        else if (reading === role.destinationPort) destinationPort = value < 0 ? 0 : value;
        else if (reading === role.protocol) protocol = value < 0 ? 255 : value;
        else if (reading === role.packets) packets = value < 0 ? 0 : value;
        else if (reading === role.bytes) volume = value < 0 ? 0 : value;
        else if (reading === role.start) first = value;
        else if (reading === role.end) last = value;
        else flags = value;
      } else {
        while (at < end && bytes[at] !== space) at += 1;
        if (reading === role.source || reading === role.packetSource) {
          if (!(at - from === 1 && bytes[from] === dash)) {
            const text = this.#address(bytes, from, at);
            if (text === null) {
              this.#damaged(bytes, start, end, 'the source is no address');
              return;
            }
            // pkt-srcaddr is the packet's own source, where srcaddr may be a gateway's.
            if (source === null || reading === role.packetSource) {
              source = text;
              sourceHash = this.#hash;
            }
          }
        } else if (reading === role.destination || reading === role.packetDestination) {
          if (!(at - from === 1 && bytes[from] === dash)) {
            const text = this.#address(bytes, from, at);
            if (text === null) {
              this.#damaged(bytes, start, end, 'the destination is no address');
              return;
            }
            if (destination === null || reading === role.packetDestination) {
              destination = text;
              destinationHash = this.#hash;
            }
          }
        } else if (reading === role.action) {
          const letter = bytes[from];
          action = letter === 65 ? 'accept' : letter === 82 ? 'reject' : 'unknown';
        } else if (reading === role.status) {
          // OK, NODATA or SKIPDATA
          withoutData = bytes[from] === 78 || bytes[from] === 83;
        }
      }
      column += 1;
      at += 1;
    }
    if (withoutData) {
      this.#writer.record();
      return;
    }
    if (source === null || destination === null || (first < 0 && last < 0)) {
      this.#damaged(bytes, start, end, column < 14 ? `only ${column} columns` : 'lacks an address or a time');
      return;
    }
    if (sourcePort > 65_535 || destinationPort > 65_535 || protocol > 255 || last > 4e9 || first > 4e9) {
      this.#damaged(bytes, start, end, 'a port, protocol or time is out of range');
      return;
    }
    if (last < 0) last = first;
    if (first < 0) first = last;
    const transport = transports[protocol] ?? 'other';
    const reply = this.#direction.isReply(
      sourceHash,
      destinationHash,
      sourcePort,
      destinationPort,
      protocol,
      last,
      looksLikeAnswer(sourcePort, destinationPort, flags),
    );
    const time = first * 1000;
    const observation: Observation = {
      id: this.#writer.id(time),
      at: time,
      sensor: this.#writer.sensor,
      sequence: this.#writer.sequence(),
      source,
      sourcePort,
      destination,
      destinationPort,
      transport,
      session: '',
      // An accepted TCP record of more than a handshake's packets shows that the source received what was sent to it.
      spoofable: transport !== 'tcp' || action !== 'accept' || packets < 3,
      kind: 'flow',
      packets,
      bytes: volume,
      duration: last > first ? (last - first) * 1000 : 0,
      action,
      protocol,
      tcpFlags: flags,
      reply,
    };
    this.#writer.add(observation);
    this.#writer.record();
  }
}

const recordLine =
  /^\d \d{1,20} [a-z0-9-]{1,40} (?:-|[0-9a-f.:]{2,45}) (?:-|[0-9a-f.:]{2,45}) (?:-|\d{1,5}) /;

export const vpcFlow: Reader = {
  name: 'vpc-flow',
  summary: 'VPC flow logs, versions 2 to 8, in default or custom order (by header line)',
  detect(sample: Uint8Array): number {
    let header = false;
    const share = shareOfLines(sample, (line) => {
      header ||= headerRoles(line) !== null;
      return recordLine.test(line);
    });
    return header ? 0.99 : share > 0.5 ? 0.98 : 0;
  },
  async *read(input: AsyncIterable<Uint8Array>, context: ReadContext): AsyncIterable<ReadBatch> {
    const writer = new BatchWriter(context);
    const lines = new FlowLines(writer);
    for await (const block of lineBlocks(input)) {
      for (let index = 0; index < block.overlong; index += 1) lines.overlong();
      lines.block(block.bytes);
      if (writer.pending) yield writer.take();
    }
  },
};
