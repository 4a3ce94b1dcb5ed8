/** Attacks whose first bytes tell them, whatever the port. */

import { Buffer } from 'node:buffer';
import type { CommandFact, ExploitFact } from '../../core/observation.ts';
import type { ExploitClass } from '../../core/behavior.ts';
import { urlsIn } from '../../wire/url-text.ts';

interface Mark {
  readonly name: string;
  readonly class: ExploitClass;
  readonly cves: readonly string[];
  readonly technique: string;
  /** The text around which it is told, Latin-1; linear. */
  readonly find: (text: string) => number;
}

const marks: readonly Mark[] = [
  {
    name: 'log4shell',
    class: 'rce',
    cves: ['CVE-2021-44228'],
    technique: 'T1190',
    // Nested lookups such as ${lower:j} hide the word; what they all keep is a lookup in a lookup.
    find: (text) =>
      Math.max(
        text.search(/\$\{jndi:/i),
        text.search(/\$\{(?:lower|upper|env|sys|::-?)[^}]{0,40}\}?[^$]{0,40}(?:ndi|\$\{)/i),
      ),
  },
  {
    name: 'adb-shell',
    class: 'rce',
    cves: [],
    technique: 'T1059.004',
    find: (text) => (/^(?:CNXN|OPEN)/.test(text) ? text.search(/(?:shell|exec):/) : -1),
  },
  {
    name: 'jdwp-handshake',
    class: 'rce',
    cves: [],
    technique: 'T1190',
    find: (text) => (text.startsWith('JDWP-Handshake') ? 0 : -1),
  },
  {
    name: 'smb1-transaction-probe',
    class: 'rce',
    cves: ['CVE-2017-0144'],
    technique: 'T1210',
    // MS17-010: TRANS (0x25) with PeekNamedPipe (0x23) on FID 0, or TRANS2 (0x32) with SESSION_SETUP.
    find: (text) => text.search(/\xffSMB(?:\x25[\s\S]{56,80}\x23\0\0\0|\x32[\s\S]{56,80}\x0e\0)/),
  },
  {
    name: 'java-deserialization',
    class: 'deserialization',
    cves: [],
    technique: 'T1190',
    find: (text) => text.indexOf('\xac\xed\0\x05'),
  },
  {
    name: 'smart-install',
    class: 'rce',
    cves: ['CVE-2018-0171'],
    technique: 'T1190',
    find: (text) =>
      text.startsWith('\0\0\0\x01\0\0\0\x01\0\0\0\x04') || text.startsWith('\0\0\0\x01\0\0\0\x01\0\0\0\x07')
        ? 0
        : -1,
  },
];

const shellMarks =
  /(?:^|[;|&`$(\s/])(?:wget|curl|tftp|ftpget|busybox|chmod|\/bin\/(?:ba)?sh|uname|cat \/|rm -rf|nc -|bash -i)(?:\s|$|\/)/;

const readable = (text: string): string => text.replaceAll(/[^\x20-\x7e]/g, '.');

/** The shell command in a line that came in no protocol for shells, or null. */
export function commandIn(line: Uint8Array): CommandFact | null {
  const text = Buffer.from(line.subarray(0, 8192)).toString('latin1');
  if (!shellMarks.test(text)) return null;
  const from = Math.max(0, text.search(/[\x20-\x7e]{4}/));
  const urls = urlsIn(text);
  return {
    kind: 'command',
    service: 'any',
    input: readable(text.slice(from, from + 1024).replace(/[\r\n\0]{1,8}$/, '')).trim(),
    ...(urls.length > 0 ? { urls } : {}),
  };
}

/** The first attack that these bytes show, or null. */
export function exploitIn(bytes: Uint8Array): ExploitFact | null {
  const text = Buffer.from(bytes.subarray(0, 8192)).toString('latin1');
  for (const mark of marks) {
    const at = mark.find(text);
    if (at < 0) continue;
    return {
      kind: 'exploit',
      service: 'any',
      class: mark.class,
      name: mark.name,
      cves: mark.cves,
      technique: mark.technique,
      detail: readable(text.slice(at, at + 120)),
    };
  }
  return null;
}
