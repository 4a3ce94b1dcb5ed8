/** What `picket up` shows: where it listens, its first key, and a line for whatever happens. */

import process from 'node:process';
import pc from 'picocolors';
import { ApiClient } from './api-client.ts';
import { ChildEnded } from './child-process.ts';
import type { Configuration } from './configuration-type.ts';
import { json } from './json-times.ts';
import { liveLine, RenewalFilter, timeOf } from './live-line.ts';
import { LiveOrder } from './live-order.ts';
import { Supervisor } from './supervisor.ts';
import { TableLock } from './table-lock.ts';

export interface UpOptions {
  readonly lines: 'text' | 'json' | 'none';
}

function banner(configuration: Configuration, firstKey: string | null): string {
  const { sensor, mode, api, state } = configuration;
  const decoys = sensor.listeners.map(
    (entry) =>
      `  ${entry.decoy.padEnd(8)}${bracketed(sensor.listen)}:${entry.port}/${entry.transport}  as ${entry.persona}`,
  );
  for (const { persona, address } of sensor.machines)
    decoys.push(`  all     ports of ${persona} on ${bracketed(address)}`);
  if (sensor.anyPort.interface !== '')
    decoys.push(`  any     every other port of ${sensor.anyPort.interface}`);
  const enforcement =
    mode === 'enforce'
      ? pc.bold('mode enforce: decisions are put in force by nftables')
      : 'mode observe: decisions are made and shown; the network is not touched (mode: enforce changes that)';
  const key = firstKey === null ? [] : ['', `API key, shown this once: ${pc.bold(firstKey)}`];
  return [
    pc.bold('Picket is up.'),
    'Decoys:',
    ...decoys,
    enforcement,
    `API     ${api.tls.certificate === '' ? 'http' : 'https'}://${bracketed(api.listen)}:${api.port}/api/v1`,
    `state   ${state}`,
    ...key,
    '',
    'Ctrl-C stops it. What happens is shown below; see also: picket sources, picket decisions, picket explain SOURCE',
    '',
  ].join('\n');
}

/** An address ahead of a port, as RFC 3986 §3.2.2 writes it. */
const bracketed = (address: string): string => (address.includes(':') ? `[${address}]` : address);

/** The banner waits no longer for the live feed. */
const feedMilliseconds = 2000;
const showEveryMilliseconds = 50;

/** Runs until SIGTERM or SIGINT; resolves with the exit code. */
export async function runUp(configuration: Configuration, options: UpOptions): Promise<number> {
  // Held here and not by the fence, which may fall and be started again: nobody is to come between.
  const lock = configuration.mode === 'enforce' ? new TableLock(configuration.fence.table) : null;
  await lock?.take();
  try {
    return await runUnder(configuration, options);
  } finally {
    await lock?.release();
  }
}

async function runUnder(configuration: Configuration, options: UpOptions): Promise<number> {
  const supervisor = new Supervisor(configuration);
  const stopped = new Promise<void>((resolve) => {
    process.once('SIGTERM', () => resolve());
    process.once('SIGINT', () => resolve());
  });
  try {
    // A signal may come before all are ready, too.
    const early = await Promise.race([supervisor.start().then(() => false), stopped.then(() => true)]);
    if (early) {
      await supervisor.stop();
      process.stderr.write('stopped\n');
      return 0;
    }
  } catch (error) {
    if (!(error instanceof ChildEnded)) throw error;
    if (error.saidWhy) return 2;
    process.stderr.write(`picket: ${error.message}\n`);
    return 1;
  }
  const following = new AbortController();
  let opened = (): void => {};
  const ready = new Promise<void>((resolve) => {
    opened = resolve;
    setTimeout(resolve, feedMilliseconds);
  });
  // Said before the first line of the feed can come, and not before the feed would show what happens from then on.
  const order = new LiveOrder();
  const renewals = new RenewalFilter();
  const followed =
    options.lines === 'none'
      ? Promise.resolve()
      : new ApiClient(configuration).follow(
          following.signal,
          (event) => {
            const line =
              options.lines === 'json' ? json(event) : renewals.shows(event) ? liveLine(event) : null;
            if (line !== null) order.add({ at: timeOf(event), line }, Date.now());
          },
          opened,
        );
  if (options.lines !== 'none') await ready;
  process.stdout.write(`${banner(configuration, supervisor.firstKey)}\n`);
  const show = (lines: readonly string[]): void => {
    if (lines.length > 0) process.stdout.write(`${lines.join('\n')}\n`);
  };
  const showing = setInterval(() => show(order.due(Date.now())), showEveryMilliseconds);
  await stopped;
  following.abort();
  await followed;
  clearInterval(showing);
  show(order.rest());
  process.stderr.write('stopping …\n');
  await supervisor.stop();
  process.stderr.write('stopped\n');
  return 0;
}
