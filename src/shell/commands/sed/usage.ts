import type { Process } from '../../process.ts';
import { upstreamVersion } from '../program-version.ts';

const options: readonly (readonly [option: string, ...says: string[]])[] = [
  ['-n, --quiet, --silent', 'suppress automatic printing of pattern space'],
  ['    --debug', 'annotate program execution'],
  ['-e script, --expression=script', 'add the script to the commands to be executed'],
  ['-f script-file, --file=script-file', 'add the contents of script-file to the commands to be executed'],
  ['--follow-symlinks', 'follow symlinks when processing in place'],
  ['-i[SUFFIX], --in-place[=SUFFIX]', 'edit files in place (makes backup if SUFFIX supplied)'],
  ['-l N, --line-length=N', "specify the desired line-wrap length for the `l' command"],
  ['--posix', 'disable all GNU extensions.'],
  [
    '-E, -r, --regexp-extended',
    'use extended regular expressions in the script',
    '(for portability use POSIX -E).',
  ],
  ['-s, --separate', 'consider files as separate rather than as a single,', 'continuous long stream.'],
  ['    --sandbox', 'operate in sandbox mode (disable e/r/w commands).'],
  [
    '-u, --unbuffered',
    'load minimal amounts of data from the input files and flush',
    'the output buffers more often',
  ],
  ['-z, --null-data', 'separate lines by NUL characters'],
];

const years: Readonly<Record<string, number>> = { '4.5': 2018, '4.7': 2018, '4.8': 2020, '4.9': 2022 };
const home = `GNU sed home page: <https://www.gnu.org/software/sed/>.
General help using GNU software: <https://www.gnu.org/gethelp/>.
`;
const reports = 'E-mail bug reports to: <bug-sed@gnu.org>.\n';

/** What `--help` prints, and, without the address for reports, a wrong call. */
export function usageText(process: Process, busybox: boolean, help: boolean): string {
  if (busybox)
    return `BusyBox ${process.state.machine.busyboxVersion} multi-call binary.

Usage: sed [-i[SFX]] [-nrE] [-f FILE]... [-e CMD]... [FILE]...
or: sed [-i[SFX]] [-nrE] CMD [FILE]...

	-e CMD	Add CMD to sed commands to be executed
	-f FILE	Add FILE contents to sed commands to be executed
	-i[SFX]	Edit files in-place (otherwise write to stdout)
		Optionally back files up, appending SFX
	-n	Suppress automatic printing of pattern space
	-r,-E	Use extended regex syntax

If no -e or -f, the first non-option argument is the sed command string.
Remaining arguments are input files (stdin if none).
`;
  const list = options
    .map(([option, ...says]) => [`  ${option}`, ...says.map((line) => `${' '.repeat(17)}${line}`)].join('\n'))
    .join('\n');
  return `Usage: sed [OPTION]... {script-only-if-no-other-script} [input-file]...

${list}
      --help     display this help and exit
      --version  output version information and exit

If no -e, --expression, -f, or --file option is given, then the first
non-option argument is taken as the sed script to interpret.  All
remaining arguments are names of input files; if no input files are
specified, then the standard input is read.

${home}${help ? reports : ''}`;
}

export function versionText(process: Process): string {
  const version = upstreamVersion(process, 'sed', '4.9');
  return `sed (GNU sed) ${version}
${version === '4.9' ? 'Packaged by Debian\n' : ''}Copyright (C) ${years[version] ?? 2022} Free Software Foundation, Inc.
License GPLv3+: GNU GPL version 3 or later <https://gnu.org/licenses/gpl.html>.
This is free software: you are free to change and redistribute it.
There is NO WARRANTY, to the extent permitted by law.

Written by Jay Fenlason, Tom Lord, Ken Pizzini,
Paolo Bonzini, Jim Meyering, and Assaf Gordon.

This sed program was built with SELinux support.
SELinux is disabled on this system.

${home}${reports}`;
}
