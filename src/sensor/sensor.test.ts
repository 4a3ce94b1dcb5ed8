import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { createSocket } from 'node:dgram';
import { connect as connectSecure } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Persona } from '../core/persona.ts';
import { barePersona } from '../../bench/peers/bare-persona.ts';
import { echo, greeter, web } from '../../test/support/greeting-decoys.ts';
import { needTools } from '../../test/support/need.ts';
import { LoopbackSensor } from '../../test/support/loopback-sensor.ts';
import { selfSigned } from '../../test/support/self-signed.ts';
import type { SensorLimits } from './limits.ts';
import { openContainer } from './payload-store.ts';

let loopback: LoopbackSensor;
let lines: string[] = [];

beforeEach(() => {
  loopback = new LoopbackSensor();
  lines = [];
});
afterEach(() => loopback.stop());

const withCertificate = (): Persona => ({ ...barePersona, tls: selfSigned(loopback.folder, 'x') });

async function startSensor(
  limits: Partial<SensorLimits> = {},
  persona = barePersona,
): Promise<{ greeter: number; web: number; echo: number; udp: number }> {
  const served = [
    { persona, decoy: greeter },
    { persona, decoy: web },
    { persona, decoy: echo },
    { persona, decoy: echo, transport: 'udp' as const },
  ];
  const ports = await loopback.start(served, {
    decoys: [greeter, web],
    any: echo,
    onObservation: (observation, json) => {
      expect(JSON.parse(json)).toEqual(observation);
      loopback.seen.push(observation);
    },
    limits,
    log: (line) => lines.push(line),
  });
  return { greeter: ports[0] ?? 0, web: ports[1] ?? 0, echo: ports[2] ?? 0, udp: ports[3] ?? 0 };
}

async function client(port: number): Promise<{ socket: Socket; text: () => string; gone: () => boolean }> {
  const socket = connect({ port, host: '127.0.0.1' });
  let text = '';
  let gone = false;
  socket.on('data', (chunk) => {
    text += String(chunk);
  });
  socket.on('error', () => {});
  socket.on('close', () => {
    gone = true;
  });
  await new Promise((resolve) => socket.once('connect', resolve));
  return { socket, text: () => text, gone: () => gone };
}

const until = async (condition: () => boolean): Promise<void> => {
  for (let turn = 0; turn < 2_000 && !condition(); turn += 1) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  expect(condition()).toBe(true);
};

const kinds = (): string[] => loopback.seen.map((one) => one.kind);

describe('the sensor', () => {
  it('lets a decoy speak first, and records the contact once, ahead of what the decoy saw', async () => {
    const ports = await startSensor();
    const { socket, text } = await client(ports.greeter);
    await until(() => text() === 'HELLO\r\n');
    expect(loopback.seen).toEqual([]);
    socket.write('one');
    await until(() => text() === 'HELLO\r\none\r\n');
    socket.end('quit');
    await until(() => text().endsWith('quit\r\n'));
    expect(kinds()).toEqual(['contact', 'command', 'command']);
    expect(loopback.seen[0]).toMatchObject({
      sensor: loopback.spool.sensor,
      sequence: 1,
      source: '127.0.0.1',
      destination: '127.0.0.1',
      destinationPort: ports.greeter,
      service: 'greeter',
      protocol: 'greeting',
      spoofable: false,
      fingerprints: { banner: 'one' },
      firstBytes: Buffer.from('one').toString('base64'),
    });
    expect(loopback.seen.map((one) => 'input' in one && one.input)).toEqual([false, 'one 0', 'quit 1']);
    await until(() => loopback.spool.status().committed === 3);
    const pieces = await loopback.spool.readTranscript(loopback.seen[0]?.session ?? '');
    const said = (direction: string): string =>
      Buffer.concat(
        pieces.filter((piece) => piece.direction === direction).map((piece) => piece.bytes),
      ).toString();
    expect([said('in'), said('out')]).toEqual(['onequit', 'HELLO\r\none\r\nquit\r\n']);
  });

  it('records a client that says nothing when it goes', async () => {
    const ports = await startSensor();
    (await client(ports.web)).socket.end();
    (await client(ports.greeter)).socket.destroy();
    await until(() => loopback.seen.length >= 3);
    const contacts = loopback.seen.filter((one) => one.kind === 'contact');
    expect(contacts.map((one) => one.kind === 'contact' && one.protocol)).toEqual(['none', 'none']);
    await until(() => loopback.sensor.counters().connectionsOpen === 0);
  });

  it('holds what follows a pause, in order, and loses none of it when the client goes first', async () => {
    const ports = await startSensor();
    const { socket, text } = await client(ports.greeter);
    socket.write('pause');
    await until(() => kinds().length === 1);
    expect(kinds()).toEqual(['contact']);
    socket.write('next');
    await until(() => text() === 'HELLO\r\npause\r\nnext\r\n');
    socket.write('pause');
    await new Promise((resolve) => setTimeout(resolve, 50));
    socket.resetAndDestroy();
    await until(() => loopback.seen.length === 5);
    expect(loopback.seen.map((one) => 'input' in one && one.input)).toEqual([
      false,
      'pause 0',
      'next 1',
      'pause 2',
      'end',
    ]);
  });

  it('stores payloads under their hash in a container that is no program, and records terminals', async () => {
    const ports = await startSensor();
    const { socket, text } = await client(ports.greeter);
    socket.write('drop');
    await until(() => text().endsWith('drop\r\n'));
    socket.write('type');
    await until(() => text().endsWith('type\r\n'));
    const payload = Buffer.from('\u007fELF payload', 'latin1');
    const sha256 = createHash('sha256').update(payload).digest('hex');
    expect(loopback.seen[1]).toMatchObject({
      kind: 'payload',
      sha256,
      bytes: payload.length,
      how: 'upload',
      name: 'x',
    });
    socket.end();
    await loopback.sensor.stop();
    const path = join(loopback.folder, 'payloads', `${sha256}.payload`);
    expect(statSync(path).mode & 0o777).toBe(0o400);
    const container = readFileSync(path);
    expect(container.includes(payload)).toBe(false);
    expect(Buffer.from(openContainer(container))).toEqual(payload);
    const [recording = ''] = readdirSync(join(loopback.folder, 'recordings'));
    const [head, event] = readFileSync(join(loopback.folder, 'recordings', recording), 'utf8')
      .trim()
      .split('\n');
    expect(JSON.parse(head ?? '')).toMatchObject({ version: 2, width: 80, height: 24 });
    expect(JSON.parse(event ?? '')).toEqual([expect.any(Number), 'o', '$ ']);
  });

  it('ends the conversation of a decoy that fails, and no other', async () => {
    const ports = await startSensor();
    const other = await client(ports.greeter);
    const { socket, gone } = await client(ports.greeter);
    socket.write('throw');
    await until(gone);
    expect(loopback.sensor.counters().decoyErrors).toBe(1);
    expect(lines[0]).toContain('decoy greeter failed');
    other.socket.write('still');
    await until(() => other.text().endsWith('still\r\n'));
  });

  it('stops asking a decoy for more while the client does not read, and drops it past the bound', async () => {
    const ports = await startSensor({ unsentBytes: 10_000 });
    const { socket, gone } = await client(ports.greeter);
    socket.pause();
    socket.write('flood');
    await until(() => loopback.sensor.counters().connectionsUnread > 0);
    expect(loopback.sensor.counters().bytesSent).toBeLessThan(33_554_432);
    socket.resume();
    await until(gone);
  });

  it('lets the oldest of a source go past its limit, and the idlest of all past the total', async () => {
    const ports = await startSensor({ connectionsPerSource: 3 });
    const clients: Awaited<ReturnType<typeof client>>[] = [];
    for (let count = 0; count < 5; count += 1) clients.push(await client(ports.greeter));
    await until(() => clients[0]?.gone() === true && clients[1]?.gone() === true);
    expect(clients.slice(2).some((one) => one.gone())).toBe(false);
    expect(loopback.sensor.counters()).toMatchObject({
      connections: 5,
      connectionsOpen: 3,
      connectionsEvicted: 2,
    });
  });

  it('ends idle, overlong and overlarge conversations', async () => {
    const ports = await startSensor({ idleMilliseconds: 100, sessionBytes: 10 });
    const idle = await client(ports.web);
    await until(idle.gone);
    expect(loopback.sensor.counters().connectionsIdle).toBe(1);
    const large = await client(ports.echo);
    large.socket.write('more than ten bytes');
    await until(large.gone);
    expect(loopback.sensor.counters().connectionsOverBytes).toBe(1);
  });

  it('answers a datagram with no more than it got, at a bounded rate, and calls its sender spoofable', async () => {
    const ports = await startSensor();
    const socket = createSocket('udp4');
    const answers: string[] = [];
    socket.on('message', (bytes) => answers.push(String(bytes)));
    socket.send('hello', ports.udp, '127.0.0.1');
    await until(() => answers.length === 1);
    socket.send('more', ports.udp, '127.0.0.1');
    await until(() => loopback.sensor.counters().datagramRepliesWithheld === 1);
    for (let count = 0; count < 30; count += 1) socket.send(`n${count}`, ports.udp, '127.0.0.1');
    await until(() => loopback.sensor.counters().datagrams === 32);
    socket.close();
    expect(loopback.sensor.counters().datagramRepliesWithheld).toBeGreaterThan(10);
    expect(answers[0]).toBe('hello');
    expect(loopback.seen).toHaveLength(1);
    expect(loopback.seen[0]).toMatchObject({
      kind: 'contact',
      transport: 'udp',
      spoofable: true,
      service: 'any',
    });
  });

  needTools(['openssl', 'curl'])('sees inside TLS, and knows the client by its hello', async () => {
    const ports = await startSensor({}, withCertificate());
    const url = `https://127.0.0.1:${ports.web}/x`;
    const { execFile } = await import('node:child_process');
    const answer = await new Promise<string>((resolve, reject) => {
      execFile('curl', ['-sk', url], (error, stdout) => (error === null ? resolve(stdout) : reject(error)));
    });
    expect(answer).toBe('secret');
    expect(loopback.seen[0]).toMatchObject({ kind: 'contact', service: 'web', tls: true });
    expect(loopback.seen[0]?.fingerprints?.ja3).toMatch(/^[0-9a-f]{32}$/);
    expect(loopback.seen[0]?.fingerprints?.ja4).toMatch(/^t13/);
    const contact =
      loopback.seen[0]?.kind === 'contact'
        ? Buffer.from(loopback.seen[0].firstBytes, 'base64').toString()
        : '';
    expect(contact).toMatch(/^GET \/x HTTP/);
    // One that gives up after the certificate is recorded by its hello.
    const refusing = connectSecure({ port: ports.web, host: '127.0.0.1', rejectUnauthorized: true });
    await new Promise((resolve) => refusing.once('error', resolve));
    await until(() => loopback.seen.length === 2);
    expect(loopback.seen[1]).toMatchObject({ kind: 'contact', service: 'web', tls: false });
  });
});
