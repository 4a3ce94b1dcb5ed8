/** The page of the decoys: what each is, how deep it goes, which real programs its tests try against it. */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decoys } from '../../src/decoys/index.ts';
import { page, table } from './markdown.ts';

/** Facts that a decoy's code states, with the word for them; in the order of a conversation. */
const depths: readonly (readonly [word: string, mark: RegExp])[] = [
  ['logins', /kind: 'auth'/],
  ['commands', /kind: 'command'/],
  ['requests', /kind: 'request'/],
  ['objects', /kind: 'object-access'/],
  ['exploits', /kind: 'exploit'/],
  ['files', /do: 'capture'/],
  ['terminal', /do: 'terminal'/],
];
/** Real programs that its tests start to compare with, not clients of it. */
const daemons: ReadonlySet<string> = new Set(
  'dropbear dropbearkey initdb ip login mariadb-install-db mariadbd memcached mosquitto named nginx openssl postfix postgres redis-server smbd snmpd ssh-keygen sshd telnetd vsftpd'.split(
    ' ',
  ),
);

function textsOf(folder: string, tests: boolean): string {
  if (!existsSync(folder)) return '';
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && name.endsWith('.test.ts') === tests)
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .join('\n');
}

/** What its tests ask for by `needTools`, `needRoot` and `toolsIfPresent`. */
function clientsOf(folder: string): string {
  const clients = new Set<string>();
  for (const [, list] of textsOf(folder, true).matchAll(
    /(?:need(?:Tools|Root)|toolsIfPresent)\(\s*\[([^\]]*)\]/g,
  )) {
    for (const [, name] of (list ?? '').matchAll(/'([^']+)'/g)) {
      if (name !== undefined && !daemons.has(name)) clients.add(name);
    }
  }
  return [...clients].toSorted().join(', ');
}

export function decoyPage(root: string): string {
  const folderOf = (name: string): string => join(root, 'src/decoys', name);
  // Some decoys share a frame, which states part of what they see.
  const frames = ['http-service', 'sql'].map((name) => ({ name, code: textsOf(folderOf(name), false) }));
  return page(
    'Decoys',
    'src/decoys',
    'In the order in which they are asked whether the first bytes of a stranger on any port are theirs.',
    table(
      ['decoy', 'what it is', 'transport', 'usual ports', 'who speaks first'],
      decoys.map((decoy) => [
        `\`${decoy.name}\``,
        decoy.summary,
        decoy.transport === 'both' ? 'tcp, udp' : decoy.transport,
        decoy.ports.length === 0 ? 'any' : decoy.ports.join(', '),
        decoy.recognise === undefined ? 'the decoy' : 'the client',
      ]),
    ),
    '## How deep, and held against what',
    'Over UDP no answer is larger than the datagram that asked for it, whoever asks: what a real server would say at greater length (SNMP’s bulk answers, SSDP’s descriptions, CoAP’s resources, memcached’s values) is cut as its protocol allows or withheld. That holds for a source whose address is proved, too: the address of a datagram is never that of the proof.',
    'Every decoy records contacts; what else it records stands under “records”. “Tried with” names the real programs that its tests run against it; “compared with” the real server that a test holds it against, and the figure that the test demands. Where there is none, the answers follow the protocol’s specification and public descriptions.',
    table(
      ['decoy', 'records', 'tried with', 'compared with'],
      decoys.map((decoy) => {
        const own = textsOf(folderOf(decoy.name), false);
        const used = frames.filter((frame) => own.includes(`'../${frame.name}/`));
        const code = [own, ...used.map((frame) => frame.code)].join('\n');
        return [
          `\`${decoy.name}\``,
          depths.flatMap(([word, mark]) => (mark.test(code) ? [word] : [])).join(', '),
          clientsOf(folderOf(decoy.name)),
          decoy.fidelity ?? '',
        ];
      }),
    ),
  );
}
