import { FileFault } from '../files/fault.ts';
import { isBusybox, type Command, type Process } from '../process.ts';
import type { Reading } from '../stream.ts';
import { inputText } from './input-text.ts';
import { Executor } from './sed/executor.ts';
import { FileStop, SedFiles } from './sed/files.ts';
import { readSedOptions, type SedOptions } from './sed/options.ts';
import { readScript } from './sed/parser.ts';
import { ScriptFault, type Script, type Source } from './sed/script.ts';
import { usageText, versionText } from './sed/usage.ts';

/** The parts of the script and the files to read; null after a complaint. */
function* sourcesOf(process: Process, options: SedOptions): Reading<Source[] | null> {
  const sources: Source[] = [];
  for (const part of options.parts)
    if (part.is === 'script') sources.push({ text: part.text, file: null });
    else {
      const known = part.text === '-' || process.state.files.find(part.text, process.folder) !== null;
      if (!known && !isBusybox(process))
        process.error.write(`${process.name}: couldn't open file ${part.text}: No such file or directory\n`);
      const text = known || isBusybox(process) ? yield* inputText(process, part.text) : null;
      if (text === null) return null;
      sources.push({ text: text.replace(/\n$/, ''), file: part.text });
    }
  return sources;
}

const filesWritten = ({ steps }: Script): string[] =>
  steps.flatMap(({ letter, text, substitution }) =>
    letter === 'w' || letter === 'W'
      ? [text]
      : (substitution?.file ?? null) === null
        ? []
        : [substitution?.file ?? ''],
  );

/** 0 and 1 are no breaking at all. */
const widthOf = (text: string | null): number => {
  if (!/^\d{1,6}$/.test(text ?? '')) return 70;
  return Number(text) === 1 ? 0 : Number(text);
};

export const sed: Command = {
  names: ['sed'],
  folder: '/bin',
  systems: 'both',
  *run(process) {
    const busybox = isBusybox(process);
    if (busybox && process.words[0] === '--version') {
      process.output.write('This is not GNU sed version 4.0\n');
      return 0;
    }
    const options = readSedOptions(process.words, busybox);
    if (typeof options === 'string') {
      process.error.write(`${process.name}: ${options}\n${usageText(process, busybox, false)}`);
      return 1;
    }
    const { flags } = options;
    if (flags.has('h') || flags.has('v')) {
      process.output.write(flags.has('v') ? versionText(process) : usageText(process, busybox, true));
      return 0;
    }
    const paths = [...options.operands];
    const first = options.parts.length === 0 ? paths.shift() : '';
    if (first === undefined) {
      process.error.write(usageText(process, busybox, false));
      return 1;
    }
    const sources =
      options.parts.length === 0 ? [{ text: first, file: null }] : yield* sourcesOf(process, options);
    if (sources === null) return busybox ? 1 : 4;
    return yield* runScript(process, options, sources, paths);
  },
};

function* runScript(
  process: Process,
  options: SedOptions,
  sources: readonly Source[],
  paths: readonly string[],
): Reading<number> {
  const busybox = isBusybox(process);
  const { flags, suffix } = options;
  const separator = flags.has('z') ? '\0' : '\n';
  const separate = flags.has('s') || suffix !== null;
  const files = new SedFiles(process, paths, { separate, separator, suffix, busybox });
  try {
    const script = readScript(sources, { extended: flags.has('r'), busybox }, process.state.budget);
    files.prepare(filesWritten(script));
    if (suffix !== null && paths.length === 0) {
      process.error.write(`${process.name}: ${busybox ? '-i requires an argument' : 'no input files'}\n`);
      return busybox ? 1 : 4;
    }
    const executor = new Executor(process, script, files, {
      quiet: flags.has('n'),
      separator,
      width: widthOf(options.width),
      busybox,
    });
    const status = yield* executor.run();
    files.close();
    return status === 0 ? files.status : status;
  } catch (error) {
    if (error instanceof FileFault) {
      process.error.write(`${process.name}: couldn't flush stdout: ${error.message}\n`);
      return 4;
    }
    if (!(error instanceof ScriptFault || error instanceof FileStop)) throw error;
    if (error instanceof FileStop) files.close();
    process.error.write(`${process.name}: ${error.message}\n`);
    return busybox ? 1 : error.status;
  }
}
