import type { Command } from '../process.ts';
import { inputText, readOptions } from './input-text.ts';

export const base64: Command = {
  names: ['base64'],
  folder: '/usr/bin',
  systems: 'both',
  *run(process) {
    const { flags, values, operands } = readOptions(process.words, 'w');
    const text = yield* inputText(process, operands[0] ?? '-');
    if (text === null) return 1;
    if (flags.has('d') || flags.has('D') || flags.has('decode')) {
      const valid = /^[A-Za-z0-9+/=\s]*$/.test(text);
      process.output.write(Buffer.from(text, 'base64').toString('latin1'));
      if (!valid)
        process.error.write(
          process.state.machine.busybox ? 'base64: truncated input\n' : 'base64: invalid input\n',
        );
      return valid ? 0 : 1;
    }
    const encoded = Buffer.from(text, 'latin1').toString('base64');
    const width = Number(values.get('w') ?? values.get('wrap') ?? 76);
    if (width > 0)
      for (let start = 0; start < encoded.length; start += width)
        process.output.write(`${encoded.slice(start, start + width)}\n`);
    else process.output.write(encoded);
    return 0;
  },
};
