import { Buffer } from 'node:buffer';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { octets, uint32 } from '../wire/big-endian.ts';
import { readValues, SpopFrames, spopType, writeFrame, writeValues } from '../wire/spop-frame.ts';
import { text, writeValue } from '../wire/spop-value.ts';
import type { Ask } from './question.ts';
import { s3Error } from './s3-error.ts';
import { SpoeSession, type SpoeOutput } from './spoe-session.ts';

const answer: Ask = ({ source, uri }, reply) => {
  if (source === '') reply('misconfigured');
  else if (uri.startsWith('/open')) reply('pass');
  else reply(s3Error(uri.startsWith('/searched') ? 503 : 403, 'GET', new Uint8Array(65)));
};
const hello = (
  versions = '2.0',
  size = 16_380n,
  check = false,
  capabilities = 'pipelining,async',
): Uint8Array =>
  writeFrame({
    type: spopType.haproxyHello,
    flags: 1,
    stream: 0n,
    frame: 0n,
    payload: writeValues([
      ['supported-versions', { type: 'string', value: versions }],
      ['max-frame-size', { type: 'uint32', value: size }],
      ['capabilities', { type: 'string', value: capabilities }],
      ['healthcheck', { type: 'boolean', value: check }],
      ['engine-id', { type: 'string', value: 'D7B2' }],
    ]),
  });
const notify = (uri: string, frame = 1n, source: readonly number[] = [6, 203, 0, 113, 9]): Uint8Array =>
  writeFrame({
    type: spopType.notify,
    flags: 1,
    stream: 500n,
    frame,
    payload: octets(
      text('ask'),
      2,
      text('source'),
      ...source,
      text('uri'),
      writeValue({ type: 'string', value: uri }),
    ),
  });

interface Heard {
  /** Type, stream and number of a frame. */
  readonly frame: readonly [number, bigint, bigint];
  readonly payload: string;
}

function converse(...pieces: Uint8Array[]): { frames: Heard[]; isClosed: boolean } {
  const session = new SpoeSession(answer);
  const outputs: SpoeOutput[] = [];
  for (const piece of pieces) outputs.push(...session.receive(piece));
  const sent = octets(...outputs.flatMap((output) => (output.do === 'reply' ? [output.bytes] : [])));
  const frames = [...new SpopFrames(100_000).push(sent)].map(({ type, stream, frame, payload }): Heard => ({
    frame: [type, stream, frame],
    payload: Buffer.from(payload).toString('latin1'),
  }));
  return { frames, isClosed: outputs.some((output) => output.do === 'close') };
}

const faultOf = (...pieces: Uint8Array[]): unknown => {
  const { frames, isClosed } = converse(...pieces);
  const last = frames.at(-1);
  const values = readValues(Buffer.from(last?.payload ?? '', 'latin1'));
  return [last?.frame[0], isClosed, values?.get('status-code')];
};
const disconnected = (code: bigint): unknown => [102, true, { type: 'uint32', value: code }];

describe('a session with HAProxy', () => {
  it('greets, and agrees on the smaller frame and on what both can do', () => {
    const { frames, isClosed } = converse(hello());
    expect(isClosed).toBe(false);
    expect([...(readValues(Buffer.from(frames[0]?.payload ?? '', 'latin1')) ?? [])]).toEqual([
      ['version', { type: 'string', value: '2.0' }],
      ['max-frame-size', { type: 'uint32', value: 16_380n }],
      ['capabilities', { type: 'string', value: 'pipelining' }],
    ]);
    expect(converse(hello('2.0', 1_000_000n)).frames[0]?.payload).toContain(
      Buffer.from(writeValue({ type: 'uint32', value: 65_536n })).toString('latin1'),
    );
  });

  it('closes after the greeting of a health check', () => {
    expect(converse(hello('1.0, 2.0', 16_380n, true))).toMatchObject({
      isClosed: true,
      frames: [{ frame: [101, 0n, 0n] }],
    });
  });

  it('answers each question with its own stream and frame', () => {
    const { frames } = converse(hello(), notify('/open', 1n), notify('/x', 2n), notify('/searched', 300n));
    expect(frames.slice(1).map(({ frame }) => frame)).toEqual([
      [103, 500n, 1n],
      [103, 500n, 2n],
      [103, 500n, 300n],
    ]);
    const said = frames.slice(1).map(({ payload }) => /answer\x08.([a-z-]+)/.exec(payload)?.[1]);
    expect(said[0]).toBe('pass');
    expect(frames[2]?.payload).toContain('denied');
    expect(frames[2]?.payload).toContain('?><Error><Code>AccessDenied</Code>');
    expect(frames[3]?.payload).toContain('slow-down');
  });

  it('lets nobody pass where the question is another', () => {
    const other = writeFrame({ type: 3, flags: 1, stream: 1n, frame: 1n, payload: octets(text('other'), 0) });
    expect(converse(hello(), other).frames[1]?.payload).toContain('misconfigured');
    expect(converse(hello(), notify('/open', 1n, [0])).frames[1]?.payload).toContain('misconfigured');
  });

  it('says what is wrong with a greeting or a frame, and ends', () => {
    expect(faultOf(hello('1.0'))).toEqual(disconnected(8n));
    expect(faultOf(hello('2.0', 255n))).toEqual(disconnected(9n));
    const bare = (payload: Uint8Array, flags = 1, type = 1): Uint8Array =>
      writeFrame({ type, flags, stream: 0n, frame: 0n, payload });
    expect(faultOf(bare(new Uint8Array(0)))).toEqual(disconnected(5n));
    expect(faultOf(bare(Uint8Array.of(9)))).toEqual(disconnected(4n));
    expect(faultOf(bare(new Uint8Array(0), 0))).toEqual(disconnected(10n));
    expect(faultOf(notify('/open'))).toEqual(disconnected(4n));
    expect(faultOf(hello(), hello())).toEqual(disconnected(4n));
    expect(faultOf(hello(), bare(Uint8Array.of(9), 1, 3))).toEqual(disconnected(4n));
    expect(faultOf(octets(uint32(65_537)))).toEqual(disconnected(3n));
    expect(faultOf(hello(), bare(new Uint8Array(0), 1, 2), notify('/open'))).toEqual(disconnected(0n));
  });

  it('passes over frames of a type that is not known', () => {
    const unknown = writeFrame({ type: 77, flags: 1, stream: 0n, frame: 0n, payload: new Uint8Array(3) });
    expect(converse(hello(), unknown, notify('/open')).frames).toHaveLength(2);
  });

  it('says the same for any split of any bytes', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc
        .array(
          fc.constantFrom(hello(), notify('/open'), notify('/x'), Uint8Array.of(0, 0, 0, 9), uint32(70_000)),
          { maxLength: 6 },
        )
        .map((parts) => octets(...parts)),
    );
    fc.assert(
      fc.property(bytes, fc.nat(400), (all, at) => {
        expect(converse(all.subarray(0, at), all.subarray(at))).toEqual(converse(all));
      }),
    );
  });
});
