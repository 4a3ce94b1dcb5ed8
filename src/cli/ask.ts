/** Subcommands that ask a running engine: `sources`, `attacks`, `decisions`, `explain`, `allow`. */

import process from 'node:process';
import { Option, type Command } from 'commander';
import type { Decision } from '../core/decision.ts';
import { tooWideToAllow } from '../core/allow-width.ts';
import { PicketError } from '../core/errors.ts';
import type { ApiClient } from '../daemon/api-client.ts';
import { connection, withConnection, type ConnectionOptions } from './connection.ts';
import { json } from '../daemon/json-times.ts';
import {
  allowTable,
  attackTable,
  decisionTable,
  sourceTable,
  type AllowRow,
  type AttackRow,
  type SourceRow,
} from './listed.ts';
import { needs, notBeside } from './partner.ts';
import { explained, type LoggedDecision, type SourceView } from './shown.ts';
import { networkIn, sentenceIn, targetIn, wholeNumberIn } from './target.ts';

const longestSeconds = 1_209_600;

/** Prints rows, as a table or one JSON line each; exit code 1 where there are none. */
function print<Row>(
  rows: readonly Row[],
  options: ConnectionOptions,
  lines: (rows: readonly Row[]) => readonly string[],
  none: string,
): void {
  if (rows.length === 0) {
    process.exitCode = 1;
    if (options.json !== true) process.stderr.write(`${none}\n`);
    return;
  }
  const text = options.json === true ? rows.map((row) => json(row)) : lines(rows);
  for (const line of text) process.stdout.write(`${line}\n`);
}

export function sources(picket: Command): Command {
  return withConnection(
    picket.command('sources').description('list the sources that were seen, those seen last first'),
  )
    .option('--limit <n>', 'how many', '50')
    .addOption(
      new Option('--classification <word>', 'only those held to be so').choices([
        'benign',
        'unknown',
        'suspicious',
        'malicious',
      ]),
    )
    .addHelpText('after', '\nExample:\n  picket sources --classification malicious')
    .action(async (options: ConnectionOptions & { limit: string; classification?: string }) => {
      const limit = wholeNumberIn(options.limit, '--limit', 1000);
      const query = new URLSearchParams({ limit: String(limit) });
      if (options.classification !== undefined) query.set('classification', options.classification);
      const api = await connection(options);
      const answer = await api.call<{ items: SourceRow[] }>('GET', `/sources?${query.toString()}`);
      print(answer.items, options, sourceTable, 'no source was seen yet');
    });
}

export function attacks(picket: Command): Command {
  return withConnection(
    picket
      .command('attacks')
      .description('list your addresses that were flooded, the latest first (from flow records)'),
  )
    .option('--limit <n>', 'how many', '50')
    .addHelpText('after', '\nExample:\n  picket attacks --limit 10')
    .action(async (options: ConnectionOptions & { limit: string }) => {
      const limit = wholeNumberIn(options.limit, '--limit', 1000);
      const api = await connection(options);
      const answer = await api.call<{ items: AttackRow[] }>('GET', `/attacks?limit=${limit}`);
      print(answer.items, options, attackTable, 'no attack on an address was seen');
    });
}

/** In mode observe a decision stands in a dry run alone: whoever reads “block” must not believe that packets are dropped. */
async function noteMode(api: ApiClient, options: ConnectionOptions): Promise<void> {
  if (options.json === true) return;
  const { mode } = await api.call<{ mode: string }>('GET', '/health');
  if (mode === 'observe')
    process.stderr.write('mode observe: decisions are made and shown, nothing is dropped\n');
}

interface DecisionsOptions extends ConnectionOptions {
  readonly limit: string;
  readonly standing?: boolean;
  readonly add?: string;
  readonly action: string;
  readonly seconds: string;
  readonly lift?: string;
  readonly reason: string;
}

export function decisions(picket: Command): Command {
  return withConnection(
    picket.command('decisions').description('list decisions, the newest first; add or lift one'),
  )
    .option('--limit <n>', 'how many', '50')
    .option('--standing', 'only those in force now')
    .option('--add <target>', 'decide on an address or network')
    .addOption(
      new Option('--action <word>', 'with --add: what to do')
        .choices(['block', 'rate-limit'])
        .default('block'),
    )
    .option('--seconds <n>', 'with --add: for how long', '3600')
    .option('--lift <target>', 'end the decision on this address or network')
    .option('--reason <text>', 'with --add and --lift: why', 'asked on the command line')
    .addHelpText(
      'after',
      '\nExamples:\n  picket decisions --standing\n  picket decisions --add 45.33.32.156 --seconds 600\n  picket decisions --lift 45.33.32.156',
    )
    .action(async (options: DecisionsOptions, command: Command) => {
      needs(command, '--action', ['--add']);
      needs(command, '--seconds', ['--add']);
      needs(command, '--reason', ['--add', '--lift']);
      if (options.add !== undefined) notBeside(command, ['--limit', '--standing'], '--add');
      if (options.lift !== undefined) notBeside(command, ['--limit', '--standing'], '--lift');
      if (options.add !== undefined && options.lift !== undefined) {
        throw new PicketError('PICKET_USAGE', '--add and --lift do not go together; give one of them');
      }
      if (options.add !== undefined) return add(options.add, options);
      if (options.lift !== undefined) return lift(options.lift, options);
      const limit = wholeNumberIn(options.limit, '--limit', 1000);
      const query = new URLSearchParams({ limit: String(limit) });
      if (options.standing === true) query.set('standing', 'true');
      const api = await connection(options);
      const answer = await api.call<{ items: LoggedDecision[] }>('GET', `/decisions?${query.toString()}`);
      const none = options.standing === true ? 'no decision stands' : 'no decisions';
      print(answer.items, options, (rows) => decisionTable(rows, Date.now()), none);
      if (answer.items.length > 0) await noteMode(api, options);
    });
}

async function add(given: string, options: DecisionsOptions): Promise<void> {
  const target = targetIn(given, '--add');
  const seconds = wholeNumberIn(options.seconds, '--seconds', longestSeconds);
  const reason = sentenceIn(options.reason, '--reason', 1);
  const api = await connection(options);
  const { action } = options;
  const decision = await api.call<Decision>('POST', '/decisions', { target, action, seconds, reason });
  if (decision.simulated) process.exitCode = 1;
  print([decision], options, () => [explained(null, { ...decision, lifted: null }, Date.now())], '');
  await noteMode(api, options);
}

async function lift(given: string, options: DecisionsOptions): Promise<void> {
  const target = targetIn(given, '--lift');
  const query = new URLSearchParams({ reason: sentenceIn(options.reason, '--reason', 1) });
  const api = await connection(options);
  const path = `/decisions/${encodeURIComponent(target)}`;
  const answer = await api.find<{ lifted: string }>(`${path}?${query.toString()}`, 'DELETE');
  if (answer === null) {
    throw new PicketError(
      'PICKET_API_REFUSED',
      `no decision stands against ${target}; picket decisions --standing lists those that do`,
    );
  }
  if (options.json === true) process.stdout.write(`${json(answer)}\n`);
  else process.stderr.write(`${target}: lifted\n`);
}

export function explain(picket: Command): Command {
  return withConnection(
    picket.command('explain <source>').description('why a source was judged and decided on as it was'),
  )
    .addHelpText('after', '\nExample:\n  picket explain 45.33.32.156')
    .action(async (given: string, options: ConnectionOptions) => {
      const source = encodeURIComponent(targetIn(given, 'the source'));
      const api = await connection(options);
      // The text tells nothing of the history, and shall not wait for the event store.
      const view = await api.find<SourceView>(
        `/sources/${source}${options.json === true ? '' : '?history=0'}`,
      );
      const last = await api.find<LoggedDecision>(`/decisions/${source}`);
      if (view === null && last === null) {
        throw new PicketError(
          'PICKET_API_REFUSED',
          `${given} was not seen, or so long ago that it is forgotten; picket sources lists those that were`,
        );
      }
      const text = options.json === true ? json({ ...view, last }) : explained(view, last, Date.now());
      process.stdout.write(`${text}\n`);
      if (last !== null) await noteMode(api, options);
    });
}

interface AllowOptions extends ConnectionOptions {
  readonly note?: string;
  readonly remove?: boolean;
}

export function allow(picket: Command): Command {
  return withConnection(
    picket.command('allow [network]').description('show the allowlist, allow a network, or take one off'),
  )
    .option('--note <text>', 'why it is allowed; without it the note of a network that is on the list stays')
    .option('--remove', 'take it off the list')
    .addHelpText(
      'after',
      '\nExamples:\n  picket allow\n  picket allow 192.0.2.0/24 --note "our scanner"\n  picket allow --remove 192.0.2.0/24',
    )
    .action(async (given: string | undefined, options: AllowOptions, command: Command) => {
      if (options.remove === true) notBeside(command, ['--note'], '--remove');
      if (given === undefined) {
        if (options.note !== undefined) {
          throw new PicketError('PICKET_USAGE', '--note needs the network that is to be allowed; name it');
        }
        if (options.remove === true) {
          throw new PicketError(
            'PICKET_USAGE',
            '--remove needs the network that is to leave the list; name it',
          );
        }
        const api = await connection(options);
        print(
          await api.call<AllowRow[]>('GET', '/allowlist'),
          options,
          allowTable,
          'the allowlist is empty: everyone is judged by what they do',
        );
        return;
      }
      const network = targetIn(given, 'the network');
      if (options.remove === true) {
        const api = await connection(options);
        await api.call('DELETE', `/allowlist/${encodeURIComponent(network)}`);
        if (options.json === true) process.stdout.write(`${json({ removed: network })}\n`);
      } else {
        const tooWide = tooWideToAllow(networkIn(given, 'the network'));
        if (tooWide !== null) throw new PicketError('PICKET_USAGE', `${network} ${tooWide}`);
        const note = options.note === undefined ? null : sentenceIn(options.note, '--note', 0);
        const api = await connection(options);
        const row = await api.call<AllowRow>('POST', '/allowlist', { network, note });
        if (options.json === true) process.stdout.write(`${json(row)}\n`);
      }
      if (options.json !== true)
        process.stderr.write(`${network}: ${options.remove === true ? 'no longer allowed' : 'allowed'}\n`);
    });
}
