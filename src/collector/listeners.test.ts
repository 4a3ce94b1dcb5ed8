import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseNetwork, type Network } from '../core/address.ts';
import type { Observation } from '../core/observation.ts';
import { readers } from '../telemetry/index.ts';
import { octets, uint16, uint32 } from '../wire/big-endian.ts';
import { parseEndpoint } from './endpoint.ts';
import { FlowListener } from './flow-listener.ts';
import { liveTime } from './live-time.ts';
import { ProgramOutput } from './program-output.ts';
import { SourceReport, type SourceOptions, type TelemetrySource } from './source.ts';
import { SyslogListener } from './syslog-listener.ts';
import { selfSigned } from '../../test/support/self-signed.ts';

const networks = (...texts: string[]): Network[] => texts.flatMap((text) => parseNetwork(text) ?? []);
const here = { address: '127.0.0.1', port: 0 };
const syslog = readers.find((reader) => reader.name === 'syslog');
if (syslog === undefined) throw new Error('there is no reader of syslog');

let seen: Observation[] = [];
let said: string[] = [];
let source: TelemetrySource | null = null;
let report: SourceReport;

function options(): SourceOptions {
  report = new SourceReport('test', (line) => said.push(line));
  return {
    report,
    now: () => Date.now(),
    observed: (observation) => seen.push(observation),
    room: () => Promise.resolve(),
  };
}

async function send(port: number, ...datagrams: Uint8Array[]): Promise<void> {
  const socket = createSocket('udp4');
  for (const bytes of datagrams)
    await new Promise<void>((resolve) => socket.send(bytes, port, '127.0.0.1', () => resolve()));
  socket.close();
}

const counted = (counter: string, value: number): Promise<void> =>
  expect.poll(() => report.counters[counter], { timeout: 5000, interval: 5 }).toBe(value);

/** NetFlow 5 of one SYN, exported at this second. */
const v5 = (seconds: number, sequence: number): Uint8Array =>
  octets(
    uint16(5),
    uint16(1),
    uint32(60_000),
    uint32(seconds),
    uint32(0),
    uint32(sequence),
    0,
    0,
    uint16(0),
    Uint8Array.of(203, 0, 113, 9),
    Uint8Array.of(198, 51, 100, 1),
    uint32(0),
    uint16(1),
    uint16(2),
    uint32(1),
    uint32(40),
    uint32(59_000),
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

beforeEach(() => {
  seen = [];
  said = [];
});

afterEach(async () => {
  await source?.stop();
  source = null;
});

describe('the flow listener', () => {
  it('hears exporters, counts what is missing and what is damaged, and says where', async () => {
    const listener = new FlowListener(here, networks('127.0.0.0/8'), options());
    source = listener;
    await listener.start();
    const now = Math.floor(Date.now() / 1000);
    await send(listener.port, v5(now, 1), v5(now, 12), Buffer.from('nonsense'), v5(now, 13).subarray(0, 50));
    await counted('damaged', 2);
    expect(seen).toMatchObject([
      { kind: 'flow', source: '203.0.113.9', destinationPort: 22, tcpFlags: 2, spoofable: true },
      { kind: 'flow' },
    ]);
    expect(report.counters).toMatchObject({ datagrams: 4, records: 4, missing: 10, refused: 0 });
    expect(report.complaint).toMatch(
      /^test: datagram of 127\.0\.0\.1 \d+: octet 50: ends after 0 of 1 records/,
    );
    expect(said[0]).toContain('no flow export of a known version: "6e6f6e73656e7365"');
  });

  it('takes the time of arrival where the exporter’s clock is wrong', async () => {
    const listener = new FlowListener(here, networks('127.0.0.0/8'), options());
    source = listener;
    await listener.start();
    await send(listener.port, v5(4_000_000_000, 1), v5(1000, 2));
    await counted('clock', 2);
    for (const { at } of seen) expect(Math.abs(at - Date.now())).toBeLessThan(60_000);
  });

  it('hears nobody whom it was not told to', async () => {
    const listener = new FlowListener(here, networks('192.0.2.0/24'), options());
    source = listener;
    await listener.start();
    await send(listener.port, v5(1_700_000_000, 1));
    await counted('refused', 1);
    expect(seen).toEqual([]);
  });
});

describe('the syslog listener', () => {
  const line = (user: string): string =>
    `<86>Jan  5 10:00:00 host sshd[7]: Failed password for ${user} from 203.0.113.9 port 4000 ssh2`;
  const users = (): string[] => seen.flatMap((each) => (each.kind === 'login' ? [each.user] : []));

  it('hears datagrams and both framings of streams', async () => {
    const listener = new SyslogListener(
      { udp: here, tcp: here, tls: null, from: networks('127.0.0.0/8') },
      syslog,
      options(),
    );
    source = listener;
    await listener.start();
    await send(listener.ports.udp, Buffer.from(line('datagram')));
    await counted('messages', 1);
    const client = connect(listener.ports.tcp, '127.0.0.1');
    const counted5424 = `<86>1 ${new Date().toISOString()} host sshd 7 - - Failed password for counted from 203.0.113.9 port 4000 ssh2`;
    client.end(`${counted5424.length} ${counted5424}${line('ended')}\n`);
    await expect.poll(users, { timeout: 5000, interval: 5 }).toEqual(['datagram', 'counted', 'ended']);
  });

  it('gives those who are not heard no place, nor a handshake, over TLS', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'picket-syslog-'));
    const { certificate, key } = selfSigned(folder, 'collector');
    const listener = new SyslogListener(
      {
        udp: null,
        tcp: null,
        tls: { endpoint: here, certificate, key, clients: null },
        from: networks('127.0.0.5/32'),
      },
      syslog,
      options(),
    );
    source = listener;
    await listener.start();
    const { tls: port } = listener.ports;
    // As many as there are places: each would hold its own until the handshake takes too long.
    const closed = Array.from({ length: 256 }, () => {
      const client = connect({ port, host: '127.0.0.1', localAddress: '127.0.0.9' });
      return new Promise<void>((resolve) => client.on('error', () => {}).on('close', () => resolve()));
    });
    await Promise.all(closed);
    const heard = spawn(
      'openssl',
      ['s_client', '-quiet', '-no_ign_eof', '-connect', `127.0.0.1:${port}`, '-bind', '127.0.0.5:0'],
      { stdio: ['pipe', 'ignore', 'ignore'] },
    );
    heard.stdin.on('error', () => {});
    heard.stdin.end(`${line('heard').length} ${line('heard')}`);
    await expect.poll(users, { timeout: 10_000, interval: 5 }).toEqual(['heard']);
    heard.kill();
    rmSync(folder, { recursive: true });
  });

  it('hears senders over TLS, and of those that must show a certificate only who has one', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'picket-syslog-'));
    const [server, sender] = [selfSigned(folder, 'collector'), selfSigned(folder, 'sender')];
    const listener = new SyslogListener(
      {
        udp: null,
        tcp: null,
        tls: {
          endpoint: here,
          certificate: server.certificate,
          key: server.key,
          clients: sender.certificate,
        },
        from: networks('127.0.0.0/8'),
      },
      syslog,
      options(),
    );
    source = listener;
    await listener.start();
    const say = (user: string, ...words: string[]): Promise<void> =>
      new Promise((resolve) => {
        const all = ['s_client', '-quiet', '-connect', `127.0.0.1:${listener.ports.tls}`, ...words];
        const client = spawn('openssl', all, { stdio: ['pipe', 'ignore', 'ignore'] });
        client.on('exit', () => resolve());
        client.stdin.on('error', () => {});
        client.stdin.end(`${line(user).length} ${line(user)}`);
      });
    await say('stranger');
    const known = say('known', '-cert', sender.certificateFile, '-key', sender.keyFile, '-no_ign_eof');
    await expect.poll(users, { timeout: 10_000, interval: 5 }).toEqual(['known']);
    await known;
    expect(said.join('\n')).not.toContain('stranger');
    rmSync(folder, { recursive: true });
  });

  it('takes a message for one line, whatever it holds', async () => {
    const listener = new SyslogListener(
      { udp: here, tcp: null, tls: null, from: networks('127.0.0.0/8') },
      syslog,
      options(),
    );
    source = listener;
    await listener.start();
    await send(
      listener.ports.udp,
      Buffer.from(`<13>app: text\n${line('forged')}`),
      Buffer.from(line('real')),
    );
    await expect.poll(users, { timeout: 5000, interval: 5 }).toEqual(['real']);
  });
});

it('reads what a program prints, and says how it ended', async () => {
  const program = new ProgramOutput(
    {
      from: () => [
        '/bin/sh',
        '-c',
        'echo "host sshd[7]: Failed password for root from 203.0.113.9 port 1 ssh2"; echo gone >&2; exit 3',
      ],
      reader: syslog,
    },
    options(),
  );
  source = program;
  await program.start();
  await expect.poll(() => seen.length, { timeout: 5000, interval: 5 }).toBe(1);
  await expect
    .poll(() => report.complaint, { timeout: 5000, interval: 5 })
    .toBe('test: /bin/sh ended (exit code 3) gone');
});

it('reads endpoints', () => {
  expect(parseEndpoint('127.0.0.1:2055')).toEqual({ address: '127.0.0.1', port: 2055 });
  expect(parseEndpoint('[::1]:2055')).toEqual({ address: '::1', port: 2055 });
  expect([parseEndpoint('localhost:1'), parseEndpoint('1.2.3.4:70000'), parseEndpoint('::1:5')]).toEqual([
    null,
    null,
    null,
  ]);
});

it('never dates a live record into the future', () => {
  const now = Date.UTC(2026, 0, 15, 12);
  expect(liveTime(now + 10_000, now)).toBe(now);
  expect(liveTime(now - 1000, now)).toBe(now - 1000);
});
