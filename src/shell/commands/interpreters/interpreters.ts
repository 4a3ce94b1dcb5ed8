import { emulateDownload, saveDownload } from '../../download.ts';
import { FileFault } from '../../files/fault.ts';
import type { Command, Process } from '../../process.ts';
import type { Reading, Run } from '../../stream.ts';
import { inputText } from '../input-text.ts';
import { upstreamVersion } from '../program-version.ts';
import { reach } from '../reach.ts';
import { readCall } from './perl/command-line.ts';
import { runPerl } from './perl/perl.ts';
import { phpVersion, phpVersionText, readPhpCall } from './php/command-line.ts';
import { checkPhp, phpExtensions, runPhp } from './php/php.ts';
import { runPython } from './python/python.ts';
import { effectsOf } from './script-effect.ts';
import { Unsupported } from './script/unsupported.ts';
import { ScriptWorld } from './script/world.ts';

type Language = 'python3' | 'perl' | 'php';

const options: Readonly<Record<Language, string>> = { python3: '-c', perl: '-e', php: '-r' };

const pythonVersion = (process: Process): string =>
  upstreamVersion(
    process,
    process.state.machine.packages.family === 'redhat' ? 'platform-python' : 'python3',
    '3.9.2',
  );

function versionText(process: Process, language: Language): string {
  const redHat = process.state.machine.packages.family === 'redhat';
  if (language === 'python3') return `Python ${pythonVersion(process)}\n`;
  if (language === 'perl') {
    const [, major = '32', minor = '1'] = upstreamVersion(process, 'perl', '5.32.1').split('.');
    return `\nThis is perl 5, version ${major}, subversion ${minor} (v5.${major}.${minor}) built for x86_64-linux${redHat ? '' : '-gnu'}-thread-multi\n`;
  }
  return phpVersionText(process);
}

function missing(process: Process, language: Language, path: string, fault: FileFault): number {
  const texts: Readonly<Record<Language, string>> = {
    python3: `python3: can't open file '${path}': [Errno ${fault.code === 'ENOENT' ? 2 : 13}] ${fault.message}`,
    perl: `Can't open perl script "${path}": ${fault.message}`,
    php: `Could not open input file: ${path}`,
  };
  (language === 'php' ? process.output : process.error).write(`${texts[language]}\n`);
  return language === 'php' ? 1 : 2;
}

/** Reads what the evaluator cannot run for its calls, and does those that were not done yet. */
function* read(process: Process, language: Language, text: string, place: string, world: ScriptWorld): Run {
  process.state.budget.spendBytes(text.length * 4);
  let status = 0;
  for (const effect of effectsOf(text)) {
    process.state.budget.spend(4);
    if (effect.does === 'print') {
      if (!world.shown) process.output.write(`${effect.text}${language === 'python3' ? '\n' : ''}`);
    } else if (effect.does === 'run') {
      if (!world.done.has(effect.command)) yield* process.execute(['sh', '-c', effect.command]);
    } else if (effect.does === 'fetch') {
      if (world.done.has(effect.url)) continue;
      process.state.recordCommand([process.name, effect.url]);
      const download = emulateDownload(process, effect.url);
      try {
        if (download !== null && effect.file !== null) saveDownload(process, effect.file, download.content);
      } catch (error) {
        if (!(error instanceof FileFault)) throw error;
        status = 1;
      }
    } else if (
      !world.done.has(`${effect.host}:${effect.port}`) &&
      reach(process, effect.host, effect.port, 0).how !== 'open'
    ) {
      if (language === 'perl') return 0;
      process.error.write(
        language === 'php'
          ? `PHP Warning:  fsockopen(): unable to connect to ${effect.host}:${effect.port} (Connection refused) in ${place === '<string>' ? 'Command line code' : place} on line ${effect.line}\n`
          : `Traceback (most recent call last):\n  File "${place}", line ${effect.line}, in <module>\n${place.startsWith('<') ? '' : `    ${(text.split('\n')[effect.line - 1] ?? '').trim().slice(0, 1000)}\n`}ConnectionRefusedError: [Errno 111] Connection refused\n`,
      );
      return language === 'php' ? 0 : 1;
    }
  }
  return status;
}

function* perform(
  process: Process,
  language: Language,
  text: string,
  place: string,
  words: readonly string[],
  settings: ReadonlyMap<string, string> = new Map(),
): Run {
  const world = new ScriptWorld(process, language !== 'php');
  try {
    if (language === 'perl')
      return yield* runPerl(world, {
        text,
        place: place === '<string>' ? '-e' : place === '<stdin>' ? '-' : place,
        arguments: words.slice(1),
      });
    if (language === 'php')
      return yield* runPhp(world, {
        text,
        place: placesOfPhp[place] ?? world.absolute(place),
        inCode: place === '<string>',
        version: phpVersion(process),
        arguments: [placesOfPhp[place] === undefined ? place : 'Standard input code', ...words.slice(1)],
        settings,
      });
    return yield* runPython(world, { text, file: place, version: pythonVersion(process), arguments: words });
  } catch (error) {
    // A script that nests deeper than the evaluator's own stack is read as well.
    if (!(error instanceof Unsupported) && !(error instanceof RangeError)) throw error;
    world.end();
    return yield* read(process, language, text, place, world);
  }
}

const placesOfPhp: Readonly<Record<string, string | undefined>> = {
  '<string>': 'Command line code',
  '<stdin>': 'Standard input code',
};

/** php's own options. Null where it is called as the others are. */
function* php(process: Process, words: readonly string[]): Reading<number | null> {
  const call = readPhpCall(words);
  if (call.does === 'read')
    return yield* read(process, 'php', call.text ?? '', '<string>', new ScriptWorld(process, false));
  if (call.does === 'complain') {
    process.output.write(call.complaint);
    return call.complaint.startsWith('Usage') ? 0 : 1;
  }
  if (call.does === 'version') {
    process.output.write(phpVersionText(process));
    return 0;
  }
  if (call.does === 'modules') {
    process.output.write(`[PHP Modules]\n${phpExtensions.join('\n')}\n\n[Zend Modules]\nZend OPcache\n\n`);
    return 0;
  }
  if (call.does === 'information') return yield* perform(process, 'php', 'phpinfo();', '<string>', ['-']);
  let { text } = call;
  let place = '<string>';
  if (text === null) {
    place = call.path ?? '<stdin>';
    try {
      if (call.path === null || call.path === '-') text = (yield* inputText(process, '-')) ?? '';
      else {
        const node = process.state.files.get(call.path, process.folder);
        text = process.state.files.read(call.path, process.folder);
        if (node.kind === 'file') process.state.capture(node, call.path);
      }
    } catch (error) {
      if (!(error instanceof FileFault)) throw error;
      return missing(process, 'php', call.path ?? '', error);
    }
    if (place === '-') place = '<stdin>';
  }
  if (call.does === 'check')
    return checkPhp(new ScriptWorld(process, false), text, call.path ?? 'Standard input code');
  return yield* perform(process, 'php', text, place, [place, ...call.rest], call.settings);
}

const interpreter = (language: Language): Command => ({
  names: [language],
  folder: '/usr/bin',
  systems: 'gnu',
  *run(process) {
    const { words } = process;
    if (language === 'php') {
      const status = yield* php(process, words);
      if (status !== null) return status;
    }
    if (/^(?:--version|-v|-V)$/.test(words[0] ?? '')) {
      process.output.write(versionText(process, language));
      return 0;
    }
    if (language === 'perl') {
      const call = readCall(words);
      if (call.text !== null)
        return yield* perform(
          process,
          language,
          call.isKnown ? call.before + call.text + call.after : call.text,
          '<string>',
          ['-e', ...call.rest],
        );
    }
    const option = words.findIndex((word) =>
      new RegExp(`^-[A-Za-z]*${options[language].charAt(1)}$`).test(word),
    );
    if (option >= 0)
      return yield* perform(process, language, words[option + 1] ?? '', '<string>', [
        options[language],
        ...words.slice(option + 2),
      ]);
    const place = words.findIndex((word) => !word.startsWith('-') || word === '-');
    const path = words[place];
    if (path === undefined || path === '-')
      return yield* perform(process, language, (yield* inputText(process, '-')) ?? '', '<stdin>', [
        '-',
        ...words.slice(place + 1),
      ]);
    try {
      const text = process.state.files.read(path, process.folder);
      const node = process.state.files.get(path, process.folder);
      if (node.kind === 'file') process.state.capture(node, path);
      return yield* perform(process, language, text, path, words.slice(place));
    } catch (error) {
      if (!(error instanceof FileFault)) throw error;
      return missing(process, language, path, error);
    }
  },
});

/** Python, Perl and PHP, where the machine's packages bring them. They are run as far as their evaluators go, and what those can't do is read for what it would do. */
export const interpreters: readonly Command[] = [
  interpreter('python3'),
  interpreter('perl'),
  interpreter('php'),
];
