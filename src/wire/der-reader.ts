/** Reads values of DER or BER with definite lengths (X.690 §8.1), one after another; what ends too early is null. */

export interface DerValue {
  /** The identifier octet. */
  readonly tag: number;
  readonly contents: Uint8Array;
  /** Where the next value begins. */
  readonly end: number;
}

/** Octets of the value that begins at the start: null where its length is not there yet, -1 where it has none that is definite and below 2^24. */
export function derLength(bytes: Uint8Array): number | null {
  const first = bytes[1];
  if (first === undefined) return null;
  if (first < 0x80) return 2 + first;
  const count = first & 0x7f;
  if (count === 0 || count > 3) return -1;
  if (bytes.length < 2 + count) return null;
  let length = 0;
  for (let index = 0; index < count; index += 1) length = length * 256 + (bytes[2 + index] ?? 0);
  return 2 + count + length;
}

export function readDer(bytes: Uint8Array, offset = 0): DerValue | null {
  const rest = bytes.subarray(offset);
  const length = derLength(rest);
  const tag = rest[0];
  if (length === null || length < 0 || tag === undefined || length > rest.length) return null;
  const first = rest[1] ?? 0;
  const start = first < 0x80 ? 2 : 2 + (first & 0x7f);
  return { tag, contents: rest.subarray(start, length), end: offset + length };
}

/** The values within a constructed one, as far as they can be read; no more than `most`. */
export function derChildren(contents: Uint8Array, most = 32): DerValue[] {
  const children: DerValue[] = [];
  for (let offset = 0; offset < contents.length && children.length < most;) {
    const child = readDer(contents, offset);
    if (child === null) break;
    children.push(child);
    offset = child.end;
  }
  return children;
}
