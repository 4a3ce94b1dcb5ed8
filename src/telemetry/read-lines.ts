/** The frame of every reader of text lines: blocks in, one batch a block out. */

import type { ReadBatch, ReadContext } from '../core/reader.ts';
import { BatchWriter } from './batch-writer.ts';
import { lineBlocks, longestLine } from './line-blocks.ts';

/** Reads one line (without its end, never blank) and calls `record` or `damaged` of the writer exactly once, or neither for a header. */
export type ReadLine = (line: string, number: number, writer: BatchWriter) => void;

const isBlank = (line: string): boolean => line.trim() === '';

/** Reads UTF-8 lines with a parser of one line. */
export async function* readLines(
  input: AsyncIterable<Uint8Array>,
  context: ReadContext,
  readLine: ReadLine,
  longest: number = longestLine,
): AsyncIterable<ReadBatch> {
  const writer = new BatchWriter(context);
  let number = 0;
  for await (const block of lineBlocks(input, longest)) {
    for (let index = 0; index < block.overlong; index += 1) {
      number += 1;
      writer.damaged(number, '', `longer than ${longest} bytes`);
    }
    const bytes = block.bytes;
    let start = 0;
    while (start < bytes.length) {
      const feed = bytes.indexOf(10, start);
      const end = feed > start && bytes[feed - 1] === 13 ? feed - 1 : feed;
      number += 1;
      if (end - start > longest) writer.damaged(number, '', `longer than ${longest} bytes`);
      else if (end > start) {
        // A string of its own for each line: what is kept of it holds no more than the line in memory.
        const line = bytes.toString('utf8', start, end);
        if (!isBlank(line)) readLine(line, number, writer);
      }
      start = feed + 1;
    }
    if (writer.pending) yield writer.take();
  }
}

/** The share of a sample's lines (all but the last, which may be cut off) that a test holds of; 0 where there are none. */
export function shareOfLines(sample: Uint8Array, holds: (line: string) => boolean, maximum = 50): number {
  const text = Buffer.from(sample.buffer, sample.byteOffset, Math.min(sample.length, longestLine)).toString(
    'utf8',
  );
  const lines = text.split('\n');
  if (lines.length > 1 && (sample.length >= longestLine || lines.at(-1) === '')) lines.pop();
  const used = lines.filter((line) => !isBlank(line)).slice(0, maximum);
  return used.length === 0 ? 0 : used.filter((line) => holds(line)).length / used.length;
}
