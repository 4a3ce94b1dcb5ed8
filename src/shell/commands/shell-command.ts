import { FileFault } from '../files/fault.ts';
import { isBusybox, type Command } from '../process.ts';

/** `sh`, `bash`, `ash`: a script, a string, or commands from standard input, all run by the interpreter. */
export const shellCommand: Command = {
  names: ['sh', 'ash', 'bash', 'dash'],
  folder: '/bin',
  systems: 'both',
  *run(process) {
    const { machine } = process.state;
    const bash = process.name === 'bash' || (!isBusybox(process) && machine.shIsBash);
    const words = [...process.words];
    let option = false;
    let trace = false;
    let standard = false;
    let forced = false;
    while (/^[-+]./.test(words[0] ?? '') && words[0] !== '--') {
      const word = words.shift() ?? '';
      if (word === '--version') {
        process.output.write(
          `GNU bash, version ${machine.bashVersion} (${machine.kernel.machine}-pc-linux-gnu)\n`,
        );
        return 0;
      }
      if (word.startsWith('--')) continue;
      if (word.includes('c')) option = true;
      if (word.includes('x')) trace = true;
      if (word.includes('s')) standard = true;
      if (word.includes('i')) forced = true;
      if (word === '-o' || word === '+o') words.shift();
    }
    if (words[0] === '--') words.shift();
    const name = process.name;
    if (option) {
      const text = words.shift();
      if (text === undefined) {
        process.error.write(
          `${name}: -c${bash ? ': option requires an argument' : ' requires an argument'}\n`,
        );
        return 2;
      }
      return yield* process.interpret({
        text,
        name: words[0] ?? name,
        words: words.slice(1),
        bash,
        fromOption: true,
        interactive: false,
        trace,
      });
    }
    const path = words[0];
    if (path === undefined || standard) {
      const interactive = process.input.terminal || forced;
      if (interactive && isBusybox(process) && process.state.options.terminal)
        process.output.write(
          `\n\nBusyBox ${machine.busyboxVersion} built-in shell (ash)\nEnter 'help' for a list of built-in commands.\n\n`,
        );
      return yield* process.interpret({
        text: null,
        name,
        words: standard ? words : [],
        bash,
        fromOption: false,
        interactive,
        trace,
      });
    }
    try {
      const text = process.state.files.read(path, process.folder);
      const node = process.state.files.get(path, process.folder);
      if (node.kind === 'file') process.state.capture(node, path);
      if (text.startsWith('\x7fELF')) {
        process.error.write(
          bash
            ? `${path}: ${path}: cannot execute binary file\n`
            : `${path}: line 1: syntax error: unexpected "("\n`,
        );
        return bash ? 126 : 2;
      }
      return yield* process.interpret({
        text,
        name: path,
        words: words.slice(1),
        bash,
        fromOption: false,
        interactive: false,
        trace,
      });
    } catch (error) {
      if (!(error instanceof FileFault)) throw error;
      process.error.write(
        bash ? `${name}: ${path}: ${error.message}\n` : `${name}: can't open '${path}': ${error.message}\n`,
      );
      return bash ? 127 : 2;
    }
  },
};
