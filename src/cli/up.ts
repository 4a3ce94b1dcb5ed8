/** `picket up`: everything on one machine. */

import process from 'node:process';
import type { Command } from 'commander';
import { notBeside } from './partner.ts';

export function up(picket: Command): Command {
  return picket
    .command('up')
    .description('start sensor, engine, fence and event store, and show what happens')
    .option('--config <file>', 'configuration file (default: none needed)')
    .option('--json', 'live lines as JSON')
    .option('--quiet', 'no live lines')
    .addHelpText('after', '\nExample:\n  picket up --config picket.yaml')
    .action(async (options: { config?: string; json?: boolean; quiet?: boolean }, command: Command) => {
      if (options.quiet === true) notBeside(command, ['--json'], '--quiet');
      const { loadWholeConfiguration } = await import('../daemon/configuration.ts');
      const { runUp } = await import('../daemon/up.ts');
      process.exitCode = await runUp(await loadWholeConfiguration(options.config ?? null), {
        lines: options.quiet === true ? 'none' : options.json === true ? 'json' : 'text',
      });
    });
}
