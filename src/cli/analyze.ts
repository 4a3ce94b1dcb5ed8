/** `picket analyze`: recorded input through the pipeline that runs live. */

import { existsSync } from 'node:fs';
import process from 'node:process';
import { type Command, Option } from 'commander';
import picocolors from 'picocolors';
import { type Network, parseNetwork } from '../core/address.ts';
import { PicketError } from '../core/errors.ts';
import type { Analysis, AnalysisOptions, DamagedRecord, VerdictLine } from '../daemon/analyze.ts';
import type { ParallelAnalysis } from '../daemon/parallel-analysis.ts';
import { Output } from './output.ts';
import { terminalJson } from '../daemon/json-times.ts';
import { printable } from './printable.ts';
import { Progress } from './progress.ts';
import { isQuiet, verdictTable } from './verdict-table.ts';

interface Options {
  readonly format: string;
  readonly json?: true;
  readonly records?: true;
  readonly all?: true;
  readonly own: readonly string[];
  readonly lab?: true;
  readonly near?: string;
  readonly workers?: number;
  readonly config?: string;
  readonly lures: readonly string[];
  readonly rules: readonly string[];
}

type Judged = Analysis | ParallelAnalysis;

/** Damaged records that are shown; the rest are counted. */
const damagedShown = 5;

export function analyze(picket: Command): Command {
  return picket
    .command('analyze')
    .description('judge recorded input (logs, flow records, requests) as if it came in live')
    .argument('<file...>', 'files to read, plain or compressed (gzip, zstd); - for standard input')
    .option('--format <name>', 'format of the input; auto looks at its content', 'auto')
    .option('--json', 'print JSON lines, one a source')
    .option('--records', 'print one JSON line for each input record too (implies --json)')
    .option('--all', 'list quiet sources too, which are summed up otherwise')
    .addOption(
      new Option('--own <cidr>', 'a protected network, never decided on; may be repeated')
        .argParser((text: string, all: readonly string[]) => [...all, text])
        .default([], 'none'),
    )
    .option('--lab', 'let reserved addresses (private, documentation) be decided on')
    .option(
      '--near <time>',
      'time near to which records without a year or time lie; otherwise when the file was last written',
    )
    .addOption(
      new Option(
        '--lures <path>',
        'lures or scanner templates that name the CVEs of requests; may be repeated',
      )
        .argParser((text: string, all: readonly string[]) => [...all, text])
        .default([], 'none'),
    )
    .addOption(
      new Option('--rules <path>', 'folder or file of rules that judge too; may be repeated')
        .argParser((text: string, all: readonly string[]) => [...all, text])
        .default([], 'none'),
    )
    .addOption(
      new Option(
        '--workers <number>',
        'threads that judge; otherwise as many as there are processors for large files (up to 4), 1 for others, standard input and --records',
      ).argParser((text: string) => workersOf(text)),
    )
    .option('--config <file>', 'configuration whose policy, guards and detectors hold')
    .addHelpText(
      'after',
      `
Examples:
  picket analyze /var/log/auth.log
  picket analyze --json --own 203.0.113.0/24 flows/*.log.gz
  journalctl -o json -u ssh | picket analyze -

Exit code: 0 done, 1 nothing could be read, 2 wrong usage or input.`,
    )
    .action(run);
}

async function run(names: readonly string[], options: Options): Promise<void> {
  const own = options.own.map((text) => networkOf(text));
  const near = options.near === undefined ? null : timeOf(options.near);
  const isJson = options.json === true || options.records === true;
  const { Analysis } = await import('../daemon/analyze.ts');
  const { ParallelAnalysis } = await import('../daemon/parallel-analysis.ts');
  const { roomForObservations, threadsFor } = await import('../daemon/analysis-threads.ts');
  const { policyOf } = await import('../daemon/policy-of.ts');
  const { readerNamed, recordedInput } = await import('../daemon/recorded-input.ts');
  const { loadConfiguration } = await import('../daemon/configuration.ts');
  readerNamed(options.format);
  mustBeThere(options.lures, '--lures');
  mustBeThere(options.rules, '--rules');
  if (options.lures.length > 0) {
    const { LureFolder } = await import('../daemon/lure-folder.ts');
    await new LureFolder({
      folders: options.lures,
      log: () => {},
      installed: (_, problems) => {
        for (const { file, line, why } of problems.slice(0, damagedShown))
          process.stderr.write(`${printable(file)}:${line}: ${printable(why)}\n`);
        if (problems.length > damagedShown)
          process.stderr.write(`${several(problems.length - damagedShown, 'more lure')} refused\n`);
      },
    }).look();
  }
  const inputs = names.map((name) => recordedInput(name, near));
  const sizes = inputs.map((input) => input.size);
  const progress = new Progress(
    sizes.every((size) => size !== null) ? sizes.reduce((sum, size) => sum + size, 0) : null,
  );
  const output = new Output();
  const configuration = loadConfiguration(options.config ?? null);
  const damaged: DamagedRecord[] = [];
  let behind = 0;
  const analysisOptions: AnalysisOptions = {
    configuration,
    own,
    lab: options.lab === true,
    rules: options.rules,
    damaged: (record) => {
      if (damaged.length < damagedShown) damaged.push(record);
    },
    progress: (_input, bytes) =>
      progress.show(behind + bytes, () => `${analysis.records.toLocaleString('en')} records`),
    ...(options.records === true
      ? {
          record: (line) => output.line(terminalJson(JSON.stringify(line))),
          betweenBatches: () => (output.isFull ? output.flush() : undefined),
        }
      : {}),
  };
  const threads = threadsFor({
    wanted: options.workers ?? null,
    inputs,
    policy: policyOf(configuration),
    records: options.records === true,
  });
  roomForObservations();
  const analysis: Judged =
    threads === 1
      ? new Analysis(analysisOptions)
      : new ParallelAnalysis({ ...analysisOptions, lures: options.lures, threads });
  let failures = 0;
  for (const input of inputs) {
    try {
      await analysis.read(input, options.format);
    } catch (error) {
      if (!(error instanceof PicketError)) throw error;
      // The other inputs still count; the exit code says that one is missing.
      progress.clear();
      process.stderr.write(`picket: ${printable(error.message)} (${error.code})\n`);
      failures += 1;
    }
    behind += input.size ?? 0;
  }
  await analysis.end();
  progress.clear();
  process.exitCode = failures > 0 ? 2 : analysis.records === analysis.damaged ? 1 : 0;
  if (failures > 0 && analysis.records === 0) {
    await analysis.stop();
    return;
  }
  if (isJson) await printJson(analysis, output);
  else await printTable(analysis, output, options.all === true);
  tell(analysis, damaged);
  await analysis.stop();
  if (process.exitCode === 1) {
    process.stderr.write(
      analysis.records === 0
        ? 'picket: the input holds no records\n'
        : 'picket: no record could be read; name the right format with --format\n',
    );
  }
}

function mustBeThere(paths: readonly string[], option: string): void {
  for (const path of paths) {
    if (!existsSync(path))
      throw new PicketError(
        'PICKET_INPUT_UNREADABLE',
        `${printable(path)} is not there; check the name after ${option}`,
      );
  }
}

async function printJson(analysis: Judged, output: Output): Promise<void> {
  for await (const verdict of analysis.verdicts()) {
    output.line(terminalJson(JSON.stringify(verdict)));
    if (output.isFull) await output.flush();
  }
  for (const attack of analysis.attacks()) output.line(terminalJson(JSON.stringify(attack)));
  await output.flush();
}

async function printTable(analysis: Judged, output: Output, all: boolean): Promise<void> {
  const colors = picocolors.createColors(process.stdout.isTTY && process.env['NO_COLOR'] === undefined);
  const listed: VerdictLine[] = [];
  let malicious = 0;
  let suspicious = 0;
  let quiet = 0;
  for await (const verdict of analysis.verdicts()) {
    if (verdict.classification === 'malicious') malicious += 1;
    if (verdict.classification === 'suspicious') suspicious += 1;
    if (isQuiet(verdict)) quiet += 1;
    if (all || !isQuiet(verdict)) listed.push(verdict);
  }
  for (const line of verdictTable(listed, colors)) {
    output.line(line);
    if (output.isFull) await output.flush();
  }
  for (const { target, behaviors, firstSeen, lastSeen, reason } of analysis.attacks()) {
    const time = `${minuteOf(firstSeen)} to ${minuteOf(lastSeen)}`;
    output.line(`${target} was attacked, ${behaviors.join(' ')}, ${time} (UTC); at last ${reason}`);
  }
  const unreadable = analysis.damaged === 0 ? '' : ` (${count(analysis.damaged)} damaged)`;
  output.line(
    `${several(analysis.sources, 'source')}: ${count(malicious)} malicious, ${count(suspicious)} suspicious, ${count(quiet)} quiet; ` +
      `${several(analysis.decisions, 'decision')}; ${several(analysis.records, 'record')}${unreadable}`,
  );
  await output.flush();
}

/** What is not in the verdicts, on standard error: damage, held blocks, forgotten sources. */
function tell(analysis: Judged, damaged: readonly DamagedRecord[]): void {
  for (const { input, line, sample, why } of damaged) {
    const shown = printable(JSON.stringify(sample.slice(0, 80)));
    process.stderr.write(`${input}:${line}: ${printable(why)}: ${shown}\n`);
  }
  if (analysis.damaged > damaged.length) {
    process.stderr.write(`${several(analysis.damaged - damaged.length, 'more record')} could not be read\n`);
  }
  if (analysis.held > 0) {
    process.stderr.write(
      `${several(analysis.held, 'decision')} held by the breaker; raise policy.breakerMinimum in a --config file to see them\n`,
    );
  }
  if (analysis.forgotten > 0) {
    process.stderr.write(
      `${several(analysis.forgotten, 'quiet source')} forgotten: more came than are remembered\n`,
    );
  }
}

const minuteOf = (time: string): string => time.slice(0, 16).replace('T', ' ');
const count = (number: number): string => number.toLocaleString('en');
const several = (number: number, noun: string): string =>
  `${count(number)} ${noun}${number === 1 ? '' : 's'}`;

function networkOf(text: string): Network {
  const network = parseNetwork(text);
  if (network === null) {
    throw new PicketError(
      'PICKET_USAGE',
      `--own ${printable(text)} is no network; write one such as 203.0.113.0/24`,
    );
  }
  return network;
}

function workersOf(text: string): number {
  const workers = Number(text);
  if (!Number.isInteger(workers) || workers < 1 || workers > 64)
    throw new PicketError(
      'PICKET_USAGE',
      `--workers ${printable(text)} is no number of threads; write one from 1 to 64`,
    );
  return workers;
}

function timeOf(text: string): number {
  const at = Date.parse(text);
  if (Number.isNaN(at)) {
    throw new PicketError(
      'PICKET_USAGE',
      `--near ${printable(text)} is no time; write one such as 2025-06-01T00:00:00Z`,
    );
  }
  return at;
}
