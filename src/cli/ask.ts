/** Subcommands that ask a running engine: `sources`, `decisions`, `explain`, `allow`. */

import process from 'node:process';
import type { Command } from 'commander';
import type { ApiClient } from '../daemon/api-client.ts';
import {
  explained,
  decisionRow,
  sourceRow,
  type AllowRow,
  type SourceRow,
  type SourceView,
} from './shown.ts';
import type { Decision } from '../core/decision.ts';
import { PicketError } from '../core/errors.ts';
import { printable } from './printable.ts';

interface CommonOptions {
  readonly config?: string;
  readonly json?: boolean;
}

async function client(options: CommonOptions): Promise<ApiClient> {
  const { loadConfiguration } = await import('../daemon/configuration.ts');
  const { ApiClient } = await import('../daemon/api-client.ts');
  return new ApiClient(loadConfiguration(options.config ?? null));
}

function common(command: Command): Command {
  return command
    .option('--config <file>', 'configuration file of the running engine (default: none needed)')
    .option('--json', 'print JSON lines');
}

/** Prints rows, one a line; exit code 1 where there are none. */
function print<Row>(
  rows: readonly Row[],
  options: CommonOptions,
  row: (item: Row) => string,
  none: string,
): void {
  if (rows.length === 0) {
    process.exitCode = 1;
    if (options.json !== true) process.stderr.write(`${none}\n`);
    return;
  }
  for (const item of rows)
    process.stdout.write(`${options.json === true ? JSON.stringify(item) : row(item)}\n`);
}

function wholeNumber(text: string, name: string, most: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= most) return value;
  throw new PicketError(
    'PICKET_USAGE',
    `${name} is ${JSON.stringify(text)}; give a whole number from 1 to ${most}`,
  );
}

export function sources(picket: Command): Command {
  return common(
    picket.command('sources').description('list the sources that were seen, those seen last first'),
  )
    .option('--limit <n>', 'how many', '50')
    .option('--classification <word>', 'only benign, unknown, suspicious or malicious ones')
    .addHelpText('after', '\nExample:\n  picket sources --classification malicious')
    .action(async (options: CommonOptions & { limit: string; classification?: string }) => {
      const query = new URLSearchParams({ limit: String(wholeNumber(options.limit, '--limit', 1000)) });
      if (options.classification !== undefined) query.set('classification', options.classification);
      const answer = await (
        await client(options)
      ).call<{ items: SourceRow[] }>('GET', `/sources?${query.toString()}`);
      print(answer.items, options, sourceRow, 'no source was seen yet');
    });
}

export function decisions(picket: Command): Command {
  const command = common(
    picket.command('decisions').description('list decisions, the newest first; add or lift one'),
  )
    .option('--limit <n>', 'how many', '50')
    .option('--standing', 'only those in force now')
    .option('--add <target>', 'decide on an address or network')
    .option('--action <word>', 'with --add: block or rate-limit', 'block')
    .option('--seconds <n>', 'with --add: for how long', '3600')
    .option('--lift <target>', 'end the decision on this address or network')
    .option('--reason <text>', 'with --add and --lift: why', 'asked on the command line')
    .addHelpText(
      'after',
      '\nExamples:\n  picket decisions --standing\n  picket decisions --add 45.33.32.156 --seconds 600\n  picket decisions --lift 45.33.32.156',
    );
  return command.action(
    async (
      options: CommonOptions & {
        limit: string;
        standing?: boolean;
        add?: string;
        action: string;
        seconds: string;
        lift?: string;
        reason: string;
      },
    ) => {
      const api = await client(options);
      if (options.add !== undefined) {
        const decision = await api.call<Decision>('POST', '/decisions', {
          target: options.add,
          action: options.action,
          seconds: wholeNumber(options.seconds, '--seconds', 1_209_600),
          reason: options.reason,
        });
        if (decision.simulated) process.exitCode = 1;
        print([decision], options, explained, '');
        return;
      }
      if (options.lift !== undefined) {
        const query = new URLSearchParams({ reason: options.reason });
        await api.call('DELETE', `/decisions/${encodeURIComponent(options.lift)}?${query.toString()}`);
        process.stderr.write(`${options.lift}: lifted\n`);
        return;
      }
      const query = new URLSearchParams({ limit: String(wholeNumber(options.limit, '--limit', 1000)) });
      if (options.standing === true) query.set('standing', 'true');
      const answer = await api.call<{ items: Decision[] }>('GET', `/decisions?${query.toString()}`);
      print(answer.items, options, decisionRow, 'no decisions');
    },
  );
}

export function explain(picket: Command): Command {
  return common(
    picket.command('explain <source>').description('why a source was judged and decided on as it was'),
  )
    .addHelpText('after', '\nExample:\n  picket explain 45.33.32.156')
    .action(async (source: string, options: CommonOptions) => {
      const view = await (
        await client(options)
      ).call<SourceView>('GET', `/sources/${encodeURIComponent(source)}`);
      process.stdout.write(`${options.json === true ? JSON.stringify(view) : explained(view)}\n`);
    });
}

export function allow(picket: Command): Command {
  return common(
    picket.command('allow [network]').description('show the allowlist, allow a network, or take one off'),
  )
    .option('--note <text>', 'why it is allowed', '')
    .option('--remove', 'take it off the list')
    .addHelpText(
      'after',
      '\nExamples:\n  picket allow\n  picket allow 192.0.2.0/24 --note "our scanner"\n  picket allow --remove 192.0.2.0/24',
    )
    .action(
      async (network: string | undefined, options: CommonOptions & { note: string; remove?: boolean }) => {
        const api = await client(options);
        if (network === undefined) {
          print(
            await api.call<AllowRow[]>('GET', '/allowlist'),
            options,
            (row) => `${row.network.padEnd(24)} ${printable(row.by).padEnd(16)} ${printable(row.note)}`,
            'nothing is allowed',
          );
          return;
        }
        if (options.remove === true) await api.call('DELETE', `/allowlist/${encodeURIComponent(network)}`);
        else await api.call('POST', '/allowlist', { network, note: options.note });
        process.stderr.write(`${network}: ${options.remove === true ? 'no longer allowed' : 'allowed'}\n`);
      },
    );
}
