import { findProgram, asRun } from '../evaluate/program.ts';
import { notFoundStatus, runNamed } from '../evaluate/named.ts';
import { sendSignal } from '../commands/signals.ts';
import type { Builtin } from './builtin.ts';

export const typeBuiltin: Builtin = {
  names: ['type'],
  shells: 'both',
  run(shell, words) {
    let status = 0;
    for (const name of words.filter((word) => !word.startsWith('-'))) {
      const path = findProgram(shell, name);
      if (shell.functions.has(name)) shell.output.write(`${name} is a function\n`);
      else if (shell.engine.builtin(name, shell.bash) !== null)
        shell.output.write(`${name} is a shell builtin\n`);
      else if (path !== null) shell.output.write(`${name} is ${path}\n`);
      else {
        if (shell.bash) shell.complain(`${name}: not found`, 'type');
        else shell.output.write(`${name}: not found\n`);
        status = shell.bash ? 1 : 127;
      }
    }
    return status;
  },
};

export const commandBuiltin: Builtin = {
  names: ['command', 'builtin'],
  shells: 'both',
  *run(shell, words, process) {
    if (words[0] === '-v' || words[0] === '-V') {
      let status = 1;
      for (const name of words.slice(1)) {
        const shown =
          shell.functions.has(name) || shell.engine.builtin(name, shell.bash) !== null
            ? name
            : findProgram(shell, name);
        if (shown === null) continue;
        shell.output.write(`${shown}\n`);
        status = 0;
      }
      return shell.bash || status === 0 ? status : 127;
    }
    const rest = words[0] === '-p' || words[0] === '--' ? words.slice(1) : words;
    const [name, ...others] = rest;
    if (name === undefined) return 0;
    const builtin = shell.engine.builtin(name, shell.bash);
    if (builtin !== null)
      return yield* asRun(builtin.run(shell, others, { ...process, name, words: others }));
    const status = yield* runNamed(shell, rest);
    return status === notFoundStatus ? 127 : status;
  },
};

export const history: Builtin = {
  names: ['history'],
  shells: 'both',
  run(shell, words) {
    if (words[0] === '-c') shell.state.history.length = 0;
    else if (!(words[0] ?? '').startsWith('-'))
      for (const [index, line] of shell.state.history.entries())
        shell.output.write(
          `${String(index + (shell.bash ? 1 : 0)).padStart(shell.bash ? 5 : 4)}${shell.bash ? '  ' : ' '}${line}\n`,
        );
    return 0;
  },
};

export const kill: Builtin = {
  names: ['kill'],
  shells: 'both',
  run: (shell, words) => sendSignal(shell, words),
};
export const jobs: Builtin = { names: ['jobs', 'fg', 'bg', 'disown'], shells: 'both', run: () => 0 };
export const wait: Builtin = { names: ['wait'], shells: 'both', run: () => 0 };
export const hash: Builtin = { names: ['hash'], shells: 'both', run: () => 0 };
export const shellOptions: Builtin = {
  names: ['shopt', 'enable', 'complete', 'bind'],
  shells: 'bash',
  run: () => 0,
};

export const ulimit: Builtin = {
  names: ['ulimit'],
  shells: 'both',
  run(shell, words) {
    if (words.length === 0) shell.output.write('unlimited\n');
    else if (words.length === 1 && words[0] === '-n') shell.output.write('1024\n');
    return 0;
  },
};

export const helpBuiltin: Builtin = {
  names: ['help'],
  shells: 'both',
  run(shell) {
    shell.output.write(
      shell.bash
        ? `GNU bash, version ${shell.state.machine.bashVersion} (${shell.state.machine.kernel.machine}-pc-linux-gnu)\nThese shell commands are defined internally.  Type \`help' to see this list.\n`
        : 'Built-in commands:\n------------------\n\t. : [ [[ alias bg break cd chdir command continue echo eval exec\n\texit export false fg getopts hash help history jobs kill let\n\tlocal printf pwd read readonly return set shift source test times\n\ttrap true type ulimit umask unalias unset wait\n',
    );
    return 0;
  },
};
