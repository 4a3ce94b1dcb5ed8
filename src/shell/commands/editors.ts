import { FileFault } from '../files/fault.ts';
import { isBusybox, type Command, type Process } from '../process.ts';
import type { Reading } from '../stream.ts';
import { readOptions } from './input-text.ts';

function contentAt(process: Process, path: string): string {
  const node = process.state.files.find(path, process.folder);
  if (node?.kind !== 'file' || !process.state.files.may(node, 4)) return '';
  return process.state.files.read(path, process.folder);
}

function save(process: Process, path: string, text: string): boolean {
  try {
    const node = process.state.files.open(path, process.folder, 'truncate');
    if (node.kind === 'file') process.state.files.setContent(node, text, process.name);
    return true;
  } catch (error) {
    if (!(error instanceof FileFault)) throw error;
    return false;
  }
}

/** The screen of vi: the text, tildes below it, the name on the last row. */
function drawVi(process: Process, path: string, text: string): void {
  const rows = Math.max(5, process.state.options.rows || 24) - 1;
  const lines = text.split('\n').slice(0, rows);
  if (lines.at(-1) === '') lines.pop();
  const filled = [...lines, ...Array.from({ length: rows - lines.length }, () => '~')];
  const count = text.split('\n').length - 1;
  const name =
    path === ''
      ? ''
      : text === ''
        ? `"${path}" [New File]`
        : isBusybox(process)
          ? `${path} 1/${count} 100%`
          : `"${path}" ${count}L, ${text.length}C`;
  process.output.write(`\x1b[2J\x1b[H${filled.join('\n')}\n${name}`);
}

/** vi reads lines, not keys, here: what stands between `i` and escape is inserted, `:w` and `:q` do what they say. */
export const editor: Command = {
  names: ['vi', 'vim'],
  folder: '/usr/bin',
  systems: 'both',
  *run(process) {
    const { flags, operands } = readOptions(
      process.words.filter((word) => !word.startsWith('+')),
      'cTu',
    );
    if (flags.has('version')) {
      const version = process.state.machine.packages.installed.get('vim')?.replace(/^2:/, '') ?? '8.2.2434';
      process.output.write(`VIM - Vi IMproved ${version.slice(0, 3)} (2019 Dec 12, compiled)\n`);
      return 0;
    }
    const [path = ''] = operands;
    if (!process.input.terminal)
      process.error.write(
        'Vim: Warning: Output is not to a terminal\nVim: Warning: Input is not from a terminal\n',
      );
    let text = contentAt(process, path);
    drawVi(process, path, text);
    let inserting = false;
    for (;;) {
      const line = yield* process.input.line();
      if (line === null) break;
      const keys = line.replace(/\r?\n$/, '');
      const commands = keys.split('\x1b');
      for (const [index, part] of commands.entries()) {
        if (index > 0) inserting = false;
        let rest = part;
        const opens = inserting ? null : /^[^:iaoAIO]{0,20}([iaoAIO])/.exec(rest);
        if (opens !== null && !rest.startsWith(':')) {
          inserting = true;
          rest = rest.slice(opens[0].length);
        }
        if (inserting) {
          if (index === commands.length - 1) text += `${rest}\n`;
          else text += rest;
        } else if (/^:?(?:wq|x|w|wq!|w!)\b/.test(rest) || rest === 'ZZ') {
          if (path !== '' && save(process, path, text.endsWith('\n') || text === '' ? text : `${text}\n`))
            process.output.write(`\n"${path}" ${text.split('\n').length - 1}L, ${text.length}C written\n`);
          else
            process.output.write(
              path === '' ? '\nE32: No file name\n' : `\n"${path}" E212: Can't open file for writing\n`,
            );
          if (/[qxZ]/.test(rest)) return 0;
        } else if (/^:?q/.test(rest)) return 0;
      }
    }
    if (!process.input.terminal) process.error.write('Vim: Error reading input, exiting...\n');
    return process.input.terminal ? 0 : 1;
  },
};

/** nano: ^X leaves; on a terminal that gives lines, the lines before it are what was typed. */
export const smallEditor: Command = {
  names: ['nano', 'pico'],
  folder: '/usr/bin',
  systems: 'gnu',
  *run(process): Reading<number> {
    const { flags, operands } = readOptions(process.words, 'rTo');
    const version = process.state.machine.packages.installed.get('nano')?.split('-')[0] ?? '4.8';
    if (flags.has('version') || flags.has('V')) {
      process.output.write(` GNU nano, version ${version}\n`);
      return 0;
    }
    if (!process.input.terminal) {
      process.error.write('Standard input is not a terminal\n');
      return 1;
    }
    const [path = ''] = operands;
    let text = contentAt(process, path);
    const rows = Math.max(8, process.state.options.rows || 24) - 5;
    const title = `  GNU nano ${version}`.padEnd(34) + (path === '' ? 'New Buffer' : path);
    const lines = text.split('\n').slice(0, rows);
    process.output.write(
      `\x1b[2J\x1b[H${title}\n\n${lines.join('\n')}${'\n'.repeat(Math.max(1, rows - lines.length))}^G Get Help  ^O Write Out ^W Where Is  ^K Cut Text  ^J Justify\n^X Exit      ^R Read File ^\\ Replace   ^U Paste Text^T To Spell\n`,
    );
    for (;;) {
      const line = yield* process.input.line();
      if (line === null) return 0;
      const typed = line.replace(/\r?\n$/, '');
      const leaves = typed.indexOf('\x18');
      const plain = (leaves < 0 ? typed : typed.slice(0, leaves)).replaceAll(/[\x00-\x08\x0b-\x1f]/g, '');
      if (plain !== '' || leaves < 0) text += `${plain}\n`;
      if (leaves < 0) continue;
      if (path !== '' && !typed.slice(leaves).includes('n')) save(process, path, text);
      return 0;
    }
  },
};

export const pager: Command = {
  names: ['less', 'more'],
  folder: '/usr/bin',
  systems: 'both',
  *run(process) {
    const { operands } = readOptions(process.words, '');
    return yield* process.execute(['cat', ...operands]);
  },
};
