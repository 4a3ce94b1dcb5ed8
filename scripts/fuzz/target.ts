/** What is fuzzed: hostile bytes in, what came of them out. */

/** A promise that does not hold: the message says which. Whatever else a run throws is a finding too. */
export class Finding extends Error {}

export interface Target {
  /** Also the name of its folder of the corpus, such as `decoy-redis-tcp`. */
  readonly name: string;
  /** Other targets whose corpus it begins with beside its own. */
  readonly borrows: readonly string[];
  /** Milliseconds of processor time that one input may take. */
  readonly milliseconds: number;
  /** Runs one input. Gives the names of what was seen to come of it; throws where a promise is broken. */
  run(input: Uint8Array): Iterable<string> | Promise<Iterable<string>>;
}

export const usualMilliseconds = 2_000;

/** Bytes cut in places that they choose themselves, so that an input alone says what happens. */
export function cutByContent(bytes: Uint8Array): Uint8Array[] {
  let hash = 0x811c9dc5;
  for (const byte of bytes.subarray(0, 4_096)) hash = Math.imul(hash ^ byte, 0x01000193);
  const pieces: Uint8Array[] = [];
  // One in four goes byte by byte, where that does not take for ever.
  const largest = (hash & 3) === 0 && bytes.length <= 2_048 ? 1 : Math.max(2, bytes.length >>> 1);
  for (let start = 0; start < bytes.length;) {
    hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
    const length = 1 + ((hash >>> 8) % largest);
    pieces.push(bytes.subarray(start, start + length));
    start += length;
  }
  return pieces;
}

/** Datagrams in one input: uint16 length, octets; the last may be cut short. */
export function datagramsOf(input: Uint8Array): Uint8Array[] {
  const datagrams: Uint8Array[] = [];
  for (let at = 0; at + 2 <= input.length && datagrams.length < 64;) {
    const length = ((input[at] ?? 0) << 8) | (input[at + 1] ?? 0);
    datagrams.push(input.subarray(at + 2, at + 2 + length));
    at += 2 + length;
  }
  return datagrams;
}
