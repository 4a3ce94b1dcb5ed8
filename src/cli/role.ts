/** `picket sensor`, `telemetry`, `engine`, `fence`, `store`: one of Picket's processes alone. `picket up` starts all of them. */

import process from 'node:process';
import type { Command } from 'commander';
import type { Subcommand } from './subcommand.ts';

const configOption = [
  '--config <file>',
  'configuration file, - for standard input (default: none needed)',
] as const;

function role(name: string, summary: string, run: (path: string | null) => Promise<void>): Subcommand {
  return (picket: Command): Command =>
    picket
      .command(name)
      .description(`${summary} (picket up starts it for you)`)
      .option(...configOption)
      .addHelpText('after', `\nExample:\n  picket ${name} --config picket.yaml`)
      .action(async ({ config }: { config?: string }) => run(config ?? null));
}

export const sensor: Subcommand = role('sensor', 'run the sensor alone', async (path) => {
  const { loadConfiguration } = await import('../daemon/configuration.ts');
  const { runUntilStopped } = await import('../daemon/role.ts');
  const { readInheritedSockets } = await import('../daemon/inherited-sockets.ts');
  const { runSensor } = await import('../daemon/sensor-process.ts');
  const configuration = loadConfiguration(path);
  await runUntilStopped('sensor', () =>
    runSensor(configuration, readInheritedSockets(process.env['PICKET_SOCKETS'])),
  );
});

export const telemetry: Subcommand = role('telemetry', 'run the telemetry process alone', async (path) => {
  const { loadConfiguration } = await import('../daemon/configuration.ts');
  const { runUntilStopped } = await import('../daemon/role.ts');
  const { runTelemetry } = await import('../daemon/telemetry-process.ts');
  const configuration = loadConfiguration(path);
  const descriptor = process.env['PICKET_CONNTRACK'];
  await runUntilStopped('telemetry', () =>
    runTelemetry(configuration, descriptor === undefined ? null : Number(descriptor)),
  );
});

export const engine: Subcommand = role('engine', 'run the engine alone', async (path) => {
  const { loadConfiguration } = await import('../daemon/configuration.ts');
  const { runUntilStopped } = await import('../daemon/role.ts');
  const { runEngine } = await import('../daemon/engine-process.ts');
  const configuration = loadConfiguration(path);
  await runUntilStopped('engine', () => runEngine(configuration));
});

export const fence: Subcommand = role('fence', 'run the fence alone', async (path) => {
  const { loadConfiguration } = await import('../daemon/configuration.ts');
  const { runUntilStopped } = await import('../daemon/role.ts');
  const { runFence } = await import('../daemon/fence-process.ts');
  const configuration = loadConfiguration(path);
  // Under a supervisor, which speaks over a channel, the supervisor has the lock.
  if (configuration.mode === 'enforce' && process.send === undefined) {
    const { TableLock } = await import('../daemon/table-lock.ts');
    await new TableLock(configuration.fence.table).take();
  }
  await runUntilStopped('fence', () => runFence(configuration));
});

export const store: Subcommand = role('store', 'run the event store alone', async (path) => {
  const { loadConfiguration } = await import('../daemon/configuration.ts');
  const { runUntilStopped } = await import('../daemon/role.ts');
  const { runStore } = await import('../daemon/store-process.ts');
  const configuration = loadConfiguration(path);
  await runUntilStopped('store', () => runStore(configuration));
});
