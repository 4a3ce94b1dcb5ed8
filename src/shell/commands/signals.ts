import type { Command } from '../process.ts';
import type { SessionState } from '../state.ts';
import type { Output } from '../stream.ts';

const signalNames =
  'HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP TTIN TTOU URG XCPU XFSZ VTALRM PROF WINCH POLL PWR SYS'.split(
    ' ',
  );

interface Place {
  readonly state: SessionState;
  readonly output: Output;
  readonly error: Output;
  readonly prefix?: (builtin?: string) => string;
}

/** `kill`: a process of the machine seems to get the signal; another is not there. */
export function sendSignal(place: Place, words: readonly string[]): number {
  const { machine } = place.state;
  if (words[0] === '-l') {
    place.output.write(
      machine.busybox
        ? signalNames.map((name, index) => `${String(index + 1).padStart(2)}) ${name}\n`).join('')
        : `${signalNames.map((name, index) => `${String(index + 1).padStart(2)}) SIG${name}`).join('\t')}\n`,
    );
    return 0;
  }
  let status = 0;
  const targets = words.filter(
    (word, index) => !(index === 0 && word.startsWith('-')) && words[index - 1] !== '-s' && word !== '-s',
  );
  if (targets.length === 0) {
    place.error.write(
      machine.busybox
        ? 'sh: you need to specify whom to kill\n'
        : 'kill: usage: kill [-s sigspec | -n signum | -sigspec] pid | jobspec ... or kill -l [sigspec]\n',
    );
    return machine.busybox ? 1 : 2;
  }
  for (const target of targets) {
    const pid = Number(target);
    if (machine.processes.some((process) => process.pid === pid) || target.startsWith('%')) continue;
    place.error.write(
      `${place.prefix?.('kill') ?? 'kill: '}${machine.busybox ? (Number.isInteger(pid) ? `can't kill pid ${target}: No such process` : `invalid number '${target}'`) : Number.isInteger(pid) ? `(${target}) - No such process` : `${target}: arguments must be process or job IDs`}\n`,
    );
    status = 1;
  }
  return status;
}

export const killCommand: Command = {
  names: ['kill'],
  folder: '/bin',
  systems: 'both',
  run: (process) => sendSignal(process, process.words),
};

export const killAll: Command = {
  names: ['killall', 'pkill', 'killall5', 'pidof', 'pgrep'],
  folder: '/usr/bin',
  systems: 'both',
  run(process) {
    const names = process.words.filter((word) => !word.startsWith('-'));
    let status = names.length === 0 ? 1 : 0;
    for (const name of names) {
      const found = process.state.machine.processes.filter(
        ({ command }) => command.split(' ', 1)[0]?.split('/').pop() === name,
      );
      if (found.length === 0) {
        if (process.name === 'killall')
          process.error.write(`${name}: no process ${process.state.machine.busybox ? 'killed' : 'found'}\n`);
        status = 1;
      } else if (process.name === 'pidof') process.output.write(`${found.map(({ pid }) => pid).join(' ')}\n`);
      else if (process.name === 'pgrep') process.output.write(found.map(({ pid }) => `${pid}\n`).join(''));
    }
    return status;
  },
};
