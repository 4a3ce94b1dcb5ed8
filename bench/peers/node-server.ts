/** A bare Node server for the contact benchmark: accepts, sends a banner, reads once, answers, closes. Records nothing. */

import { createServer } from 'node:net';
import process from 'node:process';

const server = createServer({ noDelay: true }, (socket) => {
  socket.on('error', () => {});
  socket.once('data', () => socket.end('bye\r\n'));
  socket.write('SSH-2.0-OpenSSH_8.4p1 Debian-5+deb11u3\r\n');
});
server.listen({ host: '127.0.0.1', port: Number(process.argv[2]), backlog: 4_096 }, () =>
  console.log('ready'),
);
