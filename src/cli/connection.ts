/** How a subcommand reaches the engine that runs: the options that say so, and the client that they make. */

import process from 'node:process';
import type { Command } from 'commander';
import type { ApiClient } from '../daemon/api-client.ts';

export interface ConnectionOptions {
  readonly config?: string;
  readonly certificate?: string;
  readonly json?: boolean;
}

export function withConnection(command: Command): Command {
  return command
    .option('--config <file>', 'configuration file of the running engine (default: none needed)')
    .option(
      '--certificate <file>',
      'PEM file of the API’s certificate, to be trusted (default: PICKET_API_CERTIFICATE, or api.tls of the configuration)',
    )
    .option('--json', 'print JSON lines');
}

export async function connection(options: ConnectionOptions): Promise<ApiClient> {
  const { loadConfiguration } = await import('../daemon/configuration.ts');
  const { ApiClient } = await import('../daemon/api-client.ts');
  const configuration = loadConfiguration(options.config ?? null);
  const certificate = options.certificate ?? process.env['PICKET_API_CERTIFICATE'] ?? '';
  return certificate === '' ? new ApiClient(configuration) : new ApiClient(configuration, certificate);
}
