/** What the mail server says of itself, the same at every visit. */

import type { Persona } from '../../core/persona.ts';
import { below, pick } from '../../core/random.ts';

export interface MailServer {
  /** `myhostname`, such as `mail.example.org`. */
  readonly host: string;
  /** What follows the host's name in the greeting, such as `ESMTP Postfix (Debian/GNU)`. */
  readonly greeting: string;
  readonly version: readonly [major: number, minor: number];
  /** `message_size_limit`, bytes. */
  readonly sizeLimit: number;
  /** As EHLO lists them; none where nobody can log in. */
  readonly mechanisms: readonly string[];
  /** True where it takes mail for anybody from anybody. */
  readonly relays: boolean;
  /** Domains whose mail stays here, lower case. */
  readonly ownDomains: ReadonlySet<string>;
  /** Local parts that exist, lower case. */
  readonly mailboxes: ReadonlySet<string>;
  /** The next name of a file in the queue. */
  nextQueueId(now: number, random: number): string;
}

const servers = new WeakMap<Persona, MailServer>();

/** Local parts of /etc/aliases as Debian and Red Hat ship it. */
const aliases = ['postmaster', 'mailer-daemon', 'nobody', 'hostmaster', 'webmaster', 'www', 'abuse'];

const common = ['3.4.23', '3.5.25', '3.6.4', '3.7.11', '3.8.6'] as const;

export function mailServerOf(persona: Persona): MailServer {
  let server = servers.get(persona);
  if (server === undefined) {
    server = makeServer(persona);
    servers.set(persona, server);
  }
  return server;
}

function makeServer(persona: Persona): MailServer {
  const random = persona.random('smtp:server');
  const software = persona.software['smtp'];
  const details = software?.details ?? {};
  const version = software?.version ?? pick(random, common);
  const [major = 3, minor = 7] = version.split('.').map((part) => Number.parseInt(part, 10));
  const system = /^ID="?([a-z]+)/m.exec(persona.osRelease)?.[1] ?? '';
  const vendor = system === 'ubuntu' ? ' (Ubuntu)' : system === 'debian' ? ' (Debian/GNU)' : '';
  // Postfix makes a domain of its own for a machine whose name has none.
  const host =
    details['hostname'] ??
    (persona.hostname.includes('.') ? persona.hostname : `${persona.hostname}.localdomain`);
  const domain = host.slice(host.indexOf('.') + 1);
  const mechanisms =
    details['mechanisms'] ?? pick(random, ['PLAIN LOGIN', 'PLAIN LOGIN CRAM-MD5', 'PLAIN LOGIN']);
  // The queue file's inode is the second half of its name, and grows while the file system fills.
  let inode = 0x2_0000 + below(random, 0x18_0000);
  return {
    host,
    greeting: details['banner'] ?? `ESMTP Postfix${vendor}`,
    version: [major, minor],
    sizeLimit: Number.parseInt(details['size'] ?? '', 10) || 10_240_000,
    mechanisms: mechanisms.split(' ').filter((name) => name !== ''),
    relays: details['relay'] !== 'closed',
    ownDomains: new Set(
      [host, domain, persona.hostname, 'localhost', 'localhost.localdomain', details['domain'] ?? host].map(
        (name) => name.toLowerCase(),
      ),
    ),
    mailboxes: new Set([...persona.users.map((user) => user.name.toLowerCase()), ...aliases]),
    nextQueueId(now, jitter) {
      inode += 1 + (jitter % 7);
      const microseconds = (now % 1000) * 1000 + (jitter % 1000);
      return `${microseconds.toString(16).padStart(5, '0')}${inode.toString(16)}`.toUpperCase();
    },
  };
}
