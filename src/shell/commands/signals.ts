import type { Command, Process } from '../process.ts';
import { compileExpression } from '../regular-expression.ts';
import { readOptions } from './input-text.ts';
import { processTable, programOf, type TableRow } from './process-table.ts';
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
    const own = machine.processes.find((process) => process.pid === pid && !place.state.killed.has(pid));
    if (own !== undefined || pid === machine.shellPid || target.startsWith('%')) {
      const asks = words[0] === '-0';
      if (own !== undefined && place.state.files.uid !== 0 && !asks) {
        place.error.write(`${place.prefix?.('kill') ?? 'kill: '}(${target}) - Operation not permitted\n`);
        status = 1;
      } else if (
        own !== undefined &&
        pid > 1 &&
        !asks &&
        !/^-(?:HUP|1|USR\d|10|12|CONT|18|STOP|19|CHLD)$/.test(words[0] ?? '')
      )
        place.state.killed.add(pid);
      continue;
    }
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

/** Processes by the name of their program, or by their whole line. */
function matching(process: Process, name: string, whole: boolean, exact: boolean): TableRow[] {
  const { budget } = process.state;
  const expression = compileExpression(name, { extended: true, ignoreCase: false }, budget);
  return processTable(process).filter(({ pid, command }) => {
    if (pid === process.pid) return false;
    const shown = whole ? command : programOf(command);
    if (exact) return shown === name;
    return expression === null ? shown.includes(name) : expression.find(shown, 0, budget) !== null;
  });
}

/** True where the visitor may end it; his own shell and what serves him only seem to. */
function end(process: Process, row: TableRow): boolean {
  if (process.state.files.uid !== 0 && process.state.machine.uidOf(row.user) !== process.state.files.uid)
    return false;
  process.state.killed.add(row.pid);
  return true;
}

export const killAll: Command = {
  names: ['killall', 'pkill', 'killall5', 'pidof', 'pgrep'],
  folder: '/usr/bin',
  systems: 'both',
  run(process) {
    const { flags, values, operands } = readOptions(
      process.words.filter((word) => !/^-(?:\d{1,2}|(?:SIG)?[A-Z]{3,6}\d?)$/.test(word)),
      'usPgto',
    );
    const exact = process.name === 'killall' || process.name === 'pidof' || flags.has('x');
    if (process.name === 'killall' && flags.has('V')) return 0;
    if (operands.length === 0 && !values.has('u')) {
      if (process.name === 'pkill' || process.name === 'pgrep')
        process.error.write(
          `${process.name}: no matching criteria specified\nTry \`${process.name} --help' for more information.\n`,
        );
      else if (process.name === 'killall') process.error.write('Usage: killall [OPTION]... [--] NAME...\n');
      return process.name === 'pidof' || process.name === 'killall' ? 1 : 2;
    }
    let status = 0;
    const user = values.get('u');
    for (const name of operands.length === 0 ? [''] : operands) {
      const found = matching(process, name, flags.has('f'), exact).filter(
        (row) => user === undefined || row.user === user,
      );
      if (found.length === 0) {
        if (process.name === 'killall' && !flags.has('q'))
          process.error.write(
            process.state.machine.busybox
              ? `killall: ${name}: no process killed\n`
              : `${name}: no process found\n`,
          );
        status = 1;
      } else if (process.name === 'pidof')
        process.output.write(
          `${found
            .map(({ pid }) => pid)
            .toReversed()
            .join(' ')}\n`,
        );
      else if (process.name === 'pgrep')
        process.output.write(
          flags.has('c')
            ? `${found.length}\n`
            : found
                .map(
                  ({ pid, command }) =>
                    `${pid}${flags.has('a') ? ` ${command}` : flags.has('l') ? ` ${programOf(command)}` : ''}\n`,
                )
                .join(''),
        );
      else
        for (const row of found)
          if (!end(process, row)) {
            process.error.write(
              process.name === 'killall'
                ? `${name}(${row.pid}): Operation not permitted\n`
                : `pkill: killing pid ${row.pid} failed: Operation not permitted\n`,
            );
            status = 1;
          }
    }
    return status;
  },
};
