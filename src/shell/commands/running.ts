import type { Command } from '../process.ts';

export const trueCommand: Command = {
  names: ['true', 'sync'],
  folder: '/bin',
  systems: 'both',
  run: () => 0,
};
export const falseCommand: Command = { names: ['false'], folder: '/bin', systems: 'both', run: () => 1 };

const units: Readonly<Record<string, number>> = { '': 1, s: 1, m: 60, h: 3600, d: 86_400 };

export const sleep: Command = {
  names: ['sleep', 'usleep'],
  folder: '/bin',
  systems: 'both',
  run(process) {
    let seconds = 0;
    for (const word of process.words) {
      const match = /^(\d{0,9}(?:\.\d{0,6})?)([smhd]?)$/.exec(word);
      if (match === null || match[1] === '') {
        process.error.write(
          process.state.machine.busybox
            ? `sleep: invalid number '${word}'\n`
            : `sleep: invalid time interval '${word}'\nTry 'sleep --help' for more information.\n`,
        );
        return 1;
      }
      seconds += Number(match[1]) * (units[match[2] ?? ''] ?? 1);
    }
    process.state.sleep(process.name === 'usleep' ? seconds / 1000 : seconds * 1000);
    return 0;
  },
};

export const nohup: Command = {
  names: ['nohup', 'setsid', 'nice', 'time', 'timeout', 'stdbuf', 'ionice', 'chroot'],
  folder: '/usr/bin',
  systems: 'both',
  *run(process) {
    const words = [...process.words];
    while ((words[0] ?? '').startsWith('-')) {
      const option = words.shift() ?? '';
      if (option === '-n' || option === '-s' || option === '-k' || option === '-c') words.shift();
    }
    if (process.name === 'timeout' || process.name === 'chroot') words.shift();
    if (words.length === 0) {
      process.error.write(
        `${process.name}: missing operand\nTry '${process.name} --help' for more information.\n`,
      );
      return 125;
    }
    if (process.name === 'nohup' && process.output.terminal)
      process.error.write("nohup: ignoring input and appending output to 'nohup.out'\n");
    return yield* process.execute(words);
  },
};

export const environment: Command = {
  names: ['env', 'printenv'],
  folder: '/usr/bin',
  systems: 'both',
  *run(process) {
    if (process.name === 'printenv' && process.words[0] !== undefined) {
      const value = process.environment.get(process.words[0]);
      if (value !== undefined) process.output.write(`${value}\n`);
      return value === undefined ? 1 : 0;
    }
    const variables = new Map(process.words.includes('-i') ? [] : process.environment);
    const words = process.words.filter((word) => word !== '-i');
    while (/^\w+=/.test(words[0] ?? '')) {
      const word = words.shift() ?? '';
      variables.set(word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1));
    }
    if (words.length > 0) return yield* process.execute(words, { environment: variables });
    for (const [name, value] of variables) process.output.write(`${name}=${value}\n`);
    return 0;
  },
};

export const which: Command = {
  names: ['which', 'whereis'],
  folder: '/usr/bin',
  systems: 'both',
  run(process) {
    let status = 0;
    for (const name of process.words.filter((word) => !word.startsWith('-'))) {
      const path = (process.environment.get('PATH') ?? '')
        .split(':')
        .map((folder) => `${folder}/${name}`)
        .find((candidate) => process.state.files.find(candidate, '/')?.kind === 'file');
      if (process.name === 'whereis')
        process.output.write(`${name}:${path === undefined ? '' : ` ${path}`}\n`);
      else if (path === undefined) status = 1;
      else process.output.write(`${path}\n`);
    }
    return status;
  },
};
