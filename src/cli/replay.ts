/** `picket replay`: policies against recorded events, side by side. */

import process from 'node:process';
import type { Command } from 'commander';
import type { Network } from '../core/address.ts';
import { PicketError } from '../core/errors.ts';
import type { DamagedRecord } from '../daemon/analyze.ts';
import type { ReplayLine } from '../daemon/replay.ts';
import { Output } from './output.ts';
import { printable } from './printable.ts';
import { Progress } from './progress.ts';
import { table } from './table.ts';

interface Options {
  readonly policy: readonly string[];
  readonly benign: readonly string[];
  readonly format: string;
  readonly proved?: true;
  readonly from?: string;
  readonly json?: true;
}

const damagedShown = 5;
const usual = ['default', 'crowdsec-like', 'fail2ban-like'];

export function replay(picket: Command): Command {
  const several = (text: string, all: readonly string[]): string[] => [...all, text];
  return picket
    .command('replay')
    .description('compare policies on recorded events: what each would have prevented, and at what cost')
    .argument('<file...>', 'files to read, in any format of analyze; - for standard input')
    .option(
      '--policy <file|name>',
      `configuration whose policy is replayed, or one of default, sparing, thorough, crowdsec-like, fail2ban-like; may be repeated (usually ${usual.join(', ')})`,
      several,
      [],
    )
    .option(
      '--benign <file>',
      'networks of benign sources, to count the harm: MISP-warninglists JSON or one CIDR a line; may be repeated',
      several,
      [],
    )
    .option('--format <name>', 'format of the input; auto looks at its content', 'auto')
    .option('--proved', 'take every address as proved, for recordings that can not tell of handshakes')
    .option('--from <time>', 'count events from here on; the earlier ones are for learning')
    .option('--json', 'print JSON lines, one a policy')
    .addHelpText(
      'after',
      `
Examples:
  picket replay --policy sparing --policy thorough --proved honeypots.csv.gz
  picket replay --policy picket.yaml --benign cdn.json --json flows/*.log.gz

An event is prevented when it falls into a standing block of its source, or of a network that holds it. Block-hours are
the sum of all leases with their renewals.

Exit code: 0 done, 1 nothing could be read, 2 wrong usage or input.`,
    )
    .action(run);
}

async function run(names: readonly string[], options: Options): Promise<void> {
  const from = options.from === undefined ? Number.NEGATIVE_INFINITY : Date.parse(options.from);
  if (Number.isNaN(from)) {
    throw new PicketError(
      'PICKET_USAGE',
      `--from ${printable(options.from ?? '')} is no time; write one such as 2025-06-01T00:00:00Z`,
    );
  }
  const { RecordedEvents, replay: replayed } = await import('../daemon/replay.ts');
  const { replayedPolicy } = await import('../daemon/replay-policy.ts');
  const { readBenignList } = await import('../daemon/policy-of.ts');
  const { readerNamed, recordedInput } = await import('../daemon/recorded-input.ts');
  readerNamed(options.format);
  const policyNames = options.policy.length === 0 ? usual : options.policy;
  // All are made before anything is read, so that a wrong one is told at once.
  const policies = policyNames.map((name) => replayedPolicy(name));
  const benign: Network[] = options.benign.flatMap((path) => {
    try {
      return readBenignList(path).map(({ network }) => network);
    } catch (error) {
      if (!(error instanceof PicketError)) throw error;
      throw new PicketError('PICKET_INPUT_UNREADABLE', `--benign names ${error.message}`, { cause: error });
    }
  });
  const inputs = names.map((name) => recordedInput(name, null));
  const sizes = inputs.map((input) => input.size);
  const progress = new Progress(
    sizes.every((size) => size !== null) ? sizes.reduce((sum, size) => sum + size, 0) : null,
  );
  const recorded = new RecordedEvents();
  const damaged: DamagedRecord[] = [];
  let behind = 0;
  for (const input of inputs) {
    await recorded.read(
      input,
      options.format,
      (record) => {
        if (damaged.length < damagedShown) damaged.push(record);
      },
      (bytes) => progress.show(behind + bytes, () => `${recorded.records.toLocaleString('en')} records`),
    );
    behind += input.size ?? 0;
  }
  progress.clear();
  for (const { input, line, sample, why } of damaged) {
    const shown = printable(JSON.stringify(sample.slice(0, 80)));
    process.stderr.write(`${input}:${line}: ${printable(why)}: ${shown}\n`);
  }
  if (recorded.size === 0) {
    process.stderr.write('picket: the input holds no events\n');
    process.exitCode = 1;
    return;
  }
  const events = recorded.inOrder(options.proved === true);
  const output = new Output();
  const lines: ReplayLine[] = [];
  for (const policy of policies) {
    const line = replayed(policy, events, benign, from);
    if (options.json === true) output.line(JSON.stringify(line));
    lines.push(line);
  }
  if (options.json !== true) for (const line of shown(lines)) output.line(line);
  await output.flush();
}

const count = (number: number): string => number.toLocaleString('en');

function shown(lines: readonly ReplayLine[]): string[] {
  return table(
    [
      { title: 'POLICY' },
      { title: 'PREVENTED', isNumber: true },
      { title: 'SHARE', isNumber: true },
      { title: 'BLOCK-HOURS', isNumber: true },
      { title: 'BLOCKS', isNumber: true },
      { title: 'WITH A HIT', isNumber: true },
      { title: 'NETWORKS', isNumber: true },
      { title: 'RATE-LIMITS', isNumber: true },
      { title: 'HARM' },
    ],
    lines.map((line) => [
      printable(line.policy),
      count(line.prevented),
      `${(line.preventedShare * 100).toFixed(1)} %`,
      count(line.blockHours),
      count(line.blocks),
      count(line.blocksWithHit),
      count(line.networkBlocks),
      count(line.rateLimits),
      line.harm.blocks === 0 && line.harm.events === 0
        ? 'none'
        : `${count(line.harm.blocks)} blocks, ${count(line.harm.blockHours)} h, ${count(line.harm.events)} events`,
    ]),
    (cell) => cell,
  );
}
