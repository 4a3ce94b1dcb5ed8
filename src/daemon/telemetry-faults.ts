/** What is wrong with the entries of `telemetry` beyond their form. */

import { existsSync, statSync } from 'node:fs';
import { parseEndpoint } from '../collector/endpoint.ts';
import type { Configuration, TelemetryConfiguration } from './configuration-type.ts';
import type { ConfigurationFault } from './configuration-fault.ts';
import { syslogTlsFault } from './syslog-tls.ts';
import { conntrackProgram, journalProgram } from './telemetry-programs.ts';

const kinds = ['flow', 'file', 'syslog', 'journal', 'conntrack'] as const;

/** The endpoints of an entry, each with its key and transport. */
function endpointsOf(
  entry: TelemetryConfiguration,
): (readonly [path: readonly string[], text: string, transport: 'tcp' | 'udp'])[] {
  const found: (readonly [readonly string[], string, 'tcp' | 'udp'])[] = [];
  if (entry.flow !== undefined) found.push([['flow', 'listen'], entry.flow.listen, 'udp']);
  if (entry.syslog?.udp !== undefined) found.push([['syslog', 'udp'], entry.syslog.udp, 'udp']);
  if (entry.syslog?.tcp !== undefined) found.push([['syslog', 'tcp'], entry.syslog.tcp, 'tcp']);
  if (entry.syslog?.tls !== undefined)
    found.push([['syslog', 'tls', 'listen'], entry.syslog.tls.listen, 'tcp']);
  return found;
}

/** Without a look at the machine. */
export function telemetryContradictions(entries: readonly TelemetryConfiguration[]): ConfigurationFault[] {
  const faults: ConfigurationFault[] = [];
  const taken = new Set<string>();
  for (const [index, entry] of entries.entries()) {
    const path = ['telemetry', String(index)];
    const named = kinds.filter((kind) => entry[kind] !== undefined);
    if (named.length !== 1) {
      faults.push({
        path,
        what: `has ${named.length === 0 ? 'none' : named.join(' and ')}; an entry is one of ${kinds.join(', ')}`,
      });
    }
    if (entry.format !== undefined && entry.file === undefined && entry.syslog === undefined) {
      faults.push({ path: [...path, 'format'], what: 'goes with file or syslog alone; leave it out' });
    }
    for (const [key, text, transport] of endpointsOf(entry)) {
      const endpoint = parseEndpoint(text);
      if (endpoint === null || endpoint.port < 1024) {
        faults.push({
          path: [...path, ...key],
          what: `is ${JSON.stringify(text)}; write an address and a port from 1024 on, such as 127.0.0.1:2055`,
        });
      }
      if (taken.has(`${text} ${transport}`)) {
        faults.push({ path: [...path, ...key], what: `is ${text}, as of another entry; give each its own` });
      }
      taken.add(`${text} ${transport}`);
    }
    const { udp, tcp, tls } = entry.syslog ?? {};
    if (entry.syslog !== undefined && udp === undefined && tcp === undefined && tls === undefined) {
      faults.push({
        path: [...path, 'syslog'],
        what: 'listens nowhere; give udp, tcp or tls an address and a port',
      });
    }
  }
  return faults;
}

/** What the parts and this machine must have. */
export async function telemetryFaults({ telemetry }: Configuration): Promise<ConfigurationFault[]> {
  const faults: ConfigurationFault[] = [];
  const isFormatNamed = telemetry.some(({ format = 'auto' }) => format !== 'auto');
  const { readers } = isFormatNamed ? await import('../telemetry/index.ts') : { readers: [] };
  const readerNames = readers.map((reader) => reader.name);
  for (const [index, { file, format, journal, conntrack, syslog }] of telemetry.entries()) {
    const path = ['telemetry', String(index)];
    if (format !== undefined && format !== 'auto' && !readerNames.includes(format)) {
      faults.push({
        path: [...path, 'format'],
        what: `is ${JSON.stringify(format)}, which is no reader; there are auto, ${readerNames.join(', ')}`,
      });
    }
    // A file that is not there yet is waited for.
    if (file !== undefined && existsSync(file) && !statSync(file).isFile()) {
      faults.push({ path: [...path, 'file'], what: `is ${JSON.stringify(file)}, which is no file` });
    }
    const fault = syslog?.tls === undefined ? null : syslogTlsFault(syslog.tls);
    if (fault !== null) faults.push({ path: [...path, 'syslog', 'tls', fault.key], what: fault.what });
    if (journal === true && journalProgram() === null) {
      faults.push({ path: [...path, 'journal'], what: 'needs journalctl, which this machine does not have' });
    }
    if (conntrack === true && conntrackProgram() === null) {
      faults.push({ path: [...path, 'conntrack'], what: 'needs conntrack; install the package conntrack' });
    }
  }
  return faults;
}
