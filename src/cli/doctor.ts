/** `picket doctor`: what is missing, and the mend for each. */

import process from 'node:process';
import type { Command } from 'commander';
import pc from 'picocolors';

export function doctor(picket: Command): Command {
  return picket
    .command('doctor')
    .description('say what this machine lacks, and the mend for each')
    .option('--config <file>', 'configuration file (default: none needed)')
    .option('--json', 'print JSON lines')
    .addHelpText('after', '\nExample:\n  picket doctor --config picket.yaml')
    .action(async (options: { config?: string; json?: boolean }) => {
      const { examineConfiguration } = await import('../daemon/configuration.ts');
      const { examine } = await import('../daemon/doctor.ts');
      const examined = await examineConfiguration(options.config ?? null);
      const findings = await examine(examined.configuration, examined);
      const mark = { ok: pc.green('ok     '), warning: pc.yellow('warning'), failure: pc.red('FAILURE') };
      for (const finding of findings) {
        if (options.json === true) process.stdout.write(`${JSON.stringify(finding)}\n`);
        else {
          process.stdout.write(`${mark[finding.state]} ${finding.check.padEnd(16)} ${finding.found}\n`);
          if (finding.mend !== '') process.stdout.write(`        ${' '.repeat(16)} → ${finding.mend}\n`);
        }
      }
      process.exitCode = findings.some((finding) => finding.state === 'failure') ? 1 : 0;
    });
}
