import type { Command, Process } from '../process.ts';
import type { Reading } from '../stream.ts';
import { readOptions } from './input-text.ts';
import { commandsOf, installedPackages, placePrograms, setStatus } from './installed-packages.ts';

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
