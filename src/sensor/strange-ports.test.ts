import { connect } from 'node:net';
import koffi from 'koffi';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { echo, greeter } from '../../test/support/greeting-decoys.ts';
import { LoopbackSensor } from '../../test/support/loopback-sensor.ts';
import { http } from '../decoys/http/http.ts';
import { createPersona, personaNames } from '../personas/index.ts';
import { StrangePorts, strangePortsOf } from './strange-ports.ts';

const library = koffi.load('libc.so.6');
const open = library.func('int socket(int, int, int)');
const bind = library.func('int bind(int, void*, uint32_t)');
const listen = library.func('int listen(int, int)');
const name = library.func('int getsockname(int, void*, void*)');

/** A listening socket on a free port, as the any-port listener's are handed down. */
function listening(): { readonly fd: number; readonly port: number } {
  const closeOnExecNonBlocking = 0o2004000;
  const fd = Number(open(2, 1 | closeOnExecNonBlocking, 0));
  const address = Buffer.from([2, 0, 0, 0, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]);
  if (Number(bind(fd, address, 16)) !== 0 || Number(listen(fd, 64)) !== 0) throw new Error('no socket');
  const length = Buffer.from([16, 0, 0, 0]);
  name(fd, address, length);
  return { fd, port: address.readUInt16BE(2) };
}

/** What comes back, until the other side hangs up or a first answer is there. */
const ask = (port: number, line: string): Promise<string> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    let text = '';
    socket.on('data', (bytes) => {
      text += String(bytes);
      socket.end();
    });
    socket.on('error', () => {});
    socket.on('close', () => resolve(text));
    socket.write(line);
  });

let loopback: LoopbackSensor;
beforeEach(() => {
  loopback = new LoopbackSensor();
});
afterEach(() => loopback.stop());

describe('the ports beside a machine’s own', () => {
  it('speak to a visitor on a handful, and the others hear and hang up', async () => {
    const ports = Array.from({ length: 16 }, () => listening());
    const machine = createPersona('ubuntu-web', 'strange', { now: Date.now() });
    await loopback.start([{ persona: machine, decoy: greeter }], {
      speaksOnAHandful: true,
      decoys: [greeter, http],
      any: echo,
      anyListeners: { tcp: ports.map(({ fd }) => fd), udp: [] },
    });
    const answers: string[] = [];
    for (const { port } of ports) answers.push(await ask(port, 'GET / HTTP/1.0\r\n\r\n'));
    const spoke = answers.filter((answer) => answer !== '').length;
    expect(spoke).toBe(strangePortsOf(machine));
    expect(answers.slice(0, spoke)).not.toContain('');
    expect(await ask(ports[0]?.port ?? 0, 'GET / HTTP/1.0\r\n\r\n')).not.toBe('');
    expect(await ask(ports.at(-1)?.port ?? 0, 'GET / HTTP/1.0\r\n\r\n')).toBe('');
    // What came to the silent ones is known all the same.
    const seen = (kind: string): Set<number> =>
      new Set(loopback.seen.filter((one) => one.kind === kind).map((one) => one.destinationPort ?? 0));
    expect(seen('contact').size).toBe(ports.length);
    expect(seen('request').size).toBe(ports.length);
  });

  it('are as many as the machine’s seed says, and the same for each visitor', () => {
    const machines = ['a', 'b', 'c', 'd', 'e', 'f'].map((seed) =>
      createPersona(personaNames[0] ?? '', seed, { now: 0 }),
    );
    const numbers = machines.map((machine) => strangePortsOf(machine));
    expect(new Set(numbers).size).toBeGreaterThan(1);
    const [machine] = machines;
    if (machine === undefined) throw new Error('no machine');
    const table = new StrangePorts();
    const speaking = (source: string): number[] =>
      Array.from({ length: 40 }, (_, port) => port).filter((port) =>
        table.speaks(source, '192.0.2.7', port, machine),
      );
    expect(speaking('198.51.100.1')).toHaveLength(strangePortsOf(machine));
    expect(speaking('198.51.100.1')).toEqual(speaking('198.51.100.2'));
    expect(table.speaks('198.51.100.1', '192.0.2.8', 39, machine)).toBe(true);
  });
});
