import { formatDate } from '../date-format.ts';
import { isBusybox, type Command } from '../process.ts';
import { nullOutput } from '../stream.ts';
import { inputText, readOptions } from './input-text.ts';

export const terminalName: Command = {
  names: ['tty'],
  folder: '/usr/bin',
  systems: 'both',
  run(process) {
    process.output.write(process.input.terminal ? '/dev/pts/0\n' : 'not a tty\n');
    return process.input.terminal ? 0 : 1;
  },
};

export const terminalSettings: Command = {
  names: ['stty'],
  folder: '/bin',
  systems: 'both',
  run(process) {
    const { columns, rows } = process.state.options;
    if (!process.input.terminal) {
      process.error.write(
        isBusybox(process)
          ? 'stty: standard input: Inappropriate ioctl for device\n'
          : "stty: 'standard input': Inappropriate ioctl for device\n",
      );
      return 1;
    }
    const { words } = process;
    if (words[0] === 'size') process.output.write(`${rows} ${columns}\n`);
    else if (words.length === 0) process.output.write('speed 38400 baud; line = 0;\n-brkint -imaxbel\n');
    else if (words[0] === '-a')
      process.output.write(
        `speed 38400 baud; rows ${rows}; columns ${columns}; line = 0;\nintr = ^C; quit = ^\\; erase = ^?; kill = ^U; eof = ^D; eol = <undef>;\neol2 = <undef>; swtch = <undef>; start = ^Q; stop = ^S; susp = ^Z; rprnt = ^R;\nwerase = ^W; lnext = ^V; discard = ^O; min = 1; time = 0;\n-parenb -parodd -cmspar cs8 -hupcl -cstopb cread -clocal -crtscts\n`,
      );
    if (words.includes('-echo')) process.state.terminal.echo = false;
    if (words.includes('echo') || words.includes('sane')) process.state.terminal.echo = true;
    return 0;
  },
};

export const clear: Command = {
  names: ['clear', 'reset'],
  folder: '/usr/bin',
  systems: 'both',
  run(process) {
    process.output.write(isBusybox(process) ? '\x1b[H\x1b[J' : '\x1b[H\x1b[2J\x1b[3J');
    return 0;
  },
};

/** A session manager within a session: what it is told to run runs; with nothing to run, a shell. */
export const multiplexer: Command = {
  names: ['screen', 'tmux'],
  folder: '/usr/bin',
  systems: 'gnu',
  *run(process) {
    const tmux = process.name === 'tmux';
    const version = process.state.machine.packages.installed.get(process.name)?.split('-')[0] ?? '';
    if (tmux) {
      const [verb = 'new-session', ...rest] = process.words;
      if (verb === '-V') process.output.write(`tmux ${version}\n`);
      else if (/^(?:ls|list-sessions|a|attach|kill-server|kill-session|has-session)/.test(verb)) {
        process.error.write(`no server running on /tmp/tmux-${process.state.files.uid}/default\n`);
        return 1;
      } else if (verb.startsWith('new')) {
        const { flags, operands } = readOptions(rest, 'snctFxy');
        if (!flags.has('d') && !process.input.terminal) {
          process.error.write('open terminal failed: not a terminal\n');
          return 1;
        }
        if (operands.length > 0)
          return yield* process.execute(
            ['sh', '-c', operands.join(' ')],
            flags.has('d') ? { output: nullOutput } : {},
          );
        if (!flags.has('d')) return yield* process.execute(['bash']);
      }
      return 0;
    }
    const { flags, operands } = readOptions(process.words, 'SXpDehtc');
    const home = process.state.machine.userOf(process.state.files.uid);
    if (flags.has('v')) process.output.write(`Screen version ${version.padEnd(8)} (GNU) 05-Feb-20\n`);
    else if (flags.has('l') || process.words.some((word) => /^-(?:ls|list|wipe)$/.test(word))) {
      process.output.write(`No Sockets found in /run/screen/S-${home}.\n\n`);
      return 1;
    } else if (flags.has('r') || flags.has('x')) {
      process.output.write('There is no screen to be resumed.\n');
      return 1;
    } else if (flags.has('m') && flags.has('d')) {
      const words = process.words.filter((word) => !/^-[dmAU]+$/.test(word));
      const named = words[0] === '-S' || words[0] === '-dmS' ? words.slice(2) : operands;
      if (named.length > 0) yield* process.execute(named, { output: nullOutput });
    } else if (!process.input.terminal) {
      process.error.write('Must be connected to a terminal.\n');
      return 1;
    } else return yield* process.execute(operands.length > 0 ? operands : ['bash']);
    return 0;
  },
};

export const watch: Command = {
  names: ['watch'],
  folder: '/usr/bin',
  systems: 'both',
  *run(process) {
    const { values } = readOptions(process.words, 'n');
    const start = process.words.findIndex(
      (word, index) => !word.startsWith('-') && process.words[index - 1] !== '-n',
    );
    const command = start < 0 ? '' : process.words.slice(start).join(' ');
    if (command === '') {
      process.error.write('Usage:\n watch [options] command\n');
      return 1;
    }
    const seconds = Number(values.get('n') ?? 2) || 2;
    // It would go on until ^C; three looks are what a visitor waits for.
    for (let turn = 0; turn < 3; turn += 1) {
      if (turn > 0) process.state.sleep(seconds * 1000);
      process.output.write(
        `\x1b[H\x1b[2J${`Every ${seconds.toFixed(1)}s: ${command}`.padEnd(40)}${process.state.machine.hostname}: ${formatDate(process.state.now(), '%a %b %e %H:%M:%S %Y')}\n\n`,
      );
      yield* process.execute(['sh', '-c', command]);
    }
    return 0;
  },
};

const jobs = new WeakMap<object, { number: number; time: number; text: string }[]>();

/** What is given to `at` is kept and recorded; it is listed by `atq` until it is removed. */
export const later: Command = {
  names: ['at', 'atq', 'atrm', 'batch'],
  folder: '/usr/bin',
  systems: 'gnu',
  *run(process) {
    const key = process.state.options.layer ?? process.state;
    const own = jobs.get(key) ?? [];
    jobs.set(key, own);
    const { flags, values, operands } = readOptions(process.words, 'fqt');
    if (process.name === 'atq' || flags.has('l')) {
      for (const { number, time } of own)
        process.output.write(
          `${number}\t${formatDate(time, '%a %b %e %H:%M:00 %Y')} a ${process.state.options.user}\n`,
        );
      return 0;
    }
    if (process.name === 'atrm' || flags.has('d') || flags.has('r')) {
      for (const word of operands) {
        const at = own.findIndex(({ number }) => String(number) === word);
        if (at >= 0) own.splice(at, 1);
        else process.error.write(`Cannot find jobid ${word}\n`);
      }
      return 0;
    }
    if (process.name === 'at' && operands.length === 0) {
      process.error.write('Garbled time\n');
      return 1;
    }
    process.error.write('warning: commands will be executed using /bin/sh\n');
    const file = values.get('f');
    const text = file === undefined ? yield* process.input.all() : yield* inputText(process, file);
    if (text === null) return 1;
    const minutes = Number(/\+ ?(\d{1,5}) ?min/.exec(operands.join(' '))?.[1] ?? 1);
    const number = (own.at(-1)?.number ?? 0) + 1;
    const time = process.state.now() + minutes * 60_000;
    if (own.length < 50) own.push({ number, time, text: text.slice(0, 4096) });
    process.state.recordCommand(['at', text]);
    process.error.write(`job ${number} at ${formatDate(time, '%a %b %e %H:%M:00 %Y')}\n`);
    return 0;
  },
};
