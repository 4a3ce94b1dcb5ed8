import type { Command } from '../process.ts';
import { readOptions } from './input-text.ts';
import { portName, socketsOf } from './sockets.ts';

export const openFiles: Command = {
  names: ['lsof'],
  folder: '/usr/bin',
  systems: 'gnu',
  run(process) {
    const { flags, values, operands } = readOptions(process.words, 'pucdg');
    const port = process.words
      .map((word) => /^(?:-i)?(?:tcp|udp)?:(\d{1,5})$/i.exec(word)?.[1])
      .find((found) => found !== undefined);
    const rows = socketsOf(process).filter(
      (socket) =>
        (port === undefined || socket.localPort === Number(port)) &&
        (values.get('p') === undefined || values.get('p') === String(socket.pid)) &&
        (values.get('c') === undefined || socket.program.startsWith(values.get('c') ?? '')),
    );
    if (rows.length === 0 || (operands.length > 0 && port === undefined)) return 1;
    const numeric = flags.has('P');
    process.output.write('COMMAND     PID     USER   FD   TYPE DEVICE SIZE/OFF NODE NAME\n');
    for (const socket of rows) {
      const name =
        socket.state === 'ESTABLISHED'
          ? `${socket.local}:${portName(socket.localPort, numeric)}->${socket.remote}:${socket.remotePort} (ESTABLISHED)`
          : `*:${portName(socket.localPort, numeric)}${socket.state === 'LISTEN' ? ' (LISTEN)' : ''}`;
      process.output.write(
        `${socket.program.slice(0, 9).padEnd(9)} ${String(socket.pid).padStart(5)} ${socket.user.padStart(8)} ${`${socket.descriptor}u`.padStart(5)}  IPv4 ${String(socket.inode).padStart(6)}      0t0  ${socket.transport.toUpperCase()} ${name}\n`,
      );
    }
    return 0;
  },
};

export const fileUsers: Command = {
  names: ['fuser'],
  folder: '/bin',
  systems: 'both',
  run(process) {
    const { flags, operands } = readOptions(process.words, 'n');
    if (operands.length === 0) {
      process.error.write('No process specification given\n');
      return 1;
    }
    let status = 1;
    for (const word of operands) {
      const match =
        /^(\d{1,5})\/(tcp|udp)$/.exec(word) ??
        (process.words.includes('-n') ? /^(\d{1,5})()$/.exec(word) : null);
      if (match === null) {
        if (process.state.files.find(word, process.folder) === null)
          process.error.write(`Specified filename ${word} does not exist.\n`);
        continue;
      }
      const found = socketsOf(process).find(
        ({ localPort, state }) => localPort === Number(match[1]) && state !== 'ESTABLISHED',
      );
      if (found === undefined) continue;
      status = 0;
      process.error.write(`${`${word}:`.padEnd(20)} `);
      process.output.write(String(found.pid).padStart(5));
      process.error.write('\n');
      if (flags.has('k')) process.state.killed.add(found.pid);
    }
    return status;
  },
};
