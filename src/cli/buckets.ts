/** `picket buckets`: the operator's own object store. */

import process from 'node:process';
import type { Command } from 'commander';
import { needs } from './partner.ts';
import { Output } from './output.ts';
import { terminalJson } from '../daemon/json-times.ts';
import { printable } from './printable.ts';
import { table } from './table.ts';

interface Options {
  readonly config?: string;
  readonly region?: string;
  readonly credentials?: string;
  readonly profile: string;
  readonly json?: true;
}

export function buckets(picket: Command): Command {
  const group = picket.command('buckets').description('look after the buckets of your own object store');
  group
    .command('audit')
    .description('list your buckets that anybody can reach and that the configuration does not call public')
    .argument(
      '[endpoint]',
      'the store’s S3 interface, such as https://s3.example.org (default: gate.store.endpoint of the configuration)',
    )
    .option('--region <name>', 'region that requests are signed for (default: gate.store.region, us-east-1)')
    .option(
      '--credentials <file>',
      'file with your key in the form of ~/.aws/credentials (default: gate.store.credentials, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY)',
    )
    .option('--profile <name>', 'section of that file', 'default')
    .option('--config <file>', 'configuration file with the gate’s buckets')
    .option('--json', 'print JSON lines, one for each bucket of the store')
    .addHelpText(
      'after',
      `
Nothing is written, and nothing but this endpoint is asked. Name the store itself, not the proxy with the gate in front of it: the gate would take
the anonymous questions for a search.

Examples:
  picket buckets audit http://127.0.0.1:9000
  picket buckets audit --config picket.yaml --credentials ~/.aws/credentials --json

Exit code: 0 none is open by mistake, 1 at least one is, 2 wrong usage, no answer, or none found and a bucket that could not be judged.`,
    )
    .action(runAudit);
  return group;
}

async function runAudit(endpoint: string | undefined, options: Options, command: Command): Promise<void> {
  const { loadConfiguration } = await import('../daemon/configuration.ts');
  const { openBucketAudit } = await import('../daemon/bucket-audit-of.ts');
  const configuration = loadConfiguration(options.config ?? null);
  if (configuration.gate.store.credentials === '') needs(command, '--profile', ['--credentials']);
  const audited = openBucketAudit(configuration, {
    endpoint: endpoint ?? '',
    region: options.region ?? '',
    credentials: options.credentials ?? '',
    profile: options.profile,
    environment: process.env,
  });
  const output = new Output();
  const rows: string[][] = [];
  const counts = { public: 0, intended: 0, closed: 0, unknown: 0 };
  for await (const each of audited) {
    const { bucket, verdict, intended, reasons } = each;
    counts[verdict === 'public' && intended ? 'intended' : verdict] += 1;
    if (options.json === true) output.line(terminalJson(JSON.stringify(each)));
    else if (verdict !== 'closed' && !intended)
      rows.push([printable(bucket), verdict, printable(reasons.join('; '))]);
  }
  if (options.json !== true) {
    rows.sort(([, left = ''], [, right = '']) => (left < right ? -1 : 1));
    const columns = [{ title: 'BUCKET' }, { title: 'VERDICT' }, { title: 'WHY' }];
    for (const line of table(columns, rows, (cell) => cell)) output.line(line);
    if (rows.length > 0) output.line('');
    output.line(
      `${counts.public} open by mistake, ${counts.intended} public as configured, ${counts.closed} closed, ${counts.unknown} could not be judged`,
    );
  }
  await output.flush();
  process.exitCode = counts.public > 0 ? 1 : counts.unknown > 0 ? 2 : 0;
}
