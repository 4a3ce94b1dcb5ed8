import { Buffer } from 'node:buffer';
import { constants, deflateSync, inflateSync } from 'node:zlib';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { spdyDictionary, type SpdyEvent, SpdyReader, SpdyWriter } from './spdy-frame.ts';

/** What a client sends to open a stream of this type. */
function open(stream: number, type: string): Buffer {
  const text = (value: string): Buffer => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(value.length);
    return Buffer.concat([length, Buffer.from(value)]);
  };
  const block = deflateSync(Buffer.concat([Buffer.from([0, 0, 0, 1]), text('Streamtype'), text(type)]), {
    dictionary: spdyDictionary,
    finishFlush: constants.Z_SYNC_FLUSH,
  });
  const head = Buffer.from([0x80, 3, 0, 1, 0, 0, 0, 10 + block.length, 0, 0, 0, stream, 0, 0, 0, 0, 0, 0]);
  return Buffer.concat([head, block]);
}

const read = (...pieces: readonly Uint8Array[]): SpdyEvent[] => {
  const reader = new SpdyReader();
  return pieces.flatMap((piece) => Array.from(reader.push(piece)));
};

describe('SPDY frames', () => {
  it('have the dictionary of the draft, by its checksum', () => {
    let [low, high] = [1, 0];
    for (const octet of spdyDictionary) {
      low = (low + octet) % 65_521;
      high = (high + low) % 65_521;
    }
    expect((high * 65_536 + low).toString(16)).toBe('e3c6a7c2');
  });

  it('are read: a stream opens, says something and ends', () => {
    const writer = new SpdyWriter();
    expect(
      read(open(1, 'error'), writer.data(1, Buffer.from('hello')), writer.data(1, new Uint8Array(0), true)),
    ).toEqual([
      { kind: 'open', stream: 1, headers: new Map([['streamtype', 'error']]), isLast: false },
      { kind: 'data', stream: 1, bytes: new Uint8Array(Buffer.from('hello')), isLast: false },
      { kind: 'data', stream: 1, bytes: new Uint8Array(0), isLast: true },
    ]);
  });

  it('answer with header blocks that are one zlib stream', () => {
    const writer = new SpdyWriter();
    const blocks = [1, 3, 5].map((stream) => writer.reply(stream).subarray(12));
    const plain = inflateSync(Buffer.concat(blocks), {
      dictionary: spdyDictionary,
      finishFlush: constants.Z_SYNC_FLUSH,
    });
    expect(plain).toEqual(Buffer.alloc(12));
  });

  it('end the conversation where they are none', () => {
    expect(read(Buffer.from([0, 0, 0, 1, 0, 0xff, 0xff, 0xff]))).toEqual([{ kind: 'over' }]);
    expect(read(Buffer.concat([Buffer.from('8003000100000014', 'hex'), Buffer.alloc(20, 9)]))).toEqual([
      { kind: 'over' },
    ]);
  });

  it('end where a client opens streams without end, each of which would unpack all header blocks again', () => {
    const opening = Buffer.from('800300010000000a00000001000000010000', 'hex');
    const events = read(Buffer.concat([open(1, 'stdin'), ...Array.from({ length: 3000 }, () => opening)]));
    expect(events.length).toBeLessThan(100);
    expect(events.at(-1)).toEqual({ kind: 'over' });
  });

  it('say the same for any split of any bytes', () => {
    const writer = new SpdyWriter();
    const pieces = [open(1, 'stdin'), writer.data(1, Buffer.from('id\n')), writer.ping(Buffer.alloc(4, 7))];
    const whole = fc.oneof(
      fc.shuffledSubarray(pieces).map((chosen) => Buffer.concat(chosen)),
      fc.uint8Array({ maxLength: 64 }).map((bytes) => Buffer.concat([...pieces, bytes])),
    );
    fc.assert(
      fc.property(whole, fc.nat(), (bytes, seed) => {
        const at = bytes.length === 0 ? 0 : seed % bytes.length;
        expect(read(bytes.subarray(0, at), bytes.subarray(at))).toEqual(read(bytes));
      }),
      { numRuns: 100 },
    );
  });
});
