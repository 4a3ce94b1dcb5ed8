/**
 * Recorded flow exports (NetFlow 5 and 9, IPFIX, sFlow): a capture of their datagrams, or the datagrams themselves one after another
 * without anything between, which for IPFIX is a file by RFC 5655. Each datagram says its own length.
 */

import { formatIpv4 } from '../core/address.ts';
import type { ReadBatch, ReadContext, Reader } from '../core/reader.ts';
import { CaptureReader, isCapture } from '../wire/capture-file.ts';
import { FlowDecoder, flowDatagramLength, flowProtocolAt } from '../wire/flow-datagram.ts';
import { FlowRecord, type FlowSink } from '../wire/flow-record.ts';
import { datagramIn, readFrame } from '../wire/packet-header.ts';
import { BatchWriter } from './batch-writer.ts';
import { FlowWriter } from './flow-writer.ts';

const longestDatagram = 65_535;
const lookedAt = 20;

const hexOf = (bytes: Uint8Array, at: number): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset + at, Math.min(64, bytes.length - at)).toString('hex');

class RecordedExports {
  readonly #writer: BatchWriter;
  readonly #near: number;
  readonly #decoder = new FlowDecoder();
  readonly #sink: FlowSink;
  readonly #frame = new FlowRecord();
  readonly #capture: CaptureReader;
  #form: 'unknown' | 'capture' | 'datagrams' | 'broken' = 'unknown';
  #held: Buffer = Buffer.alloc(0);
  #number = 0;
  #bytes: Uint8Array = this.#held;
  #start = 0;

  constructor(writer: BatchWriter, near: number) {
    this.#writer = writer;
    this.#near = near;
    const flows = new FlowWriter(writer);
    this.#sink = {
      flow: (record) => flows.add(record, Math.max(0, record.first)),
      damaged: (offset, why) =>
        writer.damaged(
          this.#number,
          hexOf(this.#bytes, Math.min(this.#start + offset, this.#bytes.length)),
          `octet ${offset} of the datagram: ${why}`,
        ),
    };
    this.#capture = new CaptureReader({
      packet: ({ bytes, linkType, at }) => this.#packet(bytes, linkType, at),
      damaged: (why) => writer.damaged(this.#number + 1, '', why),
    });
  }

  push(chunk: Uint8Array): void {
    if (this.#form === 'capture') {
      this.#capture.push(chunk);
      return;
    }
    if (this.#form === 'broken') return;
    this.#held = this.#held.length === 0 ? Buffer.from(chunk) : Buffer.concat([this.#held, chunk]);
    if (this.#form === 'unknown') {
      if (this.#held.length < 12) return;
      this.#form = isCapture(this.#held) ? 'capture' : 'datagrams';
      if (this.#form === 'capture') {
        this.#capture.push(this.#held);
        this.#held = Buffer.alloc(0);
        return;
      }
    }
    // Where a datagram ends shows by what follows: as much as one can be long must be there.
    this.#datagrams(longestDatagram);
  }

  end(): void {
    if (this.#form === 'capture') this.#capture.end();
    else if (this.#form !== 'broken') this.#datagrams(1);
  }

  #datagrams(needed: number): void {
    const bytes = this.#held;
    let at = 0;
    while (bytes.length - at >= needed) {
      const end = Math.min(bytes.length, at + longestDatagram);
      const length = flowDatagramLength(bytes, at, end);
      this.#number += 1;
      if (length === 0) {
        this.#writer.damaged(
          this.#number,
          hexOf(bytes, at),
          'no whole datagram begins here; the rest is not read',
        );
        this.#form = 'broken';
        this.#held = Buffer.alloc(0);
        return;
      }
      this.#read('dump', bytes, at, at + length, this.#near);
      at += length;
    }
    if (at > 0) this.#held = Buffer.from(bytes.subarray(at));
  }

  #packet(bytes: Uint8Array, linkType: number, at: number): void {
    this.#number += 1;
    const frame = this.#frame;
    frame.reset();
    if (!readFrame(bytes, 0, bytes.length, linkType, frame) || frame.protocol !== 17) return;
    const data = datagramIn(bytes, frame);
    if (data === null) {
      this.#writer.damaged(this.#number, '', 'a datagram in fragments, or cut off by the capture');
      return;
    }
    if (flowProtocolAt(bytes, data.start, data.end) === null) return;
    const host = frame.family === 4 ? formatIpv4(frame.source) : Buffer.from(frame.sourceSix).toString('hex');
    this.#read(`${host} ${frame.sourcePort}`, bytes, data.start, data.end, at);
  }

  #read(exporter: string, bytes: Uint8Array, start: number, end: number, time: number): void {
    this.#bytes = bytes;
    this.#start = start;
    this.#decoder.read(exporter, bytes, start, end, time, this.#sink);
  }
}

/** The share of the first captured packets that are exports. */
function shareOfExports(sample: Uint8Array): number {
  const frame = new FlowRecord();
  let packets = 0;
  let exports = 0;
  const capture = new CaptureReader({
    packet({ bytes, linkType }): void {
      if (packets >= lookedAt) return;
      packets += 1;
      frame.reset();
      if (!readFrame(bytes, 0, bytes.length, linkType, frame)) return;
      const data = datagramIn(bytes, frame);
      if (data !== null && flowDatagramLength(bytes, data.start, data.end) === data.end - data.start)
        exports += 1;
    },
    damaged: () => {},
  });
  capture.push(sample);
  return packets === 0 ? 0 : exports / packets;
}

export const netflow: Reader = {
  name: 'netflow',
  summary: 'Recorded exports of NetFlow 5 and 9, IPFIX and sFlow: captured, or one datagram after another',
  detect(sample: Uint8Array): number {
    if (isCapture(sample)) return shareOfExports(sample) > 0.5 ? 0.99 : 0;
    const length = flowDatagramLength(sample, 0, Math.min(sample.length, longestDatagram));
    if (length === 0) return 0;
    return length === sample.length || flowProtocolAt(sample, length, sample.length) !== null ? 0.95 : 0;
  },
  async *read(input: AsyncIterable<Uint8Array>, context: ReadContext): AsyncIterable<ReadBatch> {
    const writer = new BatchWriter(context);
    const recorded = new RecordedExports(writer, context.near);
    for await (const chunk of input) {
      recorded.push(chunk);
      if (writer.pending) yield writer.take();
    }
    recorded.end();
    if (writer.pending) yield writer.take();
  },
};
