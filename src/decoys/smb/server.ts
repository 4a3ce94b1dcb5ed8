/** What the file server says of itself, and what it shares. */

import type { Persona } from '../../core/persona.ts';
import { below, hexDigits, pick } from '../../core/random.ts';

export interface Share {
  readonly name: string;
  readonly comment: string;
  /** STYPE of [MS-SRVS] §2.2.2.4: 0 disk, 3 IPC; the top bit for special ones. */
  readonly type: number;
  /** Where its files lie in the persona's tree. */
  readonly folder: string;
  /** True where guests and anonymous visitors get in. */
  readonly isOpen: boolean;
}

export interface FileServer {
  readonly isSamba: boolean;
  readonly computer: string;
  readonly workgroup: string;
  readonly dnsDomain: string;
  readonly version: readonly [major: number, minor: number, build: number];
  /** As SMB 1 tells it in session setup, such as `Windows Server 2012 R2 Standard 9600`. */
  readonly system: string;
  readonly manager: string;
  readonly hasSmb1: boolean;
  readonly highestDialect: number;
  /** Windows 10 versions 1903 and 1909 compress, with the fault of CVE-2020-0796. */
  readonly compresses: boolean;
  readonly guid: Uint8Array;
  readonly shares: readonly Share[];
  /** Samba as Debian sets it up makes guests of names that it does not know. */
  readonly takesStrangers: boolean;
}

const servers = new WeakMap<Persona, FileServer>();

const windows: readonly [WindowsRelease, ...WindowsRelease[]] = [
  ['Windows Server 2008 R2 Standard 7601 Service Pack 1', 'Windows Server 2008 R2 Standard 6.1', 6, 1, 7601],
  ['Windows 7 Professional 7601 Service Pack 1', 'Windows 7 Professional 6.1', 6, 1, 7601],
  ['Windows Server 2012 R2 Standard 9600', 'Windows Server 2012 R2 Standard 6.3', 6, 3, 9600],
  ['Windows Server 2016 Standard 14393', 'Windows Server 2016 Standard 6.3', 10, 0, 14_393],
];

type WindowsRelease = readonly [system: string, manager: string, major: number, minor: number, build: number];

export function fileServerOf(persona: Persona): FileServer {
  let server = servers.get(persona);
  if (server === undefined) {
    server = makeServer(persona);
    servers.set(persona, server);
  }
  return server;
}

function makeServer(persona: Persona): FileServer {
  const random = persona.random('smb:server');
  const software = persona.software['smb'];
  const details = software?.details ?? {};
  const isSamba = software === undefined || software.product.toLowerCase().startsWith('samba');
  const drawn = pick(random, windows);
  const version = software?.version ?? pick(random, ['4.9.5', '4.13.13', '4.15.13', '4.17.12'] as const);
  const build = isSamba ? 0 : Number.parseInt(version.split('.')[2] ?? '', 10) || drawn[4];
  const release = windows.find((each) => each[4] === build) ?? drawn;
  const [major = 6, minor = 1] = isSamba ? [6, 1] : version.split('.').map(Number);
  const computer = (details['computer'] ?? persona.hostname.split('.')[0] ?? 'server')
    .slice(0, 15)
    .toUpperCase();
  const samba = `Samba ${version}${details['vendor'] ?? ''}`;
  const isOpen = (details['guest'] ?? (isSamba ? 'yes' : 'no')) === 'yes';
  const names = (
    details['shares'] ?? pick(random, ['public', 'share,backup', 'data', 'files,public'] as const)
  )
    .split(',')
    .filter((name) => name !== '');
  const root = details['root'] ?? '/srv/samba';
  const disk = (name: string, comment: string, type: number, open: boolean): Share => ({
    name,
    comment,
    type,
    folder: `${root}/${name}`,
    isOpen: open,
  });
  const shares = names.map((name) => disk(name, details[`comment.${name}`] ?? '', 0, isOpen));
  const special = 0x80000000;
  const pipes = isSamba ? `IPC Service (${samba})` : 'Remote IPC';
  shares.push({ name: 'IPC$', comment: pipes, type: special + 3, folder: '', isOpen: true });
  if (!isSamba)
    shares.unshift(
      disk('ADMIN$', 'Remote Admin', special, false),
      disk('C$', 'Default share', special, false),
    );
  const highest = build >= 10_240 ? 0x0311 : build >= 9_600 ? 0x0302 : 0x0210;
  return {
    isSamba,
    computer,
    workgroup: (details['workgroup'] ?? 'WORKGROUP').toUpperCase(),
    dnsDomain: details['domain'] ?? '',
    version: [major, minor, isSamba ? 0 : build],
    system: details['system'] ?? (isSamba ? 'Windows 6.1' : release[0]),
    manager: details['manager'] ?? (isSamba ? samba : release[1]),
    // Samba speaks SMB 1 no longer since 4.11, Windows since 1709.
    hasSmb1:
      (details['smb1'] ??
        ((isSamba ? Number(version.split('.')[1] ?? 0) < 11 : build < 16_000) ? 'yes' : 'no')) === 'yes',
    highestDialect: isSamba ? 0x0311 : highest,
    compresses: build === 18_362 || build === 18_363,
    guid: Uint8Array.from({ length: 16 }, () => below(random, 256)),
    shares,
    takesStrangers: isSamba && isOpen,
  };
}

/** A serial number for the volume of a share, the same at every visit. */
export function volumeSerial(persona: Persona, share: string): number {
  return Number.parseInt(hexDigits(persona.random(`smb:volume:${share}`), 8), 16);
}
