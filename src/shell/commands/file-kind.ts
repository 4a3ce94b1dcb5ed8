import { formatDate } from '../date-format.ts';
import { contentOf, type Node } from '../files/node.ts';
import type { Machine } from '../machine.ts';
import type { Command, Process } from '../process.ts';
import { describeElf } from './elf-kind.ts';
import { readOptions } from './input-text.ts';

/** Magic numbers at the start of a file, with what file(1) says of them and the type of its content. */
const magic: readonly (readonly [start: string, says: string, type: string])[] = [
  ['PK\x03\x04', 'Zip archive data, at least v2.0 to extract', 'application/zip'],
  ['BZh', 'bzip2 compressed data, block size = 900k', 'application/x-bzip2'],
  ['\xfd7zXZ\0', 'XZ compressed data', 'application/x-xz'],
  ['7z\xbc\xaf\x27\x1c', '7-zip archive data, version 0.4', 'application/x-7z-compressed'],
  ['Rar!\x1a\x07', 'RAR archive data, v5', 'application/x-rar'],
  ['\x89PNG\r\n\x1a\n', 'PNG image data', 'image/png'],
  ['\xff\xd8\xff', 'JPEG image data', 'image/jpeg'],
  ['GIF8', 'GIF image data', 'image/gif'],
  ['%PDF-', 'PDF document', 'application/pdf'],
  ['MZ', 'PE32 executable (console) Intel 80386, for MS Windows', 'application/x-dosexec'],
  ['-----BEGIN OPENSSH PRIVATE KEY', 'OpenSSH private key', 'text/plain'],
  ['-----BEGIN RSA PRIVATE KEY', 'PEM RSA private key', 'text/plain'],
  ['-----BEGIN CERTIFICATE-----', 'PEM certificate', 'text/plain'],
  ['ssh-rsa ', 'OpenSSH RSA public key', 'text/plain'],
  ['!<arch>\n', 'current ar archive', 'application/x-archive'],
];

const scripts: readonly (readonly [interpreter: RegExp, says: string, type: string])[] = [
  [/^(?:sh|dash|ash)$/, 'POSIX shell script', 'text/x-shellscript'],
  [/^bash$/, 'Bourne-Again shell script', 'text/x-shellscript'],
  [/^python[\d.]*$/, 'Python script', 'text/x-script.python'],
  [/^perl$/, 'Perl script', 'text/x-perl'],
  [/^php$/, 'PHP script', 'text/x-php'],
  [/^node$/, 'Node.js script', 'application/javascript'],
];

/** How the bytes of a text are named; null for no text. */
function encodingOf(text: string): string | null {
  if (/[\0-\x06\x0e-\x1a\x1c-\x1f\x7f]/.test(text)) return null;
  if (!/[\x80-\xff]/.test(text)) return 'ASCII';
  return Buffer.from(text, 'latin1').toString('utf8').includes('\ufffd')
    ? /[\x80-\x9f]/.test(text)
      ? 'Non-ISO extended-ASCII'
      : 'ISO-8859'
    : 'UTF-8 Unicode';
}

function endings(text: string): string {
  const feeds = text.split('\n').length - 1;
  const pairs = text.split('\r\n').length - 1;
  const long = /[^\n]{300}/.test(text) ? ', with very long lines' : '';
  if (feeds === 0) return `${long}, with no line terminators`;
  return (
    long +
    (pairs === feeds ? ', with CRLF line terminators' : pairs > 0 ? ', with CRLF, LF line terminators' : '')
  );
}

/** What file(1) says of a content, and its type. */
function describeContent(
  content: string,
  machine: Machine,
  own: string | null,
): readonly [says: string, type: string] {
  if (content === '') return ['empty', 'inode/x-empty'];
  if (content.startsWith('\x7fELF')) return describeElf(content, machine, own);
  if (content.length === 1) return ['very short file (no magic)', 'application/octet-stream'];
  if (content.startsWith('\x1f\x8b')) return [describeGzip(content), 'application/gzip'];
  if (content.slice(257, 262) === 'ustar')
    return [
      content.slice(262, 265) === '  \0' ? 'POSIX tar archive (GNU)' : 'POSIX tar archive',
      'application/x-tar',
    ];
  const found = magic.find(([start]) => content.startsWith(start));
  if (found !== undefined) return [found[1], found[2]];
  const text = content.slice(0, 65_536);
  const encoding = encodingOf(text);
  if (encoding === null) return ['data', 'application/octet-stream'];
  const shebang = /^#! ?(?:\S{0,100}\/)?(?:env +)?([\w.+-]{1,30})/.exec(text)?.[1];
  const script = shebang === undefined ? undefined : scripts.find(([pattern]) => pattern.test(shebang));
  if (script !== undefined)
    return [
      `${script[1]}${script[1] === 'Perl script' ? ' text executable' : `, ${encoding} text executable`}${endings(text)}`,
      script[2],
    ];
  if (text.startsWith('<?php')) return [`PHP script, ${encoding} text${endings(text)}`, 'text/x-php'];
  if (/^\s{0,40}<(?:!doctype html|html|head)/i.test(text))
    return [`HTML document, ${encoding} text${endings(text)}`, 'text/html'];
  if (text.startsWith('<?xml')) return [`XML 1.0 document, ${encoding} text${endings(text)}`, 'text/xml'];
  if (/^[[{]/.test(text) && isJson(text)) return ['JSON data', 'application/json'];
  return [`${encoding} text${endings(text)}`, 'text/plain'];
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    // That it is none is the answer.
    return false;
  }
}

/** RFC 1952: flags at 3, time at 4, system at 9, name after the ten octets; size in the last four. */
function describeGzip(content: string): string {
  const code = (at: number): number => content.charCodeAt(at) || 0;
  const time = code(4) + code(5) * 256 + code(6) * 65_536 + code(7) * 16_777_216;
  const name = (code(3) & 8) === 0 ? '' : `, was "${content.slice(10, content.indexOf('\0', 10))}"`;
  const end = content.length;
  const size = code(end - 4) + code(end - 3) * 256 + code(end - 2) * 65_536 + code(end - 1) * 16_777_216;
  return `gzip compressed data${name}${time === 0 ? '' : `, last modified: ${formatDate(time * 1000, '%a %b %e %H:%M:%S %Y')}`}${code(8) === 2 ? ', max compression' : ''}, from Unix, original size modulo 2^32 ${size}`;
}

function describe(process: Process, path: string, node: Node, mime: boolean): string {
  const { files, machine } = process.state;
  const sticky = (node.mode & 0o1000) !== 0 ? 'sticky, ' : '';
  switch (node.kind) {
    case 'directory':
      return mime ? 'inode/directory; charset=binary' : `${sticky}directory`;
    case 'link': {
      const broken = files.find(path, process.folder) === null;
      return mime
        ? 'inode/symlink; charset=binary'
        : `${broken ? 'broken ' : ''}symbolic link to ${node.target}`;
    }
    case 'device':
      return mime
        ? 'inode/chardevice; charset=binary'
        : `${node.device === 'block' ? 'block' : 'character'} special (${node.numbers.join('/')})`;
    default: {
      if (!files.may(node, 4))
        return mime ? 'regular file, no read permission' : 'regular file, no read permission';
      const content = contentOf(node);
      process.state.budget.spendBytes(Math.min(content.length, 65_536));
      const [says, type] = describeContent(content, machine, machine.programOf(node));
      const charset = /ASCII text/.test(says)
        ? 'us-ascii'
        : /UTF-8/.test(says)
          ? 'utf-8'
          : /ISO-8859/.test(says)
            ? 'iso-8859-1'
            : 'binary';
      return mime ? `${type}; charset=${charset}` : says;
    }
  }
}

export const fileKind: Command = {
  names: ['file'],
  folder: '/usr/bin',
  systems: 'gnu',
  run(process) {
    const { flags, values, operands } = readOptions(process.words, 'fmFPe');
    if (flags.has('v') || flags.has('version')) {
      const version =
        process.state.machine.packages.installed.get('file')?.replace(/^1:/, '').split('-')[0] ?? '5.38';
      process.output.write(`file-${version}\nmagic file from /etc/magic:/usr/share/misc/magic\n`);
      return 0;
    }
    if (operands.length === 0) {
      process.error.write(
        'Usage: file [-bcCdEhikLlNnprsSvzZ0] [--apple] [--extension] [--mime-encoding]\n            [--mime-type] [-e <testname>] [-F <separator>]  [-f <namefile>]\n            [-m <magicfiles>] [-P <parameter=value>] [--exclude-quiet] <file> ...\n       file -C [-m <magicfiles>]\n       file [--help]\n',
      );
      return 1;
    }
    const width = Math.max(...operands.map((path) => path.length));
    const mime = flags.has('i') || flags.has('mime') || flags.has('mime-type');
    for (const path of operands) {
      const node = process.state.files.find(path, process.folder, flags.has('L'));
      const says =
        node === null
          ? `cannot open \`${path}' (No such file or directory)`
          : describe(process, path, node, mime);
      const shown = flags.has('mime-type') ? (says.split(';', 1)[0] ?? '') : says;
      process.output.write(
        flags.has('b') || flags.has('brief')
          ? `${shown}\n`
          : `${path}${values.get('F') ?? ':'}${' '.repeat(width - path.length)} ${shown}\n`,
      );
    }
    return 0;
  },
};
