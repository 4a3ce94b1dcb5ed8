import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PicketError } from '../core/errors.ts';
import { encodeFrame, FrameReader } from './frame.ts';

/** The values read from these pieces, and the code of the error that ended it. */
function read(pieces: readonly Uint8Array[], maximum?: number): { values: unknown[]; code: string | null } {
  const reader = new FrameReader(maximum);
  const values: unknown[] = [];
  try {
    for (const piece of pieces) values.push(...reader.push(piece));
    return { values, code: null };
  } catch (error) {
    if (!(error instanceof PicketError)) throw error;
    return { values, code: error.code };
  }
}

function split(bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const places = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort(
    (left, right) => left - right,
  );
  return [0, ...places].map((from, index) => bytes.subarray(from, places[index] ?? bytes.length));
}

describe('frames', () => {
  it('come out the same for any split of the bytes', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue(), { maxLength: 6 }), fc.array(fc.nat(5000)), (sent, cuts) => {
        const texts = sent.map((value) => JSON.stringify(value)).filter((text) => text.length > 0);
        const bytes = Buffer.concat(texts.map((text) => encodeFrame(text)));
        expect(read(split(bytes, cuts))).toEqual({
          values: texts.map((text) => JSON.parse(text) as unknown),
          code: null,
        });
      }),
    );
  });

  it('wait for the rest of one that is cut off', () => {
    const frame = encodeFrame('{"a":1}');
    for (let length = 0; length < frame.length; length += 1) {
      expect(read([frame.subarray(0, length)])).toEqual({ values: [], code: null });
    }
  });

  it('end with a named error on random bytes, and never otherwise', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 64 }), { maxLength: 8 }), (pieces) => {
        expect([null, 'PICKET_FRAME_INVALID']).toContain(read(pieces, 1024).code);
      }),
    );
  });

  it('are refused when too large, of another version, or no JSON', () => {
    const other = encodeFrame('{}');
    other[4] = 2;
    expect(read([encodeFrame('"12345678"')], 8).code).toBe('PICKET_FRAME_INVALID');
    expect(read([other]).code).toBe('PICKET_FRAME_INVALID');
    expect(read([encodeFrame('{')]).code).toBe('PICKET_FRAME_INVALID');
    expect(read([Uint8Array.of(255, 255, 255, 255)]).code).toBe('PICKET_FRAME_INVALID');
  });
});
