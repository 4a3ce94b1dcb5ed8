import { Buffer } from 'node:buffer';
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { chownSync, chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { within } from '../loop/namespaces.ts';

const entry = join(import.meta.dirname, '../../src/cli/main.ts');
const nobody = 65_534;
const asRoot = process.getuid?.() === 0;

interface Finished {
  readonly code: number;
  readonly out: string;
  readonly error: string;
}

/** Program and words that run Picket as a user without rights: this one, or another where this one is root. */
function plainly(words: readonly string[]): { readonly program: string; readonly words: readonly string[] } {
  const all = [entry, ...words];
  if (!asRoot) return { program: process.execPath, words: all };
  const id = String(nobody);
  return {
    program: 'setpriv',
    words: ['--reuid', id, '--regid', id, '--clear-groups', process.execPath, ...all],
  };
}

function picket(...given: string[]): Promise<Finished> {
  const { program, words } = plainly(given);
  return new Promise((resolve) => {
    execFile(program, words, { timeout: 40_000, killSignal: 'SIGKILL' }, (error, out, complaint) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
      resolve({ code, out, error: complaint });
    });
  });
}

async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise<Server>((resolve) => {
          const server = createServer().listen(0, '127.0.0.1', () => resolve(server));
        }),
    ),
  );
  const ports = servers.map((server) => {
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  });
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

/** One conversation with the Redis decoy from an address of loopback; what was answered. */
function attack(port: number, source: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, localAddress: source });
    socket.on('connect', () =>
      socket.write('*4\r\n$6\r\nCONFIG\r\n$3\r\nSET\r\n$3\r\ndir\r\n$10\r\n/root/.ssh\r\n'),
    );
    socket.once('data', (bytes) => {
      resolve(String(bytes));
      socket.end();
    });
    socket.on('error', reject);
  });
}

/**
 * A datagram of NetFlow 5 with one record: SYNs to port 443 that got no answer.
 *
 *     uint16 version, count; uint32 uptime, seconds, nanoseconds, sequence; uint8 engine[2]; uint16 sampling
 *     uint32 source, destination, next hop; uint16 interfaces[2]; uint32 packets, octets, first, last;
 *     uint16 ports[2]; uint8 padding, flags, protocol, tos; uint16 systems[2]; uint8 masks[2]; uint16 padding
 */
function synFlood(destination: string, packets: number): Buffer {
  const bytes = Buffer.alloc(72);
  bytes.writeUInt16BE(5, 0);
  bytes.writeUInt16BE(1, 2);
  bytes.writeUInt32BE(600_000, 4);
  bytes.writeUInt32BE(Math.floor(Date.now() / 1000), 8);
  for (const [index, address] of ['198.18.66.6', destination].entries())
    bytes.set(address.split('.').map(Number), 24 + index * 4);
  bytes.writeUInt32BE(packets, 40);
  bytes.writeUInt32BE(packets * 40, 44);
  bytes.writeUInt32BE(590_000, 48);
  bytes.writeUInt32BE(600_000, 52);
  bytes.writeUInt16BE(40_000, 56);
  bytes.writeUInt16BE(443, 58);
  bytes.writeUInt8(2, 61);
  bytes.writeUInt8(6, 62);
  return bytes;
}

const jsonLines = <Row>(text: string): Row[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line): Row => JSON.parse(line));

interface DecisionRow {
  readonly target: string;
  readonly action: string;
  readonly until: string;
}

describe('picket up as a plain user', () => {
  let folder = '';
  let file = '';
  let ports: number[] = [];
  let up: ChildProcess | null = null;
  let said = '';
  const source = '127.66.6.6';
  const ask = (...words: string[]): Promise<Finished> => picket(...words, '--config', file);

  const configure = (path: string, state: string, [redis, telnet, api, flow]: readonly number[]): void => {
    writeFileSync(
      path,
      JSON.stringify({
        state,
        sensor: {
          listen: '127.0.0.1',
          listeners: [
            { decoy: 'redis', port: redis },
            { decoy: 'telnet', port: telnet, persona: 'tplink-router' },
          ],
        },
        policy: { blockOnConversation: true },
        guards: { lab: ['127.0.0.0/8'] },
        api: { port: api },
        ...(flow === undefined ? {} : { telemetry: [{ flow: { listen: `127.0.0.1:${flow}` } }] }),
      }),
    );
  };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'picket-up-'));
    chmodSync(folder, 0o755);
    const state = join(folder, 'state');
    mkdirSync(state);
    if (asRoot) chownSync(state, nobody, nobody);
    ports = await freePorts(4);
    file = join(folder, 'picket.yaml');
    configure(file, state, ports);
    const { program, words } = plainly(['up', '--json', '--config', file]);
    const startedAt = Date.now();
    const child = spawn(program, words, { stdio: ['ignore', 'pipe', 'pipe'] });
    up = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        said += String(chunk);
      });
    }
    const answered = await within(30, async () => {
      try {
        return (await attack(ports[0] ?? 0, '127.66.6.1')) !== '';
      } catch {
        return false;
      }
    });
    expect(answered, said).toBe(true);
    process.stdout.write(`picket up to the first accepted contact: ${Date.now() - startedAt} ms\n`);
    expect(await within(60, () => said.includes('Picket is up.')), said).toBe(true);
  }, 100_000);

  afterAll(async () => {
    if (up !== null && up.exitCode === null && up.signalCode === null) {
      const ended = new Promise((resolve) => up?.once('exit', resolve));
      up.kill('SIGTERM');
      await ended;
    }
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  it('refuses to list what it has not: exit code 1 and one line', async () => {
    const none = await ask('sources', '--classification', 'benign');
    expect(none.code, none.error).toBe(1);
    expect(none.error).toBe('no source was seen yet\n');
    expect((await ask('explain', '127.99.9.9')).code).toBe(1);
    expect((await ask('decisions', '--lift', '127.99.9.9')).code).toBe(1);
  }, 60_000);

  it('leads from an attack over loopback to a decision that is listed and explained', async () => {
    expect(await attack(ports[0] ?? 0, source)).not.toBe('');
    const found = await within(20, async () => {
      const { code, out } = await ask('decisions', '--standing', '--json');
      if (code !== 0) return false;
      return jsonLines<DecisionRow>(out).some(
        (row) => row.target === source && row.action === 'block' && Date.parse(row.until) > Date.now(),
      );
    });
    expect(found, said).toBe(true);
    const explained = await ask('explain', source);
    expect(explained.code, explained.error).toBe(0);
    expect(explained.out).toContain(source);
    expect(explained.out).toContain('CONFIG');
    expect(explained.out).toMatch(/block/);
    const sources = await ask('sources', '--json');
    expect(sources.code).toBe(0);
    expect(jsonLines<{ source: string }>(sources.out).map((row) => row.source)).toContain(source);
    // The live lines told of both.
    expect(said).toContain(`"source":"${source}"`);
    expect(said).toContain(`"target":"${source}"`);
  }, 90_000);

  it('lifts a decision, adds one by hand, and lets what is allowed alone', async () => {
    const standing = async (): Promise<string[]> =>
      jsonLines<DecisionRow>((await ask('decisions', '--standing', '--json')).out).map((row) => row.target);
    expect((await ask('decisions', '--lift', source, '--reason', 'a test')).code).toBe(0);
    expect(await standing()).not.toContain(source);
    const after = (await ask('explain', source)).out;
    expect(after).toMatch(
      /decision: block on 127\.66\.6\.6 by picket, placed .* and lifted .* UTC by local: a test\n/,
    );
    expect(after).toContain('score 0.0');
    expect(after).toContain('evidence until the lift, which set the score to 0');
    const listed = (await ask('decisions')).out.split('\n');
    expect(listed[0]).toMatch(/^STATE +ACTION +TARGET +FROM \(UTC\) +UNTIL \(UTC\) +BY +WHY$/);
    expect(listed.find((line) => line.includes(source))).toMatch(
      /^lifted +block .*lifted by local: a test\)$/,
    );
    expect((await ask('sources')).out).toMatch(
      /^SOURCE +VERDICT +SCORE +SEEN +LAST \(UTC\) +DECISION +WHAT IT DID\n/,
    );
    expect(said).toContain(`"type":"lift","lift":{"target":"${source}"`);
    const added = await ask('decisions', '--add', '127.77.7.7', '--seconds', '600', '--json');
    expect(added.code, added.error).toBe(0);
    expect(await standing()).toContain('127.77.7.7');
    expect((await ask('explain', '127.77.7.7')).out).toMatch(
      /^127\.77\.7\.7 was not seen: local decided on it without evidence\ndecision: block on 127\.77\.7\.7 by local, until .* UTC\nreason: asked on the command line\n/,
    );
    const held = (await ask('doctor', '--json')).out;
    expect(held).toContain(`"found":"held by the running Picket (process ${up?.pid})"`);
    expect(held).not.toContain('"state":"failure"');
    const allowed = await ask('allow', '127.77.0.0/16', '--note', 'ours');
    expect(allowed.code, allowed.error).toBe(0);
    expect(await standing()).not.toContain('127.77.7.7');
    // What stands without a new note keeps its own.
    expect((await ask('allow', '127.77.0.0/16')).code).toBe(0);
    expect((await ask('allow')).out).toMatch(/127\.77\.0\.0\/16 .* ours\n/);
    // Refused by a guard, said by the exit code.
    expect((await ask('decisions', '--add', '127.77.7.7', '--seconds', '600')).code).toBe(1);
    expect((await ask('allow')).out).toContain('127.77.0.0/16');
    await attack(ports[0] ?? 0, '127.77.7.8');
    expect(await standing()).not.toContain('127.77.7.8');
    expect((await ask('allow', '--remove', '127.77.0.0/16')).code).toBe(0);
    expect(await ask('allow')).toMatchObject({
      code: 1,
      error: expect.stringMatching(/^the allowlist is empty/),
    });
  }, 180_000);

  it('lists an address that flow records show under a flood', async () => {
    expect(await ask('attacks')).toMatchObject({ code: 1, error: 'no attack on an address was seen\n' });
    const socket = createSocket('udp4');
    await new Promise<void>((resolve, reject) => {
      socket.send(synFlood('198.18.0.80', 20_000), ports[3] ?? 0, '127.0.0.1', (error) => {
        if (error === null) resolve();
        else reject(error);
      });
    });
    socket.close();
    let listed = '';
    const found = await within(20, async () => {
      listed = (await ask('attacks')).out;
      return listed !== '';
    });
    expect(found, said).toBe(true);
    expect(listed).toMatch(/\n198\.18\.0\.80 .* flood:syn +20000 SYNs without an answer .* port 443/);
    const [row] = jsonLines<{ lastSeen: string }>((await ask('attacks', '--json')).out);
    expect(row?.lastSeen).toMatch(/^20\d\d-.*Z$/);
  }, 60_000);

  it('answers wrong use with exit code 2 and one line', async () => {
    for (const words of [['sources', '--limit', 'many'], ['allow', 'nonsense'], ['explain'], ['nothing']]) {
      const { code, error, out } = await picket(...words, ...(words.length > 1 ? ['--config', file] : []));
      expect([words.join(' '), code, out]).toEqual([words.join(' '), 2, '']);
      expect(error).toMatch(/^picket: .+; see picket [a-z -]*--help \(PICKET_USAGE\)\n$/);
    }
  }, 60_000);

  it('says that a port is taken in one line, and ends with code 2', async () => {
    const other = join(folder, 'other.yaml');
    const state = join(folder, 'other-state');
    mkdirSync(state);
    if (asRoot) chownSync(state, nobody, nobody);
    const [, , api = 0] = await freePorts(3);
    configure(other, state, [ports[0] ?? 0, ports[1] ?? 0, api]);
    const { code, error } = await picket('up', '--config', other);
    expect([code, error.includes('PICKET_PORT_TAKEN')], error).toEqual([2, true]);
    expect(error.match(/PICKET_PORT_TAKEN/g)).toHaveLength(1);
    expect(error).toContain(String(ports[0]));
    expect(error).not.toMatch(/^\s+at /m);
  }, 60_000);

  it('names file, line and key of a wrong configuration, and ends with code 2', async () => {
    const wrong = join(folder, 'wrong.yaml');
    writeFileSync(wrong, 'mode: observe\nsensor:\n  listeners:\n    - decoy: redis\n      port: 99999999\n');
    const value = await picket('up', '--config', wrong);
    expect(value.code).toBe(2);
    expect(value.error).toMatch(/^picket: \S*wrong\.yaml:5: \S*port .+\n$/);
    writeFileSync(wrong, 'mode: observe\nsensors: {}\n');
    const key = await picket('up', '--config', wrong);
    expect(key.code).toBe(2);
    expect(key.error).toMatch(/^picket: \S*wrong\.yaml:2: .*sensors.*\n$/);
    expect((await picket('up', '--config', join(folder, 'absent.yaml'))).code).toBe(2);
  }, 60_000);

  it('stops in order on SIGTERM, with code 0', async () => {
    const child = up;
    if (child === null) throw new Error('it was not started');
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await ended;
    expect(child.exitCode, said).toBe(0);
    expect(said).toMatch(/\nstopping …\nstopped\n$/);
    expect((await ask('sources')).code).toBe(1);
  }, 60_000);
});
