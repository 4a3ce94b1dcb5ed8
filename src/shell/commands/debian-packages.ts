import type { Command, Process } from '../process.ts';
import type { Reading } from '../stream.ts';
import { stanzaOf, stanzasOf } from '../packages/package-set.ts';
import { providers } from '../packages/providers.ts';
import { FileFault } from '../files/fault.ts';
import { Pattern } from '../language/pattern.ts';
import { formatDate } from '../date-format.ts';
import { readOptions } from './input-text.ts';

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

function setStatus(process: Process, packages: ReadonlyMap<string, string>): void {
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

const sources = (process: Process): readonly [base: string, security: string, suite: string] =>
  process.state.machine.packages.codename === 'focal'
    ? ['http://archive.ubuntu.com/ubuntu', 'http://security.ubuntu.com/ubuntu', 'focal']
    : ['http://deb.debian.org/debian', 'http://security.debian.org/debian-security', 'bullseye'];

function update(process: Process): number {
  const [base, security, suite] = sources(process);
  process.state.sleep(1_200 + (process.state.machine.nextRandom() % 2_000));
  const plain =
    suite === 'focal'
      ? [
          `${base} ${suite}`,
          `${base} ${suite}-updates`,
          `${base} ${suite}-backports`,
          `${security} ${suite}-security`,
        ]
      : [`${base} ${suite}`, `${security} ${suite}-security`, `${base} ${suite}-updates`];
  for (const [index, line] of plain.entries()) process.output.write(`Hit:${index + 1} ${line} InRelease\n`);
  process.output.write('Reading package lists... Done\n');
  if (process.name === 'apt')
    process.output.write(
      'Building dependency tree       \nReading state information... Done\nAll packages are up to date.\n',
    );
  return 0;
}

const lists =
  'Reading package lists... Done\nBuilding dependency tree       \nReading state information... Done\n';

function* install(process: Process, names: readonly string[], yes: boolean): Reading<number> {
  const { machine } = process.state;
  const present = new Map(installedPackages(process));
  process.output.write(lists);
  const unknown = names.filter((name) => !present.has(name) && machine.packages.versionOf(name) === null);
  if (unknown.length > 0) {
    for (const name of unknown) process.error.write(`E: Unable to locate package ${name}\n`);
    return 100;
  }
  const added: [string, string][] = [];
  for (const name of names) {
    const version = present.get(name);
    if (version === undefined) added.push([name, machine.packages.versionOf(name) ?? '']);
    else process.output.write(`${name} is already the newest version (${version}).\n`);
  }
  const count = `0 upgraded, ${added.length} newly installed, 0 to remove and 0 not upgraded.\n`;
  if (added.length === 0) {
    process.output.write(count);
    return 0;
  }
  const size = added.reduce((sum, [name]) => sum + 40 + ((name.length * 7_919) % 900), 0);
  process.output.write(
    `The following NEW packages will be installed:\n  ${added
      .map(([name]) => name)
      .toSorted()
      .join(
        ' ',
      )}\n${count}Need to get ${size} kB of archives.\nAfter this operation, ${(size * 3).toLocaleString('en-US')} kB of additional disk space will be used.\n`,
  );
  if (!yes && !(yield* confirmed(process))) return 1;
  const [base, , suite] = sources(process);
  for (const [index, [name, version]] of added.entries())
    process.output.write(
      `Get:${index + 1} ${base} ${suite}/${suite === 'focal' ? 'universe' : 'main'} amd64 ${name} amd64 ${version} [${40 + ((name.length * 7_919) % 900)} kB]\n`,
    );
  process.state.sleep(1_500 + added.length * 700);
  process.output.write(`Fetched ${size} kB in 1s (${size} kB/s)\n`);
  let files = 60_000 + (machine.persona.bootedAt % 40_000);
  for (const [name, version] of added) {
    process.output.write(
      `Selecting previously unselected package ${name}.\n(Reading database ... ${files} files and directories currently installed.)\nPreparing to unpack .../${name}_${version.replace(/^\d+:/, '')}_amd64.deb ...\nUnpacking ${name} (${version}) ...\n`,
    );
    files += 20;
  }
  for (const [name, version] of added) {
    process.output.write(`Setting up ${name} (${version}) ...\n`);
    present.set(name, version);
    const parts = name === 'build-essential' ? ['gcc', 'make'] : [name];
    placePrograms(
      process,
      parts.flatMap((part) => commandsOf(part, 0)),
      true,
    );
  }
  setStatus(process, present);
  return 0;
}

function* confirmed(process: Process): Reading<boolean> {
  process.output.write('Do you want to continue? [Y/n] ');
  const line = yield* process.input.line();
  if (line !== null && /^(?:y|yes)?\s*$/i.test(line)) return true;
  process.output.write('Abort.\n');
  return false;
}

function remove(process: Process, names: readonly string[]): number {
  const present = new Map(installedPackages(process));
  process.output.write(lists);
  const found = names.filter((name) => present.has(name));
  for (const name of names)
    if (!present.has(name)) process.output.write(`Package '${name}' is not installed, so not removed\n`);
  if (found.length > 0)
    process.output.write(
      `The following packages will be REMOVED:\n  ${found.join(' ')}\n0 upgraded, 0 newly installed, ${found.length} to remove and 0 not upgraded.\n`,
    );
  else process.output.write('0 upgraded, 0 newly installed, 0 to remove and 0 not upgraded.\n');
  for (const name of found) {
    process.output.write(`Removing ${name} (${present.get(name) ?? ''}) ...\n`);
    present.delete(name);
    placePrograms(process, commandsOf(name, 0), false);
  }
  if (found.length > 0) setStatus(process, present);
  return 0;
}

export const apt: Command = {
  names: ['apt-get', 'apt', 'apt-cache', 'apt-mark'],
  folder: '/usr/bin',
  systems: 'gnu',
  *run(process) {
    const { flags, operands } = readOptions(process.words, 'otc');
    const [verb = '', ...names] = operands;
    const version = process.state.machine.packages.installed.get('apt') ?? '2.0.10';
    if (flags.has('v') || flags.has('version')) {
      process.output.write(`apt ${version} (amd64)\n`);
      return 0;
    }
    if (process.name === 'apt' && !process.output.terminal)
      process.error.write(
        '\nWARNING: apt does not have a stable CLI interface. Use with caution in scripts.\n\n',
      );
    if (['search', 'policy', 'show', 'list', 'showhold', 'hold'].includes(verb))
      return inquire(process, verb, names);
    if (verb === '') {
      process.output.write(`apt ${version} (amd64)\nUsage: ${process.name} [options] command\n`);
      return 0;
    }
    if (process.state.files.uid !== 0) {
      process.error.write(
        verb === 'update'
          ? `Reading package lists... Done\nE: Could not open lock file /var/lib/apt/lists/lock - open (13: Permission denied)\nE: Unable to lock directory /var/lib/apt/lists/\n`
          : 'E: Could not open lock file /var/lib/dpkg/lock-frontend - open (13: Permission denied)\nE: Unable to acquire the dpkg frontend lock (/var/lib/dpkg/lock-frontend), are you root?\n',
      );
      return 100;
    }
    if (verb === 'update') return update(process);
    const yes = flags.has('y') || flags.has('yes') || flags.has('assume-yes');
    if (verb === 'install' || verb === 'reinstall') return yield* install(process, names, yes);
    if (verb === 'remove' || verb === 'purge') return remove(process, names);
    if (/^(?:upgrade|dist-upgrade|full-upgrade|autoremove)$/.test(verb)) {
      process.output.write(
        `${lists}${verb === 'autoremove' ? '' : 'Calculating upgrade... Done\n'}0 upgraded, 0 newly installed, 0 to remove and 0 not upgraded.\n`,
      );
      return 0;
    }
    if (/^(?:clean|autoclean|check)$/.test(verb)) return 0;
    process.error.write(`E: Invalid operation ${verb}\n`);
    return 100;
  },
};

function inquire(process: Process, verb: string, names: readonly string[]): number {
  const present = installedPackages(process);
  const [, , suite] = sources(process);
  if (verb === 'list') {
    process.output.write('Listing... Done\n');
    for (const [name, version] of present)
      if (names.length === 0 || names.includes(name))
        process.output.write(`${name}/${suite},now ${version} amd64 [installed]\n`);
    return 0;
  }
  for (const name of names) {
    const version = present.get(name) ?? process.state.machine.packages.versionOf(name);
    if (version === null) {
      process.error.write(
        verb === 'show'
          ? 'E: No packages found\n'
          : verb === 'policy'
            ? `N: Unable to locate package ${name}\n`
            : '',
      );
      if (verb === 'show') return 100;
    } else if (verb === 'policy')
      process.output.write(
        `${name}:\n  Installed: ${present.get(name) ?? '(none)'}\n  Candidate: ${version}\n`,
      );
    else if (verb === 'show')
      process.output.write(
        `Package: ${name}\nVersion: ${version}\nPriority: optional\nMaintainer: ${process.state.machine.packages.maintainer}\n\n`,
      );
    else if (verb === 'search') process.output.write(`${name}/${suite} ${version} amd64\n`);
  }
  return 0;
}

export const dpkg: Command = {
  names: ['dpkg', 'dpkg-query'],
  folder: '/usr/bin',
  systems: 'gnu',
  run(process) {
    const { flags, values, operands } = readOptions(process.words, 'f');
    const present = installedPackages(process);
    if (flags.has('version')) {
      process.output.write(
        `Debian 'dpkg' package management program version ${present.get('dpkg') ?? '1.19.7'} (amd64).\n`,
      );
      return 0;
    }
    if (flags.has('print-architecture')) {
      process.output.write('amd64\n');
      return 0;
    }
    if (flags.has('l') || flags.has('list') || flags.has('W') || flags.has('show'))
      return list(
        process,
        operands,
        flags.has('W') || flags.has('show'),
        values.get('f') ?? values.get('showformat'),
      );
    if (flags.has('s') || flags.has('status')) {
      for (const name of operands) {
        const version = present.get(name);
        if (version === undefined) {
          process.error.write(
            `dpkg-query: package '${name}' is not installed and no information is available\nUse dpkg --info (= dpkg-deb --info) to examine archive files.\n`,
          );
          return 1;
        }
        process.output.write(stanzaOf(name, version, process.state.machine.packages.maintainer));
      }
      return 0;
    }
    if (flags.has('S') || flags.has('search')) {
      for (const path of operands) {
        const command = path.slice(path.lastIndexOf('/') + 1);
        const owner = process.state.machine.packages.providersOf(command)?.find((name) => present.has(name));
        if (owner === undefined) {
          process.error.write(`dpkg-query: no path found matching pattern ${path}\n`);
          return 1;
        }
        process.output.write(`${owner}: ${path.startsWith('/') ? path : `/usr/bin/${path}`}\n`);
      }
      return 0;
    }
    if (flags.has('i') || flags.has('install')) {
      process.error.write(
        `dpkg: error: ${process.state.files.uid === 0 ? `cannot access archive '${operands[0] ?? ''}': No such file or directory` : 'requested operation requires superuser privilege'}\n`,
      );
      return 2;
    }
    process.error.write(
      "dpkg: error: need an action option\n\nType dpkg --help for help about installing and deinstalling packages [*];\nUse 'apt' or 'aptitude' for user-friendly package management;\nType dpkg -Dhelp for a list of dpkg debug flag values;\nType dpkg --force-help for a list of forcing options;\nType dpkg-deb --help for help about manipulating *.deb files;\n\nOptions marked [*] produce a lot of output - pipe it through 'less' or 'more' !\n",
    );
    return 2;
  },
};

function list(
  process: Process,
  patterns: readonly string[],
  bare: boolean,
  format: string | undefined,
): number {
  const wanted = patterns.map((text) => new Pattern(text));
  const rows = Array.from(installedPackages(process)).filter(
    ([name]) => wanted.length === 0 || wanted.some((pattern) => pattern.matches(name)),
  );
  if (rows.length === 0) {
    process.error.write(`dpkg-query: no packages found matching ${patterns.join(' ')}\n`);
    return 1;
  }
  if (bare) {
    for (const [name, version] of rows)
      process.output.write(
        format === undefined
          ? `${name}\t${version}\n`
          : format
              .replaceAll(/\$\{(?:binary:)?Package(?:;[-\d]+)?\}/g, name)
              .replaceAll(/\$\{Version(?:;[-\d]+)?\}/g, version)
              .replaceAll('${Architecture}', 'amd64')
              .replaceAll('${Status}', 'install ok installed')
              .replaceAll('\\n', '\n')
              .replaceAll('\\t', '\t'),
      );
    return 0;
  }
  const first = Math.max(14, ...rows.map(([name]) => name.length));
  const second = Math.max(12, ...rows.map(([, version]) => version.length));
  process.output.write(
    `Desired=Unknown/Install/Remove/Purge/Hold\n| Status=Not/Inst/Conf-files/Unpacked/halF-conf/Half-inst/trig-aWait/Trig-pend\n|/ Err?=(none)/Reinst-required (Status,Err: uppercase=bad)\n||/ ${'Name'.padEnd(first)} ${'Version'.padEnd(second)} Architecture Description\n+++-${'='.repeat(first)}-${'='.repeat(second)}-============-===================================\n`,
  );
  for (const [name, version] of rows)
    process.output.write(`ii  ${name.padEnd(first)} ${version.padEnd(second)} amd64        ${name}\n`);
  return 0;
}

/** When the machine was put together, for what packages say of it. */
export const installedOn = (process: Process): string =>
  formatDate(process.state.machine.persona.bootedAt - 86_400_000 * 200, '%a %d %b %Y %H:%M:%S %p UTC');
