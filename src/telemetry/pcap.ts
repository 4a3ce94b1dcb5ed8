/** Captured packets, put together to flows. Of a packet only its headers are read. */

import type { ReadBatch, ReadContext, Reader } from '../core/reader.ts';
import { CaptureReader, isCapture } from '../wire/capture-file.ts';
import { FlowRecord } from '../wire/flow-record.ts';
import { readFrame } from '../wire/packet-header.ts';
import { BatchWriter } from './batch-writer.ts';
import { FlowAggregator } from './flow-aggregator.ts';
import { FlowWriter } from './flow-writer.ts';

export const pcap: Reader = {
  name: 'pcap',
  summary: 'Captured packets (pcap, pcapng), put together to flows; headers alone are read',
  detect: (sample: Uint8Array): number => (isCapture(sample) ? 0.9 : 0),
  async *read(input: AsyncIterable<Uint8Array>, context: ReadContext): AsyncIterable<ReadBatch> {
    const writer = new BatchWriter(context);
    const flows = new FlowWriter(writer);
    const aggregator = new FlowAggregator((record, opening) => flows.add(record, record.first, opening));
    const record = new FlowRecord();
    let number = 0;
    const capture = new CaptureReader({
      packet({ bytes, linkType, at }): void {
        number += 1;
        record.reset();
        // Frames of other protocols (ARP, spanning tree) are no records.
        if (readFrame(bytes, 0, bytes.length, linkType, record)) aggregator.packet(record, at);
      },
      damaged: (why) => writer.damaged(number + 1, '', why),
    });
    for await (const chunk of input) {
      capture.push(chunk);
      if (writer.pending) yield writer.take();
    }
    capture.end();
    aggregator.end();
    if (writer.pending) yield writer.take();
  },
};
