import { findProgram, asRun } from '../evaluate/program.ts';
import { BuiltinFault } from '../evaluate/control.ts';
import { notFoundStatus, runNamed } from '../evaluate/named.ts';
import type { Builtin, Shell } from '../evaluate/shell.ts';
import { sendSignal } from '../commands/signals.ts';

const keywords = new Set('if then else elif fi case esac for while until do done in { } !'.split(' '));
const bashKeywords = new Set(['[[', ']]', 'function', 'select', 'time', 'coproc']);
const isKeyword = (shell: Shell, name: string): boolean =>
  keywords.has(name) || (shell.bash && bashKeywords.has(name));

/** Builtins that dash and ash call special. */
const special = new Set(
  '. : break continue eval exec exit export readonly return set shift times trap unset'.split(' '),
);

type Kind = 'alias' | 'keyword' | 'function' | 'builtin' | 'file';

function kindOf(shell: Shell, name: string): { kind: Kind; path: string } | null {
  if (shell.aliases.has(name)) return { kind: 'alias', path: '' };
  if (isKeyword(shell, name)) return { kind: 'keyword', path: '' };
  if (shell.functions.has(name)) return { kind: 'function', path: '' };
  if (!shell.disabled.has(name) && shell.engine.builtin(name, shell.dialect) !== null)
    return { kind: 'builtin', path: '' };
  const path = findProgram(shell, name);
  return path === null ? null : { kind: 'file', path };
}

function describe(shell: Shell, name: string, kind: Kind, path: string): string {
  switch (kind) {
    case 'alias':
      return shell.wording({
        bash: `${name} is aliased to \`${shell.aliases.get(name) ?? ''}'`,
        dash: `${name} is an alias for ${shell.aliases.get(name) ?? ''}`,
        ash: `${name} is an alias for ${shell.aliases.get(name) ?? ''}`,
      });
    case 'keyword':
      return `${name} is a shell keyword`;
    case 'function':
      return shell.bash
        ? `${name} is a function`
        : `${name} is a ${shell.dialect === 'dash' ? 'shell ' : ''}function`;
    case 'builtin':
      return !shell.bash && special.has(name)
        ? `${name} is a special shell builtin`
        : `${name} is a shell builtin`;
    default:
      return `${name} is ${path}`;
  }
}

export const typeBuiltin: Builtin = {
  names: ['type'],
  run(shell, words) {
    let status = 0;
    const short = shell.bash && words[0] === '-t';
    // dash and ash know no options: they look for `-t` too.
    const names = shell.bash ? words.filter((word) => !/^-[tpaPf]+$/.test(word)) : words;
    for (const name of names) {
      const found = kindOf(shell, name);
      if (found !== null) {
        if (short) shell.output.write(`${found.kind}\n`);
        else if (words[0] === '-p' && shell.bash)
          shell.output.write(found.kind === 'file' ? `${found.path}\n` : '');
        else shell.output.write(`${describe(shell, name, found.kind, found.path)}\n`);
        continue;
      }
      if (!shell.bash) shell.output.write(`${name}: not found\n`);
      else if (!short) shell.complain(`${name}: not found`, 'type');
      status = shell.bash ? 1 : 127;
    }
    return status;
  },
};

export const commandBuiltin: Builtin = {
  names: ['command', 'builtin'],
  *run(shell, words, process) {
    const [option] = words;
    if (process.name === 'command' && (option === '-v' || option === '-V')) {
      let status = 1;
      // dash and ash look at one name only.
      for (const name of shell.bash ? words.slice(1) : words.slice(1, 2)) {
        const found = kindOf(shell, name);
        if (found === null) {
          if (option === '-V' && shell.bash) shell.complain(`${name}: not found`, 'command');
          if (option === '-V' && !shell.bash) shell.output.write(`${name}: not found\n`);
          continue;
        }
        if (option === '-V') shell.output.write(`${describe(shell, name, found.kind, found.path)}\n`);
        else if (found.kind === 'alias')
          shell.output.write(`alias ${name}='${shell.aliases.get(name) ?? ''}'\n`);
        else shell.output.write(`${found.kind === 'file' ? found.path : name}\n`);
        status = 0;
      }
      return shell.bash || status === 0 ? status : words.length === 1 ? 0 : 127;
    }
    const rest = words[0] === '-p' || words[0] === '--' ? words.slice(1) : words;
    const [name, ...others] = rest;
    if (name === undefined) return 0;
    const builtin = shell.engine.builtin(name, shell.dialect);
    if (builtin !== null) {
      try {
        return yield* asRun(builtin.run(shell, others, { ...process, name, words: others }));
      } catch (error) {
        if (!(error instanceof BuiltinFault)) throw error;
        shell.complain(error.message, error.speaker ?? name);
        return error.status;
      }
    }
    if (process.name === 'builtin') {
      shell.complain(`${name}: not a shell builtin`, 'builtin');
      return 1;
    }
    const status = yield* runNamed(shell, rest, '');
    return status === notFoundStatus ? 127 : status;
  },
};

export const history: Builtin = {
  names: ['history'],
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

const signalNames =
  'EXIT HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP TTIN TTOU URG XCPU XFSZ VTALRM PROF WINCH IO PWR SYS'.split(
    ' ',
  );

export const kill: Builtin = {
  names: ['kill'],
  run(shell, words) {
    if (words[0] === '-l' && words[1] !== undefined) {
      const name = signalNames[Number(words[1]) & 127];
      if (name !== undefined) shell.output.write(`${name}\n`);
      return 0;
    }
    if (words.length === 0) {
      if (shell.bash)
        shell.error.write(
          'kill: usage: kill [-s sigspec | -n signum | -sigspec] pid | jobspec ... or kill -l [sigspec]\n',
        );
      else if (shell.dialect === 'dash')
        throw new BuiltinFault(
          'Usage: kill [-s sigspec | -signum | -sigspec] [pid | job]... or\nkill -l [exitstatus]',
        );
      else shell.error.write(`${shell.name}: you need to specify whom to kill\n`);
      return shell.bash ? 2 : 1;
    }
    return sendSignal(shell, words);
  },
};

export const jobs: Builtin = { names: ['jobs', 'fg', 'bg', 'disown'], run: () => 0 };

export const wait: Builtin = {
  names: ['wait'],
  run(shell, words) {
    let status = 0;
    for (const word of words.filter((operand) => !operand.startsWith('-'))) {
      if (Number(word) === shell.lastBackground && shell.lastBackground !== 0) {
        status = 0;
        continue;
      }
      if (shell.bash && /^\d+$/.test(word))
        shell.complain(`pid ${word} is not a child of this shell`, 'wait');
      status = 127;
    }
    return status;
  },
};

export const hash: Builtin = {
  names: ['hash'],
  run(shell, words) {
    let status = 0;
    if (words.length === 0 && shell.bash) shell.output.write('hash: hash table empty\n');
    for (const name of words.filter((word) => word !== '-r')) {
      if (findProgram(shell, name) !== null || shell.engine.builtin(name, shell.dialect) !== null) continue;
      shell.complain(`${name}: not found`, 'hash');
      status = 1;
    }
    return status;
  },
};

export const shellOptions: Builtin = {
  names: ['shopt', 'enable', 'complete', 'bind'],
  run(shell, words, process) {
    if (process.name === 'enable') {
      for (const name of words.slice(1)) {
        if (words[0] === '-n') shell.disabled.add(name);
        else shell.disabled.delete(name);
      }
      if (words[0] !== '-n') for (const name of words) shell.disabled.delete(name);
      return 0;
    }
    if (process.name !== 'shopt') return 0;
    const known = new Set(
      'autocd cdspell checkhash checkjobs checkwinsize cmdhist dotglob execfail expand_aliases extglob failglob globstar histappend huponexit interactive_comments lastpipe nocaseglob nocasematch nullglob progcomp promptvars sourcepath xpg_echo'.split(
        ' ',
      ),
    );
    let status = 0;
    for (const name of words.filter((word) => !word.startsWith('-'))) {
      if (!known.has(name)) {
        shell.complain(`${name}: invalid shell option name`, 'shopt');
        status = 1;
      } else if (words[0] === '-s') shell.flags.add(name);
      else if (words[0] === '-u') shell.flags.delete(name);
      else if (!shell.flags.has(name)) status = 1;
    }
    return status;
  },
};

export const ulimit: Builtin = {
  names: ['ulimit'],
  run(shell, words) {
    const [word] = words;
    if (word !== undefined && !shell.bash && /^-[^HSabcdefilmnpqrstuvwx]/.test(word))
      throw new BuiltinFault(
        `${shell.dialect === 'dash' ? 'Illegal' : 'illegal'} option ${word.slice(0, 2)}`,
      );
    if (shell.dialect === 'dash' && word !== undefined && /^-[^HSatfdscmlpnvwr]/.test(word))
      throw new BuiltinFault(`Illegal option ${word.slice(0, 2)}`);
    if (words.length === 0) shell.output.write('unlimited\n');
    else if (words.length === 1 && word === '-n') shell.output.write('1024\n');
    return 0;
  },
};

export const times: Builtin = {
  names: ['times'],
  run(shell) {
    const line = shell.dialect === 'bash' ? '0m0.002s 0m0.001s' : '0m0.000000s 0m0.000000s';
    shell.output.write(`${line}\n${line}\n`);
    return 0;
  },
};

export const helpBuiltin: Builtin = {
  names: ['help'],
  run(shell, words) {
    const [topic] = words;
    if (shell.bash && topic !== undefined && shell.engine.builtin(topic, 'bash') === null) {
      shell.complain(
        `no help topics match \`${topic}'.  Try \`help help' or \`man -k ${topic}' or \`info ${topic}'.`,
        'help',
      );
      return 1;
    }
    shell.output.write(
      shell.bash
        ? `GNU bash, version ${shell.state.machine.bashVersion} (${shell.state.machine.kernel.machine}-pc-linux-gnu)\nThese shell commands are defined internally.  Type \`help' to see this list.\n`
        : 'Built-in commands:\n------------------\n\t. : [ [[ alias bg break cd chdir command continue echo eval exec\n\texit export false fg getopts hash help history jobs kill let\n\tlocal printf pwd read readonly return set shift source test times\n\ttrap true type ulimit umask unalias unset wait\n',
    );
    return 0;
  },
};
