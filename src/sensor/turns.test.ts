/** Visitors who make a shell work for long, beside others who want an answer. */

import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  executeRequest,
  passwordRequest,
  serviceRequest,
  sessionRequest,
  SshClient,
} from '../../test/support/ssh-client.ts';
import { sshPersona } from '../../test/support/ssh-persona.ts';
import { shellPersona } from '../../test/support/shell-persona.ts';
import { echo } from '../../test/support/greeting-decoys.ts';
import { LoopbackSensor } from '../../test/support/loopback-sensor.ts';
import { ssh } from '../decoys/ssh/ssh.ts';
import { telnet } from '../decoys/telnet/telnet.ts';

const heavy = 'i=0; while true; do i=$((i+1)); done; echo over';

let loopback: LoopbackSensor;
let ports: { telnet: number; ssh: number; echo: number };

beforeEach(async () => {
  loopback = new LoopbackSensor();
  const login = { accepted: [['root', 'secret']], acceptAfter: 0 } as const;
  const persona = shellPersona('linux-busybox', { login });
  const served = [
    { decoy: telnet, persona },
    { decoy: ssh, persona: sshPersona({ hostKey: ['ssh-ed25519'] }, login) },
    { decoy: echo, persona },
  ];
  const [first = 0, second = 0, third = 0] = await loopback.start(served, {
    decoys: [telnet, ssh],
    any: echo,
    log: (line) => {
      throw new Error(line);
    },
  });
  ports = { telnet: first, ssh: second, echo: third };
});
afterEach(() => loopback.stop());

async function open(port: number): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1' });
  socket.on('error', () => {});
  await new Promise((resolve) => socket.once('connect', resolve));
  return socket;
}

/** Asks again and again, each time on a new connection, until told to stop; gives the number of answers. */
async function askUntil(port: number, stopped: () => boolean): Promise<number> {
  let answers = 0;
  while (!stopped()) {
    const socket = await open(port);
    socket.write('hello');
    await new Promise((resolve) => socket.once('data', resolve));
    socket.destroy();
    if (!stopped()) answers += 1;
  }
  return answers;
}

/** Resolves once the text is there. */
function said(socket: Socket, text: string): Promise<void> {
  let heard = '';
  return new Promise((resolve) => {
    const listen = (bytes: Buffer): void => {
      heard += bytes.toString('latin1');
      if (!heard.includes(text)) return;
      socket.off('data', listen);
      resolve();
    };
    socket.on('data', listen);
  });
}

it('answers others while a line of a telnet visitor runs without end', async () => {
  const socket = await open(ports.telnet);
  await said(socket, 'login:');
  socket.write('root\r\n');
  await said(socket, 'assword:');
  const prompt = said(socket, '# ');
  socket.write('secret\r\n');
  await prompt;
  let isOver = false;
  // The line is killed for its work in the end, as the kernel would for memory.
  const killed = said(socket, 'Killed');
  void killed.then(() => {
    isOver = true;
    return null;
  });
  const echoed = said(socket, 'echo over\r\n');
  socket.write(`${heavy}\r\n`);
  await echoed;
  expect(await askUntil(ports.echo, () => isOver)).toBeGreaterThan(3);
});

it('answers others while a command over SSH runs without end', async () => {
  const socket = await open(ports.ssh);
  let drawn = 0;
  const client = new SshClient((count) => Uint8Array.from({ length: count }, () => (drawn += 37) & 255));
  const payloads: number[] = [];
  let isOver = false;
  const next = (payload: Buffer): void => {
    const number = payload[0] ?? 0;
    payloads.push(number);
    if (number === 21) socket.write(client.packet(serviceRequest));
    else if (number === 6) socket.write(client.packet(passwordRequest('root', 'secret')));
    else if (number === 52) socket.write(client.packet(sessionRequest));
    else if (number === 91) socket.write(client.packet(executeRequest(0, heavy)));
    else if (number === 97) isOver = true;
  };
  const begun = new Promise<void>((resolve) => {
    socket.on('data', (bytes: Buffer) => {
      client.receive(bytes, (answer) => void socket.write(answer), next);
      // The answer to the request: what it asked for runs from here on.
      if (payloads.includes(99)) resolve();
    });
  });
  socket.write(client.start());
  await begun;
  expect(await askUntil(ports.echo, () => isOver)).toBeGreaterThan(3);
  expect(payloads).toContain(97);
});
