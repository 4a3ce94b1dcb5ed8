import { BreakLoop, BuiltinFault, ExitShell, ExpansionFault, ReturnFunction } from '../evaluate/control.ts';
import { notFoundStatus, runNamed } from '../evaluate/named.ts';
import type { Builtin, Shell } from '../evaluate/shell.ts';
import { FileFault } from '../files/fault.ts';

/** The number that `exit`, `return`, `shift` and their like take. Throws `BuiltinFault` in dash and ash. */
function numberOf(shell: Shell, text: string, name: string): number | null {
  if (shell.bash ? /^[-+]?\d{1,18}$/.test(text) : /^\d{1,9}$/.test(text)) return Number(text);
  if (!shell.bash) throw new BuiltinFault(`Illegal number: ${text}`);
  shell.complain(`${text}: numeric argument required`, name);
  return null;
}

export const exitBuiltin: Builtin = {
  names: ['exit', 'logout'],
  run(shell, words) {
    if (shell.interactive && shell.bash && !shell.isSubshell && shell.state.options.terminal)
      shell.error.write(shell.name.startsWith('-') ? 'logout\n' : 'exit\n');
    const [text, more] = words;
    if (text === undefined) throw new ExitShell(shell.status);
    const status = numberOf(shell, text, 'exit');
    if (shell.bash && status !== null && more !== undefined) {
      shell.complain('too many arguments', 'exit');
      return 1;
    }
    throw new ExitShell(status === null ? 2 : status & 255);
  },
};

export const returnBuiltin: Builtin = {
  names: ['return'],
  run(shell, words) {
    const [text] = words;
    const status = text === undefined ? shell.status : numberOf(shell, text, 'return');
    if (shell.bash && shell.functionDepth === 0 && shell.scriptName === '') {
      shell.complain("can only `return' from a function or sourced script", 'return');
      return 2;
    }
    throw new ReturnFunction(status === null ? 2 : shell.bash ? status & 255 : status);
  },
};

export const breakBuiltin: Builtin = {
  names: ['break', 'continue'],
  run(shell, words, process) {
    const [text] = words;
    const wanted = text === undefined ? 1 : numberOf(shell, text, process.name);
    if (shell.loopDepth === 0) {
      if (shell.bash) shell.complain("only meaningful in a `for', `while', or `until' loop", process.name);
      return 0;
    }
    if (wanted === null) throw new ExitShell(128);
    if (wanted < 1) {
      if (!shell.bash) throw new BuiltinFault(`Illegal number: ${text ?? ''}`);
      shell.complain(`${text ?? ''}: loop count out of range`, process.name);
      throw new BreakLoop(shell.loopDepth, false, 1);
    }
    throw new BreakLoop(Math.min(wanted, shell.loopDepth), process.name === 'continue');
  },
};

export const evalBuiltin: Builtin = {
  names: ['eval'],
  *run(shell, words) {
    if (words.every((word) => word === '')) return 0;
    const { commandName, linesBefore } = shell;
    shell.commandName = 'eval';
    // What eval reads is counted from the line that it stands on.
    shell.linesBefore = shell.dialect === 'dash' ? 0 : shell.line - 1;
    try {
      return yield* shell.nested(() => shell.engine.script(shell, words.join(' '), true));
    } finally {
      shell.commandName = commandName;
      shell.linesBefore = linesBefore;
    }
  },
};

function complainOfScript(shell: Shell, path: string, fault: FileFault, name: string): number {
  switch (shell.dialect) {
    case 'bash':
      shell.complain(`${path}: ${fault.code === 'EISDIR' ? 'is a directory' : fault.message}`);
      return 1;
    case 'dash':
      throw new BuiltinFault(
        `cannot open ${path}: ${fault.code === 'ENOENT' ? 'No such file' : fault.message}`,
        2,
        name,
      );
    default:
      throw new BuiltinFault(`can't open '${path}': ${fault.message}`, 2, name);
  }
}

/** Where `.` finds its script: without a slash it is looked for in PATH; bash then looks here. */
function scriptPath(shell: Shell, path: string): string | null {
  if (path.includes('/')) return path;
  for (const folder of (shell.variables.get('PATH') ?? '').slice(0, 4096).split(':')) {
    const candidate = `${folder === '' ? '.' : folder}/${path}`;
    if (shell.state.files.find(candidate, shell.folder)?.kind === 'file') return candidate;
  }
  if (shell.bash) return path;
  if (shell.dialect === 'ash' && shell.state.files.find(path, shell.folder)?.kind === 'file') return path;
  return null;
}

export const sourceBuiltin: Builtin = {
  names: ['.', 'source'],
  *run(shell, words, process) {
    const path = words[0];
    if (path === undefined) {
      if (!shell.bash) return shell.dialect === 'dash' ? 0 : 2;
      shell.complain('filename argument required', process.name);
      shell.error.write(`${process.name}: usage: ${process.name} filename [arguments]\n`);
      return 2;
    }
    const place = scriptPath(shell, path);
    if (place === null) throw new BuiltinFault(`${path}: not found`, 2, process.name);
    let text: string;
    try {
      text = place === '/dev/stdin' ? yield* shell.input.all() : shell.state.files.read(place, shell.folder);
    } catch (error) {
      if (!(error instanceof FileFault)) throw error;
      return complainOfScript(shell, path, error, process.name);
    }
    const node = shell.state.files.find(place, shell.folder);
    if (node?.kind === 'file') shell.state.capture(node, place);
    const { words: before, scriptName, commandName, linesBefore, loopDepth } = shell;
    // dash takes no arguments here.
    if (words.length > 1 && shell.dialect !== 'dash') shell.words = words.slice(1);
    shell.scriptName = path;
    shell.commandName = shell.bash ? '' : path;
    shell.linesBefore = 0;
    try {
      return yield* shell.nested(() => shell.engine.script(shell, text, true));
    } catch (error) {
      if (error instanceof ReturnFunction) return error.status;
      throw error;
    } finally {
      if (words.length > 1) shell.words = before;
      shell.scriptName = scriptName;
      shell.commandName = commandName;
      shell.linesBefore = linesBefore;
      shell.loopDepth = loopDepth;
    }
  },
};

export const execBuiltin: Builtin = {
  names: ['exec'],
  *run(shell, words) {
    if (words.length === 0) return 0;
    const status = yield* runNamed(shell, words, 'exec');
    if (status === notFoundStatus && shell.interactive && shell.bash) return 127;
    if (status === notFoundStatus && shell.interactive) throw new ExpansionFault('', 127);
    throw new ExitShell(status === notFoundStatus ? 127 : status);
  },
};

const signals =
  'EXIT HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP TTIN TTOU URG XCPU XFSZ VTALRM PROF WINCH IO PWR SYS'.split(
    ' ',
  );

function signalName(shell: Shell, text: string): string | null {
  if (/^\d{1,2}$/.test(text)) return signals[Number(text)] ?? null;
  const name = shell.dialect === 'dash' ? text : text.replace(/^SIG/i, '').toUpperCase();
  if (signals.includes(name)) return name;
  return shell.bash && /^(?:ERR|DEBUG|RETURN)$/.test(name) ? name : null;
}

export const trapBuiltin: Builtin = {
  names: ['trap'],
  run(shell, words) {
    const operands = words[0] === '--' ? words.slice(1) : words;
    if (operands.length === 0) {
      for (const name of signals) {
        const action = shell.traps.get(name);
        if (action === undefined) continue;
        const shown = `'${action.replaceAll("'", shell.bash ? String.raw`'\''` : String.raw`'"'"'`)}'`;
        shell.output.write(`trap -- ${shown} ${shell.bash && name !== 'EXIT' ? 'SIG' : ''}${name}\n`);
      }
      return 0;
    }
    // One operand that names a signal takes its trap back.
    const alone = operands.length === 1;
    const action = alone ? '-' : (operands[0] ?? '');
    let status = 0;
    for (const text of alone ? operands : operands.slice(1)) {
      const name = signalName(shell, text);
      if (name === null) {
        status = 1;
        if (shell.dialect === 'dash') shell.error.write(`trap: ${text}: bad trap\n`);
        else shell.complain(`${text}: invalid signal specification`, 'trap');
        if (shell.dialect === 'dash') return 1;
      } else if (action === '-') shell.traps.delete(name);
      else if (shell.traps.size < 64) shell.traps.set(name, action);
    }
    return status;
  },
};
