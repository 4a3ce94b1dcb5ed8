import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ethernetFrame } from '../../test/support/capture-frames.ts';
import { octets, uint16, uint32 } from './big-endian.ts';
import { FlowDecoder, flowDatagramLength } from './flow-datagram.ts';
import { FlowRecord } from './flow-record.ts';

interface Read {
  readonly flows: readonly Partial<FlowRecord>[];
  readonly damaged: readonly string[];
  readonly records: number;
  readonly missing: number;
}

const source = [203, 0, 113, 9];
const destination = [198, 51, 100, 1];
const four = (bytes: readonly number[]): number => Buffer.from(bytes).readInt32BE(0);

function read(datagrams: readonly Uint8Array[], decoder = new FlowDecoder()): Read {
  const flows: Partial<FlowRecord>[] = [];
  const damaged: string[] = [];
  let records = 0;
  for (const bytes of datagrams) {
    records += decoder.read('exporter', bytes, 0, bytes.length, 5000, {
      flow: (record) => flows.push(Object.assign(new FlowRecord(), record)),
      damaged: (offset, why) => damaged.push(`${offset}: ${why}`),
    });
  }
  return { flows, damaged, records, missing: decoder.missing };
}

const v5 = (sequence: number, sampling = 0): Uint8Array =>
  octets(
    uint16(5),
    uint16(1),
    uint32(60_000),
    uint32(1_700_000_000),
    uint32(0),
    uint32(sequence),
    0,
    0,
    uint16(sampling),
    Uint8Array.from(source),
    Uint8Array.from(destination),
    uint32(0),
    uint16(1),
    uint16(2),
    uint32(3),
    uint32(180),
    uint32(50_000),
    uint32(59_000),
    uint16(40_000),
    uint16(22),
    0,
    2,
    6,
    0,
    uint16(0),
    uint16(0),
    24,
    24,
    uint16(0),
  );

const set = (id: number, body: Uint8Array): Uint8Array => octets(uint16(id), uint16(body.length + 4), body);
const fields = (...pairs: readonly (readonly [number, number])[]): Uint8Array =>
  octets(...pairs.map(([element, length]) => octets(uint16(element), uint16(length))));

const v9 = (sequence: number, ...sets: readonly Uint8Array[]): Uint8Array =>
  octets(uint16(9), uint16(1), uint32(60_000), uint32(1_700_000_000), uint32(sequence), uint32(7), ...sets);

const ipfix = (sequence: number, ...sets: readonly Uint8Array[]): Uint8Array => {
  const body = octets(...sets);
  return octets(
    uint16(10),
    uint16(body.length + 16),
    uint32(1_700_000_000),
    uint32(sequence),
    uint32(7),
    body,
  );
};

const v9Template = set(
  0,
  octets(uint16(256), uint16(8), fields([8, 4], [12, 4], [7, 2], [11, 2], [4, 1], [6, 1], [2, 4], [1, 4])),
);
const v9Record = set(
  256,
  octets(
    Uint8Array.from(source),
    Uint8Array.from(destination),
    uint16(40_000),
    uint16(22),
    6,
    2,
    uint32(3),
    uint32(180),
  ),
);

describe('NetFlow version 5', () => {
  it('reads a record, its times from uptimes, its sampling from the header', () => {
    const { flows, damaged } = read([v5(1, 0x4064)]);
    expect(damaged).toEqual([]);
    expect(flows).toMatchObject([
      {
        family: 4,
        source: four(source),
        destination: four(destination),
        sourcePort: 40_000,
        destinationPort: 22,
        protocol: 6,
        tcpFlags: 2,
        packets: 3,
        bytes: 180,
        first: 1_699_999_990_000,
        last: 1_699_999_999_000,
        sampling: 100,
      },
    ]);
  });

  it('counts flows that were numbered and did not come, and takes a restart for none', () => {
    expect(read([v5(1), v5(2), v5(13)]).missing).toBe(10);
    expect(read([v5(1000), v5(1)]).missing).toBe(0);
  });
});

describe('NetFlow version 9', () => {
  it('reads records by a template, and says of those that came before it', () => {
    const { flows, damaged } = read([v9(1, v9Record), v9(2, v9Template, v9Record)]);
    expect(damaged).toEqual(['24: records of template 256, which has not come yet']);
    expect(flows).toMatchObject([
      { source: four(source), destinationPort: 22, packets: 3, bytes: 180, tcpFlags: 2 },
    ]);
  });

  it('takes the sampling from options, by the sampler that a record names', () => {
    // Scope system (1), then sampler id 48 and its interval 50.
    const options = set(1, octets(uint16(257), uint16(4), uint16(8), fields([1, 4], [48, 1], [50, 4])));
    const sampler = set(257, octets(uint32(0), 3, uint32(512)));
    const template = set(0, octets(uint16(258), uint16(4), fields([8, 4], [12, 4], [48, 1], [2, 4])));
    const record = (id: number): Uint8Array =>
      set(258, octets(Uint8Array.from(source), Uint8Array.from(destination), id, uint32(2)));
    const { flows } = read([v9(1, options, sampler, template, record(3), record(4))]);
    expect(flows.map(({ sampling }) => sampling)).toEqual([512, 1]);
  });

  it('keeps the templates of domains apart', () => {
    const other = Uint8Array.from(v9(1, v9Record));
    other[19] = 8;
    expect(read([v9(1, v9Template), other]).damaged).toHaveLength(1);
  });
});

describe('IPFIX', () => {
  const template = set(
    2,
    octets(
      uint16(300),
      uint16(7),
      fields([27, 16], [28, 16], [4, 1], [7, 2], [11, 2]),
      // An enterprise's element of variable length, and the start in milliseconds.
      uint16(0x8000 | 9),
      uint16(65_535),
      uint32(29_305),
      fields([152, 8]),
    ),
  );
  const six = [0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];
  const record = (name: Uint8Array): Uint8Array =>
    octets(
      Uint8Array.from(six),
      Uint8Array.from(six),
      17,
      uint16(5353),
      uint16(53),
      name,
      uint32(0),
      uint32(12_345),
    );

  it('steps over enterprise elements and fields of variable length', () => {
    const long = octets(255, uint16(300), new Uint8Array(300));
    const { flows, damaged, records } = read([
      ipfix(1, template, set(300, octets(record(octets(3, 'abc')), record(long), record(octets(0))))),
    ]);
    expect([damaged, records]).toEqual([[], 3]);
    expect(flows.map(({ family, first, destinationPort }) => [family, first, destinationPort])).toEqual(
      Array.from({ length: 3 }, () => [6, 12_345, 53]),
    );
  });

  it('takes a template back when told to', () => {
    const { damaged } = read([
      ipfix(1, template),
      ipfix(1, set(2, octets(uint16(300), uint16(0)))),
      ipfix(1, set(300, record(octets(0)))),
    ]);
    expect(damaged).toEqual(['20: records of template 300, which has not come yet']);
  });

  it('names what does not fit, and reads nothing beyond the end', () => {
    expect(read([ipfix(1, set(2, octets(uint16(256), uint16(2), fields([8, 4]))))]).damaged).toEqual([
      '28: a template ends after 1 of 2 fields',
    ]);
    expect(read([ipfix(1, set(2, octets(uint16(256), uint16(1), fields([8, 0]))))]).damaged).toEqual([
      '28: a template of no length',
    ]);
    expect(read([octets(uint16(10), uint16(90), new Uint8Array(12))]).damaged).toEqual([
      '2: says 90 octets and has 16',
    ]);
  });
});

describe('sFlow version 5', () => {
  const frame = ethernetFrame({
    at: 0,
    source,
    destination,
    protocol: 6,
    sourcePort: 40_000,
    destinationPort: 22,
    flags: 2,
    tags: [12],
  });
  const padded = octets(frame, new Uint8Array((4 - (frame.length % 4)) % 4));
  const raw = octets(
    uint32(1),
    uint32(16 + padded.length),
    uint32(1),
    uint32(64),
    uint32(4),
    uint32(frame.length),
    padded,
  );
  const sample = (output: number): Uint8Array => {
    const body = octets(
      uint32(1),
      uint32(3),
      uint32(256),
      uint32(512),
      uint32(0),
      uint32(1),
      uint32(output),
      uint32(1),
      raw,
    );
    return octets(uint32(1), uint32(body.length), body);
  };
  const counters = octets(uint32(2), uint32(8), uint32(1), uint32(2));
  const sflow = (...samples: readonly Uint8Array[]): Uint8Array =>
    octets(
      uint32(5),
      uint32(1),
      Uint8Array.of(192, 0, 2, 1),
      uint32(0),
      uint32(1),
      uint32(1000),
      uint32(samples.length),
      ...samples,
    );

  it('reads the headers in a sample, steps over counters, and tells what was discarded', () => {
    const { flows, damaged, records } = read([sflow(counters, sample(2), sample(0x40000100))]);
    expect([damaged, records]).toEqual([[], 2]);
    expect(flows).toMatchObject([
      {
        source: four(source),
        destinationPort: 22,
        tcpFlags: 2,
        packets: 1,
        bytes: 40,
        sampling: 256,
        first: 5000,
        action: 1,
      },
      { action: 2 },
    ]);
  });
});

describe('hostile datagrams', () => {
  const good = [v5(1), v9(1, v9Template, v9Record), ipfix(1, set(2, v9Template.subarray(4)), v9Record)];

  it('have an outcome, whatever they are', () => {
    const start = fc.constantFrom(
      octets(uint16(5)),
      octets(uint16(9)),
      octets(uint16(10)),
      octets(uint32(5), uint32(1)),
    );
    fc.assert(
      fc.property(start, fc.array(fc.uint8Array({ maxLength: 120 }), { maxLength: 4 }), (head, bodies) => {
        const decoder = new FlowDecoder();
        read(
          bodies.map((body) => octets(head, body)),
          decoder,
        );
        expect(decoder.domains).toBeLessThanOrEqual(256);
      }),
      { numRuns: 150 },
    );
  });

  it('have an outcome where good ones are cut off or changed', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...good),
        fc.nat(200),
        fc.nat(200),
        fc.nat(255),
        (bytes, cut, at, value) => {
          const changed = Uint8Array.from(bytes.subarray(0, cut));
          if (at < changed.length) changed[at] = value;
          const { flows } = read([changed]);
          for (const flow of flows) expect(Number.isFinite(flow.first)).toBe(true);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('say their own length one after another', () => {
    const bytes = octets(...good);
    let at = 0;
    for (const each of good) {
      expect(flowDatagramLength(bytes, at, bytes.length)).toBe(each.length);
      at += each.length;
    }
  });

  it('never make a collector remember more than it may', () => {
    const decoder = new FlowDecoder();
    for (let domain = 0; domain < 1000; domain += 1) {
      const bytes = Uint8Array.from(v9(1, v9Template));
      bytes.set(uint32(domain), 16);
      read([bytes], decoder);
    }
    expect(decoder.domains).toBe(256);
  });
});
