/** Which FTP server this machine runs, and how it greets. */

import type { Persona } from '../../core/persona.ts';
import { below, pick } from '../../core/random.ts';

export interface FtpServer {
  readonly product: 'vsftpd' | 'proftpd';
  readonly version: string;
  /** The whole first reply, without its line end. */
  greeting(address: string): string;
  readonly isAnonymous: boolean;
  readonly anonymousMayWrite: boolean;
  readonly anonymousRoot: string;
  readonly hasTls: boolean;
  /** ProFTPD's mod_copy: SITE CPFR and CPTO. */
  readonly copies: boolean;
  /** vsftpd 2.3.4 as it stood on its site for some days of 2011. */
  readonly isBackdoored: boolean;
}

type Drawn = readonly [product: 'vsftpd' | 'proftpd', version: string];

const servers = new WeakMap<Persona, FtpServer>();

const common: readonly [Drawn, ...Drawn[]] = [
  ['vsftpd', '3.0.3'],
  ['vsftpd', '3.0.5'],
  ['vsftpd', '3.0.2'],
  ['vsftpd', '2.3.4'],
  ['proftpd', '1.3.5'],
  ['proftpd', '1.3.7a'],
];

export function ftpServerOf(persona: Persona): FtpServer {
  let server = servers.get(persona);
  if (server === undefined) {
    server = makeServer(persona);
    servers.set(persona, server);
  }
  return server;
}

function makeServer(persona: Persona): FtpServer {
  const random = persona.random('ftp:server');
  const drawn = pick(random, common);
  const software = persona.software['ftp'];
  const details = software?.details ?? {};
  const named = software?.product.toLowerCase().startsWith('proftpd') === true ? 'proftpd' : 'vsftpd';
  const product = software === undefined ? drawn[0] : named;
  const version = software?.version ?? drawn[1];
  const system = /^ID="?([a-z]+)/m.exec(persona.osRelease)?.[1] === 'debian' ? 'Debian' : persona.hostname;
  const name = details['name'] ?? system;
  // ProFTPD tells its version unless it is told not to (ServerIdent); Debian's tells it not.
  const ident = version.startsWith('1.3.5') ? `ProFTPD ${version} Server` : 'ProFTPD Server';
  return {
    product,
    version,
    greeting: (address) =>
      details['banner'] ??
      (product === 'vsftpd' ? `220 (vsFTPd ${version})` : `220 ${ident} (${name}) [${address}]`),
    isAnonymous: (details['anonymous'] ?? (below(random, 3) === 0 ? 'no' : 'yes')) !== 'no',
    anonymousMayWrite: (details['anonymous'] ?? 'read') === 'write',
    anonymousRoot: details['root'] ?? '/srv/ftp',
    hasTls: persona.tls !== null && details['tls'] !== 'no',
    copies: product === 'proftpd' && details['mod_copy'] !== 'no',
    isBackdoored: product === 'vsftpd' && version === '2.3.4',
  };
}
