import { Buffer } from 'node:buffer';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { octets, uint32 } from './big-endian.ts';
import { ByteCursor } from './byte-cursor.ts';
import { readMessages, readValues, SpopFrames, writeFrame, writeValues } from './spop-frame.ts';
import { readValue, readVarint, text, varint } from './spop-value.ts';

/** The bounds that doc/SPOE.txt draws, with the octets on both sides of each. */
it.each([
  [0, '00'],
  [239, 'ef'],
  [240, 'f000'],
  [2_287, 'ff7f'],
  [2_288, 'f08000'],
  [264_431, 'ffff7f'],
  [264_432, 'f0808000'],
  [33_818_863, 'ffffff7f'],
])('writes and reads the number %d as %s', (number, hex) => {
  expect(Buffer.from(varint(number)).toString('hex')).toBe(hex);
  expect(readVarint(new ByteCursor(Buffer.from(hex, 'hex')))).toBe(BigInt(number));
});

it('reads every number of 64 bits that it writes', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), (number) => {
      const cursor = new ByteCursor(varint(number));
      expect([readVarint(cursor), cursor.left, cursor.failed]).toEqual([number, 0, false]);
    }),
  );
  const endless = new ByteCursor(new Uint8Array(32).fill(0xff));
  readVarint(endless);
  expect(endless.failed).toBe(true);
});

it('reads addresses, truth and text', () => {
  const value = (hex: string): unknown => readValue(new ByteCursor(Buffer.from(hex, 'hex')));
  expect(value('06cb007109')).toEqual({ type: 'address', value: '203.0.113.9' });
  expect(value('0720010db8000000000000000000000001')).toEqual({ type: 'address', value: '2001:db8::1' });
  expect(value('0700000000000000000000ffffcb007109')).toEqual({ type: 'address', value: '203.0.113.9' });
  expect(value('11')).toEqual({ type: 'boolean', value: true });
  expect(value('0803616263')).toEqual({ type: 'string', value: 'abc' });
});

it('reads the messages of a NOTIFY', () => {
  const payload = octets(text('ask'), 2, text('source'), 6, 203, 0, 113, 9, text('uri'), 8, text('/a?b'));
  const [message] = readMessages(payload) ?? [];
  expect([message?.name, ...(message?.values ?? [])]).toEqual([
    'ask',
    ['source', { type: 'address', value: '203.0.113.9' }],
    ['uri', { type: 'string', value: '/a?b' }],
  ]);
});

const anyFrame = fc.record({
  type: fc.integer({ min: 0, max: 255 }),
  flags: fc.integer({ min: 0, max: 0xff_ff_ff_ff }),
  stream: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  frame: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  payload: fc.uint8Array({ maxLength: 64 }),
});

it('gives back the frames that were written, at any split', () => {
  fc.assert(
    fc.property(fc.array(anyFrame, { maxLength: 5 }), fc.nat(512), (frames, at) => {
      const bytes = octets(...frames.map(writeFrame));
      const reader = new SpopFrames(4_096);
      expect([...reader.push(bytes.subarray(0, at)), ...reader.push(bytes.subarray(at))]).toEqual(frames);
      expect(reader.fault).toBeNull();
    }),
  );
});

it('stops at a frame that is too large, and at one that has no head', () => {
  const large = new SpopFrames(100);
  expect([...large.push(uint32(101)), ...large.push(new Uint8Array(500))]).toEqual([]);
  expect(large.fault).toBe('too large');
  const short = new SpopFrames(100);
  expect([...short.push(octets(uint32(2), 1, 0))]).toEqual([]);
  expect(short.fault).toBe('invalid');
});

it('gives back the values that were written', () => {
  const written = writeValues([
    ['version', { type: 'string', value: '2.0' }],
    ['max-frame-size', { type: 'uint32', value: 16_380n }],
    ['healthcheck', { type: 'boolean', value: true }],
    ['nothing', { type: 'null' }],
    ['octets', { type: 'binary', value: Uint8Array.of(0, 255) }],
  ]);
  expect([...(readValues(written) ?? [])]).toEqual([
    ['version', { type: 'string', value: '2.0' }],
    ['max-frame-size', { type: 'uint32', value: 16_380n }],
    ['healthcheck', { type: 'boolean', value: true }],
    ['nothing', { type: 'null' }],
    ['octets', { type: 'binary', value: Uint8Array.of(0, 255) }],
  ]);
});

it('takes any bytes for a payload', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      expect(
        [readValues(bytes)?.size ?? 0, readMessages(bytes)?.length ?? 0].every((count) => count <= 64),
      ).toBe(true);
    }),
  );
});
