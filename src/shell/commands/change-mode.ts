import { FileFault } from '../files/fault.ts';
import { FileSystem } from '../files/file-system.ts';
import { isBusybox, type Command, type Process } from '../process.ts';

/** The bits after a mode such as `755`, `+x`, `u=rw,go-w`; -1 where it is none. */
function applyMode(mode: string, before: number): number {
  if (/^[0-7]{1,5}$/.test(mode)) return Number.parseInt(mode, 8) & 0o7777;
  let bits = before;
  for (const clause of mode.split(',')) {
    const match = /^([ugoa]*)([-+=])([rwxXst]*)$/.exec(clause);
    if (match === null) return -1;
    const who = match[1] === '' || match[1]?.includes('a') === true ? 'ugo' : (match[1] ?? '');
    let mask = 0;
    for (const [group, shift] of [
      ['u', 6],
      ['g', 3],
      ['o', 0],
    ] as const) {
      if (!who.includes(group)) continue;
      for (const [letter, bit] of [
        ['r', 4],
        ['w', 2],
        ['x', 1],
        ['X', 1],
      ] as const)
        if (match[3]?.includes(letter) === true) mask |= bit << shift;
    }
    if (match[3]?.includes('s') === true) mask |= who.includes('u') ? 0o4000 : 0o2000;
    if (match[3]?.includes('t') === true) mask |= 0o1000;
    if (match[2] === '+') bits |= mask;
    else if (match[2] === '-') bits &= ~mask;
    else
      bits =
        (bits &
          ~((who.includes('u') ? 0o700 : 0) | (who.includes('g') ? 0o70 : 0) | (who.includes('o') ? 7 : 0))) |
        mask;
  }
  return bits;
}

function eachPath(
  process: Process,
  paths: readonly string[],
  deep: boolean,
  action: (path: string) => void,
): number {
  let status = 0;
  const visit = (path: string, depth: number): void => {
    process.state.budget.spend(2);
    action(path);
    const node = process.state.files.find(path, process.folder, false);
    if (deep && node?.kind === 'directory' && depth < 20)
      for (const name of Array.from(process.state.files.list(path, process.folder).keys()))
        visit(`${path}/${name}`, depth + 1);
  };
  for (const path of paths) {
    try {
      visit(path, 0);
    } catch (error) {
      if (!(error instanceof FileFault)) throw error;
      process.error.write(
        `${process.name}: ${isBusybox(process) ? `${path}: ${error.message}` : error.code === 'EPERM' ? `changing ${process.name === 'chmod' ? 'permissions' : 'ownership'} of '${path}': ${error.message}` : `cannot access '${path}': ${error.message}`}\n`,
      );
      status = 1;
    }
  }
  return status;
}

export const changeMode: Command = {
  names: ['chmod'],
  folder: '/bin',
  systems: 'both',
  run(process) {
    const words = process.words.filter((word) => !/^-(?:[Rvcf]+|-[a-z]+)$/.test(word));
    const deep = process.words.some((word) => /^-[vcf]*R/.test(word));
    const [mode = '', ...paths] = words;
    if (paths.length === 0) {
      process.error.write(
        isBusybox(process)
          ? `BusyBox ${process.state.machine.busyboxVersion} multi-call binary.\n\nUsage: chmod [-R] MODE[,MODE]... FILE...\n`
          : `chmod: missing operand${mode === '' ? '' : ` after '${mode}'`}\nTry 'chmod --help' for more information.\n`,
      );
      return 1;
    }
    if (applyMode(mode, 0) < 0) {
      process.error.write(
        isBusybox(process)
          ? `chmod: invalid mode '${mode}'\n`
          : `chmod: invalid mode: '${mode}'\nTry 'chmod --help' for more information.\n`,
      );
      return 1;
    }
    return eachPath(process, paths, deep, (path) => {
      const before = process.state.files.get(path, process.folder);
      const node = process.state.files.change(path, process.folder, { mode: applyMode(mode, before.mode) });
      // Made runnable: this is what a dropper does last before it starts its file.
      if (node.kind === 'file' && (node.mode & 0o111) !== 0)
        process.state.capture(node, FileSystem.absolute(path, process.folder));
    });
  },
};

export const changeOwner: Command = {
  names: ['chown', 'chgrp', 'chattr', 'lsattr'],
  folder: '/bin',
  systems: 'both',
  run(process) {
    const words = process.words.filter((word) => !word.startsWith('-') && !word.startsWith('+'));
    if (process.name.endsWith('attr')) return 0;
    const [owner = '', ...paths] = words;
    const uid = process.state.machine.uidOf(owner.split(':', 1)[0] ?? '');
    if (uid === null && !owner.startsWith(':')) {
      process.error.write(
        isBusybox(process)
          ? `${process.name}: unknown user ${owner}\n`
          : `${process.name}: invalid user: '${owner}'\n`,
      );
      return 1;
    }
    return eachPath(process, paths, process.words.includes('-R'), (path) => {
      process.state.files.change(
        path,
        process.folder,
        process.name === 'chgrp' || uid === null ? {} : { uid },
      );
    });
  },
};
