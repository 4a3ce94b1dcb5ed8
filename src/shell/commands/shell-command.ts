import { ownMember } from '../own-member.ts';
import { FileFault } from '../files/fault.ts';
import type { Dialect } from '../language/dialect.ts';
import type { Command, Process } from '../process.ts';
import type { Run } from '../stream.ts';

interface Call {
  /** The text after `-c`; null without the option. */
  readonly option: boolean;
  readonly standard: boolean;
  readonly forced: boolean;
  readonly flags: readonly string[];
  /** `$0` and the arguments, or what `-c` shall run first. */
  readonly words: readonly string[];
}

/** Long names of `-o` that scripts give on the command line. */
const longFlags: Readonly<Record<string, string>> = { errexit: 'e', nounset: 'u', xtrace: 'x', noglob: 'f' };

/** Letters that a shell takes beside `c`, `s`, `i`, `o`. */
const letters: Readonly<Record<Dialect, string>> = {
  bash: 'abefhklmnprtuvxBCDEHPTO',
  dash: 'aefnuvxIimsVEbpl',
  ash: 'efIimsCalnuvxEVbpl',
};

function complainOfOption(process: Process, dialect: Dialect, word: string): number {
  const { name } = process;
  const letter = word.startsWith('--') ? '--' : word.slice(0, 2);
  if (dialect === 'bash')
    process.error.write(
      `${name}: ${word.startsWith('--') ? word : letter}: invalid option\nUsage:\t${name} [GNU long option] [option] ...\n\t${name} [GNU long option] [option] script-file ...\n`,
    );
  else if (dialect === 'dash') process.error.write(`${name}: 0: Illegal option ${letter}\n`);
  else process.error.write(`${name}: illegal option ${letter}\n`);
  return 2;
}

/** The options and the rest; a number is the status after a complaint. */
function readCall(process: Process, dialect: Dialect): Call | number {
  const words = [...process.words];
  const flags: string[] = [];
  let option = false;
  let standard = false;
  let forced = false;
  while (/^[-+]./.test(words[0] ?? '')) {
    const word = words.shift() ?? '';
    if (word === '--') break;
    if (word.startsWith('--')) {
      if (dialect === 'bash' && /^--(?:no(?:profile|rc|editing)|login|posix|verbose|restricted)$/.test(word))
        continue;
      if (dialect === 'bash' && /^--(?:rcfile|init-file)$/.test(word)) {
        words.shift();
        continue;
      }
      if (dialect === 'ash' && word === '--login') continue;
      return complainOfOption(process, dialect, word);
    }
    for (const letter of word.slice(1)) {
      if (letter === 'c') option = true;
      else if (letter === 's') standard = true;
      else if (letter === 'i') forced = true;
      else if (letter === 'o') flags.push(ownMember(longFlags, words.shift() ?? '') ?? '');
      else if (!(letters[dialect] ?? '').includes(letter))
        return complainOfOption(process, dialect, `-${letter}`);
      else if (word.startsWith('-')) flags.push(letter);
    }
  }
  return { option, standard, forced, flags, words };
}

/** What a script's file that is a program makes the shell say. */
function refuseBinary(process: Process, dialect: Dialect, path: string): number {
  if (dialect === 'bash') process.error.write(`${path}: ${path}: cannot execute binary file\n`);
  else if (dialect === 'dash') process.error.write(`${path}: 1: Syntax error: "(" unexpected\n`);
  else process.error.write(`${path}: line 1: syntax error: unexpected "("\n`);
  return dialect === 'bash' ? 126 : 2;
}

function refuseFile(process: Process, dialect: Dialect, path: string, fault: FileFault): number {
  const { name } = process;
  const texts: Readonly<Record<Dialect, string>> = {
    bash: `${name}: ${path}: ${fault.message}`,
    dash: `${name}: 0: cannot open ${path}: ${fault.code === 'ENOENT' ? 'No such file' : fault.message}`,
    ash: `${name}: can't open '${path}': ${fault.message}`,
  };
  process.error.write(`${texts[dialect]}\n`);
  return dialect === 'bash' ? (fault.code === 'ENOENT' ? 127 : 126) : 2;
}

function* runShellProgram(process: Process, dialect: Dialect): Run {
  const { machine } = process.state;
  const { name } = process;
  if (dialect === 'bash' && process.words[0] === '--version') {
    process.output.write(
      `GNU bash, version ${machine.bashVersion} (${machine.kernel.machine}-pc-linux-gnu)\nCopyright (C) ${machine.bashVersion.startsWith('5.2') ? 2022 : machine.bashVersion.startsWith('5.1') ? 2020 : machine.bashVersion.startsWith('5.0') ? 2019 : 2016} Free Software Foundation, Inc.\nLicense GPLv3+: GNU GPL version 3 or later <http://gnu.org/licenses/gpl.html>\n\nThis is free software; you are free to change and redistribute it.\nThere is NO WARRANTY, to the extent permitted by law.\n`,
    );
    return 0;
  }
  const call = readCall(process, dialect);
  if (typeof call === 'number') return call;
  const { option, standard, forced, flags, words } = call;
  const common = { dialect, posix: dialect === 'bash' && name === 'sh', flags };
  if (option) {
    const [text, zero, ...rest] = words;
    if (text === undefined) {
      const texts: Readonly<Record<Dialect, string>> = {
        bash: `${name}: -c: option requires an argument`,
        dash: `${name}: 0: -c requires an argument`,
        ash: `${name}: -c requires an argument`,
      };
      process.error.write(`${texts[dialect]}\n`);
      return 2;
    }
    return yield* process.interpret({
      ...common,
      text,
      name: zero ?? name,
      words: rest,
      fromOption: true,
      interactive: false,
    });
  }
  const path = words[0];
  if (path === undefined || standard) {
    const interactive = process.input.terminal || forced;
    if (interactive && dialect === 'ash' && process.state.options.terminal)
      process.output.write(
        `\n\nBusyBox ${machine.busyboxVersion} built-in shell (ash)\nEnter 'help' for a list of built-in commands.\n\n`,
      );
    return yield* process.interpret({
      ...common,
      text: null,
      name,
      words: standard ? words : [],
      fromOption: false,
      interactive,
    });
  }
  try {
    const text = process.state.files.read(path, process.folder);
    const node = process.state.files.get(path, process.folder);
    if (node.kind === 'file') process.state.capture(node, path);
    if (text.startsWith('\x7fELF')) return refuseBinary(process, dialect, path);
    return yield* process.interpret({
      ...common,
      text,
      name: path,
      words: words.slice(1),
      fromOption: false,
      interactive: false,
    });
  } catch (error) {
    if (!(error instanceof FileFault)) throw error;
    return refuseFile(process, dialect, path, error);
  }
}

/** The shells: a script, a string, or commands from standard input, all run by the interpreter. */
export const bash: Command = {
  names: ['bash'],
  folder: '/bin',
  systems: 'gnu',
  run: (process) => runShellProgram(process, 'bash'),
};

export const dash: Command = {
  names: ['dash'],
  folder: '/bin',
  systems: 'gnu',
  run: (process) => runShellProgram(process, 'dash'),
};

export const ash: Command = {
  names: ['sh', 'ash'],
  folder: '/bin',
  systems: 'busybox',
  run: (process) => runShellProgram(process, 'ash'),
};
