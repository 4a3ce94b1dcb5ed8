import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeTelnet, TelnetReader } from './telnet-stream.ts';

const read = (bytes: Uint8Array): unknown[] => {
  const reader = new TelnetReader();
  return [...bytes].flatMap((byte) => reader.feed(byte) ?? []);
};

describe('the telnet stream', () => {
  it('gives back all data that was escaped', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(read(escapeTelnet(bytes))).toEqual([...bytes].map((byte) => ({ kind: 'data', byte })));
      }),
    );
  });

  it('reads window sizes, options and commands among data', () => {
    expect(
      read(Uint8Array.of(65, 255, 251, 31, 255, 250, 31, 0, 255, 255, 0, 24, 255, 240, 255, 244, 66)),
    ).toEqual([
      { kind: 'data', byte: 65 },
      { kind: 'option', verb: 251, option: 31 },
      { kind: 'subnegotiation', option: 31, bytes: Uint8Array.of(0, 255, 0, 24) },
      { kind: 'command', command: 244 },
      { kind: 'data', byte: 66 },
    ]);
  });

  it('keeps a bounded part of an endless subnegotiation', () => {
    const items = read(Uint8Array.from([255, 250, 24, ...Array.from({ length: 5_000 }, () => 1), 255, 240]));
    expect(items).toHaveLength(1);
    expect(items[0]).toMatchObject({ bytes: { length: 512 } });
  });
});
