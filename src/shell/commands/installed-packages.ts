import { formatDate } from '../date-format.ts';
import { FileFault } from '../files/fault.ts';
import { stanzaOf, stanzasOf } from '../packages/package-set.ts';
import { providers } from '../packages/providers.ts';
import type { Process } from '../process.ts';

const statusPath = '/var/lib/dpkg/status';

/** What this visitor finds installed, by dpkg's own file. */
export function installedPackages(process: Process): ReadonlyMap<string, string> {
  const { files } = process.state;
  if (files.find(statusPath, '/')?.kind !== 'file') return new Map();
  return stanzasOf(files.read(statusPath, '/'));
}

/** Commands that come with a package. */
export const commandsOf = (name: string, column: 0 | 1): string[] =>
  Object.entries(providers).flatMap(([command, names]) =>
    names[column].split('|').includes(name) ? [command] : [],
  );

/** Puts a program's file there, or takes it away. */
export function placePrograms(process: Process, commands: readonly string[], present: boolean): void {
  const { files, machine } = process.state;
  for (const command of commands) {
    const size = machine.programSize(command);
    const path = `/usr/bin/${command}`;
    try {
      if (!present) {
        for (const place of [path, `/usr/sbin/${command}`])
          if (files.find(place, '/') !== null) files.remove(place, '/');
      } else if (
        size !== null &&
        files.find(path, '/') === null &&
        files.find(`/usr/sbin/${command}`, '/') === null
      ) {
        const node = files.open(path, '/', 'truncate', 0o755);
        if (node.kind === 'file') files.setContent(node, machine.binary(size), '');
        files.change(path, '/', { mode: 0o755 });
      }
    } catch (error) {
      if (!(error instanceof FileFault)) throw error;
    }
  }
}

export function setStatus(process: Process, packages: ReadonlyMap<string, string>): void {
  const { files, machine } = process.state;
  try {
    const node = files.open(statusPath, '/', 'truncate');
    const text = Array.from(packages, ([name, version]) =>
      stanzaOf(name, version, machine.packages.maintainer),
    );
    if (node.kind === 'file') files.setContent(node, text.join(''), '');
  } catch (error) {
    if (!(error instanceof FileFault)) throw error;
  }
}

/** When the machine was put together, for what packages say of it. */
export const installedOn = (process: Process): string =>
  formatDate(process.state.machine.persona.bootedAt - 86_400_000 * 200, '%a %d %b %Y %H:%M:%S %p UTC');
