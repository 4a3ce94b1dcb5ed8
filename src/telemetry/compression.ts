/** Takes compression off recorded input, recognised by its first bytes and never by the file's name. */

import { Readable } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { PicketError } from '../core/errors.ts';

export type Compression = 'none' | 'gzip' | 'zstd';

/** `1f 8b`: gzip (RFC 1952 §2.3.1). `28 b5 2f fd`: Zstandard (RFC 8878 §3.1.1). */
export function compressionOf(sample: Uint8Array): Compression {
  if (sample[0] === 0x1f && sample[1] === 0x8b) return 'gzip';
  if (sample[0] === 0x28 && sample[1] === 0xb5 && sample[2] === 0x2f && sample[3] === 0xfd) return 'zstd';
  return 'none';
}

async function* startingWith(
  held: readonly Uint8Array[],
  rest: AsyncIterator<Uint8Array>,
): AsyncIterable<Uint8Array> {
  yield* held;
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
}

/**
 * What a stream holds, also where it failed meanwhile: its own iterator throws away what waits to be read, so that how much comes ahead of
 * damage would depend on how fast it is taken.
 */
async function* piecesOf(stream: Readable): AsyncIterable<Uint8Array> {
  let ended = false;
  let failure: Error | null = null;
  let wake = (): void => {};
  stream.on('readable', () => wake());
  for (const event of ['end', 'close'])
    stream.on(event, () => {
      ended = true;
      wake();
    });
  stream.on('error', (error: Error) => {
    failure = error;
    wake();
  });
  for (;;) {
    const piece: Uint8Array | null = stream.read();
    if (piece !== null) yield piece;
    else if (failure !== null) throw failure;
    else if (ended) return;
    else
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
  }
}

/**
 * The input without its compression, as a stream in constant memory. What was read ahead of damage is yielded first; then a
 * `PICKET_INPUT_UNREADABLE` error says what is wrong.
 */
export async function* decompressed(input: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  const rest = input[Symbol.asyncIterator]();
  const held: Uint8Array[] = [];
  let bytes = 0;
  while (bytes < 4) {
    const next = await rest.next();
    if (next.done === true) break;
    held.push(next.value);
    bytes += next.value.length;
  }
  const compression = compressionOf(Buffer.concat(held.map((part) => part.subarray(0, 4))));
  const whole = startingWith(held, rest);
  if (compression === 'none') {
    yield* whole;
    return;
  }
  const source = Readable.from(whole, { objectMode: false });
  const inflate = compression === 'gzip' ? createGunzip() : createZstdDecompress();
  source.on('error', (error) => inflate.destroy(error));
  try {
    yield* piecesOf(source.pipe(inflate));
  } catch (error) {
    throw new PicketError(
      'PICKET_INPUT_UNREADABLE',
      `the ${compression} data is damaged or cut off (${error instanceof Error ? error.message : String(error)}); copy the file again`,
      { cause: error },
    );
  } finally {
    source.destroy();
    inflate.destroy();
  }
}
