import { formatDate } from '../date-format.ts';
import type { Command } from '../process.ts';

export const date: Command = {
  names: ['date'],
  folder: '/bin',
  systems: 'both',
  run(process) {
    const format = process.words.find((word) => word.startsWith('+'));
    process.output.write(
      `${formatDate(process.state.now(), format === undefined ? '%a %b %e %H:%M:%S UTC %Y' : format.slice(1))}\n`,
    );
    return 0;
  },
};
