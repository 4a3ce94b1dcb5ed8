import type { Command, Process } from '../process.ts';

function usage(process: Process): string {
  const names = process.applets();
  const lines: string[] = [];
  let line = '';
  for (const name of names) {
    if (line.length + name.length > 66) {
      lines.push(`\t${line}`);
      line = '';
    }
    line += `${name}, `;
  }
  lines.push(`\t${line.replace(/, $/, '')}`);
  return `BusyBox ${process.state.machine.busyboxVersion} multi-call binary.\nBusyBox is copyrighted by many authors between 1998-2015.\nLicensed under GPLv2. See source distribution for detailed\ncopyright notices.\n\nUsage: busybox [function [arguments]...]\n   or: busybox --list\n   or: function [arguments]...\n\n\tBusyBox is a multi-call binary that combines many common Unix\n\tutilities into a single executable.  Most people will create a\n\tlink to busybox for each function they wish to use and BusyBox\n\twill act like whatever it was invoked as.\n\nCurrently defined functions:\n${lines.join('\n')}\n\n`;
}

/** The multi-call binary. A name that is no applet is what loaders probe for. */
export const busybox: Command = {
  names: ['busybox'],
  folder: '/bin',
  systems: 'both',
  *run(process) {
    const [name, ...rest] = process.words;
    if (name === undefined || name === '--help') {
      process.output.write(usage(process));
      return 0;
    }
    if (name === '--list') {
      process.output.write(`${process.applets().join('\n')}\n`);
      return 0;
    }
    process.state.writer = name;
    return yield* process.execute([name.slice(name.lastIndexOf('/') + 1), ...rest], { applet: true });
  },
};
