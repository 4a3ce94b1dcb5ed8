import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  ethernetFrame,
  ipPacket,
  pcapngOf,
  pcapOf,
  type MadePacket,
} from '../../test/support/capture-frames.ts';
import { octets, uint16, uint32 } from './big-endian.ts';
import { CaptureReader, isCapture } from './capture-file.ts';
import { FlowRecord } from './flow-record.ts';
import { readFrame } from './packet-header.ts';

const packet: MadePacket = {
  at: 1_700_000_000_123,
  source: [203, 0, 113, 9],
  destination: [198, 51, 100, 1],
  protocol: 6,
  sourcePort: 40_000,
  destinationPort: 443,
  flags: 0x29,
};
const six: MadePacket = {
  ...packet,
  source: [0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9],
  destination: [0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1],
};
const frames = [packet, six, { ...packet, protocol: 17, tags: [5, 6] }].map((made) => ({
  at: made.at,
  bytes: ethernetFrame(made),
}));

function outputs(...pieces: readonly Uint8Array[]): unknown[] {
  const seen: unknown[] = [];
  const reader = new CaptureReader({
    packet: ({ bytes, linkType, at, length }) =>
      seen.push([Buffer.from(bytes).toString('hex'), linkType, at, length]),
    damaged: (why) => seen.push(why),
  });
  for (const piece of pieces) reader.push(piece);
  reader.end();
  return seen;
}

const expected = frames.map(({ at, bytes }) => [Buffer.from(bytes).toString('hex'), 1, at, bytes.length]);

it('reads pcap and pcapng, in either byte order', () => {
  expect(outputs(pcapOf(frames))).toEqual(expected);
  expect(outputs(pcapngOf(frames))).toEqual(expected);
  expect([
    isCapture(pcapOf(frames)),
    isCapture(pcapngOf(frames)),
    isCapture(Buffer.from('#fields text')),
  ]).toEqual([true, true, false]);
});

it('gives the same for any split, and an outcome for any bytes', () => {
  const files = fc.constantFrom(pcapOf(frames), pcapngOf(frames));
  fc.assert(
    fc.property(files, fc.nat(500), fc.nat(500), fc.nat(255), fc.nat(500), (file, cut, at, value, split) => {
      const bytes = Uint8Array.from(file.subarray(0, cut));
      if (at < bytes.length) bytes[at] = value;
      expect(outputs(bytes.subarray(0, split), bytes.subarray(split))).toEqual(outputs(bytes));
      expect(outputs(...Array.from(bytes, (byte) => Uint8Array.of(byte)))).toEqual(outputs(bytes));
    }),
    { numRuns: 150 },
  );
});

it('holds no packet that is longer than any can be', () => {
  const huge = Uint8Array.from(pcapOf(frames));
  huge.fill(0xff, 32, 36);
  expect(outputs(huge)).toEqual([expect.stringContaining("the rest can't be read")]);
});

const headers = (linkType: number, bytes: Uint8Array): FlowRecord | null => {
  const record = new FlowRecord();
  return readFrame(bytes, 0, bytes.length, linkType, record) ? record : null;
};

it('finds the headers behind tags, in Linux cooked captures and in bare packets', () => {
  const told = { family: 4, sourcePort: 40_000, destinationPort: 443, tcpFlags: 0x29, packets: 1, bytes: 40 };
  expect(headers(1, ethernetFrame({ ...packet, tags: [1, 2] }))).toMatchObject(told);
  expect(headers(113, octets(new Uint8Array(14), uint16(0x0800), ipPacket(packet)))).toMatchObject(told);
  expect(headers(276, octets(uint16(0x0800), new Uint8Array(18), ipPacket(packet)))).toMatchObject(told);
  expect(headers(101, ipPacket(packet))).toMatchObject(told);
  expect(headers(101, ipPacket(six))).toMatchObject({ ...told, family: 6, bytes: 60 });
  expect(headers(0, octets(uint32(2), ipPacket(packet)))).toMatchObject(told);
  // ARP, and a link type that nobody knows.
  expect(headers(1, octets(new Uint8Array(12), uint16(0x0806), new Uint8Array(28)))).toBeNull();
  expect(headers(999, ipPacket(packet))).toBeNull();
});

it('steps over extension headers, and takes no ports from a later fragment', () => {
  const plain = ipPacket(six);
  const withOptions = octets(
    plain.subarray(0, 6),
    0,
    plain.subarray(7, 40),
    6,
    0,
    new Uint8Array(6),
    plain.subarray(40),
  );
  expect(headers(101, withOptions)).toMatchObject({ protocol: 6, destinationPort: 443 });
  const fragment = Uint8Array.from(ipPacket(packet));
  fragment.set(uint16(0x2010), 6);
  expect(headers(101, fragment)).toMatchObject({ protocol: 6, destinationPort: 0, tcpFlags: -1 });
});

it('reads headers of any bytes', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(0, 1, 101, 113, 276),
      fc.uint8Array({ maxLength: 120 }),
      (linkType, bytes) => {
        const record = headers(linkType, bytes);
        if (record !== null) expect(record.bytes).toBeGreaterThanOrEqual(0);
      },
    ),
    { numRuns: 200 },
  );
});
