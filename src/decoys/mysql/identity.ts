/** Which server this is: product, version, and what follows from them. */

import type { Persona } from '../../core/persona.ts';
import { below, pick } from '../../core/random.ts';

export interface MysqlIdentity {
  readonly isMariaDb: boolean;
  /** As `SELECT VERSION()` gives it. */
  readonly version: string;
  /** As the greeting has it: MariaDB before 11 puts 5.5.5- ahead, for replicas that know no version 10. */
  readonly greeting: string;
  readonly comment: string;
  readonly compiledFor: string;
  /** Authentication method of its accounts. */
  readonly method: 'mysql_native_password' | 'caching_sha2_password';
  readonly capabilities: number;
  /** MariaDB's own capabilities, in the filler of the greeting. */
  readonly extended: number;
  readonly collation: number;
  readonly pluginFolder: string;
  readonly secureFolder: string | null;
  /** Errors name the clause (`WHERE`) as the newer MariaDB does, or its place (`where clause`). */
  readonly namesClauses: boolean;
  /** The authentication flaw CVE-2012-2122. */
  readonly hasComparisonFlaw: boolean;
  readonly offersTls: boolean;
}

type Release = readonly [product: string, version: string];

const versions: readonly [Release, ...Release[]] = [
  ['MySQL', '8.0.36-0ubuntu0.22.04.1'],
  ['MySQL', '8.0.39-0ubuntu0.20.04.1'],
  ['MySQL', '5.7.42-0ubuntu0.18.04.1'],
  ['MySQL', '5.7.44-log'],
  ['MariaDB', '10.5.23-MariaDB-0+deb11u1'],
  ['MariaDB', '10.3.39-MariaDB-0+deb10u2'],
];

/** Whether a version is this one or a later one. */
export function isAtLeast(version: string, ...wanted: readonly number[]): boolean {
  const have = version.split(/[.-]/).map(Number);
  for (const [index, number] of wanted.entries()) {
    const ours = have[index] ?? 0;
    if (ours !== number) return ours > number;
  }
  return true;
}

export function identityOf(persona: Persona): MysqlIdentity {
  const software = persona.software['mysql'];
  const drawn = pick(persona.random('mysql version'), versions);
  const version = software?.version ?? drawn[1];
  const isMariaDb = (software?.product ?? drawn[0]).toLowerCase() === 'mariadb';
  const details = software?.details ?? {};
  // Debian's MariaDB has no certificate until somebody makes one; MySQL makes its own at the first start.
  const wantsTls =
    details['tls'] === undefined ? !isMariaDb && isAtLeast(version, 5, 7, 6) : details['tls'] === 'on';
  const offersTls = persona.tls !== null && wantsTls;
  const isNew = !isMariaDb && isAtLeast(version, 8);
  const distribution = /deb(\d+)/.exec(version)?.[1];
  const ubuntu = /ubuntu(?:0\.)?(\d\d\.\d\d)/.exec(version)?.[1];
  const comment =
    details['comment'] ??
    (distribution === undefined
      ? ubuntu === undefined
        ? isMariaDb
          ? 'mariadb.org binary distribution'
          : 'MySQL Community Server (GPL)'
        : isMariaDb
          ? `Ubuntu ${ubuntu}`
          : '(Ubuntu)'
      : distribution === '10'
        ? `Debian ${distribution}`
        : isMariaDb
          ? `Debian ${distribution}`
          : '(Debian)');
  const isPackaged = distribution !== undefined || ubuntu !== undefined;
  return {
    isMariaDb,
    version,
    greeting: isMariaDb && isAtLeast(version, 10) && !isAtLeast(version, 11) ? `5.5.5-${version}` : version,
    comment,
    compiledFor: isPackaged && isMariaDb ? 'debian-linux-gnu' : 'Linux',
    method: isNew ? 'caching_sha2_password' : 'mysql_native_password',
    capabilities:
      (isMariaDb ? mariaCapabilities(version) : mysqlCapabilities(version)) | (offersTls ? 0x800 : 0),
    extended:
      isMariaDb && isAtLeast(version, 10, 2)
        ? isAtLeast(version, 10, 6)
          ? 0x1d
          : isAtLeast(version, 10, 5)
            ? 0x0f
            : 0x07
        : 0,
    collation: Number(details['collation'] ?? (isNew ? 255 : isMariaDb && isPackaged ? 45 : 8)) & 0xff,
    pluginFolder: isMariaDb && isPackaged ? '/usr/lib/mysql/plugin/' : '/usr/lib64/mysql/plugin/',
    secureFolder: isMariaDb ? null : (details['secure_file_priv'] ?? ''),
    namesClauses: isMariaDb && isAtLeast(version, 10, 6, 20),
    hasComparisonFlaw: isMariaDb ? !isAtLeast(version, 5, 5, 23) : !isAtLeast(version, 5, 5, 24),
    offersTls,
  };
}

/** Capabilities but for TLS, as the servers' greetings have them. */
function mariaCapabilities(version: string): number {
  if (!isAtLeast(version, 10, 2)) return 0xa00ff7ff - 0x100000000;
  return isAtLeast(version, 10, 5) ? 0x81fff7fe - 0x100000000 : 0x81bff7fe - 0x100000000;
}

function mysqlCapabilities(version: string): number {
  if (isAtLeast(version, 8)) return 0xdffff7ff - 0x100000000;
  return isAtLeast(version, 5, 7) ? 0xc1fff7ff - 0x100000000 : 0x800ff7ff - 0x100000000;
}

/** The thread number that the server has come to. */
export function firstThread(persona: Persona): number {
  return 8 + below(persona.random('mysql threads'), 4000);
}
