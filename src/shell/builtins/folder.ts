import { BuiltinFault } from '../evaluate/control.ts';
import { FileFault } from '../files/fault.ts';
import { FileSystem } from '../files/file-system.ts';
import type { Builtin, Shell } from '../evaluate/shell.ts';

function refuse(shell: Shell, target: string, fault: FileFault): number {
  const texts = {
    bash: `${target}: ${fault.message}`,
    dash: `can't cd to ${target}`,
    ash: `can't cd to ${target}: ${fault.message}`,
  };
  throw new BuiltinFault(shell.wording(texts), shell.bash ? 1 : 2, 'cd');
}

export const changeFolder: Builtin = {
  names: ['cd', 'chdir'],
  run(shell, words) {
    const operands = words.filter((word) => !/^-[LP]$/.test(word) && word !== '--');
    if (operands.length > 1 && shell.bash) {
      shell.complain('too many arguments', 'cd');
      return 1;
    }
    let wanted = operands[0] ?? shell.variables.get('HOME');
    if (wanted === undefined) {
      if (!shell.bash) return 0;
      shell.complain('HOME not set', 'cd');
      return 1;
    }
    const back = wanted === '-';
    if (back) {
      const before = shell.variables.get('OLDPWD');
      if (before === undefined && shell.bash) {
        shell.complain('OLDPWD not set', 'cd');
        return 1;
      }
      wanted = before ?? shell.folder;
    }
    // An empty operand leaves everything as it is.
    if (wanted === '') return 0;
    try {
      const path = FileSystem.absolute(wanted, shell.folder);
      const node = shell.state.files.get(wanted, shell.folder);
      if (node.kind !== 'directory') throw new FileFault('ENOTDIR');
      if (!shell.state.files.may(node, 1)) throw new FileFault('EACCES');
      shell.variables.set('OLDPWD', shell.folder);
      shell.variables.mark('OLDPWD', 'exported');
      shell.folder = path;
      shell.variables.set('PWD', path);
      if (back) shell.output.write(`${path}\n`);
      return 0;
    } catch (error) {
      if (!(error instanceof FileFault)) throw error;
      return refuse(shell, wanted, error);
    }
  },
};

export const printFolder: Builtin = {
  names: ['pwd'],
  run(shell) {
    shell.output.write(`${shell.folder}\n`);
    return 0;
  },
};

const rights = (bits: number): string =>
  `${(bits & 4) !== 0 ? 'r' : ''}${(bits & 2) !== 0 ? 'w' : ''}${(bits & 1) !== 0 ? 'x' : ''}`;

export const umask: Builtin = {
  names: ['umask'],
  run(shell, words) {
    const [word] = words;
    if (word === undefined || word === '-p')
      shell.output.write(`${word === '-p' ? 'umask ' : ''}${shell.umask.toString(8).padStart(4, '0')}\n`);
    else if (word === '-S') {
      const left = ~shell.umask & 0o777;
      shell.output.write(`u=${rights(left >> 6)},g=${rights((left >> 3) & 7)},o=${rights(left & 7)}\n`);
    } else if (/^[0-7]{1,4}$/.test(word)) shell.umask = Number.parseInt(word, 8) & 0o777;
    else if (/^\d+$/.test(word)) {
      const texts = {
        bash: `${word}: octal number out of range`,
        dash: `Illegal number: ${word}`,
        ash: `illegal mode: ${word}`,
      };
      throw new BuiltinFault(shell.wording(texts), shell.bash ? 1 : 2);
    } else if (!/^[ugoa]*[-+=][rwx]*(?:,[ugoa]*[-+=][rwx]*)*$/.test(word)) {
      const texts = {
        bash: `\`${word}': invalid symbolic mode operator`,
        dash: `Illegal mode: ${word}`,
        ash: `illegal mode: ${word}`,
      };
      throw new BuiltinFault(shell.wording(texts), shell.bash ? 1 : 2);
    }
    return 0;
  },
};
