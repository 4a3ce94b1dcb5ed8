import { FileFault } from '../files/fault.ts';
import type { Command } from '../process.ts';
import { inputText } from './input-text.ts';

export const crontab: Command = {
  names: ['crontab'],
  folder: '/usr/bin',
  systems: 'both',
  *run(process) {
    const { files } = process.state;
    const path = `/var/spool/cron/${process.state.machine.userOf(files.uid)}`;
    const first = process.words.find((word, index) => word !== '-u' && process.words[index - 1] !== '-u');
    if (first === '-l') {
      if (files.find(path, '/') === null) {
        process.error.write(`no crontab for ${process.state.options.user}\n`);
        return 1;
      }
      process.output.write(files.read(path, '/'));
      return 0;
    }
    if (first === '-r') {
      if (files.find(path, '/') !== null) files.remove(path, '/');
      return 0;
    }
    if (first === '-e') return 0;
    const text = yield* inputText(process, first ?? '-');
    if (text === null) return 1;
    const before = files.uid;
    try {
      files.uid = 0;
      const node = files.open(path, '/', 'truncate', 0o600);
      if (node.kind === 'file') files.setContent(node, text, 'crontab');
      // What cron would run carries addresses too.
      process.state.recordCommand(['crontab', text]);
    } catch (error) {
      if (!(error instanceof FileFault)) throw error;
      return 1;
    } finally {
      files.uid = before;
    }
    return 0;
  },
};
