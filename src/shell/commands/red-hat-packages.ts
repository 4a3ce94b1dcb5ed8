import type { Command, Process } from '../process.ts';
import type { Reading } from '../stream.ts';
import { Pattern } from '../language/pattern.ts';
import { commandsOf, installedOn, placePrograms } from './installed-packages.ts';
import { readOptions } from './input-text.ts';

/** What is installed: the machine's own, and what this visitor has added, which shows by its programs. */
function installed(process: Process): Map<string, string> {
  const { packages } = process.state.machine;
  const found = new Map(packages.installed);
  for (const name of Object.keys(packages.release?.chosen ?? {}))
    if (
      !found.has(name) &&
      commandsOf(name, 1).some((command) => process.state.files.find(`/usr/bin/${command}`, '/') !== null)
    )
      found.set(name, packages.versionOf(name) ?? '');
  return found;
}

const architecture = (name: string): string =>
  /^(?:ca-certificates|tzdata|setup|basesystem|dnf|yum|firewalld)$/.test(name) ? 'noarch' : 'x86_64';
const full = (name: string, version: string): string => `${name}-${version}.${architecture(name)}`;

export const rpm: Command = {
  names: ['rpm'],
  folder: '/usr/bin',
  systems: 'gnu',
  run(process) {
    const { flags, values, operands } = readOptions(process.words, '');
    const present = installed(process);
    if (flags.has('version')) {
      process.output.write(`RPM version ${(present.get('rpm') ?? '4.14.3').split('-')[0]}\n`);
      return 0;
    }
    if (!flags.has('q') && !flags.has('query')) {
      if (flags.has('i') || flags.has('U') || flags.has('e')) {
        process.error.write(
          flags.has('e')
            ? `error: package ${operands[0] ?? ''} is not installed\n`
            : `error: open of ${operands[0] ?? ''} failed: No such file or directory\n`,
        );
        return 1;
      }
      process.output.write(
        'RPM version 4.14.3\nCopyright (C) 1998-2002 - Red Hat, Inc.\nThis program may be freely redistributed under the terms of the GNU GPL\n',
      );
      return 0;
    }
    if (flags.has('a') || flags.has('all')) {
      const wanted = operands.map((text) => new Pattern(text, process.state.budget));
      for (const [name, version] of present)
        if (wanted.length === 0 || wanted.some((pattern) => pattern.matches(name)))
          process.output.write(`${full(name, version)}\n`);
      return 0;
    }
    let status = 0;
    for (const operand of operands) {
      const command = operand.slice(operand.lastIndexOf('/') + 1);
      const name = flags.has('f')
        ? (process.state.machine.packages.providersOf(command)?.find((one) => present.has(one)) ??
          'coreutils')
        : operand;
      const version = present.get(name);
      if (
        version === undefined ||
        (flags.has('f') && process.state.files.find(operand, process.folder) === null)
      ) {
        if (flags.has('f')) process.error.write(`error: file ${operand}: No such file or directory\n`);
        else process.output.write(`package ${operand} is not installed\n`);
        status = 1;
      } else if (flags.has('i'))
        process.output.write(
          `Name        : ${name}\nVersion     : ${version.split('-')[0]}\nRelease     : ${version.split('-').slice(1).join('-')}\nArchitecture: ${architecture(name)}\nInstall Date: ${installedOn(process)}\nVendor      : Red Hat, Inc.\n`,
        );
      else
        process.output.write(
          (values.get('queryformat') ?? values.get('qf'))
            ?.replaceAll('%{NAME}', name)
            .replaceAll('%{VERSION}', version.split('-')[0] ?? '')
            .replaceAll('\\n', '\n') ?? `${full(name, version)}\n`,
        );
    }
    return status;
  },
};

const notRegistered = 'Updating Subscription Management repositories.\n';

function* install(process: Process, names: readonly string[], yes: boolean): Reading<number> {
  const present = installed(process);
  const { packages } = process.state.machine;
  process.output.write(
    `${notRegistered}Last metadata expiration check: 1:${String(process.pid % 60).padStart(2, '0')}:07 ago.\n`,
  );
  const added: [string, string][] = [];
  for (const name of names) {
    const version = present.get(name);
    const offered = packages.versionOf(name);
    if (version !== undefined) process.output.write(`Package ${full(name, version)} is already installed.\n`);
    else if (offered === null) {
      process.error.write(`No match for argument: ${name}\nError: Unable to find a match: ${name}\n`);
      return 1;
    } else added.push([name, offered]);
  }
  process.output.write('Dependencies resolved.\n');
  if (added.length === 0) {
    process.output.write('Nothing to do.\nComplete!\n');
    return 0;
  }
  const rule = '='.repeat(80);
  const rows = added.map(
    ([name, version]) =>
      ` ${name.padEnd(20)} ${architecture(name).padEnd(10)} ${version.padEnd(24)} rhel-8-baseos-rpms ${String(60 + ((name.length * 7_919) % 900)).padStart(6)} k\n`,
  );
  process.output.write(
    `${rule}\n Package              Architecture Version                 Repository            Size\n${rule}\nInstalling:\n${rows.join('')}\nTransaction Summary\n${rule}\nInstall  ${added.length} Package${added.length === 1 ? '' : 's'}\n\n`,
  );
  if (!yes) {
    process.output.write('Is this ok [y/N]: ');
    if (!/^y(?:es)?\s*$/i.test((yield* process.input.line()) ?? '')) {
      process.output.write('Operation aborted.\n');
      return 1;
    }
  }
  process.state.sleep(2_500);
  process.output.write(
    'Downloading Packages:\nRunning transaction check\nTransaction check succeeded.\nRunning transaction test\nTransaction test succeeded.\nRunning transaction\n',
  );
  for (const [index, [name, version]] of added.entries()) {
    process.output.write(
      `  Installing       : ${full(name, version).padEnd(50)} ${index + 1}/${added.length} \n`,
    );
    placePrograms(process, commandsOf(name, 1), true);
  }
  process.output.write(
    `\nInstalled:\n${added.map(([name, version]) => `  ${full(name, version)}\n`).join('')}\nComplete!\n`,
  );
  return 0;
}

export const dnf: Command = {
  names: ['yum', 'dnf'],
  folder: '/usr/bin',
  systems: 'gnu',
  *run(process) {
    const { flags, operands } = readOptions(process.words, 'cexRd');
    const [verb = '', ...names] = operands;
    if (flags.has('version')) {
      process.output.write('4.7.0\n');
      return 0;
    }
    if (verb === '') {
      process.error.write(`usage: ${process.name} [options] COMMAND\n`);
      return 1;
    }
    const asks = ['list', 'search', 'info', 'repolist', 'check-update', 'provides', 'history'].includes(verb);
    if (!asks && process.state.files.uid !== 0) {
      process.error.write(
        'Error: This command has to be run with superuser privileges (under the root user on most systems).\n',
      );
      return 1;
    }
    if (verb === 'install' || verb === 'localinstall' || verb === 'reinstall')
      return yield* install(process, names, flags.has('y') || flags.has('assumeyes'));
    process.output.write(notRegistered);
    if (verb === 'list') {
      process.output.write('Installed Packages\n');
      for (const [name, version] of installed(process))
        if (names.every((word) => word === 'installed' || word === name))
          process.output.write(
            `${`${name}.${architecture(name)}`.padEnd(40)} ${version.padEnd(36)} @rhel-8-baseos-rpms\n`,
          );
    } else if (verb === 'repolist')
      process.output.write(
        'repo id                                   repo name\nrhel-8-for-x86_64-appstream-rpms          Red Hat Enterprise Linux 8 for x86_64 - AppStream (RPMs)\nrhel-8-for-x86_64-baseos-rpms             Red Hat Enterprise Linux 8 for x86_64 - BaseOS (RPMs)\n',
      );
    else if (verb === 'remove' || verb === 'erase') {
      const found = names.filter((name) => installed(process).has(name));
      for (const name of found) placePrograms(process, commandsOf(name, 1), false);
      process.output.write(
        found.length === 0
          ? `${names.map((name) => `No match for argument: ${name}\n`).join('')}No packages marked for removal.\nDependencies resolved.\nNothing to do.\nComplete!\n`
          : `Dependencies resolved.\nRemoved:\n${found.map((name) => `  ${name}\n`).join('')}\nComplete!\n`,
      );
    } else if (verb === 'search' || verb === 'info' || verb === 'provides') {
      process.output.write('No matches found.\n');
      return verb === 'search' ? 0 : 1;
    } else if (verb === 'clean') process.output.write('0 files removed\n');
    else if (/^(?:update|upgrade|makecache|check-update|autoremove)$/.test(verb))
      process.output.write(
        verb === 'makecache'
          ? 'Metadata cache created.\n'
          : 'Dependencies resolved.\nNothing to do.\nComplete!\n',
      );
    else {
      process.error.write(
        `No such command: ${verb}. Please use /usr/bin/${process.name} --help\nIt could be a YUM plugin command, try: "yum install 'dnf-command(${verb})'"\n`,
      );
      return 1;
    }
    return 0;
  },
};
