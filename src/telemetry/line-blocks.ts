/** Cuts a stream of bytes into blocks of whole lines, each line of bounded length. */

/** A line longer than this is damaged: no format that is read here needs one, and memory stays bounded. */
export const longestLine = 65_536;

export interface LineBlock {
  /** Whole lines, each ended by a line feed (one is added to the last line of the input where it lacks it). */
  readonly bytes: Buffer;
  /** Lines longer than the longest allowed that came ahead of this block's lines, and were passed over. */
  readonly overlong: number;
}

const lineFeed = 10;

/** Blocks of whole lines. A chunk of any size may come; the outcome does not depend on where the chunks are cut. */
export async function* lineBlocks(
  input: AsyncIterable<Uint8Array>,
  longest: number = longestLine,
): AsyncIterable<LineBlock> {
  let carry: Buffer[] = [];
  let carried = 0;
  let skipping = false;
  let overlong = 0;
  for await (const chunk of input) {
    let bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    if (skipping) {
      const end = bytes.indexOf(lineFeed);
      if (end < 0) continue;
      skipping = false;
      bytes = bytes.subarray(end + 1);
    }
    const last = bytes.lastIndexOf(lineFeed);
    if (last < 0) {
      carry.push(Buffer.from(bytes));
      carried += bytes.length;
    } else {
      const whole = bytes.subarray(0, last + 1);
      yield { bytes: carried === 0 ? whole : Buffer.concat([...carry, whole]), overlong };
      overlong = 0;
      // A copy: the chunk's memory belongs to whoever made it, and may be used again.
      carry = [Buffer.from(bytes.subarray(last + 1))];
      carried = bytes.length - last - 1;
    }
    if (carried > longest) {
      carry = [];
      carried = 0;
      skipping = true;
      overlong += 1;
    }
  }
  if (carried > 0) yield { bytes: Buffer.concat([...carry, Buffer.from('\n')]), overlong };
  else if (overlong > 0) yield { bytes: Buffer.alloc(0), overlong };
}
