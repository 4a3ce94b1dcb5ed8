/** The telemetry process: parses what the protected network's exporters and logs say, unprivileged, and speaks to the engine alone, as a sensor does. */

import { readFileSync } from 'node:fs';
import process from 'node:process';
import { PositionBook } from '../collector/position-book.ts';
import { SourceReport, type SourceOptions } from '../collector/source.ts';
import { systemClock } from '../core/clock.ts';
import { Spool } from '../spool/spool.ts';
import type { Configuration } from './configuration-type.ts';
import { log } from './log.ts';
import { ObservationSender } from './observation-sender.ts';
import { dropPrivileges } from './privileges.ts';
import type { Running } from './role.ts';
import { stateFolders } from './state-folder.ts';
import { sourceName, sourceOf, startSource } from './telemetry-source.ts';

/** Observations that may wait for the disk before those who can wait are made to. */
const mostPending = 20_000;

/** The numbers of the groups that this machine has, by /etc/group: name, password, number, members. */
function groupIds(names: readonly string[]): number[] {
  const lines = readFileSync('/etc/group', 'utf8').split('\n');
  return lines.flatMap((line) => {
    const [name = '', , id] = line.split(':');
    return names.includes(name) && id !== undefined ? [Number(id)] : [];
  });
}

/** `conntrack` is the descriptor on which the supervisor's conntrack writes; null where there is none. */
export async function runTelemetry(configuration: Configuration, conntrack: number | null): Promise<Running> {
  const folders = stateFolders(configuration);
  const say = log('telemetry');
  const spool = new Spool({
    folder: folders.telemetry,
    maximumBytes: configuration.sensor.spoolMegabytes * 1024 * 1024,
    log: say,
  });
  if (process.getuid?.() === 0) {
    const { telemetryUid: uid, telemetryGroups } = configuration.processes;
    dropPrivileges({ uid, gid: uid, networkAdmin: false, groups: groupIds(telemetryGroups) });
  }
  await spool.start();
  const sender = new ObservationSender(folders.telemetryLink, spool, say);
  const positions = new PositionBook(folders.telemetry);
  positions.load();
  const room = async (): Promise<void> => {
    while (spool.status().pending > mostPending) await new Promise((resolve) => setTimeout(resolve, 10));
  };
  const sources = configuration.telemetry.map((entry, index) => {
    const report = new SourceReport(sourceName(entry, index), say);
    const options: SourceOptions = {
      report,
      now: () => systemClock.now(),
      observed: (observation) => {
        // First the spool, which gives the number.
        const json = spool.append(observation);
        sender.observed(observation, json);
      },
      room,
    };
    return { entry, report, source: sourceOf(entry, { options, positions, conntrack }) };
  });
  sender.start();
  for (const { source, entry } of sources) await startSource(source, entry);
  const status = setInterval(() => {
    const { error, lostCount, committed, lastSequence } = spool.status();
    const counters: Record<string, number> = { lost: lostCount, committed, lastSequence };
    for (const { report } of sources) {
      for (const [counter, value] of Object.entries(report.counters))
        counters[`${report.name}.${counter}`] = value;
    }
    const complaints = sources.map(({ report }) => report.complaint).filter((text) => text !== '');
    const problem = error === null ? complaints.join('; ') : `${error.code}: ${error.message}`;
    sender.status(counters, problem.slice(0, 512));
  }, 2000);
  return {
    async stop(): Promise<void> {
      clearInterval(status);
      for (const { source } of sources) await source.stop();
      positions.save();
      sender.stop();
      await spool.stop();
    },
  };
}
