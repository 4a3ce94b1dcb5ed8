import { FileFault } from '../files/fault.ts';
import { FileSystem } from '../files/file-system.ts';
import type { Builtin } from './builtin.ts';

export const changeFolder: Builtin = {
  names: ['cd', 'chdir'],
  shells: 'both',
  run(shell, words) {
    const operands = words.filter((word) => !/^-[LP]$/.test(word) && word !== '--');
    if (operands.length > 1 && shell.bash) {
      shell.complain('too many arguments', 'cd');
      return 1;
    }
    const wanted = operands[0] ?? shell.variables.get('HOME') ?? '/';
    const target = wanted === '-' ? (shell.variables.get('OLDPWD') ?? shell.folder) : wanted;
    try {
      const path = FileSystem.absolute(target, shell.folder);
      const node = shell.state.files.get(target === '' ? '.' : target, shell.folder);
      if (node.kind !== 'directory') throw new FileFault('ENOTDIR');
      if (!shell.state.files.may(node, 1)) throw new FileFault('EACCES');
      shell.variables.set('OLDPWD', shell.folder);
      shell.folder = path;
      shell.variables.set('PWD', path);
      if (wanted === '-') shell.output.write(`${path}\n`);
      return 0;
    } catch (error) {
      if (!(error instanceof FileFault)) throw error;
      shell.complain(
        shell.bash ? `${target}: ${error.message}` : `can't cd to ${target}: ${error.message}`,
        'cd',
      );
      return shell.bash ? 1 : 2;
    }
  },
};

export const printFolder: Builtin = {
  names: ['pwd'],
  shells: 'both',
  run(shell) {
    shell.output.write(`${shell.folder}\n`);
    return 0;
  },
};

export const umask: Builtin = {
  names: ['umask'],
  shells: 'both',
  run(shell, words) {
    if (words.length === 0) shell.output.write('0022\n');
    return 0;
  },
};
