import { FileSystem } from '../files/file-system.ts';
import { contentOf, type FileNode } from '../files/node.ts';
import { limits } from '../limits.ts';
import type { Process, ProcessChanges, ShellScript } from '../process.ts';
import { type Reading, type Run } from '../stream.ts';
import { appletNamed, appletNames, commandNamed } from '../commands/index.ts';
import { ExitShell, ReturnFunction } from './control.ts';
import { runExitTrap } from './exit-trap.ts';
import { readCommands } from './reader.ts';
import { Shell } from './shell.ts';

/** Where a command's file lies: by its path, or by PATH. Null where there is none. */
export function findProgram(shell: Shell, name: string): string | null {
  if (name.includes('/')) return shell.state.files.find(name, shell.folder) === null ? null : name;
  for (const folder of (shell.variables.get('PATH') ?? '').slice(0, 4096).split(':')) {
    const path = `${folder === '' ? '.' : folder}/${name}`;
    const node = shell.state.files.find(path, shell.folder);
    if (node !== null && node.kind === 'file' && (node.mode & 0o111) !== 0) return path;
  }
  return null;
}

/** The process of a simple command, with its streams and environment as the shell has them now. */
export function makeProcess(
  shell: Shell,
  words: readonly string[],
  environment: ReadonlyMap<string, string>,
): Process {
  const [path = '', ...rest] = words;
  const process: Process = {
    name: path.slice(path.lastIndexOf('/') + 1),
    words: rest,
    environment,
    input: shell.input,
    output: shell.output,
    error: shell.error,
    folder: shell.folder,
    pid: shell.state.nextPid(),
    parentPid: shell.pid,
    state: shell.state,
    execute: (next, changes) => executeFrom(shell, process, next, changes ?? {}),
    applets: () => appletNames(),
    interpret: (script) => interpretFrom(shell, process, script),
  };
  return process;
}

function* executeFrom(
  shell: Shell,
  process: Process,
  words: readonly string[],
  changes: ProcessChanges,
): Run {
  if (changes.applet === true) {
    const applet = appletNamed(words[0] ?? '');
    if (applet === null) {
      process.error.write(`${words[0] ?? ''}: applet not found\n`);
      return 127;
    }
    const inner = makeProcess(shell, words, process.environment);
    shell.state.recordCommand(words);
    const named = {
      ...inner,
      name: words[0] ?? '',
      input: process.input,
      output: process.output,
      error: process.error,
      folder: process.folder,
    };
    return yield* shell.nested(() => asRun(applet.run(named)));
  }
  const child = shell.fork();
  for (const [name, value] of changes.environment ?? []) {
    child.variables.set(name, value);
    child.variables.mark(name, 'exported');
  }
  child.folder = changes.folder ?? process.folder;
  child.descriptors.set(0, { input: changes.input ?? process.input, output: null });
  child.descriptors.set(1, { input: null, output: changes.output ?? process.output });
  child.descriptors.set(2, { input: null, output: changes.error ?? process.error });
  const environment = changes.environment ?? process.environment;
  shell.state.recordCommand(words);
  let missing = false;
  const status = yield* shell.nested(function* run(): Run {
    const result = yield* runProgram(child, words, environment);
    missing = result === null;
    return result ?? 127;
  });
  if (missing) {
    const name = words[0] ?? '';
    process.error.write(
      `${process.name}: ${shell.state.machine.busybox ? `can't execute '${name}'` : `${process.name === 'nohup' ? 'failed to run command ' : ''}‘${name}’`}: No such file or directory\n`.replaceAll(
        /[‘’]/g,
        "'",
      ),
    );
    return 127;
  }
  return status;
}

function* interpretFrom(outer: Shell, process: Process, script: ShellScript): Run {
  outer.state.budget.spend(limits.shellWork);
  const shell = new Shell(outer.state, outer.engine, script.dialect, script.name);
  shell.posix = script.posix === true;
  // A script is named by itself in ash, as a builtin would be.
  if (shell.dialect === 'ash' && script.text !== null && !script.fromOption) shell.commandName = script.name;
  shell.pid = process.pid;
  shell.parentPid = process.parentPid;
  for (const [name, value] of script.environment ?? process.environment) {
    shell.variables.set(name, value);
    shell.variables.mark(name, 'exported');
  }
  shell.variables.set('OPTIND', '1');
  shell.words = script.words;
  shell.folder = script.folder ?? process.folder;
  shell.fromOption = script.fromOption;
  shell.interactive = script.interactive;
  for (const flag of script.flags ?? []) if (flag !== '') shell.flags.add(flag);
  shell.descriptors.set(0, { input: process.input, output: null });
  shell.descriptors.set(1, { input: null, output: process.output });
  shell.descriptors.set(2, { input: null, output: process.error });
  return yield* outer.nested(() => runShell(shell, script.text));
}

/** Runs a shell to its end and gives its status. */
export function* runShell(shell: Shell, text: string | null): Run {
  try {
    if (text === null) yield* readCommands(shell, shell.input);
    else shell.status = yield* shell.engine.script(shell, text);
  } catch (error) {
    if (!(error instanceof ExitShell) && !(error instanceof ReturnFunction)) throw error;
    shell.status = error.status;
  }
  return yield* runExitTrap(shell, shell.status);
}

export function* asRun(result: Run | number): Run {
  return typeof result === 'number' ? result : yield* result;
}

/** Runs a file: a command of the system, a script, or what the visitor has put there. Null where there is no such file. */
export function* runProgram(
  shell: Shell,
  words: readonly string[],
  environment: ReadonlyMap<string, string>,
): Reading<number | null> {
  const name = words[0] ?? '';
  const path = findProgram(shell, name);
  if (path === null) return null;
  const node = shell.state.files.get(path, shell.folder);
  if (node.kind === 'directory') {
    shell.complain(shell.bash ? `${name}: Is a directory` : `${name}: Permission denied`);
    return 126;
  }
  if (node.kind !== 'file' || !shell.state.files.may(node, 1)) {
    shell.complain(`${name}: Permission denied`);
    return 126;
  }
  const own = shell.state.machine.programOf(node);
  if (own !== null) {
    const called = name.slice(name.lastIndexOf('/') + 1);
    // A multi-call binary goes by the name it is called by, wherever it was copied to.
    const command =
      own === 'busybox'
        ? called === 'busybox'
          ? commandNamed('busybox')
          : (appletNamed(called) ?? commandNamed('busybox'))
        : commandNamed(own);
    const process = makeProcess(shell, words, environment);
    if (command !== null) return yield* asRun(command.run(process));
    return yield* unknownBinary(shell, node, words);
  }
  return yield* runFile(shell, node, path, words, environment);
}

/** A file that is no command of the machine: a dropped binary is handed over and seems to run; a script runs here. */
function* runFile(
  shell: Shell,
  node: FileNode,
  path: string,
  words: readonly string[],
  environment: ReadonlyMap<string, string>,
): Run {
  const name = words[0] ?? '';
  shell.state.capture(node, FileSystem.absolute(path, shell.folder));
  const content = contentOf(node);
  if (content === '') return 0;
  if (content.startsWith('\x7fELF')) return yield* unknownBinary(shell, node, words);
  const shebang = /^#![ \t]*([^\s]{1,200})[ \t]*([^\n]{0,200})/.exec(content.slice(0, 512));
  if (shebang !== null) {
    const [, interpreter = '', argument = ''] = shebang;
    const called = [
      interpreter,
      ...(argument.trim() === '' ? [] : [argument.trim()]),
      path,
      ...words.slice(1),
    ];
    if (shell.state.files.find(interpreter, shell.folder) !== null) {
      const status = yield* shell.nested(function* run(): Run {
        return (yield* runProgram(shell, called, environment)) ?? 127;
      });
      return status;
    }
    shell.complain(
      shell.bash
        ? `${name}: ${interpreter}: bad interpreter: No such file or directory`
        : `${name}: not found`,
    );
    return shell.bash ? 126 : 127;
  }
  const first = content.indexOf('\n');
  if (content.slice(0, first < 0 ? 80 : Math.min(first, 80)).includes('\0')) {
    shell.complain(
      shell.bash ? `${name}: cannot execute binary file: Exec format error` : `${name}: Exec format error`,
    );
    return 126;
  }
  // A file that says nothing of its interpreter is run by the shell that met it.
  return yield* makeProcess(shell, words, environment).interpret({
    text: content,
    name,
    words: words.slice(1),
    dialect: shell.dialect,
    posix: shell.posix,
    fromOption: false,
    interactive: false,
  });
}

/** `e_machine` of an ELF header, by the machine's name as `uname -m` gives it. */
const elfMachines: Readonly<Record<string, number>> = {
  x86_64: 62,
  i686: 3,
  i586: 3,
  aarch64: 183,
  armv7l: 40,
  armv6l: 40,
  armv5tel: 40,
  armv5tejl: 40,
  mips: 8,
  mips64: 8,
  ppc: 20,
  ppc64: 21,
  sh4: 42,
  m68k: 4,
  riscv64: 243,
};

/** A binary for this machine runs and says nothing; one for another is refused as the kernel would. */
// oxlint-disable-next-line require-yield -- the same shape as what runs scripts
function* unknownBinary(shell: Shell, node: FileNode, words: readonly string[]): Run {
  const content = contentOf(node);
  if (content.length < 20) return 0;
  const little = content.charCodeAt(5) !== 2;
  const low = content.charCodeAt(little ? 18 : 19);
  const high = content.charCodeAt(little ? 19 : 18);
  const expected = elfMachines[shell.state.machine.kernel.machine];
  const found = low | (high << 8);
  const runs =
    expected === undefined ||
    found === expected ||
    (expected === 62 && found === 3) ||
    (expected === 183 && found === 40);
  if (runs) return 0;
  const name = words[0] ?? '';
  shell.complain(
    shell.bash
      ? `${name}: cannot execute binary file: Exec format error`
      : `${name}: syntax error: unexpected "("`,
  );
  return shell.bash ? 126 : 2;
}
