import { array, assert, constantFrom, integer, property, uint8Array } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ProbeReader, readProbePacket, type ProbeMark } from './probe-message.ts';

const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** 203.0.113.9:40000 → 198.51.100.1:443, TTL 55, window 1024. */
function ipv4(flags: number, options = 0): Uint8Array {
  const bytes = new Uint8Array(40 + options * 4);
  const view = viewOf(bytes);
  bytes.set([0x45 + options, 0, 0, 40, 0, 0, 0, 0, 55, 6, 0, 0, 203, 0, 113, 9, 198, 51, 100, 1]);
  const at = 20 + options * 4;
  view.setUint16(at, 40_000);
  view.setUint16(at + 2, 443);
  bytes[at + 12] = 0x50;
  bytes[at + 13] = flags;
  view.setUint16(at + 14, 1_024);
  return bytes;
}

/** 2001:db8::9 → 2001:db8::1, with extension headers before TCP. */
function ipv6(flags: number, extensions: readonly number[] = []): Uint8Array {
  const bytes = new Uint8Array(40 + extensions.length * 8 + 20);
  bytes[0] = 0x60;
  bytes[6] = extensions[0] ?? 6;
  bytes[7] = 64;
  bytes.set([0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9], 8);
  bytes.set([0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], 24);
  for (const [index] of extensions.entries()) bytes[40 + index * 8] = extensions[index + 1] ?? 6;
  bytes.set(ipv4(flags).subarray(20), 40 + extensions.length * 8);
  return bytes;
}

function attribute(type: number, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(Math.ceil((data.length + 4) / 4) * 4);
  const view = viewOf(bytes);
  view.setUint16(0, data.length + 4, true);
  view.setUint16(2, type, true);
  bytes.set(data, 4);
  return bytes;
}

function message(mark: string, packet: Uint8Array, sequence: number): Uint8Array {
  const number = new Uint8Array(4);
  viewOf(number).setUint32(0, sequence);
  const parts = [
    attribute(1, Uint8Array.of(8, 0, 0, 0)),
    attribute(9, packet),
    attribute(10, Buffer.from(`${mark}\0`)),
    attribute(12, number),
  ];
  const bytes = Buffer.concat([new Uint8Array(20), ...parts]);
  bytes.writeUInt32LE(bytes.length, 0);
  bytes.writeUInt16LE(0x0400, 4);
  return bytes;
}

const read = (bytes: Uint8Array, mark: ProbeMark = 'passed'): ReturnType<typeof readProbePacket> =>
  readProbePacket(viewOf(bytes), 0, bytes.length, mark);

describe('the headers of a probe', () => {
  it('are read from IPv4, with options too', () => {
    const seen = {
      probe: 'syn',
      source: '203.0.113.9',
      sourcePort: 40_000,
      destination: '198.51.100.1',
      destinationPort: 443,
      ttl: 55,
      window: 1_024,
    };
    expect(read(ipv4(2))).toMatchObject(seen);
    expect(read(ipv4(2, 10))).toMatchObject(seen);
  });

  it('are read from IPv6, past a few extension headers and not past many', () => {
    const seen = {
      probe: 'syn',
      source: '2001:db8::9',
      destination: '2001:db8::1',
      destinationPort: 443,
      ttl: 64,
    };
    expect(read(ipv6(2))).toMatchObject(seen);
    expect(read(ipv6(2, [0, 43, 60]))).toMatchObject(seen);
    expect(read(ipv6(2, [0, 0, 0, 0, 0, 0]))).toBeNull();
  });

  it('name the kind by the flags', () => {
    const kinds = [0x01, 0x00, 0x29, 0x10].map((flags) => read(ipv4(flags), 'stealth')?.probe);
    expect(kinds).toEqual(['fin', 'null', 'xmas', 'ack']);
    for (const flags of [0x12, 0x04, 0x14, 0x11, 0x03]) {
      expect(read(ipv4(flags), 'stealth')).toBeNull();
      expect(read(ipv4(flags))).toBeNull();
    }
  });

  it('are no probe where a byte that is needed is missing, wherever it was cut', () => {
    for (const packet of [ipv4(2), ipv4(2, 3), ipv6(2), ipv6(2, [0, 60])]) {
      for (let length = 0; length < packet.length - 4; length += 1) {
        expect(read(packet.subarray(0, length))).toBeNull();
      }
      expect(read(packet.subarray(0, packet.length - 4))).not.toBeNull();
    }
  });
});

describe('messages of the netfilter log', () => {
  it('come several in a datagram, with their marks, and show what was lost by the gaps', () => {
    const reader = new ProbeReader();
    const first = Buffer.concat([
      message('p', ipv4(2), 7),
      message('w', ipv4(2), 8),
      message('s', ipv6(1), 9),
    ]);
    expect(reader.read(viewOf(first), first.length).map((probe) => probe.mark)).toEqual([
      'passed',
      'withheld',
      'stealth',
    ]);
    const second = message('r', ipv4(2), 15);
    expect(reader.read(viewOf(second), second.length)[0]?.mark).toBe('again');
    expect(reader.lost).toBe(5);
    expect(reader.unreadable).toBe(0);
  });

  it('never harm the reader: random bytes, damage and cuts give probes or a count', () => {
    const whole = Buffer.concat([message('p', ipv4(2), 1), message('w', ipv6(2, [0]), 2)]);
    assert(
      property(
        constantFrom(true, false),
        uint8Array({ maxLength: 400 }),
        array(integer({ min: 0, max: whole.length * 256 - 1 }), { maxLength: 8 }),
        integer({ min: 0, max: whole.length }),
        (isRandom, noise, damage, cut) => {
          const bytes = isRandom ? Buffer.from(noise) : Buffer.from(whole.subarray(0, cut));
          if (!isRandom) {
            for (const value of damage) {
              if (value >> 8 < bytes.length) bytes[value >> 8] = value & 255;
            }
          }
          const probes = new ProbeReader().read(viewOf(bytes), bytes.length);
          expect(probes.length).toBeLessThanOrEqual(bytes.length / 36);
        },
      ),
      { numRuns: 2_000 },
    );
  });
});
