import { isBusybox, type Command } from '../process.ts';
import { evaluateTest, TestFault } from '../test-expression.ts';

export const test: Command = {
  names: ['test', '['],
  folder: '/usr/bin',
  systems: 'both',
  run(process) {
    const words = process.name === 'test' ? process.words : process.words.slice(0, -1);
    try {
      return evaluateTest(process, words, isBusybox(process) ? 'ash' : 'bash');
    } catch (error) {
      if (!(error instanceof TestFault)) throw error;
      process.error.write(`${process.name}: ${error.message}\n`);
      return 2;
    }
  },
};

/** busybox has an applet by the name of bash's reserved word. */
export const doubleTest: Command = { ...test, names: ['[['], systems: 'busybox' };
