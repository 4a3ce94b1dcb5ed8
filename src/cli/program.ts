/** The command line. Each subcommand is one file; what it needs is loaded when it runs, so that `--help` is quick. */

import process from 'node:process';
import { Command, CommanderError } from 'commander';
import { type ErrorCode, PicketError } from '../core/errors.ts';
import { version } from '../daemon/version.ts';
import { analyze } from './analyze.ts';
import { allow, attacks, decisions, explain, sources } from './ask.ts';
import { buckets } from './buckets.ts';
import { doctor } from './doctor.ts';
import { lures } from './lures.ts';
import { printable } from './printable.ts';
import { persona } from './persona.ts';
import { replay } from './replay.ts';
import { report } from './report.ts';
import { engine, fence, sensor, store, telemetry } from './role.ts';
import { rules } from './rules.ts';
import { up } from './up.ts';
import type { Subcommand } from './subcommand.ts';

/** In the order of the help. To add one: write its file, a test in test/cli, and a line here. */
const subcommands: readonly Subcommand[] = [
  up,
  analyze,
  replay,
  report,
  lures,
  rules,
  sources,
  attacks,
  decisions,
  explain,
  allow,
  buckets,
  doctor,
  persona,
  sensor,
  telemetry,
  engine,
  fence,
  store,
];

/** Errors that tell of a refusal by the other side; all others are wrong usage, configuration or input. */
const refusals: ReadonlySet<ErrorCode> = new Set([
  'PICKET_API_REFUSED',
  'PICKET_ENGINE_UNREACHABLE',
  'PICKET_STORE_UNAVAILABLE',
  'PICKET_NFT_FAILED',
]);

function program(): Command {
  const picket = new Command('picket')
    .description('Decoys out front and a fence behind them.')
    .version(version, '-V, --version', 'print the version')
    .helpCommand('help [command]', 'print the help of a command')
    .helpOption('-h, --help', 'print this help')
    .showSuggestionAfterError()
    .exitOverride()
    // The one line that a person gets is written in `runProgram`.
    .configureOutput({ outputError: () => {} });
  for (const add of subcommands) {
    const command = add(picket);
    command.helpOption('-h, --help', 'print this help');
  }
  return picket;
}

/** The call that shows how the command is used, as far as there is one of that name. */
function helpFor(picket: Command, words: readonly string[]): string {
  const path = ['picket'];
  let at: Command | undefined = picket;
  for (const word of words.filter((each) => each !== 'help')) {
    at = at?.commands.find((command) => command.name() === word);
    if (at === undefined) break;
    path.push(word);
  }
  return `${path.join(' ')} --help`;
}

/** `picket help rules check` and `picket rules help check`: the help of the command that is meant. Null where no help is asked for in this way. */
function helpAsked(picket: Command, words: readonly string[]): Command | null {
  const find = (group: Command, word: string): Command | undefined =>
    group.commands.find((command) => command.name() === word);
  let at = picket;
  let hasHelp = false;
  for (const word of words) {
    if (word.startsWith('-')) return null;
    const inner: Command | undefined = find(at, word);
    if (inner !== undefined) at = inner;
    else if (word === 'help' && !hasHelp && at.commands.length > 0) hasHelp = true;
    else if (!hasHelp) return null;
    else {
      const of = at === picket ? '' : ` of picket ${at.name()}`;
      throw new PicketError('PICKET_USAGE', `unknown command '${printable(word)}'${of}`);
    }
  }
  return hasHelp ? at : null;
}

/** Runs the command that these words name; gives the exit code. */
export async function runProgram(words: readonly string[]): Promise<number> {
  // `picket doctor | head` has seen enough.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit();
  });
  const picket = program();
  if (words.length === 0) {
    picket.outputHelp({ error: true });
    return 2;
  }
  try {
    const asked = helpAsked(picket, words);
    if (asked !== null) {
      asked.outputHelp();
      return 0;
    }
    await picket.parseAsync(words, { from: 'user' });
    return Number(process.exitCode ?? 0);
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return 0;
      const said = error.message
        .replace(/^error: /, '')
        .replaceAll(/\s*\n\s*/g, ' ')

        .replace(/ is invalid\. Allowed choices are (.*)\.$/, ' is not known; one of $1')
        .replace(/\.$/, '');
      // Without a subcommand commander has printed the help already.
      if (error.code !== 'commander.help') {
        process.stderr.write(`picket: ${said}; see ${helpFor(picket, words)} (PICKET_USAGE)\n`);
      }
      return 2;
    }
    if (error instanceof PicketError) {
      const help = error.code === 'PICKET_USAGE' ? `; see ${helpFor(picket, words)}` : '';
      process.stderr.write(`picket: ${error.message}${help} (${error.code})\n`);
      return refusals.has(error.code) ? 1 : 2;
    }
    throw error;
  }
}
