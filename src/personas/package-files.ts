/** What dpkg says is installed: the packages of the persona's services with the versions that its banners give. */

import type { PersonaFile } from '../core/persona.ts';
import { textFile } from './build.ts';

/** Name and Debian version of each package; `Section` and the like are what the packages themselves carry. */
export type PackageList = Readonly<Record<string, string>>;

/** `1:8.2p1-4ubuntu0.11` of `SSH-2.0-OpenSSH_8.2p1 Ubuntu-4ubuntu0.11`: the epoch is that of Debian's package. */
export function openSshPackages(banner: string): PackageList {
  const [, upstream = '', revision = ''] = /^SSH-2\.0-OpenSSH_(\S+) \w+-(\S+)$/.exec(banner) ?? [];
  if (upstream === '') return {};
  const version = `1:${upstream}-${revision}`;
  return { 'openssh-client': version, 'openssh-server': version, 'openssh-sftp-server': version };
}

/** /var/lib/dpkg/status (deb822 stanzas in the order of the names). */
export function packageFiles(packages: PackageList, maintainer: string): Record<string, PersonaFile> {
  const stanzas = Object.entries(packages)
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(
      ([name, version]) =>
        `Package: ${name}\nStatus: install ok installed\nPriority: optional\nMaintainer: ${maintainer}\nArchitecture: amd64\nVersion: ${version}\n\n`,
    );
  return { '/var/lib/dpkg/status': textFile(stanzas.join('')) };
}
