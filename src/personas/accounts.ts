/** Accounts and the files that hold them: /etc/passwd, /etc/shadow and /etc/group. */

import { hexDigits } from '../core/random.ts';
import type { Persona, PersonaFile } from '../core/persona.ts';
import type { Seed } from './seed.ts';

export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  /** The comment field of /etc/passwd. */
  readonly gecos: string;
  readonly home: string;
  readonly shell: string;
  /** `set`: has a password; `none`: locked (`*`); `off`: never had one (`!`). */
  readonly password: 'set' | 'none' | 'off';
}

/** Reads lines of /etc/passwd with the password field saying what /etc/shadow holds: `x` none, `!` off, `P` set. */
export function accountsOf(lines: string): Account[] {
  return lines
    .trim()
    .split('\n')
    .map((line) => {
      const [name = '', mark, uid, gid, gecos = '', home = '/', shell = '/bin/sh'] = line.trim().split(':');
      const password = mark === 'P' ? 'set' : mark === '!' ? 'off' : 'none';
      return { name, uid: Number(uid), gid: Number(gid), gecos, home, shell, password };
    });
}

/** The accounts that Debian's and Ubuntu's base-passwd package gives every machine. */
export const debianBase = `
root:P:0:0:root:/root:/bin/bash
daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin
bin:x:2:2:bin:/bin:/usr/sbin/nologin
sys:x:3:3:sys:/dev:/usr/sbin/nologin
sync:x:4:65534:sync:/bin:/bin/sync
games:x:5:60:games:/usr/games:/usr/sbin/nologin
man:x:6:12:man:/var/cache/man:/usr/sbin/nologin
lp:x:7:7:lp:/var/spool/lpd:/usr/sbin/nologin
mail:x:8:8:mail:/var/mail:/usr/sbin/nologin
news:x:9:9:news:/var/spool/news:/usr/sbin/nologin
uucp:x:10:10:uucp:/var/spool/uucp:/usr/sbin/nologin
proxy:x:13:13:proxy:/bin:/usr/sbin/nologin
www-data:x:33:33:www-data:/var/www:/usr/sbin/nologin
backup:x:34:34:backup:/var/backups:/usr/sbin/nologin
list:x:38:38:Mailing List Manager:/var/list:/usr/sbin/nologin
irc:x:39:39:ircd:/var/run/ircd:/usr/sbin/nologin
gnats:x:41:41:Gnats Bug-Reporting System (admin):/var/lib/gnats:/usr/sbin/nologin
nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin
`;

/** What Ubuntu 20.04 Server adds. */
export const ubuntuServices = `
systemd-network:x:100:102:systemd Network Management,,,:/run/systemd:/usr/sbin/nologin
systemd-resolve:x:101:103:systemd Resolver,,,:/run/systemd:/usr/sbin/nologin
systemd-timesync:x:102:104:systemd Time Synchronization,,,:/run/systemd:/usr/sbin/nologin
messagebus:x:103:106::/nonexistent:/usr/sbin/nologin
syslog:x:104:110::/home/syslog:/usr/sbin/nologin
_apt:x:105:65534::/nonexistent:/usr/sbin/nologin
tss:x:106:111:TPM software stack,,,:/var/lib/tpm:/bin/false
uuidd:x:107:112::/run/uuidd:/usr/sbin/nologin
tcpdump:x:108:113::/nonexistent:/usr/sbin/nologin
landscape:x:109:115::/var/lib/landscape:/usr/sbin/nologin
pollinate:x:110:1::/var/cache/pollinate:/bin/false
sshd:x:111:65534::/run/sshd:/usr/sbin/nologin
systemd-coredump:!:999:999:systemd Core Dumper:/:/usr/sbin/nologin
lxd:!:998:100::/var/snap/lxd/common/lxd:/bin/false
`;

/** What Debian 11 adds. */
export const debianServices = `
_apt:x:100:65534::/nonexistent:/usr/sbin/nologin
systemd-timesync:x:101:101:systemd Time Synchronization,,,:/run/systemd:/usr/sbin/nologin
systemd-network:x:102:103:systemd Network Management,,,:/run/systemd:/usr/sbin/nologin
systemd-resolve:x:103:104:systemd Resolver,,,:/run/systemd:/usr/sbin/nologin
messagebus:x:104:110::/nonexistent:/usr/sbin/nologin
sshd:x:105:65534::/run/sshd:/usr/sbin/nologin
systemd-coredump:!:999:999:systemd Core Dumper:/:/usr/sbin/nologin
`;

const cryptAlphabet = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

function cryptText(seed: Seed, purpose: string, length: number): string {
  return Array.from(seed.bytes(purpose, length), (octet) => cryptAlphabet[octet & 63]).join('');
}

/** Has the look of crypt(5): `$6$` SHA-512 with a drawn salt, `$1$` MD5 in firmware. Nothing hashes to it. */
export function passwordHash(seed: Seed, name: string, scheme: '6' | '1'): string {
  const [salt, digest] = scheme === '6' ? [16, 86] : [8, 22];
  return `$${scheme}$${cryptText(seed, `salt ${name}`, salt)}$${cryptText(seed, `crypt ${name}`, digest)}`;
}

export function usersOf(accounts: readonly Account[]): Persona['users'] {
  return accounts.map(({ name, uid, home, shell }) => ({ name, uid, home, shell }));
}

/** The account files of a Debian-family machine set up at this time. */
export function accountFiles(
  seed: Seed,
  accounts: readonly Account[],
  installedAt: number,
): Record<string, PersonaFile> {
  const changed = Math.floor(installedAt / 86_400_000);
  const passwd = accounts.map(
    ({ name, uid, gid, gecos, home, shell }) => `${name}:x:${uid}:${gid}:${gecos}:${home}:${shell}`,
  );
  const shadow = accounts.map(({ name, password }) => {
    if (password === 'off') return `${name}:!:${changed}::::::`;
    return `${name}:${password === 'set' ? passwordHash(seed, name, '6') : '*'}:${changed}:0:99999:7:::`;
  });
  const people = accounts.filter(({ uid }) => uid >= 1000 && uid < 60_000);
  const members = people.map(({ name }) => name).join(',');
  const group = [
    'root:x:0:',
    'daemon:x:1:',
    'bin:x:2:',
    'sys:x:3:',
    `adm:x:4:${['syslog', members].filter((name) => name !== '').join(',')}`,
    'tty:x:5:',
    'disk:x:6:',
    'lp:x:7:',
    'mail:x:8:',
    'news:x:9:',
    'uucp:x:10:',
    'man:x:12:',
    'proxy:x:13:',
    `cdrom:x:24:${members}`,
    `sudo:x:27:${members}`,
    `dip:x:30:${members}`,
    'www-data:x:33:',
    'backup:x:34:',
    'operator:x:37:',
    'list:x:38:',
    'irc:x:39:',
    'src:x:40:',
    'gnats:x:41:',
    'shadow:x:42:',
    'utmp:x:43:',
    'video:x:44:',
    `plugdev:x:46:${members}`,
    'staff:x:50:',
    'games:x:60:',
    'users:x:100:',
    'nogroup:x:65534:',
    ...people.map(({ name, gid }) => `${name}:x:${gid}:`),
  ];
  return {
    '/etc/passwd': { content: `${passwd.join('\n')}\n`, mode: 0o644, owner: 'root' },
    '/etc/shadow': { content: `${shadow.join('\n')}\n`, mode: 0o640, owner: 'root' },
    '/etc/group': { content: `${group.join('\n')}\n`, mode: 0o644, owner: 'root' },
  };
}

/** 32 hex digits of /etc/machine-id. */
export function machineId(seed: Seed): string {
  return hexDigits(seed.random('machine id'), 32);
}
