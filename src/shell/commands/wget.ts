import { formatDate } from '../date-format.ts';
import { addressOf, emulateDownload, saveDownload } from '../download.ts';
import { FileFault } from '../files/fault.ts';
import { isBusybox, type Command, type Process } from '../process.ts';
import { readOptions } from './input-text.ts';

export const wget: Command = {
  names: ['wget'],
  folder: '/usr/bin',
  systems: 'both',
  run(process) {
    const { flags, values, operands } = readOptions(process.words, 'OoPUTtYei');
    if (operands.length === 0) {
      process.error.write(
        isBusybox(process)
          ? `BusyBox ${process.state.machine.busyboxVersion} multi-call binary.\n\nUsage: wget [-c|--continue] [--spider] [-q|--quiet] [-O|--output-document FILE]\n\t[--header 'header: value'] [-Y|--proxy on/off] [-P DIR]\n\t[-S|--server-response] [-U|--user-agent AGENT] URL...\n`
          : "wget: missing URL\nUsage: wget [OPTION]... [URL]...\n\nTry `wget --help' for more options.\n",
      );
      return 1;
    }
    let status = 0;
    for (const url of operands.slice(0, 16))
      status = fetch(process, url, values, flags.has('q') || flags.has('quiet') || flags.has('nv')) || status;
    return status;
  },
};

function fetch(process: Process, url: string, values: ReadonlyMap<string, string>, quiet: boolean): number {
  const download = emulateDownload(process, url);
  if (
    download === null ||
    (download.scheme !== 'http' && download.scheme !== 'https' && download.scheme !== 'ftp')
  ) {
    process.error.write(isBusybox(process) ? `wget: bad address '${url}'\n` : `${url}: Invalid host name.\n`);
    return 1;
  }
  const folder = values.get('P') ?? '';
  const wanted = values.get('O') ?? values.get('output-document');
  const name =
    wanted ?? `${folder === '' ? '' : `${folder}/`}${download.file === '' ? 'index.html' : download.file}`;
  const bytes = download.content.length;
  const address = addressOf(process, download.host);
  if (!quiet && isBusybox(process))
    process.error.write(`Connecting to ${download.host} (${address}:${download.port})\n`);
  if (!quiet && !isBusybox(process)) {
    const resolving =
      address === download.host ? '' : `Resolving ${download.host} (${download.host})... ${address}\n`;
    const full = `${download.scheme}://${download.host}${[80, 443, 21].includes(download.port) ? '' : `:${download.port}`}${download.path}`;
    process.error.write(
      `--${formatDate(process.state.now(), '%Y-%m-%d %H:%M:%S')}--  ${full}\n${resolving}Connecting to ${download.host}${resolving === '' ? '' : ` (${download.host})|${address}|`}:${download.port}... connected.\nHTTP request sent, awaiting response... 200 OK\nLength: ${bytes} (${(bytes / 1024).toFixed(0)}K) [application/octet-stream]\nSaving to: '${name === '-' ? 'STDOUT' : name}'\n\n`,
    );
  }
  try {
    if (name === '-') process.output.write(download.content);
    else saveDownload(process, name, download.content);
  } catch (error) {
    if (!(error instanceof FileFault)) throw error;
    process.error.write(
      isBusybox(process)
        ? `wget: can't open '${name}': ${error.message}\n`
        : `${name}: ${error.message}\n\nCannot write to '${name}' (Success).\n`,
    );
    return isBusybox(process) ? 1 : 3;
  }
  if (quiet) return 0;
  const shown = name.slice(name.lastIndexOf('/') + 1);
  process.error.write(
    isBusybox(process)
      ? `${shown.slice(0, 20).padEnd(20)} 100% |*******************************| ${String(bytes).padStart(6)}  0:00:00 ETA\n`
      : `${shown.slice(0, 19).padEnd(19)} 100%[===================>] ${(bytes / 1024).toFixed(2).padStart(7)}K  --.-KB/s    in 0.04s\n\n${formatDate(process.state.now(), '%Y-%m-%d %H:%M:%S')} (${(bytes / 40_960).toFixed(2)} MB/s) - '${name}' saved [${bytes}/${bytes}]\n\n`,
  );
  return 0;
}
