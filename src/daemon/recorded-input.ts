/** Recorded input by name: a file, or `-` for standard input, with what is to be known of it before it is read. */

import { createReadStream, type Stats, statSync } from 'node:fs';
import { basename } from 'node:path';
import process from 'node:process';
import { PicketError } from '../core/errors.ts';
import type { Reader } from '../core/reader.ts';
import { decompressed } from '../telemetry/compression.ts';
import { detectReader } from '../telemetry/detect-reader.ts';
import { readers } from '../telemetry/index.ts';

/** Bytes that the choice of a reader looks at. */
const sampleBytes = 65_536;
const chunkBytes = 262_144;

export interface RecordedInput {
  /** As the person named it. */
  readonly name: string;
  /** Bytes on disk, null where that is not known ahead (standard input, a pipe). */
  readonly size: number | null;
  /** Time near to which records without a year or time lie, milliseconds since the epoch: when the file was last written. */
  readonly near: number;
  /** The input itself, where it is in no file. */
  readonly text?: string;
}

/** Checks that the input is there. Throws PICKET_INPUT_UNREADABLE. `near` is given or taken from the file (now for standard input). */
export function recordedInput(name: string, near: number | null): RecordedInput {
  if (name === '-') return { name, size: null, near: near ?? Date.now() };
  let stats: Stats;
  try {
    stats = statSync(name);
  } catch (error) {
    throw unreadable(name, error);
  }
  if (stats.isDirectory()) {
    throw new PicketError('PICKET_INPUT_UNREADABLE', `${name} is a folder; name the files in it`);
  }
  return { name, size: stats.isFile() ? stats.size : null, near: near ?? stats.mtimeMs };
}

function unreadable(name: string, error: unknown): PicketError {
  if (error instanceof PicketError) {
    return new PicketError(error.code, `${shownName(name)}: ${error.message}`, { cause: error });
  }
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
  const why =
    code === 'ENOENT'
      ? 'is not there; check the name'
      : code === 'EACCES'
        ? 'may not be read by this user; change its mode or the user'
        : `can't be read (${code})`;
  return new PicketError('PICKET_INPUT_UNREADABLE', `${shownName(name)} ${why}`, { cause: error });
}

export interface OpenInput {
  /** Null where there is not one byte. */
  readonly reader: Reader | null;
  readonly bytes: AsyncIterable<Uint8Array>;
}

/**
 * Opens an input and finds its reader: the named one, or with `auto` the one that is surest of the content. `passed` is told
 * the bytes read so far, before decompression. Throws PICKET_INPUT_FORMAT where no reader knows the content.
 */
export async function openInput(
  input: RecordedInput,
  format: string,
  passed: (bytes: number) => void,
): Promise<OpenInput> {
  const parts = plainBytes(input, passed)[Symbol.asyncIterator]();
  const held: Uint8Array[] = [];
  let bytes = 0;
  let ended = false;
  let failure: PicketError | null = null;
  while (bytes < sampleBytes && !ended && failure === null) {
    try {
      const next = await parts.next();
      ended = next.done === true;
      if (next.done !== true) {
        held.push(next.value);
        bytes += next.value.length;
      }
    } catch (error) {
      // What came ahead of the damage is still read; the error follows it.
      failure = unreadable(input.name, error);
    }
  }
  if (failure !== null && bytes === 0) throw failure;
  const reader =
    bytes === 0
      ? null
      : format === 'auto'
        ? detectReader(Buffer.concat(held).subarray(0, sampleBytes), readers)
        : readerNamed(format);
  if (reader === null && bytes > 0) {
    await parts.return?.();
    throw new PicketError(
      'PICKET_INPUT_FORMAT',
      `${shownName(input.name)}: its content is of no known format; name one with --format: ${readers.map(({ name }) => name).join(', ')}`,
    );
  }
  return { reader, bytes: resumed(input.name, held, parts, failure) };
}

async function* resumed(
  name: string,
  held: readonly Uint8Array[],
  rest: AsyncIterator<Uint8Array>,
  failure: PicketError | null,
): AsyncIterable<Uint8Array> {
  yield* held;
  if (failure !== null) throw failure;
  try {
    for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
  } catch (error) {
    throw unreadable(name, error);
  }
}

async function* counted(
  input: AsyncIterable<Uint8Array>,
  passed: (bytes: number) => void,
): AsyncIterable<Uint8Array> {
  let bytes = 0;
  for await (const part of input) {
    bytes += part.length;
    passed(bytes);
    yield part;
  }
}

function plainBytes(input: RecordedInput, passed: (bytes: number) => void): AsyncIterable<Uint8Array> {
  if (input.text !== undefined) return counted(piecesOf(input.text), passed);
  const stream: AsyncIterable<Uint8Array> =
    input.name === '-' ? process.stdin : createReadStream(input.name, { highWaterMark: chunkBytes });
  return decompressed(counted(stream, passed));
}

async function* piecesOf(text: string): AsyncIterable<Uint8Array> {
  yield Buffer.from(text);
}

/** An input as a person knows it. */
export function shownName(name: string): string {
  return name === '-' ? 'standard input' : name;
}

/** The reader of this name, null for `auto`. Throws PICKET_INPUT_FORMAT where there is none. */
export function readerNamed(format: string): Reader | null {
  if (format === 'auto') return null;
  const reader = readers.find(({ name }) => name === format);
  if (reader === undefined) {
    throw new PicketError(
      'PICKET_INPUT_FORMAT',
      `--format ${format} is not known; one of: auto, ${readers.map(({ name }) => name).join(', ')}`,
    );
  }
  return reader;
}

/** What the input is called in `Seen.sensor`. */
export function sensorName(input: RecordedInput): string {
  return input.name === '-' ? 'stdin' : basename(input.name);
}
