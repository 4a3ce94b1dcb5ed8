import type { Process } from '../process.ts';
import type { Reading } from '../stream.ts';

/** A prompt of a client that is connected to nothing, until it is left. */
export function* connectionPrompt(process: Process, text: string): Reading<number> {
  for (;;) {
    process.output.write(text);
    const line = yield* process.input.line();
    if (line === null) return 0;
    const word = line.trim().split(' ', 1)[0] ?? '';
    if (/^(?:quit|bye|exit|q)$/.test(word)) return 0;
    if (word === 'open' || word === 'o')
      process.output.write(`${process.name}: connect: Connection refused\n`);
    else if (word !== '')
      process.output.write(process.name === 'ftp' ? 'Not connected.\n' : '?Invalid command\n');
  }
}
