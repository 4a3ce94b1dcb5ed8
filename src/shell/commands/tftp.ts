import { emulateDownload, saveDownload } from '../download.ts';
import { FileFault } from '../files/fault.ts';
import type { Command, Process } from '../process.ts';
import { readOptions } from './input-text.ts';

function save(process: Process, address: string, path: string): number {
  const download = emulateDownload(process, address);
  if (download === null) {
    process.error.write(`${process.name}: bad address\n`);
    return 1;
  }
  try {
    if (path === '-') process.output.write(download.content);
    else saveDownload(process, path, download.content);
    return 0;
  } catch (error) {
    if (!(error instanceof FileFault)) throw error;
    process.error.write(`${process.name}: can't open '${path}': ${error.message}\n`);
    return 1;
  }
}

export const tftp: Command = {
  names: ['tftp'],
  folder: '/usr/bin',
  systems: 'busybox',
  run(process) {
    const { values, operands } = readOptions(process.words, 'lrbc');
    const host = operands[0];
    const remote = values.get('r') ?? values.get('l') ?? (values.has('c') ? (operands[1] ?? '') : '');
    if (host === undefined || remote === '') {
      process.error.write(
        `BusyBox ${process.state.machine.busyboxVersion} multi-call binary.\n\nUsage: tftp [OPTIONS] HOST [PORT]\n\nTransfer a file from/to tftp server\n\n\t-l FILE\tLocal FILE\n\t-r FILE\tRemote FILE\n\t-g\tGet file\n\t-p\tPut file\n`,
      );
      return 1;
    }
    return save(
      process,
      `tftp://${host}/${remote}`,
      values.get('l') ?? remote.slice(remote.lastIndexOf('/') + 1),
    );
  },
};

export const ftpget: Command = {
  names: ['ftpget'],
  folder: '/usr/bin',
  systems: 'busybox',
  run(process) {
    const { operands } = readOptions(process.words, 'upP');
    const [host, local, remote = local] = operands;
    if (host === undefined || local === undefined) {
      process.error.write(
        `BusyBox ${process.state.machine.busyboxVersion} multi-call binary.\n\nUsage: ftpget [OPTIONS] HOST [LOCAL_FILE] REMOTE_FILE\n`,
      );
      return 1;
    }
    return save(process, `ftp://${host}/${(remote ?? '').replace(/^\/+/, '')}`, local);
  },
};
