/** `picket report`: what attackers tried and left behind, of a running engine or of recorded observations. */

import process from 'node:process';
import type { Command } from 'commander';
import { PicketError } from '../core/errors.ts';
import type { Observation } from '../core/observation.ts';
import type { DamagedRecord } from '../daemon/analyze.ts';
import type { Report } from '../daemon/report.ts';
import { connection, withConnection, type ConnectionOptions } from './connection.ts';
import { notBeside } from './partner.ts';
import { Output } from './output.ts';
import { terminalJson } from '../daemon/json-times.ts';
import { printable } from './printable.ts';
import { reported } from './report-lines.ts';
import { targetIn, wholeNumberIn } from './target.ts';

interface Options extends ConnectionOptions {
  readonly from?: string;
  readonly to?: string;
  readonly source?: string;
  readonly limit: string;
  readonly format: string;
}

interface Span {
  readonly from: number;
  readonly to: number;
  readonly source: string | null;
}

const pageSize = 1_000;
const damagedShown = 5;

export function report(picket: Command): Command {
  return withConnection(
    picket
      .command('report')
      .description(
        'sum up what attackers tried and left: credentials, commands, files, second-stage addresses, CVEs',
      )
      .argument(
        '[file...]',
        'recorded observations, in any format of analyze, - for standard input; the running engine where none is named',
      ),
  )
    .option('--from <time>', 'what was seen from then on, such as 2026-03-01T00:00:00Z')
    .option('--to <time>', 'what was seen before then')
    .option('--source <address>', 'of this source alone')
    .option('--limit <n>', 'how many of each kind', '20')
    .option('--format <name>', 'format of the files; auto looks at their content', 'auto')
    .addHelpText(
      'after',
      `
Examples:
  picket report --from 2026-03-01T00:00:00Z
  picket report --source 198.51.100.7
  picket report --json observations.jsonl

Exit code: 0 printed, 1 nothing was seen, 2 wrong usage or input.`,
    )
    .action(run);
}

function timeIn(text: string | undefined, option: string, otherwise: number): number {
  if (text === undefined) return otherwise;
  const time = Date.parse(text);
  if (!Number.isNaN(time)) return time;
  throw new PicketError(
    'PICKET_USAGE',
    `${option} ${printable(text)} is no time; write one such as 2026-03-01T00:00:00Z`,
  );
}

async function run(names: readonly string[], options: Options, command: Command): Promise<void> {
  if (names.length > 0) notBeside(command, ['--config', '--certificate'], 'files');
  else if (command.getOptionValueSource('format') === 'cli') {
    throw new PicketError('PICKET_USAGE', '--format is that of files; name them, or leave --format out');
  }
  const limit = wholeNumberIn(options.limit, '--limit', 10_000);
  const span: Span = {
    from: timeIn(options.from, '--from', Number.NEGATIVE_INFINITY),
    to: timeIn(options.to, '--to', Number.POSITIVE_INFINITY),
    source: options.source === undefined ? null : targetIn(options.source, '--source'),
  };
  if (span.from >= span.to)
    throw new PicketError('PICKET_USAGE', '--from must lie before --to; exchange the two');
  const { Report: Empty } = await import('../daemon/report.ts');
  const sum = new Empty();
  await (names.length === 0 ? ask(sum, span, options) : read(sum, span, names, options.format));
  const view = sum.view(limit);
  if (view.observations === 0) {
    process.exitCode = 1;
    if (options.json !== true) process.stderr.write('nothing was seen\n');
    return;
  }
  const output = new Output();
  if (options.json === true) output.line(terminalJson(JSON.stringify({ kind: 'report', ...view })));
  else for (const line of reported(view)) output.line(line);
  await output.flush();
}

/** All pages of the engine's observations, newest first. */
async function ask(sum: Report, span: Span, options: Options): Promise<void> {
  const api = await connection(options);
  const query = new URLSearchParams({ limit: String(pageSize) });
  if (Number.isFinite(span.from)) query.set('from', String(span.from));
  if (Number.isFinite(span.to)) query.set('to', String(span.to));
  if (span.source !== null) query.set('source', span.source);
  for (let more = true; more;) {
    const page = await api.call<{ items: Observation[]; next: string | null }>(
      'GET',
      `/observations?${query.toString()}`,
    );
    for (const observation of page.items) sum.add(observation);
    more = page.next !== null;
    if (page.next !== null) query.set('before', page.next);
  }
}

async function read(sum: Report, span: Span, names: readonly string[], format: string): Promise<void> {
  const { openInput, readerNamed, recordedInput, sensorName, shownName } =
    await import('../daemon/recorded-input.ts');
  if (format !== 'auto') readerNamed(format);
  const damaged: DamagedRecord[] = [];
  for (const input of names.map((name) => recordedInput(name, null))) {
    const { reader, bytes } = await openInput(input, format, () => {});
    if (reader === null) continue;
    const batches = reader.read(bytes, {
      sensor: sensorName(input),
      near: input.near,
      damaged: (line, sample, why) => {
        if (damaged.length < damagedShown) damaged.push({ input: shownName(input.name), line, sample, why });
      },
    });
    for await (const batch of batches)
      for (const observation of batch.observations) if (isWithin(observation, span)) sum.add(observation);
  }
  for (const { input, line, sample, why } of damaged) {
    process.stderr.write(
      `${input}:${line}: ${printable(why)}: ${printable(JSON.stringify(sample.slice(0, 80)))}\n`,
    );
  }
}

function isWithin({ at, source }: Observation, span: Span): boolean {
  return at >= span.from && at < span.to && (span.source === null || span.source === source);
}
