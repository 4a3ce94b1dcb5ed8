import { below, type Random } from '../core/random.ts';
import { gzipText } from '../wire/gzip-file.ts';
import { tarEnd, tarEntryText } from '../wire/tar-archive.ts';
import { FileFault } from './files/fault.ts';
import type { Process } from './process.ts';

export interface Download {
  readonly host: string;
  readonly port: number;
  readonly path: string;
  readonly scheme: string;
  /** The last part of the path. */
  readonly file: string;
  readonly content: string;
}

/**
 * A fetch that does not happen: the address was recorded, and what "arrives" is this machine's own harmless bytes, a
 * script that does nothing or a file that looks like a program for the machine, so that the visitor goes on. The same
 * address gives the same bytes.
 */
export function emulateDownload(process: Process, address: string): Download | null {
  const match =
    /^(?:([a-z]{3,5}):\/\/)?(?:[^/@\s]{1,200}@)?([A-Za-z0-9._-]{1,255}|\[[0-9a-fA-F:.]{2,45}\])(?::(\d{1,5}))?([/?][^\s]{0,4000})?$/i.exec(
      address,
    );
  if (match === null) return null;
  const scheme = (match[1] ?? 'http').toLowerCase();
  const host = match[2] ?? '';
  const port =
    match[3] !== undefined ? Number(match[3]) : scheme === 'https' ? 443 : scheme === 'ftp' ? 21 : 80;
  const path = match[4] ?? '/';
  const plain = path.split(/[?#]/, 1)[0] ?? '';
  const file = plain.slice(plain.lastIndexOf('/') + 1);
  const { machine } = process.state;
  const random = machine.persona.random(`shell:download:${address}`);
  const script = /\.(?:sh|txt|pl|py|php|html?)$|^(?:bins?|i|sh|x|a|get|install|setup|wget|curl|run)?$/i.test(
    file,
  );
  const archive = /^(.{1,120}?)\.(?:tar\.gz|tgz)$/i.exec(file);
  const told = toldAddress(host.toLowerCase(), path, process.state.options.destination);
  const content =
    told !== null
      ? told
      : archive !== null
        ? archiveOf(process, archive[1] ?? '', random)
        : script
          ? `#!/bin/sh\n# ${(below(random, 1 << 30) + 4096).toString(16)}\nn=${below(random, 90)}\nexit 0\n`
          : machine.binary(24_000 + below(random, 90_000));
  // What is written from here on are our own bytes, wherever they are redirected to.
  process.state.writer = '';
  process.state.sleep(80 + below(random, 900));
  return { host, port, path, scheme, file, content };
}

/** Services that tell a caller his own address, with a line end or without. */
const addressTellers: ReadonlyMap<string, string> = new Map([
  ['ifconfig.me', ''],
  ['api.ipify.org', ''],
  ['ipecho.net', ''],
  ['ipinfo.io', ''],
  ['ident.me', ''],
  ['myip.dnsomatic.com', ''],
  ['icanhazip.com', '\n'],
  ['ipv4.icanhazip.com', '\n'],
  ['checkip.amazonaws.com', '\n'],
  ['ifconfig.co', '\n'],
  ['ip.sb', '\n'],
]);

/** What such a service answers: the address that the visitor has reached this machine at. Null for all else. */
function toldAddress(host: string, path: string, reached: string): string | null {
  const end = addressTellers.get(host.replace(/^www\./, ''));
  return end !== undefined && /^\/(?:ip|plain|all)?\/?$/.test(path) ? `${reached}${end}` : null;
}

/** A folder of the archive's name with a program of its name, as releases of tools are packed. */
function archiveOf(process: Process, stem: string, random: Random): string {
  const { machine } = process.state;
  // `xmrig-6.21.0-linux-static-x64` holds `xmrig-6.21.0/xmrig`.
  const name = /^[A-Za-z][A-Za-z_]{0,40}/.exec(stem)?.[0] ?? stem;
  const version = /^[A-Za-z][A-Za-z_]{0,40}-v?\d[\d.]{0,20}/.exec(stem)?.[0].replace(/\.$/, '');
  const folder = version ?? stem;
  const owner = { uid: 0, gid: 0, user: 'root', group: 'root', target: '' };
  const modified = Math.floor(machine.startedAt / 1000) - 86_400 * (3 + below(random, 300));
  const common = { ...owner, modified };
  const entries =
    tarEntryText({ ...common, name: `${folder}/`, kind: 'directory', mode: 0o755, content: '' }) +
    tarEntryText({
      ...common,
      name: `${folder}/${name}`,
      kind: 'file',
      mode: 0o755,
      content: machine.binary(24_000 + below(random, 40_000)),
    });
  return gzipText(entries + tarEnd(entries.length), '', modified, 6);
}

/** Puts a download into a file. The bytes are our own, so they are no capture. Throws `FileFault`. */
export function saveDownload(process: Process, path: string, content: string): void {
  const node = process.state.files.open(path, process.folder, 'truncate');
  if (node.kind === 'directory') throw new FileFault('EISDIR');
  if (node.kind === 'file') process.state.files.setContent(node, content, '');
}

/** The address that a name stands for: itself, or one that a name server would give; always the same. */
export function addressOf(process: Process, host: string): string {
  if (/^\d+\.\d+\.\d+\.\d+$/.test(host)) return host;
  const random = process.state.machine.persona.random(`shell:name:${host}`);
  return `${23 + below(random, 160)}.${below(random, 256)}.${below(random, 256)}.${1 + below(random, 254)}`;
}
