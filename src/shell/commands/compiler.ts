import { FileFault } from '../files/fault.ts';
import type { Command } from '../process.ts';
import { inputText, readOptions } from './input-text.ts';
import { upstreamVersion } from './program-version.ts';

/** Compiles nothing: a source that looks whole gives a file that looks like its program, and is handed over with it. */
export const compiler: Command = {
  names: ['gcc', 'cc', 'g++'],
  folder: '/usr/bin',
  systems: 'gnu',
  *run(process) {
    const { flags, values, operands } = readOptions(process.words, 'oIlLDfmW');
    const { machine, files } = process.state;
    const version = upstreamVersion(process, 'gcc', '10.2.1');
    if (flags.has('version') || flags.has('v')) {
      process.output.write(
        `gcc (${machine.packages.codename === 'focal' ? 'Ubuntu 9.4.0-1ubuntu1~20.04.2) 9.4.0' : `Debian ${version}-6) ${version} 20210110`}\nCopyright (C) 2020 Free Software Foundation, Inc.\nThis is free software; see the source for copying conditions.  There is NO\nwarranty; not even for MERCHANTABILITY or FITNESS FOR A PARTICULAR PURPOSE.\n\n`,
      );
      return 0;
    }
    if (operands.length === 0) {
      process.error.write(`${process.name}: fatal error: no input files\ncompilation terminated.\n`);
      return 1;
    }
    for (const path of operands) {
      if (path !== '-' && files.find(path, process.folder)?.kind !== 'file') {
        process.error.write(
          `${process.name}: error: ${path}: No such file or directory\n${process.name}: fatal error: no input files\ncompilation terminated.\n`,
        );
        return 1;
      }
      const source = (yield* inputText(process, path)) ?? '';
      if (!/\bmain\s*\(/.test(source) && !flags.has('c') && !flags.has('shared')) {
        process.error.write(
          `/usr/bin/ld: /usr/lib/gcc/x86_64-linux-gnu/${version.split('.')[0]}/../../../x86_64-linux-gnu/Scrt1.o: in function \`_start':\n(.text+0x24): undefined reference to \`main'\ncollect2: error: ld returned 1 exit status\n`,
        );
        return 1;
      }
    }
    const [first = ''] = operands;
    const target =
      values.get('o') ??
      (flags.has('c') ? `${first.slice(first.lastIndexOf('/') + 1).replace(/\.\w+$/, '')}.o` : 'a.out');
    try {
      const node = files.open(target, process.folder, 'truncate', 0o755);
      if (node.kind === 'file') files.setContent(node, machine.binary(15_800 + (first.length % 40) * 8), '');
      files.change(target, process.folder, { mode: flags.has('c') ? 0o644 : 0o755 });
    } catch (error) {
      if (!(error instanceof FileFault)) throw error;
      process.error.write(
        `/usr/bin/ld: cannot open output file ${target}: ${error.message}\ncollect2: error: ld returned 1 exit status\n`,
      );
      return 1;
    }
    return 0;
  },
};
