import type { Persona } from '../../core/persona.ts';
import { below } from '../../core/random.ts';
import { bullseye } from './bullseye.ts';
import { focal } from './focal.ts';
import { notApplets, providers } from './providers.ts';
import { redHat } from './red-hat.ts';
import type { Release } from './release.ts';

const statusPath = '/var/lib/dpkg/status';

/** Names and versions in dpkg's status file (deb822 stanzas). */
export function stanzasOf(text: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const stanza of text.split('\n\n')) {
    const name = /^Package: (\S+)$/m.exec(stanza)?.[1];
    const version = /^Version: (\S+)$/m.exec(stanza)?.[1];
    if (name !== undefined && version !== undefined) found.set(name, version);
  }
  return found;
}

/** A stanza of dpkg's status file. */
export const stanzaOf = (name: string, version: string, maintainer: string): string =>
  `Package: ${name}\nStatus: install ok installed\nPriority: optional\nMaintainer: ${maintainer}\nArchitecture: amd64\nVersion: ${version}\n\n`;

/** The packages of a persona's machine as its owner left it: those of the installer, of its services, and some of his own choice. */
export class PackageSet {
  readonly family: 'debian' | 'redhat' | 'none';
  /** Such as `focal`; empty where nothing says it. */
  readonly codename: string;
  readonly release: Release | null;
  readonly maintainer: string;
  readonly installed: ReadonlyMap<string, string>;

  constructor(persona: Persona) {
    const text = persona.osRelease;
    const ubuntu = /^ID="?ubuntu/m.test(text);
    this.family =
      persona.system !== 'linux-gnu'
        ? 'none'
        : /^ID(?:_LIKE)?="?(?:rhel|fedora|centos)/m.test(text)
          ? 'redhat'
          : 'debian';
    this.codename = this.family === 'debian' ? (ubuntu ? 'focal' : 'bullseye') : '';
    this.release =
      this.family === 'none' ? null : this.family === 'redhat' ? redHat : ubuntu ? focal : bullseye;
    this.maintainer = ubuntu
      ? 'Ubuntu Developers <ubuntu-devel-discuss@lists.ubuntu.com>'
      : 'Debian Developers <debian-devel@lists.debian.org>';
    const installed = new Map<string, string>(Object.entries(this.release?.installed ?? {}));
    const random = persona.random('shell:packages');
    for (const [name, [version, percent]] of Object.entries(this.release?.chosen ?? {}))
      if (below(random, 100) < percent) installed.set(name, version);
    for (const [name, version] of stanzasOf(persona.files[statusPath]?.content ?? ''))
      installed.set(name, version);
    this.installed = new Map([...installed].toSorted(([one], [other]) => (one < other ? -1 : 1)));
  }

  /** The packages any of which would bring this command; empty where the system has no such package, null where the command needs none. */
  providersOf(command: string): readonly string[] | null {
    const found = providers[command];
    if (this.family === 'none' || found === undefined) return null;
    const names = found[this.family === 'debian' ? 0 : 1];
    return names === '' ? [] : names.split('|');
  }

  /** True where the machine has this command. */
  has(command: string): boolean {
    if (this.family === 'none') return !notApplets.has(command);
    const names = this.providersOf(command);
    return names === null || names.some((name) => this.installed.has(name));
  }

  /** The version that the archive has of a package; null where it has none. */
  versionOf(name: string): string | null {
    return this.installed.get(name) ?? this.release?.chosen[name]?.[0] ?? null;
  }

  /** dpkg's status file. */
  get statusText(): string {
    return Array.from(this.installed, ([name, version]) => stanzaOf(name, version, this.maintainer)).join('');
  }
}
