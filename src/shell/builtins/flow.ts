import { BreakLoop, ExitShell, ReturnFunction } from '../evaluate/control.ts';
import { notFoundStatus, runNamed } from '../evaluate/named.ts';
import { FileFault } from '../files/fault.ts';
import type { Builtin } from './builtin.ts';

const statusOf = (text: string | undefined, otherwise: number): number =>
  text === undefined ? otherwise : /^-?\d{1,9}$/.test(text) ? Number(text) & 255 : 2;

export const exitBuiltin: Builtin = {
  names: ['exit', 'logout'],
  shells: 'both',
  run(shell, words) {
    if (shell.interactive && shell.bash && !shell.isSubshell && shell.state.options.terminal)
      shell.error.write(shell.name.startsWith('-') ? 'logout\n' : 'exit\n');
    throw new ExitShell(statusOf(words[0], shell.status));
  },
};

export const returnBuiltin: Builtin = {
  names: ['return'],
  shells: 'both',
  run(shell, words) {
    throw new ReturnFunction(statusOf(words[0], shell.status));
  },
};

export const breakBuiltin: Builtin = {
  names: ['break', 'continue'],
  shells: 'both',
  run(shell, words, process) {
    if (shell.loopDepth === 0) return 0;
    const levels = Math.min(Math.max(1, Number(words[0] ?? 1) || 1), shell.loopDepth);
    throw new BreakLoop(levels, process.name === 'continue');
  },
};

export const evalBuiltin: Builtin = {
  names: ['eval'],
  shells: 'both',
  *run(shell, words) {
    if (words.length === 0) return 0;
    return yield* shell.nested(() => shell.engine.script(shell, words.join(' ')));
  },
};

export const sourceBuiltin: Builtin = {
  names: ['.', 'source'],
  shells: 'both',
  *run(shell, words, process) {
    const path = words[0];
    if (path === undefined) {
      shell.complain('filename argument required', process.name);
      return 2;
    }
    let text: string;
    try {
      text = path === '/dev/stdin' ? yield* shell.input.all() : shell.state.files.read(path, shell.folder);
    } catch (error) {
      if (!(error instanceof FileFault)) throw error;
      shell.complain(
        shell.bash ? `${path}: ${error.message}` : `can't open '${path}': ${error.message}`,
        shell.bash ? '' : '.',
      );
      return shell.bash ? 1 : 2;
    }
    const node = shell.state.files.find(path, shell.folder);
    if (node?.kind === 'file') shell.state.capture(node, path);
    const before = shell.words;
    if (words.length > 1) shell.words = words.slice(1);
    try {
      return yield* shell.nested(() => shell.engine.script(shell, text));
    } catch (error) {
      if (error instanceof ReturnFunction) return error.status;
      throw error;
    } finally {
      shell.words = before;
    }
  },
};

export const execBuiltin: Builtin = {
  names: ['exec'],
  shells: 'both',
  *run(shell, words) {
    if (words.length === 0) return 0;
    const status = yield* runNamed(shell, words);
    if (status === notFoundStatus && !shell.interactive) throw new ExitShell(127);
    if (status === notFoundStatus) return 127;
    throw new ExitShell(status);
  },
};

export const trapBuiltin: Builtin = {
  names: ['trap'],
  shells: 'both',
  run(shell, words) {
    const [action, ...signals] = words[0] === '--' ? words.slice(1) : words;
    if (action === undefined) return 0;
    for (const signal of signals) {
      const name = signal === '0' ? 'EXIT' : signal.replace(/^SIG/, '');
      if (action === '-') shell.traps.delete(name);
      else if (shell.traps.size < 64) shell.traps.set(name, action);
    }
    return 0;
  },
};
