/** The exchange of version lines, RFC 4253 §4.2, with the mistakes that the real daemons allow. */

import { Buffer } from 'node:buffer';
import type { SshDaemon } from './daemon.ts';

export type Identification =
  /** The client's line without its end; `used` octets of the input belong to it. */
  | { readonly is: 'client'; readonly line: string; readonly used: number }
  | { readonly is: 'incomplete' }
  /** Answer with this text (empty for none) and hang up. */
  | { readonly is: 'refused'; readonly answer: string };

const refused = (answer: string): Identification => ({ is: 'refused', answer });

/** As sscanf("SSH-%d.%d-%[^\n]"), for a line of at most 8 KiB without its end. */
const versionLine = /^SSH-(\d{1,9})\.(\d{1,9})-./;

function judge(line: string, used: number, unparsable: string, other: string): Identification {
  const version = versionLine.exec(line);
  if (version === null) return refused(unparsable);
  const major = Number(version[1]);
  if (major !== 2 && !(major === 1 && Number(version[2]) === 99)) return refused(other);
  return { is: 'client', line, used };
}

/** OpenSSH from 8.0 on: kex_exchange_identification. A carriage return must be followed by the line's end. */
function modernOpenSsh(bytes: Uint8Array): Identification {
  const invalid = refused('Invalid SSH identification string.\r\n');
  const limit = Math.min(bytes.length, 8194);
  for (let index = 0; index < limit; index += 1) {
    const octet = bytes[index];
    if (octet === 10) {
      const end = index > 0 && bytes[index - 1] === 13 ? index - 1 : index;
      const line = Buffer.from(bytes.subarray(0, end)).toString('latin1');
      return judge(
        line,
        index + 1,
        invalid.is === 'refused' ? invalid.answer : '',
        'Protocol major versions differ.\r\n',
      );
    }
    if (octet === 0 || (octet !== 13 && index > 0 && bytes[index - 1] === 13)) return invalid;
    if (index > 8192) return invalid;
  }
  return { is: 'incomplete' };
}

/** OpenSSH before 8.0: sshd_exchange_identification. 255 octets at most; a carriage return ends the text, not the line. */
function earlyOpenSsh(bytes: Uint8Array): Identification {
  const limit = Math.min(bytes.length, 255);
  for (let index = 0; index < limit; index += 1) {
    if (bytes[index] !== 10 && index < 254) continue;
    const text = Buffer.from(bytes.subarray(0, index)).toString('latin1');
    const line = text.split(/[\0\r]/, 1)[0] ?? '';
    return judge(line, index + 1, 'Protocol mismatch.\n', 'Protocol major versions differ.\n');
  }
  return { is: 'incomplete' };
}

/** Dropbear: lines ahead of the version are passed over, up to 50 of 255 octets each; what is wrong ends in silence. */
function dropbear(bytes: Uint8Array): Identification {
  let start = 0;
  for (let count = 0; count < 50; count += 1) {
    const end = bytes.indexOf(10, start);
    if (end < 0) return bytes.length - start > 255 ? refused('') : { is: 'incomplete' };
    if (end - start > 255) return refused('');
    const line = Buffer.from(bytes.subarray(start, end)).toString('latin1').replace(/\r$/, '');
    if (line.startsWith('SSH-')) {
      if (!line.startsWith('SSH-2.') && !line.startsWith('SSH-1.99-')) return refused('');
      return { is: 'client', line, used: end + 1 };
    }
    start = end + 1;
  }
  return refused('');
}

/** Looks for the client's line in everything that has come so far. */
export function identify(daemon: SshDaemon, bytes: Uint8Array): Identification {
  if (daemon.product === 'dropbear') return dropbear(bytes);
  return daemon.version < 800 ? earlyOpenSsh(bytes) : modernOpenSsh(bytes);
}
