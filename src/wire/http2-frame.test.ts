import { Buffer } from 'node:buffer';
import { array, assert, nat, oneof, property, tuple, uint8Array } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Http2Fingerprint } from './http2-fingerprint.ts';
import { FrameReader } from './http2-frame-reader.ts';
import {
  frame,
  frameFlag,
  frameType,
  goAwayFrame,
  headersFrames,
  http2Error,
  readSettings,
  settingsFrame,
  windowUpdateFrame,
} from './http2-frame.ts';

/** What frames say, pieces put together: that is what must not depend on how the bytes came. */
function read(...chunks: Uint8Array[]): unknown[] {
  const reader = new FrameReader();
  const seen: unknown[] = [];
  let content = '';
  for (const chunk of chunks)
    for (const event of reader.push(chunk)) {
      if (event.kind === 'head') seen.push(['head', event.head]);
      else if (event.kind === 'whole') seen.push(['whole', Buffer.from(event.payload).toString('hex')]);
      else {
        content += Buffer.from(event.bytes).toString('hex');
        if (event.isLast) {
          seen.push(['content', content]);
          content = '';
        }
      }
    }
  if (content !== '') seen.push(['unfinished', content]);
  return seen;
}

describe('frames of HTTP/2', () => {
  it('are read as they are written', () => {
    const settings = settingsFrame([[3, 128]]);
    expect(settings.toString('hex')).toBe('000006040000000000000300000080');
    expect(readSettings(settings.subarray(9))).toEqual([[3, 128]]);
    expect(goAwayFrame(5, http2Error.enhanceYourCalm).toString('hex')).toBe(
      '000008070000000000000000050000000b',
    );
    expect(read(windowUpdateFrame(7, 0x1_0000))).toMatchObject([
      ['head', { length: 4, type: frameType.windowUpdate, stream: 7 }],
      ['whole', '00010000'],
    ]);
  });

  it('lose padding and priority, and tell where these do not fit', () => {
    const flags = frameFlag.padded | frameFlag.priority | frameFlag.endHeaders;
    const padded = frame(
      frameType.headers,
      flags,
      1,
      Buffer.from('02 80000003 c8 828486 0000'.replaceAll(' ', ''), 'hex'),
    );
    expect(read(padded)).toMatchObject([
      ['head', { priority: { exclusive: true, dependsOn: 3, weight: 201 }, contentLength: 3 }],
      ['content', '828486'],
    ]);
    const wrong = frame(frameType.data, frameFlag.padded, 1, Buffer.from([9, 1, 2]));
    expect(read(wrong)).toMatchObject([['head', { contentLength: -7 }]]);
    expect(read(frame(frameType.headers, flags, 1, Buffer.from([1])))).toMatchObject([
      ['head', { contentLength: -1 }],
    ]);
  });

  it('go on in CONTINUATION where the receiver takes no more at once', () => {
    const frames = read(headersFrames(3, Buffer.alloc(25, 1), true, 10));
    expect(frames.filter((each) => Array.isArray(each) && each[0] === 'head')).toMatchObject([
      ['head', { type: frameType.headers, flags: frameFlag.endStream, length: 10 }],
      ['head', { type: frameType.continuation, flags: 0, length: 10 }],
      ['head', { type: frameType.continuation, flags: frameFlag.endHeaders, length: 5 }],
    ]);
  });

  it('are the same for any split of any bytes, and nothing long is held', () => {
    const some = tuple(nat(12), nat(255), nat(9), uint8Array({ maxLength: 60 })).map(
      ([type, flags, stream, payload]) => frame(type, flags, stream, payload),
    );
    const bytes = oneof(
      array(some, { maxLength: 6 }).map((frames) => Buffer.concat(frames)),
      uint8Array({ maxLength: 200 }),
    );
    assert(
      property(bytes, nat(30), (all, size) => {
        const chunks: Uint8Array[] = [];
        for (let at = 0; at < all.length; at += size + 1) chunks.push(all.subarray(at, at + size + 1));
        expect(read(...chunks)).toEqual(read(all));
      }),
    );
    const reader = new FrameReader();
    const long = frame(frameType.data, 0, 1, Buffer.alloc(100_000));
    for (let at = 0; at < long.length; at += 1_000) {
      for (const event of reader.push(long.subarray(at, at + 1_000))) expect(event.kind).not.toBe('whole');
      expect(reader.held).toBe(0);
    }
  });
});

describe('the fingerprint of a client’s beginning', () => {
  it('is written as Akamai writes it', () => {
    const chrome = new Http2Fingerprint();
    chrome.settings([
      [1, 65_536],
      [3, 1_000],
      [4, 6_291_456],
      [6, 262_144],
    ]);
    chrome.windowUpdate(15_663_105);
    const fields = [':method', ':authority', ':scheme', ':path', 'accept'].map((name) => [name, ''] as const);
    expect(chrome.take(fields)).toBe('1:65536;3:1000;4:6291456;6:262144|15663105|0|m,a,s,p');
    expect(chrome.take(fields)).toBeNull();
  });

  it('has its words for what did not come', () => {
    const bare = new Http2Fingerprint();
    bare.priority(3, { exclusive: false, dependsOn: 0, weight: 201 });
    bare.priority(5, { exclusive: true, dependsOn: 3, weight: 1 });
    expect(bare.take([])).toBe('|00|3:0:0:201,5:1:3:1|');
  });
});
