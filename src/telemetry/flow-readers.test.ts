import { execFile } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ethernetFrame, pcapngOf, pcapOf, type MadePacket } from '../../test/support/capture-frames.ts';
import { needRoot } from '../../test/support/need.ts';
import { readAll } from '../../test/support/read-input.ts';
import type { Observation } from '../core/observation.ts';
import { FlowRecord } from '../wire/flow-record.ts';
import { conntrack } from './conntrack.ts';
import { detectReader } from './detect-reader.ts';
import { FlowAggregator } from './flow-aggregator.ts';
import { readers } from './index.ts';
import { loggedPacket } from './netfilter.ts';
import { netflow } from './netflow.ts';
import { pcap } from './pcap.ts';

const client = [203, 0, 113, 9];
const server = [198, 51, 100, 1];
/** Uptimes, in which exporters write times, reach back for weeks alone. */
const began = Date.now() - 60_000;
const data = new Uint8Array(600);

const packet = (
  at: number,
  flags: number,
  fromClient: boolean,
  port = 80,
  body?: Uint8Array,
): MadePacket => ({
  at: began + at,
  source: fromClient ? client : server,
  destination: fromClient ? server : client,
  protocol: 6,
  sourcePort: fromClient ? 40_000 : port,
  destinationPort: fromClient ? port : 40_000,
  flags,
  ...(body === undefined ? {} : { data: body }),
});

/** A page fetched; ports probed by SYN, FIN, nothing and Xmas; a ping answered. */
const packets: readonly MadePacket[] = [
  packet(0, 2, true),
  packet(1, 18, false),
  packet(2, 24, true, 80, data),
  packet(3, 24, false, 80, data),
  packet(4, 17, true),
  packet(5, 17, false),
  packet(100, 2, true, 23),
  packet(101, 20, false, 23),
  packet(110, 1, true, 24),
  packet(120, 0, true, 25),
  packet(130, 0x29, true, 26),
  { ...packet(140, 0, true, 0x0800), protocol: 1, sourcePort: 0 },
  { ...packet(141, 0, false, 0), protocol: 1, sourcePort: 0, destinationPort: 0 },
];
const frames = packets.map((made) => ({ at: made.at, bytes: ethernetFrame(made) }));

/** What a flow says, in an order of its own. */
const told = (observations: readonly Observation[]): string[] =>
  observations
    .map((observation) => {
      if (observation.kind !== 'flow') return observation.kind;
      const {
        source,
        sourcePort,
        destination,
        destinationPort,
        protocol,
        packets: count,
        bytes,
        tcpFlags,
      } = observation;
      return `${source} ${sourcePort} > ${destination} ${destinationPort} ${protocol}: ${count} ${bytes} flags ${tcpFlags} ${observation.reply === true ? 'reply' : 'begun'}`;
    })
    .toSorted();

const expected = [
  '198.51.100.1 0 > 203.0.113.9 0 1: 1 28 flags -1 reply',
  '198.51.100.1 23 > 203.0.113.9 40000 6: 1 40 flags 20 reply',
  '198.51.100.1 80 > 203.0.113.9 40000 6: 3 720 flags 27 reply',
  '203.0.113.9 0 > 198.51.100.1 0 1: 1 28 flags -1 begun',
  '203.0.113.9 40000 > 198.51.100.1 23 6: 1 40 flags 2 begun',
  '203.0.113.9 40000 > 198.51.100.1 24 6: 1 40 flags 1 begun',
  '203.0.113.9 40000 > 198.51.100.1 25 6: 1 40 flags 0 begun',
  '203.0.113.9 40000 > 198.51.100.1 26 6: 1 40 flags 41 begun',
  '203.0.113.9 40000 > 198.51.100.1 80 6: 3 720 flags 27 begun',
];

describe('captures', () => {
  it('become flows with the flags of probes, whatever the form', async () => {
    for (const file of [pcapOf(frames), pcapngOf(frames)]) {
      const { observations, damaged } = await readAll(pcap, file);
      expect(damaged).toEqual([]);
      expect(told(observations)).toEqual(expected);
      expect(detectReader(file, readers)).toBe(pcap);
    }
  });

  it('prove a source by what it was answered with, and by nothing that it sent alone', async () => {
    const spoofed = Array.from({ length: 5 }, (_, index) =>
      packet(index, index === 0 ? 2 : 24, true, 22, data),
    );
    const forged = await readAll(
      pcap,
      pcapOf(spoofed.map((made) => ({ at: made.at, bytes: ethernetFrame(made) }))),
    );
    expect(forged.observations.map(({ spoofable }) => spoofable)).toEqual([true]);
    const { observations } = await readAll(pcap, pcapOf(frames));
    const scanned = observations.filter(({ destinationPort }) => destinationPort === 23);
    expect(scanned.map(({ spoofable }) => spoofable)).toEqual([false]);
  });

  it('never keep more flows than the table holds, and end what is silent or too long', () => {
    const ended: number[] = [];
    const aggregator = new FlowAggregator((record) => ended.push(record.packets));
    const record = new FlowRecord();
    record.family = 4;
    record.packets = 1;
    for (let index = 0; index < 70_000; index += 1) {
      record.source = index;
      aggregator.packet(record, 0);
    }
    expect(aggregator.size).toBe(65_536);
    expect(ended).toHaveLength(70_000 - 65_536);
    aggregator.expire(16_000);
    expect(aggregator.size).toBe(0);
    for (let second = 0; second < 130; second += 1) aggregator.packet(record, 20_000 + second * 1000);
    expect(ended.slice(-2)).toEqual([60, 60]);
  });
});

describe('exports of softflowd', () => {
  /** The datagrams that it sends for a capture. */
  async function exported(version: number): Promise<Uint8Array[]> {
    const folder = mkdtempSync(join(tmpdir(), 'picket-export-'));
    const socket = createSocket('udp4');
    const datagrams: Uint8Array[] = [];
    try {
      writeFileSync(join(folder, 'traffic.pcap'), pcapOf(frames));
      await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
      socket.on('message', (bytes) => datagrams.push(bytes));
      const words = ['-r', join(folder, 'traffic.pcap'), '-n', `127.0.0.1:${socket.address().port}`];
      await promisify(execFile)('softflowd', [...words, '-v', `${version}`], { timeout: 20_000 });
      await expect.poll(() => datagrams.length).toBeGreaterThan(0);
      // What the kernel still holds comes with the next turn.
      await new Promise((resolve) => setTimeout(resolve, 20));
      return datagrams;
    } finally {
      socket.close();
      rmSync(folder, { recursive: true, force: true });
    }
  }
  const test = needRoot(['softflowd']);

  for (const [version, name] of [
    [5, 'NetFlow 5'],
    [9, 'NetFlow 9'],
    [10, 'IPFIX'],
  ] as const) {
    test(`${name} says what the packets said`, async () => {
      const datagrams = await exported(version);
      const dump = Buffer.concat(datagrams);
      expect(detectReader(dump, readers)).toBe(netflow);
      const { observations, damaged } = await readAll(netflow, dump);
      expect(damaged).toEqual([]);
      expect(told(observations)).toEqual(expected);
      for (const { at } of observations) expect(Math.abs(at - began)).toBeLessThan(2000);
      // The same datagrams as a capture of the exporter's traffic.
      const captured = pcapOf(
        datagrams.map((bytes) => ({
          at: began,
          bytes: ethernetFrame({
            at: began,
            source: [192, 0, 2, 1],
            destination: [192, 0, 2, 2],
            protocol: 17,
            sourcePort: 999,
            destinationPort: 2055,
            data: bytes,
          }),
        })),
      );
      expect(detectReader(captured, readers)).toBe(netflow);
      expect(told((await readAll(netflow, captured)).observations)).toEqual(expected);
    });
  }
});

describe('recorded exports', () => {
  it('give the same for any split, and an outcome for any bytes', async () => {
    const header = Buffer.from('000500010000ea606553f10000000000000000010000000000', 'hex').subarray(0, 24);
    const good = Buffer.concat([header, Buffer.alloc(48, 7), header, Buffer.alloc(48, 9)]);
    const outcome = async (...pieces: Uint8Array[]): Promise<unknown> => {
      const { observations, damaged } = await readAll(netflow, ...pieces);
      return [told(observations), damaged];
    };
    await fc.assert(
      fc.asyncProperty(fc.nat(150), fc.nat(150), fc.nat(255), fc.nat(150), async (cut, at, value, split) => {
        const bytes = Uint8Array.from(good.subarray(0, cut));
        if (at < bytes.length) bytes[at] = value;
        expect(await outcome(bytes.subarray(0, split), bytes.subarray(split))).toEqual(await outcome(bytes));
      }),
      { numRuns: 100 },
    );
    expect(await outcome(good)).toMatchObject([{ length: 2 }, []]);
  });
});

describe('connection tracking', () => {
  const head = '[1768435200.250000]';
  const refused = `${head}\t [UPDATE] ipv4     2 tcp      6 10 CLOSE src=203.0.113.9 dst=198.51.100.1 sport=40000 dport=23 src=198.51.100.1 dst=203.0.113.9 sport=23 dport=40000`;
  const ended = refused.replace('[UPDATE]', '[DESTROY]').replace(' 10 CLOSE', ' CLOSE');

  it('tells of a refusal once, and at once', async () => {
    const { observations, damaged } = await readAll(conntrack, `${refused}\n${ended}\n`);
    expect(damaged).toEqual([]);
    expect(observations).toMatchObject([
      {
        at: 1_768_435_200_250,
        source: '203.0.113.9',
        destinationPort: 23,
        tcpFlags: 2,
        spoofable: true,
        reply: false,
      },
    ]);
  });

  it('tells of what succeeded only with its counts', async () => {
    const lines = (counts: string): string =>
      `${head}\t[DESTROY] ipv4     2 tcp      6 src=203.0.113.9 dst=198.51.100.1 sport=40000 dport=80${counts} src=198.51.100.1 dst=203.0.113.9 sport=80 dport=40000${counts} [ASSURED]\n`;
    const { observations } = await readAll(conntrack, lines(' packets=9 bytes=900'), lines(''));
    expect(observations).toMatchObject([{ packets: 9, bytes: 900, spoofable: false, tcpFlags: -1 }]);
  });

  it('knows its own format, counts what is none, and has an outcome for any line', async () => {
    expect(detectReader(Buffer.from(`${refused}\n${ended}\n`), readers)).toBe(conntrack);
    expect((await readAll(conntrack, 'nonsense\n')).damaged).toEqual([
      [1, 'no event of connection tracking'],
    ]);
    await fc.assert(
      fc.asyncProperty(
        fc.nat(refused.length),
        fc.string({ maxLength: 12 }),
        fc.nat(300),
        async (at, text, split) => {
          const bytes = Buffer.from(`${refused.slice(0, at)}${text}${refused.slice(at + 3)}\n`);
          const whole = await readAll(conntrack, bytes);
          const parts = await readAll(conntrack, bytes.subarray(0, split), bytes.subarray(split));
          expect(told(parts.observations)).toEqual(told(whole.observations));
          expect(whole.records).toBeLessThanOrEqual(bytes.length);
        },
      ),
      { numRuns: 100 },
    );
  });
});

it('reads the flags that nftables logs of a Xmas probe', () => {
  const line =
    'scan IN=eth0 OUT= MAC=00 SRC=203.0.113.9 DST=198.51.100.1 LEN=40 TOS=0x00 PREC=0x00 TTL=50 ID=1 PROTO=TCP SPT=40000 DPT=26 WINDOW=1024 RES=0x00 URG PSH FIN URGP=0';
  expect(loggedPacket(line)).toMatchObject({ protocol: 6, flags: 0x29, destinationPort: 26 });
});
