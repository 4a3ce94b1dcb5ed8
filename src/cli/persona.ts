/** `picket persona`: the machines that a sensor can be. */

import process from 'node:process';
import type { Command } from 'commander';
import pc from 'picocolors';
import type { PersonaView } from '../daemon/persona-view.ts';
import { printable } from './printable.ts';
import { table } from './table.ts';

interface ShowOptions {
  readonly seed?: string;
  readonly config?: string;
  readonly json?: boolean;
}

export function persona(picket: Command): Command {
  const command = picket
    .command('persona')
    .description('list the personas, or show the machine that one of them is here')
    .addHelpText('after', '\nExamples:\n  picket persona list\n  picket persona show ubuntu-web');
  command
    .command('list')
    .description('list the personas')
    .option('--json', 'print JSON lines')
    .helpOption('-h, --help', 'print this help')
    .addHelpText('after', '\nExample:\n  picket persona list')
    .action(list);
  command
    .command('show')
    .description('show all that a visitor can learn of a persona; no private key is printed')
    .argument('<name>', 'name of the persona')
    .option('--seed <text>', 'what sensor.seed would be (default: the seed of this installation)')
    .option('--config <file>', 'configuration file (default: none needed)')
    .option('--json', 'print it as JSON')
    .helpOption('-h, --help', 'print this help')
    .addHelpText(
      'after',
      '\nExamples:\n  picket persona show ubuntu-web\n  picket persona show --seed test --json tplink-router',
    )
    .action(show);
  return command;
}

async function list(options: { readonly json?: boolean }): Promise<void> {
  const { personaSummaries } = await import('../daemon/persona-view.ts');
  const summaries = personaSummaries();
  const lines =
    options.json === true
      ? summaries.map((summary) => JSON.stringify(summary))
      : table(
          [{ title: 'PERSONA' }, { title: 'WHAT IT IS' }],
          summaries.map(({ name, summary }) => [name, summary]),
          (cell, _column, row) => (row < 0 ? pc.bold(cell) : cell),
        );
  process.stdout.write(`${lines.join('\n')}\n`);
}

async function show(name: string, options: ShowOptions): Promise<void> {
  const { loadConfiguration } = await import('../daemon/configuration.ts');
  const { viewPersona } = await import('../daemon/persona-view.ts');
  const view = viewPersona(printable(name), loadConfiguration(options.config ?? null), options.seed ?? null);
  const text = options.json === true ? JSON.stringify(view, null, 2) : page(view).join('\n');
  process.stdout.write(`${text}\n`);
}

function page(view: PersonaView): string[] {
  const rows: (readonly [name: string, values: readonly string[]])[] = [
    ['host name', [view.hostname]],
    ['system', [view.release === '' ? view.system : `${view.release} (${view.system})`]],
    ['kernel', [view.kernel]],
    ['processor', [`${view.processor}, ${view.memoryMegabytes} MB of memory`]],
    ['address', [`${view.address}, ${view.mac}`]],
    [
      'packets',
      view.stack === null
        ? []
        : [
            `TTL ${view.stack.ttl}`,
            ...(view.stack.window === null ? [] : [`first window ${view.stack.window.plain}`]),
          ],
    ],
    ['ports', view.services.map(({ decoy, port, transport }) => `${port}/${transport} ${decoy}`)],
    ['listens at', view.ports.map(({ decoy, port, transport }) => `${port}/${transport} ${decoy}`)],
    ['users', view.users.map(({ name, shell, uid }) => `${name} (${uid}) ${shell}`)],
    [
      'software',
      Object.entries(view.software).map(([decoy, { product, version }]) => `${decoy}: ${product} ${version}`),
    ],
    ['redis', view.redis === null ? [] : [view.redis]],
    [
      'ssh',
      view.ssh === null
        ? []
        : [
            view.ssh.version,
            ...Object.entries(view.ssh.hostKeys).map(([type, hash]) => `${type} ${hash}`),
            `hasshServer ${view.ssh.hasshServer}`,
          ],
    ],
    [
      'tls',
      view.tls === null
        ? []
        : [view.tls.subject, `until ${view.tls.validTo}`, `SHA-256 ${view.tls.fingerprint256}`],
    ],
    [
      'http',
      view.http === null ? [] : [`${view.http.server || 'no Server header'}, title "${view.http.title}"`],
    ],
    [
      'products',
      view.http === null
        ? []
        : view.http.products.map((product) => (product === '*' ? 'all that have lures' : product)),
    ],
    ['files', view.files],
  ];
  const lines = [`${pc.bold(view.name)}: ${view.summary}`];
  for (const [name, values] of rows) {
    for (const [index, value] of values.entries()) {
      lines.push(`  ${(index === 0 ? name : '').padEnd(10)} ${printable(value)}`);
    }
  }
  return lines;
}
