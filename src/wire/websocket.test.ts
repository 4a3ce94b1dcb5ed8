import { Buffer } from 'node:buffer';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { acceptanceOf, webSocketFrame, WebSocketReader } from './websocket.ts';

const masked = (opcode: number, payload: Uint8Array, mask = [1, 2, 3, 4]): Uint8Array => {
  const frame = Buffer.from(webSocketFrame(2, payload));
  const head = frame.length - payload.length;
  frame[0] = opcode | 0x80;
  frame[1] = (frame[1] ?? 0) | 0x80;
  const body = payload.map((byte, index) => byte ^ (mask[index & 3] ?? 0));
  return Buffer.concat([frame.subarray(0, head), Buffer.from(mask), body]);
};

it('answers the handshake of RFC 6455 §1.3', () => {
  expect(acceptanceOf('dGhlIHNhbXBsZSBub25jZQ==')).toBe('s3pPLMBiTxaQ9kYGzzhZRbK+xOo=');
});

it('reads the frames of RFC 6455 §5.7 and its own of any length', () => {
  const hello = Buffer.from('818537fa213d7f9f4d5158', 'hex');
  expect([...new WebSocketReader().push(hello)]).toEqual([
    { kind: 'message', bytes: Uint8Array.from(Buffer.from('Hello')) },
  ]);
  for (const length of [0, 125, 126, 65_535, 65_536]) {
    const bytes = new Uint8Array(length).fill(7);
    expect([...new WebSocketReader().push(masked(2, bytes))]).toEqual([{ kind: 'message', bytes }]);
  }
  expect([...new WebSocketReader().push(Buffer.from('8105', 'hex'))]).toEqual([{ kind: 'bad' }]);
});

it('gives the same for any split of any bytes', () => {
  const part = fc.oneof(
    fc.uint8Array({ maxLength: 20 }),
    fc
      .tuple(fc.constantFrom(0x1, 0x2, 0x8, 0x9, 0xa), fc.uint8Array({ maxLength: 200 }))
      .map(([opcode, bytes]) => masked(opcode, bytes)),
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 5 }), fc.nat(600), (parts, at) => {
      const whole = Buffer.concat(parts);
      const reader = new WebSocketReader();
      const split = [...reader.push(whole.subarray(0, at)), ...reader.push(whole.subarray(at))];
      expect(split).toEqual([...new WebSocketReader().push(whole)]);
    }),
    { numRuns: 200 },
  );
});
