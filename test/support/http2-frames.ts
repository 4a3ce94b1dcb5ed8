/** HTTP/2 by hand: what a client sends, frame by frame, and what a server's bytes say. */

import { Buffer } from 'node:buffer';
import { HpackDecoder } from '../../src/wire/hpack-decoder.ts';
import { encodeHuffman } from '../../src/wire/hpack-huffman.ts';
import { FrameReader } from '../../src/wire/http2-frame-reader.ts';
import { frame, frameFlag, frameType, headOctets, http2Preface } from '../../src/wire/http2-frame.ts';

/** A literal field that no table keeps. */
export const field = (name: string, value: string): Buffer =>
  Buffer.concat([
    Buffer.from([0, name.length]),
    Buffer.from(name, 'latin1'),
    value.length < 127
      ? Buffer.from([value.length])
      : Buffer.from([127, ((value.length - 127) % 128) | 128, (value.length - 127) >> 7]),
    Buffer.from(value, 'latin1'),
  ]);

export function fieldsOf(
  path: string,
  method = 'GET',
  more: readonly (readonly [string, string])[] = [],
): Buffer {
  const all = [
    [':method', method],
    [':scheme', 'http'],
    [':path', path],
    [':authority', 'a'],
    ...more,
  ] as const;
  return Buffer.concat(all.map(([name, value]) => field(name, value)));
}

/** Preface and SETTINGS. */
export const hello = (settings: Uint8Array = Buffer.alloc(0)): Buffer =>
  Buffer.concat([http2Preface, frame(frameType.settings, 0, 0, settings)]);

/** A request without a body, or the head of one that has. */
export const asking = (stream: number, block: Uint8Array, isEnd = true): Buffer =>
  frame(frameType.headers, frameFlag.endHeaders | (isEnd ? frameFlag.endStream : 0), stream, block);

export const huffmanField = (name: string, value: string): Buffer => {
  const code = encodeHuffman(value);
  return Buffer.concat([
    Buffer.from([0, name.length]),
    Buffer.from(name),
    Buffer.from([128 | code.length]),
    code,
  ]);
};

const names = new Map<number, string>(Object.entries(frameType).map(([name, type]) => [type, name]));

/** A line for each frame; header blocks decoded, dates and validators left out. */
export function frameLines(bytes: Uint8Array): string[] {
  const reader = new FrameReader();
  const decoder = new HpackDecoder({ table: 4_096, string: 65_536, list: 262_144, fields: 1_000 });
  const lines: string[] = [];
  let content: Buffer[] = [];
  for (const event of reader.push(bytes)) {
    const { type, flags, stream } = event.head;
    const start = `${names.get(type) ?? type} flags=${flags} stream=${stream}`;
    if (event.kind === 'head') {
      // GOAWAY is passed over by a server's reader.
      if (type === frameType.goAway) {
        const at = Buffer.from(bytes).lastIndexOf(Buffer.from([0, 0, 8, 7, 0, 0, 0, 0, 0]));
        lines.push(`${start} ${Buffer.from(bytes).toString('hex', at + headOctets, at + headOctets + 8)}`);
      }
      continue;
    }
    if (event.kind === 'whole') {
      lines.push(`${start} ${Buffer.from(event.payload).toString('hex')}`);
      continue;
    }
    content.push(Buffer.from(event.bytes));
    if (!event.isLast) continue;
    const whole = Buffer.concat(content);
    content = [];
    if (type === frameType.data) lines.push(`${start} ${whole.toString('latin1')}`);
    else {
      const fields = decoder.push(whole, (flags & frameFlag.endHeaders) !== 0);
      lines.push(
        `${start} ${JSON.stringify(
          typeof fields === 'string' || fields === null
            ? fields
            : fields.map(([name, value]) =>
                /^(?:date|last-modified|etag)$/.test(name) ? [name, '…'] : [name, value],
              ),
        )}`,
      );
    }
  }
  return lines;
}
