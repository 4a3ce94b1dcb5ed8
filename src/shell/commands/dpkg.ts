import { Pattern } from '../language/pattern.ts';
import { stanzaOf } from '../packages/package-set.ts';
import type { Command, Process } from '../process.ts';
import { readOptions } from './input-text.ts';
import { installedPackages } from './installed-packages.ts';

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
  const wanted = patterns.map((text) => new Pattern(text, process.state.budget));
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
