import { createHash } from 'node:crypto';
import type { Command } from '../process.ts';
import { inputText, readOptions } from './input-text.ts';

const algorithms: Readonly<Record<string, string>> = {
  md5sum: 'md5',
  sha1sum: 'sha1',
  sha256sum: 'sha256',
  sha512sum: 'sha512',
};

export const checksums: Command = {
  names: ['md5sum', 'sha1sum', 'sha256sum', 'sha512sum'],
  folder: '/usr/bin',
  systems: 'both',
  *run(process) {
    const { operands } = readOptions(process.words, '');
    let status = 0;
    for (const path of operands.length === 0 ? ['-'] : operands) {
      const text = yield* inputText(process, path);
      if (text === null) status = 1;
      else
        process.output.write(
          `${createHash(algorithms[process.name] ?? 'md5')
            .update(text, 'latin1')
            .digest('hex')}  ${path}\n`,
        );
    }
    return status;
  },
};
