/** What every target of the wire formats has in common. */

import { isDeepStrictEqual } from 'node:util';
import { PicketError } from '../../src/core/errors.ts';
import { cutByContent, Finding, usualMilliseconds, type Target } from './target.ts';

/** Names for what was read: the shape of a value, not its content. */
function shapeOf(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (typeof value === 'string') return value.length <= 24 && /^[a-z-]+$/.test(value) ? value : 'text';
  if (typeof value !== 'object') return typeof value;
  const kind: unknown = Reflect.get(value, 'kind') ?? Reflect.get(value, 'type');
  return typeof kind === 'string' || typeof kind === 'number' ? `kind ${kind}` : value.constructor.name;
}

const copied = (value: unknown): unknown => (value instanceof Uint8Array ? Buffer.from(value) : value);

/** A reader may lend its memory for the time of a call. */
function copyOf(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return copied(value);
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, copied(part)]));
}

/** A format whose values stand alone: `read` gives what it found, as often as it likes. */
export function messageTarget(
  file: string,
  borrows: readonly string[],
  read: (bytes: Buffer) => Iterable<unknown>,
): Target {
  return {
    name: `wire-${file}`,
    borrows,
    milliseconds: usualMilliseconds,
    run: (input) => new Set(Array.from(read(Buffer.from(input)), shapeOf)),
  };
}

/** A format of a stream: `open` gives a fresh reader, which is given the bytes in one piece and in several. */
export function streamTarget(
  file: string,
  borrows: readonly string[],
  open: () => (bytes: Uint8Array) => Iterable<unknown>,
): Target {
  const readAll = (pieces: readonly Uint8Array[]): unknown[] => {
    const push = open();
    return pieces.flatMap((piece) => Array.from(push(piece), copyOf));
  };
  return {
    name: `wire-${file}`,
    borrows,
    milliseconds: usualMilliseconds,
    run(input) {
      const whole = readAll([Uint8Array.from(input)]);
      const split = readAll(cutByContent(Uint8Array.from(input)));
      const at = whole.findIndex((value, index) => !isDeepStrictEqual(value, split[index]));
      if (at >= 0 || whole.length !== split.length) {
        throw new Finding(
          `a split of the bytes changes value ${at < 0 ? whole.length : at} of ${whole.length}`,
        );
      }
      return new Set(whole.map(shapeOf));
    },
  };
}

/** The one error that a codec may throw by contract. */
export function unlessViolated<Value>(read: () => Value): Value | null {
  try {
    return read();
  } catch (error) {
    if (error instanceof PicketError && error.code === 'PICKET_PROTOCOL_VIOLATION') return null;
    throw error;
  }
}
